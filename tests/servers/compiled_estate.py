"""What a provider makes of a workspace's files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.provider import Context, Resource
from slactl.provider.registry import load_provider


def compiled(root: Path, backend: str, as_of: date) -> Sequence[Resource]:
    """The objects of one backend."""
    estate, _ = build_estate(load_workspace(root))
    one = estate.backends[backend]
    context = Context(root, estate.workspace.name, as_of)
    return load_provider(one.provider).compile(estate, one, context).resources
