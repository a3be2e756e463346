"""Refactorings that contradict themselves, one another, or what still stands in the files."""

from collections.abc import Callable, Iterator, Mapping

from slactl.base.diagnostics import Diagnostics, Place
from slactl.base.text import did_you_mean
from slactl.model.estate import Estate
from slactl.model.refactoring import Import, Moved, Removed, chain_of, is_agreement

_PARTS_OF_AN_OBJECT = 3
_SWAP = 2


def check_refactorings(estate: Estate, problems: Diagnostics) -> None:
    """Report every move, removal and import that cannot be meant, as far as the files alone tell."""
    for refactoring in estate.refactorings.values():
        for move in refactoring.moved:
            _check_addresses(move, problems)
        for removal in refactoring.removed:
            _check_removal(removal, estate, problems)
        for wanted in refactoring.imports:
            _check_import(wanted, estate, problems)
    stated = [one for refactoring in estate.refactorings.values() for one in refactoring.moved]
    moves = [one for one in stated if one.source != one.target]
    first = _check_once(moves, problems)
    _check_circles(first, problems)
    _check_heads(first, estate, problems)
    _check_targets_of_imports(estate, problems)


def _check_addresses(move: Moved, problems: Diagnostics) -> None:
    if move.source == move.target:
        problems.error("A move leads from an address to itself", "Take it out.", move.place)
        return
    for address, key in ((move.source, "from"), (move.target, "to")):
        if not (is_agreement(address) or _is_object(address)):
            problems.error(f'"{address}" cannot be moved', _FORMS, move.place.at(key))
            return
    if _sort(move.source) != _sort(move.target):
        problems.error(
            f"{move.source} cannot become {move.target}",
            "An agreement stays an SLA, OLA or UC; an object stays in its backend and of its type.",
            move.place.at("to"),
        )


_FORMS = (
    "Write an agreement's address, sla.NAME, ola.NAME or uc.NAME, or a backend object's, BACKEND.TYPE.NAME."
)


def _is_object(address: str) -> bool:
    parts = address.split(".")
    return len(parts) >= _PARTS_OF_AN_OBJECT and all(parts) and not is_agreement(".".join(parts[:2]))


def _sort(address: str) -> tuple[str, ...]:
    """What a move keeps: the kind of agreement; the backend and the type."""
    parts = address.split(".")
    return (parts[0],) if is_agreement(address) else (parts[0], parts[1])


def _check_removal(removal: Removed, estate: Estate, problems: Diagnostics) -> None:
    place = removal.place.at("address")
    if not (is_agreement(removal.address) or _is_object(removal.address)):
        problems.error(f'"{removal.address}" cannot be removed', _FORMS, place)
    elif removal.address in estate.agreements:
        written = estate.agreements[removal.address].place
        problems.error(
            f"{removal.address} is said to be removed, and still stands in the files",
            f"It is in {written.file}. Take it out there, or take this removal out.",
            place,
        )


def _check_import(wanted: Import, estate: Estate, problems: Diagnostics) -> None:
    backend = wanted.target.split(".", 1)[0]
    if not _is_object(wanted.target):
        problems.error(
            f'"{wanted.target}" cannot be imported',
            "Write the address of a backend object, BACKEND.TYPE.NAME, as a plan shows it.",
            wanted.place.at("to"),
        )
    elif backend not in estate.backends:
        problems.error(
            f'There is no backend "{backend}"',
            f"An object is to be imported from it.{did_you_mean(backend, estate.backends)}",
            wanted.place.at("to"),
        )


def _check_once(moves: list[Moved], problems: Diagnostics) -> dict[str, Moved]:
    """The moves by where they begin; two that begin or end at one address are reported."""
    by_source = _unique(moves, lambda one: one.source, "from", problems)
    _unique(list(by_source.values()), lambda one: one.target, "to", problems)
    return by_source


def _unique(
    moves: list[Moved], name: Callable[[Moved], str], key: str, problems: Diagnostics
) -> dict[str, Moved]:
    found: dict[str, Moved] = {}
    for move in moves:
        other = found.setdefault(name(move), move)
        if other is not move:
            problems.error(
                f"Two moves lead {key} {name(move)}",
                f"The other one is {other.source} to {other.target}, in {other.place.file}. Keep one.",
                move.place.at(key),
            )
    return found


def _check_circles(moves: Mapping[str, Moved], problems: Diagnostics) -> None:
    """Two that change places are clear; more in a circle is refused, as what is meant cannot be read from it."""
    targets = {source: move.target for source, move in moves.items()}
    seen: set[str] = set()
    for source, move in moves.items():
        if source in seen:
            continue
        chain = chain_of(source, targets)
        seen.update(chain)
        circle = targets.get(chain[-1]) in chain
        if circle and not (len(chain) == _SWAP and targets[chain[-1]] == source):
            problems.error(
                f"The moves go in a circle: {' -> '.join([*chain, targets[chain[-1]]])}",
                "Two addresses may change places; for more, move through a new address, one apply after the other.",
                move.place,
            )


def _check_heads(moves: Mapping[str, Moved], estate: Estate, problems: Diagnostics) -> None:
    """What moves away and is not replaced by another move is not in the files any more."""
    targets = {move.target for move in moves.values()}
    for source, move in moves.items():
        if source in estate.agreements and source not in targets:
            written = estate.agreements[source].place
            problems.error(
                f"{source} is said to have moved to {move.target}, and still stands in the files",
                f"It is in {written.file}. If it is a new agreement of the old name, and the move is applied everywhere, take "
                "the move out; else rename it.",
                move.place.at("from"),
            )


def _check_targets_of_imports(estate: Estate, problems: Diagnostics) -> None:
    found: dict[tuple[str, ...], Place] = {}
    for wanted in _imports(estate):
        backend = wanted.target.split(".", 1)[0]
        for key, step in (((wanted.target,), "to"), ((backend, _type(wanted), wanted.id), "id")):
            first = found.setdefault(key, wanted.place)
            if first != wanted.place:
                problems.error(
                    f"Two imports name {key[-1]}",
                    f"The other one is in {first.file}. An object becomes one address, and an address one object.",
                    wanted.place.at(step),
                )


def _type(wanted: Import) -> str:
    return wanted.target.split(".", 2)[1] if _is_object(wanted.target) else ""


def _imports(estate: Estate) -> Iterator[Import]:
    for refactoring in estate.refactorings.values():
        yield from refactoring.imports
