"""What a provider must offer: a pure half that compiles, and a connection that does the input and output.

Three systems were sketched against it before it was fixed; `docs/providers.md` shows them:

- files and a reload (Prometheus): `execute` stages files, `commit` puts them in place and reloads, `rollback`
  brings the old ones back; ids are file names.
- a batch JSON-RPC interface with server-made ids (Zabbix): `execute` sends arrays, bisects a refused batch,
  returns ids in outcomes; bodies refer to other objects by `Ref`; `commit` has nothing to do.
- one REST call an object (Icinga 2): `execute` loops over its own worker threads; attributes that cannot
  change in place are named in `Resource.replace_on`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from slactl.base.diagnostics import Place, Severity
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, field
from slactl.model.agreement import Agreement, Objective
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider.definition import Definition
from slactl.provider.resource import Candidate, Change, Observed, Outcome, Resource


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when a provider works."""

    root: Path
    """The workspace's folder: relative paths in a backend's configuration start here."""
    workspace: str
    """The workspace's name: part of every mark."""
    as_of: date
    """The day the files are read for; generated horizons end on `horizon_end`, never on a day counted from it."""

    @property
    def horizon_end(self) -> date:
        """The 31st of December of next year: a boundary that stays where it is tomorrow."""
        return date(self.as_of.year + 1, 12, 31)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the system cannot hold, or holds differently; an error keeps the plan from being applied."""

    severity: Severity
    address: str
    """The agreement, objective or indicator concerned."""
    message: str
    """What, why, and what to do, in one or two sentences."""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Compilation:
    """What an estate needs in one backend."""

    resources: Sequence[Resource]
    notices: Sequence[Notice] = ()
    definitions: Sequence[Definition] = ()
    """How each objective is measured that this backend answers for in `Connection.measure`."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question about the past: how well one objective did in one window."""

    agreement: Agreement
    objective: Objective
    start: int
    """First second of the window, UTC."""
    end: int
    """First second after the window, UTC."""
    measured: IntervalSet
    """The time within the window that counts: service hours less excluded maintenance."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to a query, in the query's measured time."""

    objective: str
    """The objective's address."""
    good: Fraction | None
    """The good share (of events, or of time), or None where there is no data."""
    bad_s: Fraction | None = None
    """Seconds of downtime, for indicators that count time."""
    events: Fraction | None = None
    """Events in all, for indicators that count events."""
    covered: Fraction | None = None
    """The share of the measured time for which there is data, where the system can tell."""
    note: str = ""
    """Why there is no answer, or what it leaves out."""


class Connection(Protocol):
    """An open connection to one backend; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read_all(self) -> Sequence[Observed]:
        """Read every object that carries this workspace's mark, in bulk.

        Raises:
            SlactlError: when the backend cannot be read.
        """

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Make a batch of independent changes; one outcome for each, in the same order.

        A single change that fails is an outcome, not an exception. Objects without our mark are never touched.
        """

    def commit(self) -> None:
        """Put what this connection has staged in force; never what one that was killed has left behind.

        Raises:
            SlactlError: when the system refuses them; the previous objects are in force again by then.
        """

    def rollback(self) -> None:
        """Undo what is staged and not committed; nothing to do for systems without stages."""

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading | None]:
        """Answer each query from the system's history, in the same order; None where it measures nothing at all.

        A report asks about one window of each objective, a baseline about each day of a year: in bulk, and any span.

        Raises:
            SlactlError: when the backend cannot be read.
        """


@runtime_checkable
class Adopting(Protocol):
    """What a connection may offer beside `Connection`: objects of others that can become ours.

    Such an object changes only by a `Change` with `adopts`, which writes our mark.
    """

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the name that users know it by
        """One object by the backend's own name, or None; its address is empty unless it carries this workspace's mark.

        Raises:
            SlactlError: when it is there and cannot become ours, with what to do; or the backend cannot be read.
        """

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Objects of others that stand where these wanted ones shall be, as far as that can be told.

        Raises:
            SlactlError: when the backend cannot be read.
        """


@runtime_checkable
class FileBased(Protocol):
    """What a connection may offer beside `Connection`: files alone decide what it reads."""

    def files(self) -> Sequence[str]:
        """Patterns of whole paths, as `glob` reads them, of every file that `read_all` looks at.

        While none of them comes, goes or changes, it finds the same. Links stay links: one may lead elsewhere tomorrow.
        """


class Provider(Protocol):
    """One kind of monitoring system. An instance has no state and does no input or output by itself."""

    name: str
    """As `Backend.provider` names it."""

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check a backend's configuration: unknown keys, wrong values."""

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive every object that the estate needs in this backend, and what the system cannot hold.

        Pure and deterministic: the same estate and context give the same resources, byte for byte.
        """

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """What one object costs the system, in the system's own terms: `{"rules": 3, "series": 9}`."""

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Open a connection; `config` is the backend's configuration with its secrets read.

        Raises:
            SlactlError: when the system cannot be reached or refuses the credentials.
        """


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """A provider that is installed, known without importing it."""

    name: str
    distribution: str
    version: str
    module: str = field(default="")
