"""The calculator's input: a structure, the availability of its components, a window and perhaps a target."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Diagnostics, InvalidFiles, Place, SlactlError
from slactl.base.duration import Duration, parse_duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.base.windows import Window
from slactl.documents.calculation_text import calculation_data
from slactl.documents.calculation_values import Values
from slactl.documents.circle import circle
from slactl.documents.problems import schema_problems
from slactl.documents.schemas import fast_validator, typed

_SCHEMA = "calculation"
_MONTH = Window("calendar-month")


@dataclass(frozen=True, slots=True)
class Needs:
    """At least `at_least` of the parts are needed."""

    at_least: int
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """The share of each window for which a component may be down."""

    unavailability: Fraction
    window: Window


@dataclass(frozen=True, slots=True)
class JointPromise:
    """At least `at_least` of the parts are down at once for at most `downtime` in each window."""

    name: str
    """One that no service and no component has."""
    parts: tuple[str, ...]
    at_least: int
    downtime: Duration
    window: Window


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a file asks."""

    top: str
    services: Mapping[str, Needs]
    """Services as written, and the groups inside them under names of their own."""
    components: Mapping[str, Component]
    joint: tuple[JointPromise, ...]
    window: Window
    term: tuple[date, date] | None
    target: Fraction | None
    """The availability to judge."""


def read_calculation(path: Path, shown: str) -> Calculation:
    """Read one file, YAML or JSON by its name's ending; `shown` is its name in messages.

    Raises:
        InvalidFiles: with everything that is wrong.
        SlactlError: when it cannot be read.
    """
    data = calculation_data(path, shown)
    place = Place(shown)
    if not isinstance(data, dict):
        raise SlactlError(
            "A calculation is a mapping", "It has top, services, components and perhaps a target.", place
        )
    data = typed(_SCHEMA, data)
    if not fast_validator(_SCHEMA).is_valid(data):
        raise InvalidFiles(schema_problems(_SCHEMA, data, place))
    return _Reading(data, place).calculation()


class _Reading:
    """One valid document to a calculation; what the schema cannot say is checked here."""

    def __init__(self, data: Mapping[str, Any], place: Place) -> None:
        self._data = data
        self._place = place
        self._problems = Diagnostics()
        self._values = Values(self._problems)
        self._services: dict[str, Needs] = {}
        self._written: dict[str, str] = {}
        """For each group the service that it is written in."""
        self._names = {*data.get("services", {}), *data["components"]}

    def calculation(self) -> Calculation:
        values, target = self._values, self._data.get("target")
        window = values.window(self._data, self._place, _MONTH)
        for name, needs in self._data.get("services", {}).items():
            self._written[name] = name
            self._add(name, needs, self._place.at("services", name))
        found = Calculation(
            top=self._data["top"],
            services=self._services,
            components={
                name: self._component(name, value, window) for name, value in self._data["components"].items()
            },
            joint=tuple(self._joint(window)),
            window=window,
            term=values.term(self._data, self._place),
            target=None if target is None else values.share(target, self._place.at("target")),
        )
        self._check_names(found)
        self._check_circles(found)
        self._problems.raise_errors()
        return found

    def _add(self, name: str, needs: Any, place: Place) -> None:
        if isinstance(needs, str):
            self._services[name] = Needs(1, (needs,))
            return
        parts, count, at = _group(needs, place)
        if not 1 <= count <= len(parts):
            self._problems.error(
                f"At least {count} of {len(parts)} cannot be asked for",
                f"Give a count between 1 and {len(parts)}.",
                at,
            )
            count = 1
        names = [self._named(name, index, part, at) for index, part in enumerate(parts)]
        self._services[name] = Needs(count, tuple(names))

    def _named(self, name: str, index: int, part: Any, place: Place) -> str:
        if isinstance(part, str):
            return part
        inner = self._unused(f"{name}/{index}")
        self._written[inner] = self._written[name]
        self._add(inner, part, place.at(index))
        return inner

    def _unused(self, name: str) -> str:
        """A name that nothing has, and that nothing is given any more."""
        while name in self._names:
            name += "'"
        self._names.add(name)
        return name

    def _component(self, name: str, value: Any, window: Window) -> Component:
        at = self._place.at("components", name)
        if isinstance(value, str):
            return Component(1 - self._values.share(value, at), window)
        own = self._values.window(value, at, window)
        return Component(1 - self._values.share(value["availability"], at.at("availability")), own)

    def _joint(self, window: Window) -> Iterator[JointPromise]:
        for index, one in enumerate(self._data.get("joint", [])):
            place = self._place.at("joint", index)
            downtime = parse_duration(one["downtime"])
            if downtime.months:
                self._problems.error(
                    f"{one['downtime']} of downtime has no fixed length", "Write minutes or hours.", place
                )
            if one["atLeast"] > len(one["services"]):
                self._problems.error(
                    f"At least {one['atLeast']} of {len(one['services'])} cannot be down at once",
                    "Give a count between 1 and the number of services.",
                    place.at("atLeast"),
                )
            own = self._values.window(one, place, window)
            yield JointPromise(
                self._unused(f"joint/{index}"), tuple(one["services"]), one["atLeast"], downtime, own
            )

    def _check_names(self, found: Calculation) -> None:
        known = [*found.services, *found.components]
        for key in ("services", "components"):
            for name in self._data.get(key, {}):
                if not name.strip() or not name.isprintable():
                    self._problems.error(
                        f"{name!r} is no usable name",
                        "A name has letters and no control characters.",
                        self._place.key_at(key, name),
                    )
        for name in found.services.keys() & found.components.keys():
            self._problems.error(
                f"{name} is a service and a component",
                "Rename one of them.",
                self._place.at("components", name),
            )
        if found.top not in known:
            self._problems.error(
                f'top names "{found.top}", which is neither a service nor a component',
                did_you_mean(found.top, known).strip(),
                self._place.at("top"),
            )
        named: list[tuple[str, str, tuple[str | int, ...]]] = [
            (self._written[name], part, ("services", self._written[name]))
            for name, one in found.services.items()
            for part in one.parts
        ]
        named += [
            ("joint", part, ("joint", index)) for index, one in enumerate(found.joint) for part in one.parts
        ]
        for name, part, path in named:
            if part not in found.services and part not in found.components:
                self._problems.error(
                    f'{name} names "{part}", which is neither a service nor a component',
                    f"Give its availability under components.{did_you_mean(part, known)}",
                    self._place.at(*path),
                )

    def _check_circles(self, found: Calculation) -> None:
        names = circle({name: one.parts for name, one in found.services.items()})
        if names:
            self._problems.error(
                f"{names[0]} rests on itself: {' -> '.join(names)}",
                "Take one of these dependencies out.",
                self._place.at("services", self._written[names[0]]),
            )


def _group(needs: Any, place: Place) -> tuple[list[Any], int, Place]:
    if isinstance(needs, list):
        return needs, len(needs), place
    if "all" in needs:
        return needs["all"], len(needs["all"]), place.at("all")
    if "any" in needs:
        return needs["any"], 1, place.at("any")
    body = needs["atLeast"]
    return body["of"], body["count"], place.at("atLeast", "of")
