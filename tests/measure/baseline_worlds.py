"""Estates, histories and processes of outages that tests of baselines share."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from slactl.base.zones import midnight
from slactl.documents.load import load_workspace
from slactl.measure.history import Day, History, Unit
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from tests.estate_texts import PEOPLE, promise, service

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

DAY_S = 86_400
AS_OF = date(2026, 11, 23)


def estate_with(
    workspace: Callable[..., Path], target: str = "99.9%", objective: str = "", extra: str = ""
) -> Estate:
    """One SLA of 99.9 % on a service that stands alone, and whatever else is said."""
    root = workspace(
        PEOPLE
        + service("shop", "web", intrinsic="99.99%")
        + promise("SLA", "shop", "shop", target, f"customer: acme, {extra}", objective)
    )
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def history_of(
    estate: Estate,
    bad: Sequence[float | None],
    unit: Unit = "s",
    counted: int = DAY_S,
    outages: Sequence[int] | None = None,
) -> History:
    """A history that ends at `AS_OF`: what was bad on each day; None for a day without data."""
    agreement = estate.agreements["sla.shop"]
    objective = agreement.objectives["availability"]
    zone = estate.hours.zone(objective.hours)
    first = AS_OF - timedelta(days=len(bad))
    starts = [midnight(first + timedelta(days=index), zone) for index in range(len(bad))]
    known = [(start, one) for start, one in zip(starts, bad, strict=True) if one is not None]
    return History(
        agreement,
        objective,
        "prom",
        first,
        AS_OF,
        unit,
        tuple(Day(start, Fraction(counted), Fraction(one)) for start, one in known),
        tuple(start for start, one in zip(starts, bad, strict=True) if one is None),
        None if outages is None else tuple(map(Fraction, outages)),
    )


Lengths = Callable[["Generator", int], "NDArray[float64]"]


def incidents(
    random: "Generator", days: float, a_day: float, lengths: Lengths, cluster: int = 1
) -> tuple["NDArray[float64]", "NDArray[float64]"]:
    """When incidents begin, in days, and how long they last; `cluster` of them on average within three days of a first one."""
    import numpy as np  # noqa: PLC0415 - only processes need it

    firsts = random.random(random.poisson(a_day * days / cluster)) * days
    sizes = random.geometric(1 / cluster, len(firsts))
    times = np.repeat(firsts, sizes) + np.where(cluster > 1, random.random(sizes.sum()) * 3, 0)
    times = times[times < days]
    return times, lengths(random, len(times))


def by_day(times: "NDArray[float64]", lengths: "NDArray[float64]", days: int) -> "NDArray[float64]":
    """Downtime of each day."""
    import numpy as np  # noqa: PLC0415 - as above

    found: NDArray[float64] = np.bincount(times.astype(int), lengths, days)[:days].astype(float)
    return found
