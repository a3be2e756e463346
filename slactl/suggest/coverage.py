"""How much downtime a promise allows in a usual month, its service hours counted in."""

from fractions import Fraction

from slactl.base.ratio import Ratio
from slactl.model.estate import Estate
from slactl.suggest.move import MONTH_S

_WEEKS_S = 28 * 86_400
_FROM = 1_767_571_200
"""Monday 2026-01-05, 00:00 UTC: four weeks without the holidays of the turn of the year."""


def covered_share(estate: Estate, hours: str | None) -> Fraction:
    """The share of time in service hours over four usual weeks."""
    if hours is None:
        return Fraction(1)
    return Fraction(estate.hours.in_service(hours, _FROM, _FROM + _WEEKS_S).seconds, _WEEKS_S)


def downtime_a_month(estate: Estate, hours: str | None, target: Ratio) -> Fraction:
    """Seconds that a target allows in 30 days: all time outside the hours, and the rest of the promise within."""
    return (1 - covered_share(estate, hours) * target.share) * MONTH_S
