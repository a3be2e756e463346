"""The kit that a provider is written with.

A provider drives one kind of monitoring system. It writes three things: what an estate needs there
(`Provider.compile`, pure), how to read what is there, and how to make a batch of changes (`Connection`).
Everything else (differences, order, references, state, retries, what is printed) the core does.
"""

from slactl.provider.definition import Definition
from slactl.provider.protocol import (
    Adopting,
    Compilation,
    Connection,
    Context,
    FileBased,
    Notice,
    Provider,
    Query,
    Reading,
)
from slactl.provider.resource import Action, Candidate, Change, Observed, Outcome, Ref, Resource, Status

__all__ = [
    "Action",
    "Adopting",
    "Candidate",
    "Change",
    "Compilation",
    "Connection",
    "Context",
    "Definition",
    "FileBased",
    "Notice",
    "Observed",
    "Outcome",
    "Provider",
    "Query",
    "Reading",
    "Ref",
    "Resource",
    "Status",
]
