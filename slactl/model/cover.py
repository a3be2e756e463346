"""What stands behind a promise in money, and terms that suppliers must match."""

from datetime import date

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Indemnity:
    """A damage that the provider makes good."""

    name: str
    cause: str
    place: Place
    covers: tuple[str, ...] = ()
    """Which damages: `legal`, `financial`."""
    cap: Money | None = None
    """The most for one event; None: as much as the agreement's liability allows."""


@dataclass(frozen=True, slots=True)
class Insurance:
    """A policy that stands behind indemnities or liability; the same policy may be written at several agreements."""

    kind: str
    place: Place
    insurer: str | None = None
    reference: str | None = None
    """The policy's number."""
    per_event: Money | None = None
    aggregate: Money | None = None
    """For all events of a year."""
    start: date | None = None
    until: date | None = None
    """First and last day of cover; None: open on that side."""
    indemnities: tuple[str, ...] = ()
    """Names of the indemnities that it is for; none: it is a general one, for whatever its holder owes."""

    @property
    def policy(self) -> object:
        """The same for two entries that are one policy: insurer and number, or, without a number, the entry itself."""
        return (self.insurer, self.reference) if self.reference else self.place

    @property
    def named(self) -> str:
        """What people call it: `public liability AL-88-1205 of alpine-insurance`."""
        number = f" {self.reference}" if self.reference else ""
        return self.kind + number + (f" of {self.insurer}" if self.insurer else "")

    def stands_behind(self, indemnity: str) -> bool:
        """Whether it is for an indemnity of this name."""
        return not self.indemnities or indemnity in self.indemnities

    def in_force(self, day: date) -> bool:
        """Whether a day lies in its term."""
        return (self.start is None or self.start <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class FlowDown:
    """Terms that a provider promises about data and audits, and that its suppliers must match; None: nothing said."""

    data_location: tuple[str, ...] = ()
    """Countries or regions where data may be; empty: nothing said."""
    sub_processors: str | None = None
    breach_notification: Duration | None = None
    """Longest time until a breach is reported."""
    audit_rights: bool = False
