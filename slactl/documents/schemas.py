"""The JSON Schemas of the language: found, bundled, and compiled once.

Scalars are read as text; where a schema says `integer`, `number` or `boolean`, and only there, `typed` turns
the text into one. So `NO` stays Norway and `08:00` a time.
"""

import json
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError

API_VERSION = "slactl/v1"
SCHEMA_OF_KIND = {
    "Workspace": "workspace",
    "Party": "party",
    "Service": "service",
    "Calendar": "calendar",
    "ServiceLevel": "service-level",
    "SLA": "agreement",
    "OLA": "agreement",
    "UC": "agreement",
    "Waiver": "waiver",
    "Indicator": "indicator",
    "Backend": "backend",
    "Refactoring": "refactoring",
}
_COMMON = "common.schema.json"


def schema_folder() -> Path:
    """Where the schemas are: inside the installed package, else in the checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "schemas"
    return packaged if packaged.is_dir() else package.parent / "schemas"


@cache
def _read(name: str) -> dict[str, Any]:
    path = schema_folder() / name
    try:
        schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SlactlError(
            f"The schema {name} cannot be read: {error}", "Reinstall slactl; its package is damaged."
        ) from error
    return schema


@cache
def bundled(schema_name: str) -> dict[str, Any]:
    """A kind's schema with the shared definitions inside, so that every reference is local."""
    schema = _read(f"{schema_name}.schema.json")
    shared = _localize(_read(_COMMON)["$defs"])
    own: dict[str, Any] = _localize(schema)
    own.pop("$id", None)
    own["$defs"] = {**shared, **own.get("$defs", {})}
    return own


def _localize(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: item.removeprefix(_COMMON) if key == "$ref" and isinstance(item, str) else _localize(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_localize(item) for item in value]
    return value


@cache
def fast_validator(schema_name: str) -> Any:
    """A compiled validator for yes or no (`is_valid`)."""
    import jsonschema_rs  # noqa: PLC0415 - only commands that read agreements need it

    return jsonschema_rs.Draft202012Validator(bundled(schema_name))


@cache
def wordy_validator(schema_name: str) -> Any:
    """A validator that explains (`iter_errors`); made only when something is wrong."""
    import jsonschema  # noqa: PLC0415 - slow to import, needed only for an error's words

    return jsonschema.Draft202012Validator(bundled(schema_name))


def typed(schema_name: str, data: Any) -> Any:
    """The data with texts turned into integers, decimals and booleans where the schema says so.

    A text that is none stays as it is, and the validator refuses it. The data is changed in place.
    """
    typing = _typing_of(schema_name)
    return data if typing is None else typing.apply(data)


class _Typing:
    """What has to be typed below one point of a schema; None stands for nothing."""

    __slots__ = ("extra", "items", "properties", "scalar")

    def __init__(self) -> None:
        self.scalar: str | None = None
        self.properties: dict[str, _Typing] = {}
        self.extra: _Typing | None = None
        self.items: _Typing | None = None

    def apply(self, data: Any) -> Any:
        """Type the data in place and return it."""
        if isinstance(data, str):
            return _SCALARS[self.scalar](data) if self.scalar else data
        if isinstance(data, dict):
            if self.extra is not None:
                for key, value in data.items():
                    data[key] = self.properties.get(key, self.extra).apply(value)
            else:
                for key, typing in self.properties.items():
                    if key in data:
                        data[key] = typing.apply(data[key])
        elif isinstance(data, list) and self.items is not None:
            for index, value in enumerate(data):
                data[index] = self.items.apply(value)
        return data


def _integer(text: str) -> int | str:
    body = text.removeprefix("-")
    return int(text) if body.isascii() and body.isdigit() and len(body) <= 18 else text  # noqa: PLR2004 - 64 bits


def _number(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


_SCALARS = {"integer": _integer, "number": _number, "boolean": _boolean}


@cache
def _typing_of(schema_name: str) -> _Typing | None:
    schema = bundled(schema_name)
    made: dict[str, _Typing] = {}
    typing = _derive(schema, schema["$defs"], made)
    _prune(typing, set())
    return typing if _types_something(typing, set()) else None


def _derive(schema: Any, defs: dict[str, Any], made: dict[str, _Typing]) -> _Typing:
    if not isinstance(schema, dict):
        return _Typing()
    if "$ref" in schema and not schema.keys() & {"type", "properties", "items", "oneOf", "anyOf"}:
        return _referenced(schema["$ref"].removeprefix("#/$defs/"), defs, made)
    typing = _Typing()
    _add(typing, schema, defs, made)
    return typing


def _add(typing: _Typing, schema: dict[str, Any], defs: dict[str, Any], made: dict[str, _Typing]) -> None:
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind in _SCALARS:
            typing.scalar = kind
    for key, below in schema.get("properties", {}).items():
        typing.properties[key] = _derive(below, defs, made)
    extra = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    for below in extra:
        if isinstance(below, dict):
            typing.extra = _derive(below, defs, made)
    if isinstance(schema.get("items"), dict):
        typing.items = _derive(schema["items"], defs, made)
    for branch in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
        _merge(typing, _derive(branch, defs, made))


def _referenced(name: str, defs: dict[str, Any], made: dict[str, _Typing]) -> _Typing:
    if name not in made:
        made[name] = _Typing()  # first, so that a recursive definition finds itself
        _merge(made[name], _derive(defs[name], defs, made))
    return made[name]


def _merge(into: _Typing, other: _Typing) -> None:
    into.scalar = into.scalar or other.scalar
    into.properties.update(other.properties)
    into.extra = into.extra or other.extra
    into.items = into.items or other.items


def _types_something(typing: _Typing | None, seen: set[int]) -> bool:
    if typing is None or id(typing) in seen:
        return False
    seen.add(id(typing))
    if typing.scalar:
        return True
    below = [*typing.properties.values(), typing.extra, typing.items]
    return any(_types_something(one, seen) for one in below)


def _prune(typing: _Typing | None, seen: set[int]) -> None:
    """Drop what types nothing, so that typing a document touches only the few places that count."""
    if typing is None or id(typing) in seen:
        return
    seen.add(id(typing))
    kept = {key: below for key, below in typing.properties.items() if _types_something(below, set())}
    typing.properties = kept
    typing.extra = typing.extra if _types_something(typing.extra, set()) else None
    typing.items = typing.items if _types_something(typing.items, set()) else None
    for below in (*kept.values(), typing.extra, typing.items):
        _prune(below, seen)
