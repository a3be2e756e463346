"""What is promised to a customer is promised below as far out as it is measured."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from slactl.base.diagnostics import Severity
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import sentence_list
from slactl.check.points import further_in
from slactl.check.resting import Resting, resting
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective, Status


@rule(
    "SLA505",
    Severity.WARNING,
    title="A promise is measured at or inside the point at which what is below it is measured",
    rationale="An SLA measured at the customer's site, on contracts measured in the datacentre, promises the way between as "
    "well. That way fails by itself, and nobody below owes anything for it: an availability or success ratio rests on it as "
    "on a service without any promise. It counts as covered where another promise below reaches as far out and is needed "
    "whatever happens.",
    source="Measurement points: the segment between two points is a component of its own",
    fix="Measure the contract as far out as the SLA, or the SLA as far in; or make the way between a service with an agreement "
    "of its own, measured at the outer point.",
)
def measured_further_in(evidence: Evidence) -> Iterator[Broken]:
    """Promises measured further out than everything that they rest on, or at points that cannot be compared."""
    if all(one.measure.point is None for _, one in evidence.estate.objectives()):
        return
    rank = {name: index for index, name in enumerate(evidence.estate.workspace.measurement_points)}
    pairs = sorted(resting(evidence), key=lambda one: (one.above.address, one.below.address))
    for _, several in groupby(pairs, key=lambda one: one.above.address):
        found = list(several)
        points = {one.below.measure.point for one in found} - {None}
        if found[0].above.measure.point is not None:
            yield from _compared(_Sides(found, rank), open_way=found[0].above.address in evidence.open_ways)
        elif points - set(list(rank)[:1]):
            stated = [one.below for one in found if one.below.measure.point is not None]
            message = f"{_places(stated)}, and where {found[0].above.address} is measured is not said."
            yield Broken(found[0].above.address, message, place=found[0].above.place, severity=Severity.NOTE)


@dataclass(frozen=True, slots=True)
class _Sides:
    """What an objective with a measurement point rests on, by where that is measured."""

    pairs: Sequence[Resting]
    rank: dict[str, int]
    """Of each measurement point that the workspace lists, the outermost first."""

    @property
    def above(self) -> Objective:
        return self.pairs[0].above

    @property
    def point(self) -> str:
        return self.above.measure.point or ""

    @property
    def unknown(self) -> list[str]:
        """Points that are compared, and that the workspace does not list."""
        below = {one.measure.point for one in self._below()} - {None, self.point}
        return sorted({str(one) for one in (*below, self.point)} - self.rank.keys()) if below else []

    @property
    def silent(self) -> list[Objective]:
        """Those that do not say where; anywhere is far enough out for the innermost point."""
        innermost = self.rank.get(self.point) == len(self.rank) - 1
        return [] if innermost else [one for one in self._below() if one.measure.point is None]

    def inside(self) -> list[Objective]:
        """Those measured further in, the outermost of them first."""
        found = [(self.rank[one.measure.point or ""], one) for one in self._below() if self._inner(one)]
        return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].address))]

    def reaching(self) -> list[Objective]:
        """Those measured at the point or further out."""
        return [one for one in self._below() if one.measure.point is not None and not self._inner(one)]

    def bought(self) -> bool:
        """Whether one measured further in is on the very service: nothing of our own lies between."""
        inside = {one.address for one in self.inside()}
        services = {name for one in self._below() if one.address in inside for name in one.services}
        return self.pairs[0].agreement.kind == "SLA" and bool(services & set(self.above.services))

    def _inner(self, one: Objective) -> bool:
        return further_in(one, self.point, list(self.rank))

    def _below(self) -> Iterable[Objective]:
        return (one.below for one in self.pairs)


def _compared(sides: _Sides, *, open_way: bool) -> Iterator[Broken]:
    above, inside = sides.above, sides.inside()
    measured = f"{above.address} is measured at {sides.point}"
    if sides.unknown:
        names = sentence_list(sides.unknown)
        message = f"{measured}, and which point lies outside which is not known: the workspace's measurementPoints lack {names}."
        yield Broken(above.address, message, place=above.place)
        return
    if inside and not sides.reaching():
        yield Broken(
            above.address,
            f"{measured}, and {_places(inside)}: nobody promises the way from {sides.point} to {inside[0].measure.point}.",
            place=above.place,
            severity=_severity(sides),
        )
    elif inside and open_way:
        reach = sentence_list([one.address for one in sides.reaching()])
        message = f"{measured}, and {_places(inside)}: the way there is covered by {reach} alone, without which it is up too."
        yield Broken(above.address, message, place=above.place, severity=_severity(sides))
    elif inside:
        reach = sentence_list([one.address for one in sides.reaching()])
        message = f"{measured}, and {_places(inside)}: the way there counts as far as {reach} covers it."
        yield Broken(above.address, message, place=above.place, severity=Severity.NOTE)
    elif sides.silent and not sides.reaching():
        names = sentence_list([one.address for one in sides.silent])
        message = f"{measured}; where {names} are measured is not said."
        yield Broken(above.address, message, place=above.place, severity=Severity.NOTE)


def _severity(sides: _Sides) -> Severity:
    """An own budget may stand for the way between; where the service is bought as it is sold, there is none."""
    firm = sides.above.agreed and sides.pairs[0].agreement.status is Status.AGREED
    return Severity.ERROR if sides.bought() and firm else Severity.WARNING


def _places(promises: Iterable[Objective]) -> str:
    return sentence_list([f"{one.address} at {one.measure.point}" for one in promises])
