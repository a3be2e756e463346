"""Types and conditions of variables: what a value must be like, and what is said of one that is not."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.duration import parse_duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import parse_ratio
from slactl.documents.reader import read_documents

_COLLECTIONS = ("list", "map")
_DAYS_OF_A_MONTH = Fraction(30)
"""To compare a duration with a limit."""
_MEANING = {
    "string": "a text",
    "number": "a number, like 3 or 0.5",
    "bool": "true or false",
    "duration": "a duration, like 5m or 4h",
    "percentage": "a percentage, like 99.9%",
    "list": "a list, like [eu, us]",
    "map": "a mapping, like {eu: berlin}",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from."""

    words: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What the workspace says about one variable."""

    name: str
    type: str
    sensitive: bool
    rules: Mapping[str, Any]
    """`enum`, `pattern`, `minimum`, `maximum`, `errorMessage`; for lists and maps they hold for every element."""

    def value(self, given: Any, source: Source, problems: Diagnostics) -> Any:
        """The value as texts, lists and mappings; what is wrong with it is reported, for sensitive ones without it."""
        value = self._read(given)
        for fault in self._faults(value):
            problems.error(f'The variable "{self.name}" {fault}', self._detail(source), self._place(source))
            break
        return value

    def _read(self, given: Any) -> Any:
        """Options and the environment give text; lists and mappings are written in YAML there."""
        if self.type not in _COLLECTIONS or not isinstance(given, str):
            return given
        try:
            documents = read_documents(given, "")
        except SlactlError:
            return given
        return documents[0] if len(documents) == 1 else given

    def _faults(self, value: Any) -> Iterator[str]:
        shown = (
            ""
            if self.sensitive
            else f", not {value!r}"
            if isinstance(value, str)
            else ", and is another thing"
        )
        if not self._is_of_type(value):
            yield f"must be {_MEANING[self.type]}{shown}"
            return
        elements = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        )
        for element in elements:
            if isinstance(element, str):
                yield from self._broken(element)

    def _is_of_type(self, value: Any) -> bool:
        match self.type:
            case "list":
                return isinstance(value, list)
            case "map":
                return isinstance(value, dict)
            case "bool":
                return value in ("true", "false")
            case "string":
                return isinstance(value, str)
            case _:
                return isinstance(value, str) and _measured(self.type, value) is not None

    def _broken(self, value: str) -> Iterator[str]:
        shown = "" if self.sensitive else f", not {value!r}"
        allowed = self.rules.get("enum")
        if allowed is not None and value not in allowed:
            yield f"must be one of {', '.join(allowed)}{shown}"
        pattern = self.rules.get("pattern")
        if pattern is not None and not re.search(pattern, value):
            yield f"must match {pattern}{shown}"
        for key, words in (("minimum", "at least"), ("maximum", "at most")):
            limit, size = self.rules.get(key), _measured(self.type, value)
            if limit is not None and size is not None:
                bound = _measured(self.type, limit)
                if bound is not None and (size < bound if key == "minimum" else size > bound):
                    yield f"must be {words} {limit}{shown}"

    def _detail(self, source: Source) -> str:
        said = str(self.rules.get("errorMessage", ""))
        return f"It comes from {source.words}.{f' {said}' if said else ''}"

    def _place(self, source: Source) -> Place | None:
        return None if self.sensitive else source.place  # a place shows its line


def _measured(kind: str, text: str) -> Fraction | None:
    """How large a value is; None for a text that is none of this type."""
    try:
        match kind:
            case "percentage":
                return parse_ratio(text).share
            case "duration":
                duration = parse_duration(text)
                return _DAYS_OF_A_MONTH * duration.months * 86_400 + duration.seconds
            case "number":
                number = Decimal(text)
                return Fraction(number) if number.is_finite() else None
            case _:
                return None
    except (ValueError, InvalidOperation):
        return None


def declaration(name: str, document: Any) -> Declared:
    """The declaration in a workspace; its type follows from its default where it is not stated."""
    stated = document if isinstance(document, Mapping) else {}
    kind = stated.get("type") or _type_of(stated.get("default"))
    return Declared(name, str(kind), bool(stated.get("sensitive", False)), stated)


def _type_of(default: Any) -> str:
    return "list" if isinstance(default, list) else "map" if isinstance(default, dict) else "string"


def rules_hold(declared: Declared, problems: Diagnostics, place: Place) -> bool:
    """Whether a value can be held against the conditions; those that cannot be meant are reported."""
    before = len(problems.items)
    pattern = declared.rules.get("pattern")
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            problems.error(f'"{pattern}" is no regular expression: {error.msg}', "", place.at("pattern"))
    for key in ("minimum", "maximum"):
        limit = declared.rules.get(key)
        if limit is not None and _measured(declared.type, limit) is None:
            problems.error(
                f'{key} "{limit}" is nothing that a {declared.type} can be compared with',
                "Limits are for numbers, durations and percentages, and written like them.",
                place.at(key),
            )
    if declared.sensitive and declared.type in _COLLECTIONS:
        problems.error(
            f'The variable "{declared.name}" is sensitive and must be a single value, not a {declared.type}',
            "Declare one variable for each secret.",
            place.key_at("sensitive"),
        )
    if declared.sensitive and declared.rules.get("default") is not None:
        problems.error(
            f'The variable "{declared.name}" is sensitive and has its value written out as a default',
            "Files are read by many. Leave the default out and give the value by the environment or a file of its own.",
            place.key_at("default"),
        )
    return len(problems.items) == before
