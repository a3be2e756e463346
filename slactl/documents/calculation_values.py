"""The single values of a calculator's input; what is wrong with them is collected."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place
from slactl.base.windows import Window, parse_window

_YEARS = range(1900, 3000)
"""Terms lie in these."""


class Values:
    """Reads texts that fit the schema; where one means nothing, a problem is added and a harmless value returned."""

    def __init__(self, problems: Diagnostics) -> None:
        self._problems = problems

    def share(self, text: str, place: Place) -> Fraction:
        """`99.95%` or `0.9995`; `1` is all of it in JSON alone, where nobody writes percentages."""
        number = text.replace("%", "").strip()
        if "%" not in text and Decimal(number) == 1 and not place.file.endswith(".json"):
            hint = "Write the one that is meant, with its %."
            self._problems.error(f"{number} has no % and could mean 1% or 100%", hint, place)
            return Fraction(1)
        share = Fraction(Decimal(number)) / (100 if "%" in text else 1)
        if share <= 1:
            return share
        hint = "A percentage lies between 0% and 100%."
        if "%" not in text:
            hint = f"Write a share between 0 and 1, or a percentage like {number}%."
        self._problems.error(f"{text.strip()} is more than all of it", hint, place)
        return Fraction(1)

    def window(self, data: Mapping[str, Any], place: Place, default: Window) -> Window:
        """The value of the key `window`."""
        if "window" not in data:
            return default
        try:
            return parse_window(data["window"])
        except ValueError as error:
            self._problems.error("This is no window", str(error), place.at("window"))
            return default

    def term(self, data: Mapping[str, Any], place: Place) -> tuple[date, date] | None:
        """The days at `from` and `until`; None where there are none."""
        days = {key: self._day(data[key], place.at(key)) for key in ("from", "until") if key in data}
        if len(days) == 1:
            hint = "Give both from and until, or neither for the whole calendar."
            self._problems.error("A term has a first and a last day", hint, place.at(next(iter(days))))
        first, last = days.get("from"), days.get("until")
        if first is None or last is None:
            return None
        if last < first:
            summary = f"The term ends on {last}, before it begins on {first}"
            self._problems.error(summary, "", place.at("until"))
            return None
        return first, last

    def _day(self, text: str, place: Place) -> date | None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self._problems.error(f"There is no day {text}", "Write it as 2026-11-23.", place)
            return None
        if day.year in _YEARS:
            return day
        hint = f"Give days of the years from {_YEARS[0]} to {_YEARS[-1]}."
        self._problems.error(f"A term does not reach to {text}", hint, place)
        return None
