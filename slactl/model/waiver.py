"""Waivers: findings that someone accepts, with a reason, an owner and an expiry."""

from datetime import date

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding of `rule` about `subject` is accepted by `owner` until and including `until`."""

    name: str
    place: Place
    rule: str
    subject: str
    """An address, which may hold `*`, or a selector (`slactl.model.selector`)."""
    reason: str
    owner: str
    until: date

    @property
    def address(self) -> str:
        """`waiver.cdn-2026`."""
        return f"waiver.{self.name}"
