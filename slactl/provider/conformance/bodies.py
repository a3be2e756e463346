"""Bodies as trees: the paths in them, other values at a path, and what they refer to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl.provider.resource import Ref

Path = tuple[str | int, ...]
"""The keys and numbers that lead to a value in a body."""


def leaves(body: Any, path: Path = ()) -> Iterator[Path]:
    """The paths to everything that holds nothing more: texts, numbers, empty lists and mappings."""
    if isinstance(body, Mapping) and body:
        for key, value in body.items():
            yield from leaves(value, (*path, key))
    elif isinstance(body, list | tuple) and body:
        for index, value in enumerate(body):
            yield from leaves(value, (*path, index))
    else:
        yield path


def at(body: Any, path: Path) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path:
        try:
            body = body[key]
        except (LookupError, TypeError):
            return None
    return body


def with_other(body: Any, path: Path, value: Any) -> Any:
    """A copy of a body with another value at a path."""
    if not path:
        return value
    first, *rest = path
    pairs = body.items() if isinstance(body, Mapping) else enumerate(body)
    changed = {key: with_other(one, tuple(rest), value) if key == first else one for key, one in pairs}
    return changed if isinstance(body, Mapping) else [*changed.values()]


def shape(path: Path) -> str:
    """A path in words, the same for all items of a list: `problem_tags.*.value`."""
    return ".".join("*" if isinstance(one, int) else one for one in path)


def refers_to(body: Any) -> Iterator[str]:
    """The addresses that a body refers to."""
    if isinstance(body, Ref):
        yield body.address
    elif isinstance(body, Mapping):
        for value in body.values():
            yield from refers_to(value)
    elif isinstance(body, Sequence) and not isinstance(body, str):
        for value in body:
            yield from refers_to(value)


def filled(body: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """The body with what each `Ref` stands for; `known` are the fields of objects by address."""
    if isinstance(body, Ref):
        return known[body.address][body.field]
    if isinstance(body, Mapping):
        return {key: filled(value, known) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [filled(value, known) for value in body]
    return body
