"""The base rules: one atomic rule an objective.

Bad, total and budget come from one expression, hence from one evaluation: figures made from them can never mix two. What a
reader wants to know about the promise stands on the budget alone; bad and total carry nothing that may change, so that a
new target or a renamed customer does not cut their history off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from slactl.base.ratio import Ratio, plain
from slactl.model.agreement import Agreement, Objective
from slactl_prometheus.indicators import Measured
from slactl_prometheus.mask import Mask
from slactl_prometheus.names import BASE, IN_SERVICE
from slactl_prometheus.promql import length, quoted


@dataclass(frozen=True, slots=True)
class BurnClass:
    """Objectives whose budget burns by the same clock: the window's length, and the service hours within it."""

    name: str
    """`30d`, or with service hours `30d:office-berlin`."""
    period_s: int
    service_s: int
    """Service time in a period of usual length."""
    longest_s: int
    """The longest stretch of service without a break; around the clock the whole period."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One objective that this backend measures, and how."""

    agreement: Agreement
    objective: Objective
    how: Measured
    mask: Mask | None
    burn: BurnClass


def budget_text(objective: Objective) -> str:
    """The share that may be bad, as the decimal that the agreement's target leaves."""
    if objective.metric == "latency" and objective.percentile is not None:
        return plain((100 - objective.percentile).scaleb(-2))
    if not isinstance(objective.target, Ratio):
        raise TypeError(f"{objective.address} is no share")
    return plain(objective.target.complement_decimal)


def base_rule(watched: Watched) -> dict[str, Any]:
    """The rule of one objective."""
    how, objective = watched.how, watched.objective
    gate = "" if watched.mask is None else _gate(watched.mask, how.window_s)
    bad = f"({how.bad})" if objective.metric == "latency" else f"({how.bad} or 0 * {how.total})"
    parts = [
        *_counts(bad, how.total, how.missing, gate),
        _labelled(f"vector({budget_text(objective)})", {"part": "budget", **described(watched)}),
    ]
    labels = {"agreement": watched.agreement.address, "objective": objective.address, "unit": how.unit}
    return {"record": BASE, "expr": "\nor\n".join(parts), "labels": labels}


@lru_cache(maxsize=256)
def _counts(bad: str, total: str, missing: str, gate: str) -> tuple[str, str, str]:
    """What is counted: the same for all objectives with one indicator."""
    return (
        _labelled(f"{bad}{gate}", {"part": "bad"}),
        _labelled(f"{total}{gate}", {"part": "total"}),
        _labelled(f"{missing}{gate}", {"part": "nodata"}),
    )


def described(watched: Watched) -> Mapping[str, str]:
    """What an alert or a report says about the promise."""
    agreement, objective = watched.agreement, watched.objective
    percentile = "" if objective.percentile is None else f" at p{plain(objective.percentile)}"
    return {
        "customer": ",".join(agreement.customers) or "internal",
        "service": objective.service,
        "kind": agreement.kind,
        "agreed": str(objective.agreed).lower(),
        "target": f"{objective.target}{percentile}",
        "calendar": watched.mask.key if watched.mask is not None else "24x7",
        "class": watched.burn.name,
        "period": length(watched.burn.period_s),
        "every": length(watched.how.interval_s),
    }


def _gate(mask: Mask, window_s: int) -> str:
    """Only windows that lie wholly in service count: in service now, and at the window's beginning."""
    series = f"{IN_SERVICE}{{calendar={quoted(mask.key)}}}"
    return f" * on() {series} * on() ({series} offset {length(window_s)})"


def _labelled(expression: str, labels: Mapping[str, str]) -> str:
    """The expression with labels put on it, a line each, so that a change of one is a change of one line."""
    lines = ["label_replace(" * len(labels), f"  {expression},"]
    for name, value in labels.items():
        text = quoted(value.replace("$", "$$"))  # a single $ would refer to a group of the regular expression
        lines.append(f'  "{name}", {text}, "", ""),')
    return "\n".join(lines)[:-1]
