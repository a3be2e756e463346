"""The calculator's input: a structure, the availability of its components, a window and perhaps a target."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import (
    Diagnostic,
    Diagnostics,
    InvalidFiles,
    Place,
    Position,
    Range,
    Severity,
    SlactlError,
)
from slactl.base.duration import Duration, parse_duration
from slactl.base.ratio import parse_ratio
from slactl.base.text import did_you_mean
from slactl.base.windows import Window, parse_window
from slactl.documents.problems import schema_problems
from slactl.documents.reader import read_documents, read_text
from slactl.documents.schemas import fast_validator, typed

_SCHEMA = "calculation"
_MONTH = "calendar-month"


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
    text = read_text(path, shown)
    data = _json(text, shown) if path.suffix == ".json" else _yaml(text, shown)
    place = Place(shown)
    if not isinstance(data, dict):
        raise SlactlError(
            "A calculation is a mapping", "It has top, services, components and perhaps a target.", place
        )
    data = typed(_SCHEMA, data)
    if not fast_validator(_SCHEMA).is_valid(data):
        raise InvalidFiles(schema_problems(_SCHEMA, data, place))
    return _Reading(data, place).calculation()


def _yaml(text: str, shown: str) -> Any:
    documents = read_documents(text, shown)
    if len(documents) != 1:
        raise SlactlError(
            f"A calculation is one document, and {shown} holds {len(documents)}", "", Place(shown)
        )
    return documents[0]


def _json(text: str, shown: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            names = [name for name, _ in pairs]
            double = next(name for name in names if names.count(name) > 1)
            raise SlactlError(
                f'The key "{double}" appears twice in one object of {shown}', "Only one of them can hold."
            )
        return data

    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        lines = text.splitlines()
        at = Position(error.lineno, error.colno, error.pos)
        code = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        problem = Diagnostic(
            Severity.ERROR, "The file is not valid JSON", error.msg, Place(shown), Range(shown, at, at, code)
        )
        raise InvalidFiles([problem]) from None
    except RecursionError:
        raise SlactlError(f"{shown} is nested too deeply", "Give inner groups names of their own.") from None


class _Reading:
    """One valid document to a calculation; what the schema cannot say is checked here."""

    def __init__(self, data: Mapping[str, Any], place: Place) -> None:
        self._data = data
        self._place = place
        self._problems = Diagnostics()
        self._services: dict[str, Needs] = {}

    def calculation(self) -> Calculation:
        window = parse_window(self._data.get("window", _MONTH))
        for name, needs in self._data.get("services", {}).items():
            self._add(name, needs, self._place.at("services", name))
        found = Calculation(
            top=self._data["top"],
            services=self._services,
            components={
                name: self._component(name, value, window) for name, value in self._data["components"].items()
            },
            joint=tuple(self._joint(window)),
            window=window,
            term=self._term(),
            target=self._target(),
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
        inner = f"{name}/{index}"
        self._add(inner, part, place.at(index))
        return inner

    def _component(self, name: str, value: Any, window: Window) -> Component:
        at = self._place.at("components", name)
        if isinstance(value, str):
            return Component(1 - self._share(value, at), window)
        own = parse_window(value["window"]) if "window" in value else window
        return Component(1 - self._share(value["availability"], at.at("availability")), own)

    def _share(self, text: str, place: Place) -> Fraction:
        if "%" not in text:
            share = Fraction(Decimal(text))
            if share <= 1:
                return share
            self._problems.error(
                f"{text} is more than all of it",
                f"Write a share between 0 and 1, or a percentage like {text}%.",
                place,
            )
            return Fraction(1)
        try:
            return parse_ratio(text).share
        except ValueError as error:
            self._problems.error(str(error), "", place)
            return Fraction(1)

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
            own = parse_window(one["window"]) if "window" in one else window
            yield JointPromise(tuple(one["services"]), one["atLeast"], downtime, own)

    def _term(self) -> tuple[date, date] | None:
        ends = [self._day(key) for key in ("from", "until") if key in self._data]
        if not ends or None in ends:
            return None
        if len(ends) == 1:
            self._problems.error(
                "A term has a first and a last day",
                "Give both from and until, or neither for the whole calendar.",
                self._place.at("from" if "from" in self._data else "until"),
            )
            return None
        first, last = (day for day in ends if day is not None)
        if last < first:
            self._problems.error(
                f"The term ends on {last}, before it begins on {first}", "", self._place.at("until")
            )
            return None
        return first, last

    def _day(self, key: str) -> date | None:
        try:
            return date.fromisoformat(self._data[key])
        except ValueError:
            self._problems.error(
                f"There is no day {self._data[key]}", "Write it as 2026-11-23.", self._place.at(key)
            )
            return None

    def _target(self) -> Fraction | None:
        text = self._data.get("target")
        return None if text is None else self._share(text, self._place.at("target"))

    def _check_names(self, found: Calculation) -> None:
        known = [*found.services, *found.components]
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
            (name, part, ("services", name.split("/")[0]))
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
        circle = _circle(found.services)
        if circle:
            self._problems.error(
                f"{circle[0]} rests on itself: {' -> '.join(circle)}",
                "Take one of these dependencies out.",
                self._place.at("services", circle[0].split("/")[0]),
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


def _circle(services: Mapping[str, Needs]) -> list[str]:
    """The names of one circle, its first name at both ends; empty where there is none."""
    finished: set[str] = set()
    for start in services:
        above: dict[str, Iterator[str]] = {}
        if start not in finished:
            above[start] = iter(services[start].parts)
        while above:
            name = next(reversed(above))
            part = next(above[name], None)
            if part is None:
                finished.add(name)
                del above[name]
            elif part in above:
                names = list(above)
                return [*names[names.index(part) :], part]
            elif part in services and part not in finished:
                above[part] = iter(services[part].parts)
    return []
