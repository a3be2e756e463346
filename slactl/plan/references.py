"""References between objects: written as JSON, resolved where the other side is known, ordered in waves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider import Ref

KEY = "$ref"
Known = Callable[[str, str], Any]
"""The value of a field of an address, or None where it is not known yet."""


def refs_in(value: Any) -> Iterator[Ref]:
    """Every reference in a body, in either form."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        if KEY in value and len(value) == 1:
            yield Ref(*value[KEY])
        else:
            for below in value.values():
                yield from refs_in(below)
    elif isinstance(value, (list, tuple)):
        for below in value:
            yield from refs_in(below)


def as_json(value: Any, found: list[Ref]) -> Any:
    """The body as JSON data, in one pass with what it refers to: most bodies refer to nothing, and are done with."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if KEY in value and len(value) == 1:
            found.append(Ref(*value[KEY]))
        return {key: as_json(below, found) for key, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(below, found) for below in value]
    if isinstance(value, Ref):
        found.append(value)
        return {KEY: [value.address, value.field]}
    return value


def resolved(value: Any, known: Known) -> Any:
    """The body as JSON data with every reference that is known replaced by its value."""
    if isinstance(value, Ref):
        found = known(value.address, value.field)
        return {KEY: [value.address, value.field]} if found is None else found
    if isinstance(value, Mapping):
        if KEY in value and len(value) == 1:
            return resolved(Ref(*value[KEY]), known)
        return {key: resolved(below, known) for key, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(below, known) for below in value]
    return value


def depends_on(body: Any) -> tuple[str, ...]:
    """Addresses that a body refers to, in order."""
    return addresses_of(refs_in(body))


def addresses_of(refs: Iterable[Ref]) -> tuple[str, ...]:
    """What references lead to, in order, each once."""
    return tuple(sorted({ref.address for ref in refs}))


def in_order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The addresses, each behind what it needs; deterministic.

    Raises:
        SlactlError: when they need each other in a circle.
    """
    try:
        return list(
            TopologicalSorter({address: sorted(found) for address, found in needs.items()}).static_order()
        )
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise SlactlError(
            f"Backend objects refer to each other in a circle: {circle}", "This is a provider's fault."
        ) from error


def waves(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """For each address the first wave in which everything that it needs is there; needs outside are there already.

    Raises:
        SlactlError: when they need each other in a circle.
    """
    inside = {address: [one for one in found if one in needs] for address, found in needs.items()}
    if not any(inside.values()):
        return dict.fromkeys(needs, 0)
    wave: dict[str, int] = {}
    for address in in_order(inside):
        wave[address] = max((wave[need] + 1 for need in inside[address]), default=0)
    return wave
