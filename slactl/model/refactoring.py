"""Refactoring: addresses that moved, were given up, or are taken over."""

from collections.abc import Mapping

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass


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


def is_agreement(address: str) -> bool:
    """Whether an address is that of an agreement: `sla.acme-shop`."""
    kind, _, name = address.partition(".")
    return kind in ("sla", "ola", "uc") and bool(name) and "." not in name


def chain_of(source: str, targets: Mapping[str, str]) -> list[str]:
    """The addresses through which moves lead, the source first; where they go in a circle each stands once."""
    chain = [source]
    while (following := targets.get(chain[-1])) is not None and following not in chain:
        chain.append(following)
    return chain
