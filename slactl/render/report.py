"""A report of attainment, in words and as JSON."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text
from slactl.measure.attainment import Attainment, by_agreement
from slactl.render.style import Style


def report_text(found: Sequence[Attainment], style: Style) -> str:
    """Each agreement with its objectives' last closed window."""
    if not found:
        return "Nothing to report: no agreed objective has an indicator that a backend of this workspace measures."
    lines: list[str] = []
    several = len({one.backend for one in found}) > 1
    for address, members in by_agreement(list(found)).items():
        customers = ", ".join(members[0].agreement.customers)
        lines.append(style.bold(address) + (f"  for {customers}" if customers else ""))
        lines += [f"  {line}" for one in members for line in _one(one, one.backend if several else "", style)]
        lines.append("")
    met = sum(one.met is True for one in found)
    missed = sum(one.met is False for one in found)
    return "\n".join([*lines, f"{met} met, {missed} missed, {len(found) - met - missed} without data."])


def _one(one: Attainment, measured_by: str, style: Style) -> list[str]:
    objective, reading = one.objective, one.reading
    goal = (
        f"{objective.target}"
        if objective.percentile is None
        else f"{objective.percentile}% within {objective.target}"
    )
    name = objective.name if objective.agreed else f"{objective.name} (target only)"
    name += f"  by {measured_by}" if measured_by else ""
    if reading.good is None:
        return [f"{name}  {one.window}  {style.warn('no data')}  target {goal}   {reading.note}"]
    verdict = style.good("met") if one.met else style.bad("missed")
    line = f"{name}  {one.window}  {verdict}  {_percent(reading.good)}  target {goal}"
    left = one.budget_left
    if left is not None:
        line += (
            f"   budget left {_percent(left)}" if left >= 0 else f"   budget overspent by {_percent(-left)}"
        )
    if reading.bad_s is not None:
        line += f"   down {spoken(reading.bad_s)} of {spoken(one.measured_s)}"
    return [line, *([style.dim(f"  note: {reading.note}")] if reading.note else [])]


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100, 4)}%"


def report_json(found: Sequence[Attainment]) -> str:
    """`{"format_version", "objectives": [...]}`; decimals as texts."""
    ordered = [one for members in by_agreement(list(found)).values() for one in members]
    return json.dumps(
        {"format_version": "1.0", "objectives": [_document(one) for one in ordered]},
        indent=2,
        ensure_ascii=False,
    )


def _document(one: Attainment) -> dict[str, Any]:
    reading = one.reading
    return {
        "address": one.objective.address,
        "agreement": one.agreement.address,
        "customers": list(one.agreement.customers),
        "agreed": one.objective.agreed,
        "backend": one.backend,
        "window": one.window,
        "from": _time(one.span[0]),
        "until": _time(one.span[1]),
        "measured_seconds": one.measured_s,
        "target": decimal_text(one.target, 12),
        "attained": None if reading.good is None else decimal_text(reading.good, 12),
        "met": one.met,
        "budget_left": None if one.budget_left is None else decimal_text(one.budget_left, 6),
        "downtime_seconds": None if reading.bad_s is None else decimal_text(reading.bad_s, 3),
        "events": None if reading.events is None else decimal_text(reading.events, 1),
        "covered": None if reading.covered is None else decimal_text(reading.covered, 6),
        "note": reading.note,
    }


def _time(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat().replace("+00:00", "Z")
