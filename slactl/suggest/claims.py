"""What an owner claims about a service itself: its availability for shares, its triage time for times."""

from collections.abc import Iterable, Iterator

from slactl.base.diagnostics import Path
from slactl.base.duration import Duration
from slactl.base.ratio import Ratio
from slactl.check.handover import TRIAGED
from slactl.model.agreement import Objective
from slactl.model.estate import Estate
from slactl.model.service import Service
from slactl.suggest.edit import AVAILABILITY, TRIAGE_TIME, Edit
from slactl.suggest.ladder import LOOSEST_NEW, NEW_SHARES, TIMES, stricter_shares, stricter_times
from slactl.suggest.move import MONTH_S, Cost, Kind, Move, cost_of, cost_of_new


def claim_of(service: Service, above: Objective) -> Ratio | Duration | None:
    """What the owner claims that matters to an objective above; None where nothing is."""
    if isinstance(above.target, Ratio):
        return service.intrinsic.availability
    return service.intrinsic.triage_time if above.metric in TRIAGED else None


def claims(service: Service, above: Objective) -> tuple[Move, ...]:
    """Stricter claims, the loosest first; for a service without any, every usual one."""
    if isinstance(above.target, Ratio):
        return tuple(_moves(service, AVAILABILITY, service.intrinsic.availability, _shares(service)))
    if above.metric in TRIAGED:
        return tuple(_moves(service, TRIAGE_TIME, service.intrinsic.triage_time, _times(service)))
    return ()


def unstated_claims(estate: Estate, above: Objective, named: Iterable[str]) -> tuple[str, ...]:
    """The claims that are needed and not made: own failures have no budget, or nobody says how long triage takes.

    Args:
        estate: the part of the estate that is concerned.
        above: the objective that needs them.
        named: addresses of the parts of what is not guaranteed; times that are not stated are among them.
    """
    share, parts = isinstance(above.target, Ratio), frozenset(named)
    return tuple(
        address
        for one in estate.services.values()
        if claim_of(one, above) is None
        and (one.depends_on is not None if share else f"{one.address}.intrinsic" in parts)
        and (address := f"{one.address}.intrinsic")
    )


def _shares(service: Service) -> Iterator[tuple[str, Cost]]:
    now = service.intrinsic.availability
    if now is None:
        for share in NEW_SHARES:
            below = (LOOSEST_NEW.complement - share.complement) * MONTH_S
            yield str(share), cost_of_new(below)
    else:
        for share in stricter_shares(now):
            yield str(share), cost_of((now.complement - share.complement) * MONTH_S)


def _times(service: Service) -> Iterator[tuple[str, Cost]]:
    now = service.intrinsic.triage_time
    if now is None:
        for time in TIMES:
            yield str(time), cost_of_new(TIMES[0].seconds - time.seconds)
    else:
        for time in stricter_times(now):
            yield str(time), cost_of(time_s=now.seconds - time.seconds)


def _moves(
    service: Service, steps: Path, now: Ratio | Duration | None, then: Iterator[tuple[str, Cost]]
) -> Iterator[Move]:
    kind: Kind = "new-promise" if now is None else "target"
    place = service.place.at("spec", *steps)
    for text, cost in then:
        edit = Edit(service.address, place, text, None if now is None else str(now))
        yield Move(kind, f"{service.address}.intrinsic", (edit,), cost, text)
