"""Windows and service hours brought to those of the promise above."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from slactl.base.ratio import Ratio
from slactl.base.windows import Window
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl.suggest.coverage import covered_share
from slactl.suggest.edit import override
from slactl.suggest.move import MONTH_S, Kind, Move, contract_of, cost_of


def window_moves(estate: Estate, above: Objective) -> Iterator[Move]:
    """Each promise below whose windows are coarser than those of the one above, or lie across them, kept in the latter."""
    for agreement, objective in _below(estate, above):
        share = isinstance(objective.target, Ratio)
        if share and not objective.window.tiles(above.window) and objective.window != above.window:
            then, now = as_written(above.window), as_written(objective.window)
            yield _move("window", "window", agreement, objective, then, now)


def hours_moves(estate: Estate, above: Objective) -> Iterator[Move]:
    """Each promise below with other service hours, kept in those of the one above."""
    for agreement, objective in _below(estate, above):
        if (
            isinstance(above.target, str) and objective.target != above.target
        ):  # support hours: the target itself
            added = _added(estate, str(objective.target), above.target)
            yield _move("hours", "target", agreement, objective, above.target, objective.target, added)
        elif objective.hours != above.hours:
            added = _added(estate, objective.hours, above.hours)
            now, then = objective.hours or "24x7", above.hours or "24x7"
            yield _move("hours", "hours", agreement, objective, then, now, added)


def as_written(window: Window) -> Any:
    """A window as the language writes it."""
    return str(window) if window.rolling_s is None else {"rolling": str(window).removeprefix("rolling ")}


def _below(estate: Estate, above: Objective) -> Iterator[tuple[Agreement, Objective]]:
    for agreement, objective in estate.objectives():
        if agreement.kind != "SLA" and objective.metric == above.metric:
            yield agreement, objective


def _added(estate: Estate, now: str | None, then: str | None) -> Fraction:
    """Time a month that lies in other hours more; negative where it is less."""
    before, after = (covered_share(estate, None if one == "24x7" else one) for one in (now, then))
    return (after - before) * MONTH_S


def _move(  # noqa: PLR0917 - the parts of one move
    kind: Kind,
    key: str,
    agreement: Agreement,
    objective: Objective,
    then: Any,
    now: Any,
    hours_s: Fraction = Fraction(0),
) -> Move:
    edit = override(agreement, ("objectives", objective.name, key), then, now)
    cost = cost_of(hours_s=hours_s, contract=contract_of(agreement))
    return Move(kind, f"{objective.address} {kind}", (edit,), cost, str(then))
