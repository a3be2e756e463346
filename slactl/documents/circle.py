"""Finds what is part of itself."""

from collections.abc import Iterator, Mapping, Sequence


def circle(parts: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of one circle, its first name at both ends; empty where there is none.

    Args:
        parts: what each name is made of; names that are not in it are made of nothing.
    """
    finished: set[str] = set()
    for start in parts:
        above: dict[str, Iterator[str]] = {} if start in finished else {start: iter(parts[start])}
        while above:
            name = next(reversed(above))
            part = next(above[name], None)
            if part is None:
                finished.add(name)
                del above[name]
            elif part in above:
                names = list(above)
                return [*names[names.index(part) :], part]
            elif part in parts and part not in finished:
                above[part] = iter(parts[part])
    return []
