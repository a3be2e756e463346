"""Rates in agreements: what an SLA commits us to carry, and what an OLA or UC carries for us."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass
from slactl.base.rate import Rate, parse_rate
from slactl.model.agreement import Agreement
from slactl.model.merge import origin

_LONGEST_UNIT_S = 31_536_000
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Source:
    """Requests that an SLA may bring in: so many a second, at any one of these services."""

    sla: Agreement
    rate: Fraction
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much an agreement carries at some services together."""

    agreement: Agreement
    address: str
    """The objective's, or the agreement's own for its workload limit."""
    services: tuple[str, ...]
    rate: Fraction
    words: str
    """`500/s promised`, or `workload limit 500/s`."""
    place: Place | None
    own: bool = False
    """True: of the service apart from what it rests on, whoever calls it."""


def sources_of(sla: Agreement) -> Iterator[Source]:
    """What an SLA commits us to carry: its workload limit, else the throughput that it promises."""
    workload = _workload(sla)
    if workload is not None:
        yield Source(sla, per_second(workload), sla.services)
        return
    most = dict[str, Fraction]()
    for one in sla.objectives.values():
        if one.metric == "throughput" and one.agreed and isinstance(one.target, Rate):
            for name in one.services:
                most[name] = max(most.get(name, _NONE), per_second(one.target))
    for name, rate in most.items():
        yield Source(sla, rate, (name,))


def limits_of(agreement: Agreement) -> Iterator[Limit]:
    """What an agreement carries: the throughput that it promises, and the workload above which it is void."""
    for one in agreement.objectives.values():
        if one.metric == "throughput" and isinstance(one.target, Rate):
            for name in one.services:
                rate = per_second(one.target)
                own = one.scope == "own"
                yield Limit(
                    agreement, one.address, (name,), rate, f"{one.target} promised", one.place, own=own
                )
    workload = _workload(agreement)
    if workload is not None:
        place = origin(agreement.layers, ("workload", "requests"))[1]
        words = f"workload limit {workload}"
        yield Limit(agreement, agreement.address, agreement.services, per_second(workload), words, place)


def _workload(agreement: Agreement) -> Rate | None:
    written = agreement.workload.get("requests")
    return None if written is None else parse_rate(str(written))


def per_second(rate: Rate) -> Fraction:
    """A rate in events a second, exact: a unit is a whole number of seconds, which a decimal quotient rounds."""
    unit = Fraction(Rate(Decimal(1), rate.per).per_second).limit_denominator(_LONGEST_UNIT_S)
    return Fraction(rate.count) * unit
