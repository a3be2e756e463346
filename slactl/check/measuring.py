"""How a promise says that its service is measured: in slices of which length, and when one of them is down."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from slactl.base.duration import Duration, parse_duration
from slactl.base.ratio import parse_ratio
from slactl.model.agreement import Objective
from slactl.model.estate import Estate
from slactl.model.indicator import Timeslice

_LIMIT = re.compile(r"([\w-]+)\s*(<=|>=|<|>)\s*([\d.]+)(%|[a-zA-Z]*)\Z")


class Measuring(NamedTuple):
    """The length of a slice or probe interval, and when one of them is down; None: not said."""

    slice: Duration | None
    down_when: str | None


def stated(objective: Objective) -> Measuring:
    """What the agreement says."""
    words = objective.measure.down_when
    return Measuring(objective.measure.slice, " ".join(words.split()) if words else None)


def by_indicators(objective: Objective, estate: Estate) -> Measuring:
    """What the indicators that measure it do; of several with slices the one with the longest."""
    found = list(_timeslices(objective, estate)) if objective.indicators else []
    if not found:
        return Measuring(None, None)
    longest = max(found, key=lambda one: one.of.milliseconds)
    return Measuring(longest.of, f"success-ratio < {longest.good}")


def measuring_of(objective: Objective, estate: Estate) -> Measuring:
    """What the agreement says, else what the indicators do."""
    said, done = stated(objective), by_indicators(objective, estate)
    return Measuring(said.slice or done.slice, said.down_when or done.down_when)


def coarsest_slice(objective: Objective, estate: Estate) -> Duration | None:
    """The shortest time that can be seen: the longest of the slices that agreement and indicators name."""
    named = (stated(objective).slice, by_indicators(objective, estate).slice)
    return max((one for one in named if one), key=lambda one: one.milliseconds, default=None)


def counts_whatever(below: str, above: str) -> bool:
    """Whether all that is down by one condition (`above`) is down by another one (`below`), as far as they can be read.

    Conditions are read as one quantity beside one limit, `success-ratio < 95%`; others only cover themselves.
    """
    if below.casefold() == above.casefold():
        return True
    ours, theirs = _limit(above), _limit(below)
    if ours is None or theirs is None or ours.quantity != theirs.quantity:
        return False
    return ours.value < theirs.value or (
        ours.value == theirs.value and (theirs.inclusive or not ours.inclusive)
    )


def _timeslices(objective: Objective, estate: Estate) -> Iterator[Timeslice]:
    for name in sorted(set(objective.indicators.values())):
        indicator = estate.indicators.get(name)
        if indicator is not None and indicator.timeslice is not None:
            yield indicator.timeslice


class _Limit(NamedTuple):
    """A quantity with its direction and unit, down below the limit; where more is worse, both are turned round."""

    quantity: tuple[str, str, str]
    value: Fraction
    inclusive: bool


def _limit(condition: str) -> _Limit | None:
    match = _LIMIT.match(condition)
    if match is None:
        return None
    name, sign, number, unit = match.groups()
    try:
        value = _amount(number, unit)
    except (ValueError, InvalidOperation):  # words of the agreement that say no amount
        return None
    kind = unit if unit in ("", "%") else "s"
    return _Limit((name.casefold(), sign[0], kind), value if sign[0] == "<" else -value, sign.endswith("="))


def _amount(number: str, unit: str) -> Fraction:
    if unit == "%":
        return parse_ratio(number + unit).share
    return parse_duration(number + unit).seconds if unit else Fraction(Decimal(number))
