"""Refactoring: addresses that moved, were given up, or are taken over."""

from dataclasses import dataclass

from slactl.base.diagnostics import Place


@dataclass(frozen=True, slots=True)
class Moved:
    """What was applied as `source` is the same thing as what the files now call `target`."""

    source: str
    target: str
    place: Place


@dataclass(frozen=True, slots=True)
class Removed:
    """An address that is given up; its backend objects stay where `keep_objects` says so."""

    address: str
    keep_objects: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Import:
    """An object that exists in a backend under `id` and is to be taken over as `target`."""

    target: str
    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class Refactoring:
    """One reviewed set of moves, removals and imports."""

    name: str
    place: Place
    moved: tuple[Moved, ...] = ()
    removed: tuple[Removed, ...] = ()
    imports: tuple[Import, ...] = ()
