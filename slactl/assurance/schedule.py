"""Outage timetables of single gates, and of modules put into one another."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A share of the window in which all of `down` are down at once, and with them what rests on them."""

    down: frozenset[str]
    share: Fraction


def gate_timetable(gate: Gate, down: Mapping[str, Fraction], total: Fraction) -> tuple[Slot, ...]:
    """A timetable by which a gate over different parts is down for `total`, its worst case.

    So many lines as parts must be down together are filled one after another with the parts' budgets; a budget that
    a line's end cuts goes on at the beginning of the next (McNaughton 1959), so that no part meets itself.
    """
    edges: list[tuple[Fraction, int, str]] = []
    position, end = Fraction(0), gate.down_at * total
    for part in gate.of:
        length = min(down[part], total, end - position)
        start = position % total if total else Fraction(0)
        stop = start + length
        if length:
            edges += [(start, 1, part), (min(stop, total), -1, part)]
            if stop > total:
                edges += [(Fraction(0), 1, part), (stop - total, -1, part)]
        position += length
    return tuple(_slots(edges, total))


def _slots(edges: list[tuple[Fraction, int, str]], total: Fraction) -> Iterator[Slot]:
    edges.sort(key=lambda edge: edge[0])
    down: dict[str, int] = {}
    for index, (at, change, part) in enumerate(edges):
        down[part] = down.get(part, 0) + change
        until = edges[index + 1][0] if index + 1 < len(edges) else total
        if until > at:
            yield Slot(frozenset(name for name, count in down.items() if count > 0), until - at)


def joined(slots: Sequence[Slot], inner: Mapping[str, Sequence[Slot]], most: int) -> tuple[Slot, ...] | None:
    """A timetable with each module in it replaced by what happens inside; None where that takes over `most` entries.

    `inner` holds the timetable of every module, of at least the length for which the outer one has it down.
    """
    open_slots = list(reversed(slots))
    ahead = {name: list(reversed(inside)) for name, inside in inner.items()}
    found: list[Slot] = []
    entries = 0
    while open_slots:
        slot = open_slots.pop()
        modules = [name for name in slot.down if name in ahead]
        if not modules:
            found.append(slot)
            entries += len(slot.down)
            if entries > most:
                return None
            continue
        step = min(slot.share, *(ahead[name][-1].share for name in modules))
        down = slot.down.difference(modules)
        for name in modules:
            part = ahead[name].pop()
            down |= part.down
            if part.share > step:
                ahead[name].append(Slot(part.down, part.share - step))
        if slot.share > step:
            open_slots.append(Slot(slot.down, slot.share - step))
        open_slots.append(Slot(down, step))
    return tuple(found)


def cut_to(slots: Sequence[Slot], most: Fraction = _ONE) -> tuple[Slot, ...]:
    """The beginning of a timetable, of at most the given share."""
    found: list[Slot] = []
    for slot in slots:
        if most <= 0:
            break
        found.append(Slot(slot.down, min(slot.share, most)))
        most -= slot.share
    return tuple(found)
