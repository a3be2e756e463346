"""Suppliers' promises on being down together, as clauses over the nodes of one structure."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from slactl.assurance.joint import Clause
from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass
from slactl.check.cone import Cones
from slactl.model.agreement import Agreement, Joint, Status

_ENDED = (Status.EXPIRED, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class JointPromise:
    """One promise on joint downtime, as it bears on a structure; its share depends on the timeline."""

    agreement: Agreement
    joint: Joint
    clause: Clause


class JointPromises:
    """Every promise on joint downtime of an estate, and what each means below an objective."""

    def __init__(self, cones: Cones, is_kept: Callable[[Agreement, Joint], bool]) -> None:
        """`is_kept` says whether what is below an OLA supports its promise on joint downtime."""
        self._cones = cones
        self._is_kept = is_kept
        self._held: dict[str, bool] = {}
        self._all = [
            (agreement, index, joint)
            for agreement in cones.estate.agreements.values()
            if agreement.kind != "SLA" and agreement.status not in _ENDED
            for index, joint in enumerate(agreement.joint)
        ]
        self._known: dict[tuple[str, int], tuple[JointPromise, ...]] = {}

    @property
    def unsupported(self) -> tuple[tuple[Agreement, Joint], ...]:
        """Promises of OLAs that are left out, since what is below them allows more."""
        return tuple(
            (agreement, joint)
            for agreement, index, joint in self._all
            if not joint.downtime.months and not self._holds(_name(agreement, index), agreement, joint)
        )

    def below(self, top: str, firmness: int) -> tuple[JointPromise, ...]:
        """The promises that say something about what is below `top`, of agreements at least as firm."""
        if not self._all:
            return ()
        key = (top, firmness)
        if key not in self._known:
            nodes = [
                (name, *self._cones.consumed[name])
                for name in self._cones.structure.order(top)
                if name in self._cones.consumed
            ]
            found = (self._clause(one, index, joint, nodes, firmness) for one, index, joint in self._all)
            self._known[key] = tuple(one for one in found if one is not None)
        return self._known[key]

    def _clause(
        self,
        agreement: Agreement,
        index: int,
        joint: Joint,
        nodes: Sequence[tuple[str, str, str]],
        firmness: int,
    ) -> JointPromise | None:
        if agreement.status.firmness < firmness or joint.downtime.months:
            return None
        name = _name(agreement, index)
        parts: list[str] = []
        for service in joint.services:
            seen = [
                node
                for node, name, consumer in nodes
                if name == service and self._cones.estate.serves(agreement, consumer)
            ]
            if seen:
                parts.append(self._one_node(service, seen))
        if len(parts) < joint.at_least or not self._holds(name, agreement, joint):
            return None
        return JointPromise(agreement, joint, Clause(name, tuple(parts), joint.at_least, Fraction(1)))

    def _holds(self, name: str, agreement: Agreement, joint: Joint) -> bool:
        if name not in self._held:
            self._held[name] = False  # no promise is proved by itself
            self._held[name] = agreement.kind != "OLA" or self._is_kept(agreement, joint)
        return self._held[name]

    def _one_node(self, service: str, seen: Sequence[str]) -> str:
        """A service is down when anybody who consumes it sees it down."""
        if len(seen) == 1:
            return seen[0]
        name = f"{service} for any of {', '.join(seen)}"
        self._cones.gates.setdefault(name, Gate.all_of(seen))
        return name


def _name(agreement: Agreement, index: int) -> str:
    return f"{agreement.address}.joint.{index}"
