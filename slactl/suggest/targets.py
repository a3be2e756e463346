"""Stricter values of what is promised below: an agreement's target, an owner's claim, a promise that is not made yet."""

from collections.abc import Iterator

from slactl.base.duration import Duration
from slactl.base.ratio import Ratio
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl.suggest.claims import claims
from slactl.suggest.coverage import downtime_a_month
from slactl.suggest.edit import override
from slactl.suggest.ladder import stricter_shares, stricter_times
from slactl.suggest.move import Move, contract_of, cost_of
from slactl.suggest.new_promises import Need, new_promises


def target_moves(estate: Estate, address: str, need: Need) -> tuple[Move, ...]:
    """Every stricter value of a promise below, the loosest first; `address` as a check's links name it."""
    parts = address.split(" ", maxsplit=1)[0].split(".")
    if parts[0] == "service":
        service = estate.services.get(parts[1])
        if service is None:
            return ()
        return (
            claims(service, need.objective)
            if parts[2:] == ["intrinsic"]
            else new_promises(estate, service, need)
        )
    agreement = estate.agreements.get(".".join(parts[:2]))
    if agreement is not None and parts[2] in agreement.objectives:
        return tuple(_targets(estate, agreement, agreement.objectives[parts[2]]))
    return ()


def _targets(estate: Estate, agreement: Agreement, objective: Objective) -> Iterator[Move]:
    steps = ("objectives", objective.name, "target")
    now = objective.target
    contract = contract_of(agreement)
    if isinstance(now, Ratio):
        for share in stricter_shares(now):
            saved = downtime_a_month(estate, objective.hours, now) - downtime_a_month(
                estate, objective.hours, share
            )
            edit = override(agreement, steps, str(share), str(now))
            yield Move("target", objective.address, (edit,), cost_of(saved, contract=contract), str(share))
    elif isinstance(now, Duration) and objective.metric != "mtbf":
        for time in stricter_times(now):
            edit = override(agreement, steps, str(time), str(now))
            saved = now.seconds - time.seconds
            yield Move(
                "target", objective.address, (edit,), cost_of(time_s=saved, contract=contract), str(time)
            )
