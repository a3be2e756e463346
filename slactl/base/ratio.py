"""Ratios as people promise them: `99.95%`, exact, never a binary float."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slactl.base.quick_dataclass import dataclass, field

_PERCENT = re.compile(r"\s*(\d{1,3}(?:\.\d{1,20})?)\s*%\s*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Ratio:
    """A share between 0 and 1, kept as the exact percentage that was written."""

    percent: Decimal
    share: Fraction = field(init=False, compare=False, repr=False)
    """The share itself: 99.9% is 999/1000."""
    complement: Fraction = field(init=False, compare=False, repr=False)
    """What is left to 1: the unavailability of an availability, the error budget of a target."""

    def __post_init__(self) -> None:
        share = Fraction(self.percent) / 100
        object.__setattr__(self, "share", share)
        object.__setattr__(self, "complement", 1 - share)

    @property
    def decimal(self) -> Decimal:
        """The share as the shortest exact decimal: 99.9% is 0.999."""
        return self.percent.scaleb(-2)

    @property
    def complement_decimal(self) -> Decimal:
        """What is left to 1 as an exact decimal: 99.9% leaves 0.001."""
        return (100 - self.percent).scaleb(-2)

    def __str__(self) -> str:
        return f"{plain(self.percent)}%"


@lru_cache(maxsize=4096)
def parse_ratio(text: str) -> Ratio:
    """Read `99.95%`.

    Raises:
        ValueError: with a sentence for the user; a bare number is named in both its readings.
    """
    match = _PERCENT.match(text)
    if match is None:
        raise ValueError(_why_not_a_percentage(text))
    percent = Decimal(match[1])
    if percent > 100:  # noqa: PLR2004 - all of something
        raise ValueError(f"{text.strip()} is more than all of it; a percentage lies between 0% and 100%.")
    return Ratio(percent)


def _why_not_a_percentage(text: str) -> str:
    try:
        number = Decimal(text.strip())
    except ArithmeticError:
        return f'"{text}" is no percentage; write it with its sign, like 99.9%.'
    if number.is_finite() and 0 <= number <= 1:
        return (
            f"{text} has no % and could mean {plain(number)}% or the share {plain(number)}, "
            f"which is {plain(number * 100)}%; write the one that is meant with its %."
        )
    if number.is_finite() and 0 <= number <= 100:  # noqa: PLR2004 - all of something
        return (
            f"{text} has no % and could mean {plain(number)}% or {plain(number)} times the whole; "
            f"write {plain(number)}% if that is meant."
        )
    return f"{text} is no percentage; a percentage lies between 0% and 100% and has its sign, like 99.9%."


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: `99.90` is `99.9`, `1E+2` is `100`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_text(value: Fraction, places: int, *, up: bool = False) -> str:
    """A fraction as a decimal text of at most `places` digits after the point, rounded down or up.

    Bounds stay bounds: round a lower bound down and an upper bound up.
    """
    return _decimal_text(value.numerator, value.denominator, places, up)


@lru_cache(maxsize=4096)
def _decimal_text(numerator: int, of: int, places: int, up: bool) -> str:
    scale = 10**places
    scaled = numerator * scale
    figures = -(-scaled // of) if up else scaled // of
    whole, rest = divmod(abs(figures), scale)
    text = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if figures < 0 else text
