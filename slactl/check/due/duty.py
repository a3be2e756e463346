"""Things that fall due."""

from datetime import date
from typing import Literal

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass

DutyKind = Literal[
    "term-end",
    "renewal",
    "notice",
    "signature",
    "maintenance-notice",
    "review",
    "provisional",
    "report",
    "insurance",
    "evidence",
    "waiver",
]


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that somebody should do, or know, by a day."""

    on: date
    """The last day for it."""
    kind: DutyKind
    address: str
    """What it is about: `sla.acme-shop`, `service.shop`, `waiver.cdn-2026`."""
    mark: str
    """Tells it from other duties of the same address, and stays the same when its day moves."""
    what: str
    """One line: `last day on which acme can give notice`."""
    todo: str
    """What to do about it, in a sentence."""
    who: tuple[str, ...] = ()
    """Whose move it is: parties, or a waiver's or evidence's owner as written."""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Undated:
    """Something that should fall due, and for which the files give no day."""

    address: str
    what: str
    todo: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class DueList:
    """What falls due up to and including a day, and what is overdue as of another."""

    as_of: date
    until: date
    duties: tuple[Duty, ...]
    """By date: what is overdue comes first."""
    undated: tuple[Undated, ...]

    @property
    def overdue(self) -> tuple[Duty, ...]:
        """What should have been done before the day of the list."""
        return tuple(one for one in self.duties if one.on < self.as_of)

    @property
    def coming(self) -> tuple[Duty, ...]:
        """What falls due on the day of the list or later."""
        return tuple(one for one in self.duties if one.on >= self.as_of)
