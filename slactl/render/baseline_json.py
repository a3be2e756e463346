"""The document of `baseline -json`: numbers of promises and sums of time are decimal texts, chances are numbers."""

import json
from math import ceil, floor
from typing import Any

from slactl.base.ratio import Ratio, decimal_text, plain
from slactl.measure.baseline import Baseline
from slactl.measure.past_windows import risk_left, wilson
from slactl.render.baseline import Baselines


def baseline_json(told: Baselines) -> str:
    """The document as text."""
    return json.dumps(baseline_document(told), indent=2, ensure_ascii=False)


def baseline_document(told: Baselines) -> dict[str, Any]:
    """The document as data, the worst first."""
    return {
        "format_version": "1.0",
        "as_of": told.as_of.isoformat(),
        "objectives": [_objective(one) for one in told.ordered],
        "not_measured": list(told.without),
    }


def _objective(one: Baseline) -> dict[str, Any]:
    history = one.history
    return {
        "address": history.objective.address,
        "agreement": history.agreement.address,
        "metric": history.objective.metric,
        "window": str(history.objective.window),
        "target": _share(one.target),
        "advice": one.advice,
        "history": _history(one),
        "past_windows": _windows(one),
        "next_window": _next(one),
        "achievable": {
            "target": _share(one.achievable),
            "by_history": _share(one.by_history),
            "by_check": None if one.limit is None else _share(one.limit.strictest),
            "verdict": None if one.limit is None else one.limit.verdict,
        },
        "insufficient": one.insufficient or None,
        "provisional": _provisional(one),
    }


def _history(one: Baseline) -> dict[str, Any]:
    history = one.history
    by_time = history.unit == "s"
    return {
        "source": history.source,
        "from": history.first.isoformat(),
        "until": history.until.isoformat(),
        "days": len(history.days),
        "days_without_data": len(history.missing),
        "incidents": one.incidents,
        "incidents_are": _kind(one),
        "measured_seconds": decimal_text(history.counted, 3) if by_time else None,
        "downtime_seconds": decimal_text(history.bad, 3, up=True) if by_time else None,
        "events": None if by_time else decimal_text(history.counted, 1),
        "bad_events": None if by_time else decimal_text(history.bad, 1, up=True),
        "note": history.note,
    }


def _kind(one: Baseline) -> str:
    if one.history.outages is not None:
        return "outages"
    return "runs-of-days-with-downtime" if one.history.unit == "s" else "runs-of-days-above-budget"


def _windows(one: Baseline) -> dict[str, Any]:
    of, met = len(one.windows.shares), one.windows.met(one.target.share)
    low, high = wilson(met, of)
    return {
        "met": met,
        "of": of,
        "left_out": one.windows.left_out,
        "interval": {"method": "wilson", "confidence": 0.9, "lower": _down(low), "upper": _up(high)},
        "risk_left": _up(risk_left(of)) if met == of else None,
    }


def _next(one: Baseline) -> dict[str, Any] | None:
    if one.chance is None:
        return None
    year = float(one.windows_a_year)
    return {
        "method": one.method,
        "met": _down(one.chance.point),
        "met_at_least": _down(one.chance.lower),
        "confidence": 0.9,
        "breaches_a_year": round(year * (1 - one.chance.point), 2),
        "breaches_a_year_at_most": _up(year * (1 - one.chance.lower)),
    }


def _provisional(one: Baseline) -> dict[str, Any] | None:
    loose = one.provisional
    if loose is None:
        return None
    return {
        "target": _share(loose.target),
        "stated": loose.stated,
        "credits": loose.credits,
        "adjustment": loose.process,
        "review": None if loose.review is None else loose.review.isoformat(),
    }


def _share(target: Ratio | None) -> str | None:
    return None if target is None else plain(target.decimal)


def _down(chance: float) -> float:
    return floor(chance * 10_000) / 10_000


def _up(chance: float) -> float:
    return ceil(chance * 10_000) / 10_000
