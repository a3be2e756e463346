"""Paths of values in a body: how plans name them, and how files name them in `lifecycle.ignoreChanges`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a body with its path; members of a list are named by what tells them apart, else counted."""
    if isinstance(value, Mapping) and value and "$ref" not in value:
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list)) for item in value):
        for step, below in zip(steps_of(value), value, strict=True):
            yield from leaves(below, f"{path}[{step}]")
    elif value is not None:
        yield path, value


def steps_of(items: Sequence[Any]) -> list[str]:
    """Names for the members of a list, so that one more member does not shift the rest; numbers where they have none."""
    names = [_name_of(item) for item in items]
    if all(names) and len(set(names)) == len(names):
        return names
    return [str(index) for index in range(len(items))]


def _name_of(item: Any) -> str:
    if not isinstance(item, Mapping):
        return ""
    name = next((str(item[key]) for key in ("record", "alert", "name", "tag", "key") if key in item), "")
    labels = item.get("labels")
    told = ",".join(str(value) for value in labels.values()) if isinstance(labels, Mapping) else ""
    return f"{name} {told}".strip()


Pattern = tuple[str, ...]
"""The steps of a path; a list's members stand in brackets, `[*]` for each of them."""


def pattern(path: str) -> Pattern:
    """The steps that a dotted path names: `groups[a].interval`; without the brackets every member is meant."""
    return tuple(f"[{found[1]}]" if found[1] is not None else found[2] for found in _STEP.finditer(path))


def below(patterns: Sequence[Pattern], key: str) -> list[Pattern]:
    """What the patterns say below a key of a mapping."""
    return [one[1:] for one in patterns if one and one[0] == key]


def inside(patterns: Sequence[Pattern], step: str) -> list[Pattern]:
    """What the patterns say below a member of a list."""
    return [
        one[1:] if one[0] in (f"[{step}]", "[*]") else one
        for one in patterns
        if one and (one[0] in (f"[{step}]", "[*]") or not one[0].startswith("["))
    ]


def matches(value: Any, one: Pattern) -> bool:
    """Whether a body has a value at the path."""
    if not one:
        return True
    if isinstance(value, Mapping):
        return one[0] in value and matches(value[one[0]], one[1:])
    if isinstance(value, (list, tuple)):
        members = zip(steps_of(value), value, strict=True)
        return any(matches(item, rest) for step, item in members for rest in inside([one], step))
    return False
