"""Frozen dataclasses as JSON data and back, by their annotations; rows without names, for caches that one release reads and writes."""

import types
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from slactl.base.quick_dataclass import field_names

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


@cache
def encoder(hint: Any) -> Convert:
    """What turns a value of this annotation into JSON data.

    Raises:
        TypeError: for an annotation that is not meant to be kept.
    """
    return _converter(hint, encoder, _encodes)


@cache
def decoder(hint: Any) -> Convert:
    """What turns JSON data back into a value of this annotation; the data is used up by that.

    Raises:
        TypeError: for an annotation that is not meant to be kept.
    """
    return _converter(hint, decoder, _decodes)


def _converter(hint: Any, of: Callable[[Any], Convert], whole: Callable[[Any], Convert]) -> Convert:
    """Plain values as they are, containers member by member, the rest by `whole`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (str, int, bool) or origin is Literal:
        return _same
    if origin in (Union, types.UnionType):
        return _union(arguments, of)
    if origin is tuple:
        member = of(arguments[0])
        return tuple if member is _same else lambda value: tuple(map(member, value))
    if origin is Mapping:
        member = of(arguments[1])
        return lambda value: {key: member(one) for key, one in value.items()}
    return whole(hint)


def _union(arguments: tuple[Any, ...], of: Callable[[Any], Convert]) -> Convert:
    kinds = [one for one in arguments if one is not type(None)]
    if all(one in (str, int) for one in kinds):
        return _same
    (only,) = kinds
    convert = of(only)
    return lambda value: None if value is None else convert(value)


def _encodes(hint: Any) -> Convert:
    if hint is Fraction:
        return lambda value: [value.numerator, value.denominator]
    if hint is date:
        return date.isoformat
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str
    if (names := field_names(hint)) is not None:
        return _encodes_fields(hint, names)
    raise TypeError(f"{hint} cannot be kept")


def _encodes_fields(kind: Any, names: tuple[str, ...]) -> Convert:
    hints = get_type_hints(kind)
    several: Convert = attrgetter(*names) if len(names) > 1 else lambda value: _each(value, names)
    parts = _converted([encoder(hints[name]) for name in names])

    def encode(value: Any) -> Any:
        row = [*several(value)]
        for at, convert in parts:
            row[at] = convert(row[at])
        return row

    return encode


def _each(value: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(value, name) for name in names]


def _converted(parts: list[Convert]) -> list[tuple[int, Convert]]:
    """The parts that are not kept as they are, with their positions."""
    return [(at, convert) for at, convert in enumerate(parts) if convert is not _same]


def _decodes(hint: Any) -> Convert:
    if hint is Fraction:
        return lambda value: Fraction(value[0], value[1])
    if hint is date:
        return date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if (names := field_names(hint)) is not None:
        return _decodes_fields(hint, names)
    raise TypeError(f"{hint} cannot be kept")


def _decodes_fields(kind: Any, names: tuple[str, ...]) -> Convert:
    hints = get_type_hints(kind)
    parts = _converted([decoder(hints[name]) for name in names])

    def decode(value: Any) -> Any:
        if len(value) != len(names):
            raise ValueError(f"{kind.__name__} has {len(names)} fields, not {len(value)}")
        for at, convert in parts:
            value[at] = convert(value[at])
        return kind(*value)

    return decode
