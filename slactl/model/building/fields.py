"""Reading typed values out of a mapping; a wrong one is reported at its place, and counts as absent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from slactl.base.days import parse_date
from slactl.base.diagnostics import Diagnostics, Path, Place
from slactl.base.duration import Duration, parse_length
from slactl.base.money import Money, parse_money
from slactl.base.rate import Rate, parse_rate
from slactl.base.ratio import Ratio, parse_ratio
from slactl.base.windows import Window, parse_window

T = TypeVar("T")


class Fields:
    """A mapping of the language, with the way to find each value's place when there is a message."""

    __slots__ = ("_where", "data", "path", "problems")

    def __init__(
        self, data: Mapping[str, Any], where: Callable[[Path], Place], problems: Diagnostics, path: Path = ()
    ) -> None:
        self.data = data
        self.problems = problems
        self.path = path
        self._where = where

    def place(self, *steps: str | int) -> Place:
        """Where a value below was written."""
        return self._where(self.path + steps)

    def error(self, summary: str, detail: str, *steps: str | int) -> None:
        """Report an error at a value below."""
        self.problems.error(summary, detail, self.place(*steps))

    def below(self, key: str) -> "Fields":
        """The mapping at `key`; empty where there is none."""
        return Fields(self.mapping(key), self._where, self.problems, (*self.path, key))

    def mapping(self, key: str) -> Mapping[str, Any]:
        """The mapping at `key` as written; empty where there is none."""
        value = self.data.get(key)
        return value if isinstance(value, dict) else {}

    def entries(self, key: str) -> Iterator["Fields"]:
        """Each mapping in the list, or in the mapping, at `key`."""
        value = self.data.get(key) or ()
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for step in keys:
            if isinstance(value[step], dict):
                yield Fields(value[step], self._where, self.problems, (*self.path, key, step))

    def text(self, key: str) -> str | None:
        """A text."""
        value = self.data.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        value = self.data.get(key)
        if isinstance(value, str):
            return (value,)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def mappings(self, key: str) -> tuple[Mapping[str, Any], ...]:
        """A list of mappings, as written."""
        value = self.data.get(key)
        return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()

    def ratio(self, key: str) -> Ratio | None:
        """A percentage."""
        return self._parsed(key, parse_ratio)

    def duration(self, key: str) -> Duration | None:
        """A duration."""
        return self._parsed(key, parse_length)

    def fixed(self, key: str, *, above_zero: bool = False) -> Duration | None:
        """A duration of the same length on every day: months have none, and are mostly meant as minutes."""
        duration = self.duration(key)
        if duration is not None and duration.months:
            self.error(f"{key} cannot be {duration}", "`m` is minutes, an upper-case `M` months.", key)
            return None
        return self._above_zero(key, duration) if above_zero else duration

    def cadence(self, key: str) -> Duration | None:
        """How often something comes round."""
        return self._above_zero(key, self.duration(key))

    def _above_zero(self, key: str, duration: Duration | None) -> Duration | None:
        if duration is not None and not duration.months and not duration.milliseconds:
            self.error(f"{key} cannot be {duration}", "Write a length above zero.", key)
            return None
        return duration

    def money(self, key: str) -> Money | None:
        """A sum of money."""
        return self._parsed(key, parse_money)

    def rate(self, key: str) -> Rate | None:
        """A rate of events."""
        return self._parsed(key, parse_rate)

    def date(self, key: str) -> date | None:
        """A date, `2026-11-23`."""
        return self._parsed(key, parse_date)

    def window(self, key: str) -> Window | None:
        """A window: a name, or `{rolling: 30d}`."""
        value = self.data.get(key)
        if value is None:
            return None
        return self.attempt(lambda: _window(value), key)

    def attempt(self, make: Callable[[], T], *steps: str | int) -> T | None:
        """What `make` makes; its ValueError is reported at the value below."""
        try:
            return make()
        except ValueError as reason:
            name = ".".join(str(step) for step in (*self.path, *steps))
            self.error(f"{name} is not valid", str(reason), *steps)
            return None

    def _parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        value = self.data.get(key)
        if value is None:
            return None
        try:
            return parse(str(value))
        except ValueError as reason:
            self.error(f"{'.'.join(map(str, (*self.path, key)))} is not valid: {value}", str(reason), key)
            return None


class Alike:
    """Parts that are written alike are one object: an estate has many agreements and few different terms.

    For parts that know nothing of their place. One that is wrong is built, and reported, each time.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[object, str], Any] = {}

    def made(self, make: Callable[[Fields], T], around: Fields, key: str) -> T:
        """What a function makes of the mapping at `key`, of which it sees nothing else."""
        written = (make, repr(around.data.get(key)))
        found: T | None = self._known.get(written)
        if found is None:
            before = len(around.problems.items)
            found = make(around.below(key))
            if len(around.problems.items) == before:
                self._known[written] = found
        return found


def parse_target(text: str, metric: str) -> Ratio | Duration | Rate | str:
    """Read a target as its metric asks: a percentage, a rate, a calendar's name, else a duration.

    Raises:
        ValueError: with a sentence for the user.
    """
    if metric in ("availability", "success-ratio"):
        return parse_ratio(text)
    if metric == "throughput":
        return parse_rate(text)
    return text if metric == "support-hours" else parse_length(text)


def _window(value: Any) -> Window:
    if isinstance(value, dict) and "rolling" in value:
        parse_length(str(value["rolling"]))
    return parse_window(value)


def of_document(data: Mapping[str, Any], place: Place, problems: Diagnostics) -> Fields:
    """The fields of a document's `spec`."""
    return Fields(data, lambda path: place.at("spec", *path), problems)
