"""What all objectives share: sums, burn rates over every window, alerts. A few rules, however many objectives there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from slactl.base.ratio import plain
from slactl_prometheus.names import BAD_RATIO, BASE, BURN, LONG_GROUP, STEP, STEP_S
from slactl_prometheus.promql import length, quoted
from slactl_prometheus.rules import BurnClass

HOUR_S = 3600
_DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class Pair:
    """A long and a short window that must both burn fast (SRE workbook, alerting on SLOs)."""

    severity: str
    long_s: int
    short_s: int
    budget: Fraction
    """Share of the budget that is gone when it fires after the long window."""

    def factor(self, burn: BurnClass) -> Decimal:
        """How many times faster than allowed: share of the budget x service time of the period / that of the alert window.

        Never below 1: a budget that burns as slowly as it may is no reason to wake anybody.
        """
        days = -(-self.long_s // _DAY_S)
        service_s = min(self.long_s, days * min(burn.longest_s, _DAY_S))
        exact = max(Fraction(1), self.budget * burn.service_s / service_s)
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"))


PAIRS = (
    Pair("page", 1 * HOUR_S, 5 * 60, Fraction(2, 100)),
    Pair("page", 6 * HOUR_S, 30 * 60, Fraction(5, 100)),
    Pair("ticket", 24 * HOUR_S, 2 * HOUR_S, Fraction(10, 100)),
    Pair("ticket", 72 * HOUR_S, 6 * HOUR_S, Fraction(10, 100)),
)
_FROM_BASE_S = 6 * HOUR_S
"""Windows up to this length are summed from the base series, longer ones from its five-minute sums."""


def shared_groups(
    classes: Iterable[BurnClass], interval_s: int, minimum_events: int, delay_s: int = 0
) -> list[dict[str, Any]]:
    """The groups of the whole fleet; sums are made of what was recorded until `delay_s` ago, where it is not seen at once."""
    known = sorted(set(classes), key=lambda one: one.name)
    windows = sorted({seconds for pair in PAIRS for seconds in (pair.long_s, pair.short_s)})
    short = [_burn(seconds) for seconds in windows if seconds <= _FROM_BASE_S]
    long = [_burn(seconds) for seconds in windows if seconds > _FROM_BASE_S]
    periods = sorted({one.period_s for one in known})
    return [
        {"name": "slactl-burn", "interval": length(interval_s), "rules": short},
        {
            "name": LONG_GROUP,
            "interval": length(STEP_S),
            "rules": [_steps(delay_s), *long, *(_bad_ratio(seconds) for seconds in periods)],
        },
        {
            "name": "slactl-alerts",
            "interval": length(interval_s),
            "rules": [_alert(pair, burn, interval_s, minimum_events) for burn in known for pair in PAIRS],
        },
    ]


@cache
def fires(pair: Pair, burn: BurnClass, budget: Decimal) -> bool:
    """Whether an alert can fire at all: its threshold must lie below a bad ratio of 1."""
    return pair.factor(burn) * budget < 1


def _steps(delay_s: int) -> dict[str, Any]:
    before = f" offset {length(delay_s)}" if delay_s else ""
    return {"record": STEP, "expr": f'sum_over_time({BASE}{{part!="budget"}}[{length(STEP_S)}]{before})'}


def _sum(seconds: int, part: str) -> str:
    series = BASE if seconds <= _FROM_BASE_S else STEP
    return f'sum without(part) (sum_over_time({series}{{part="{part}"}}[{length(seconds)}]))'


def _ratio(seconds: int) -> str:
    """Sum of bad by sum of total, never an average of averages; a quiet stretch is 0, not nothing and not NaN."""
    total = _sum(seconds, "total")
    return f"({_sum(seconds, 'bad')} / ({total} > 0) or 0 * {total})"


def _budget(selector: str = "") -> str:
    return f'sum without(part) ({BASE}{{part="budget"{selector}}})'


def _burn(seconds: int) -> dict[str, Any]:
    """The ratio by the budget, with the budget's labels: customer, target, class and so on."""
    expression = f"{_ratio(seconds)} / on(objective) group_right {_budget()}"
    return {"record": BURN, "expr": expression, "labels": {"window": length(seconds)}}


def _bad_ratio(seconds: int) -> dict[str, Any]:
    period = f',period="{length(seconds)}"'
    expression = f"{_ratio(seconds)} and on(objective) {_budget(period)}"
    return {"record": BAD_RATIO, "expr": expression, "labels": {"window": length(seconds)}}


def _alert(pair: Pair, burn: BurnClass, interval_s: int, minimum_events: int) -> dict[str, Any]:
    factor = plain(pair.factor(burn))
    long, short = length(pair.long_s), length(pair.short_s)
    of_class = f"class={quoted(burn.name)}"
    conditions = [f"{_burning(seconds, of_class)} > {factor}" for seconds in (pair.long_s, pair.short_s)]
    enough = " or ".join(_enough(pair.long_s, interval_s, minimum_events))
    return {
        "alert": "SlactlBudgetBurn",
        "expr": f"{conditions[0]} and on(objective) {conditions[1]} and on(objective) ({enough})",
        # the series has the class already; said here, two classes whose factors are alike are two rules to promtool, too
        "labels": {
            "severity": pair.severity,
            "long": long,
            "short": short,
            "factor": factor,
            "class": burn.name,
        },
        "annotations": {
            "summary": "{{ $labels.objective }} burns its budget {{ $value | humanize }} times faster than {{ $labels.customer }} was promised",
            "description": (
                f"{{{{ $labels.kind }}}} {{{{ $labels.agreement }}}} promises {{{{ $labels.customer }}}} {{{{ $labels.target }}}} for {{{{ $labels.service }}}} "
                f"({{{{ $labels.calendar }}}}). Over {long} and over {short} it fails more than {factor} times as often as the promise "
                f"allows; at this pace {_percent(pair.budget)} of the budget of {{{{ $labels.period }}}} is gone within {long} of service."
            ),
        },
    }


def _burning(seconds: int, of_class: str) -> str:
    """The burn rate of a window; one that is recorded every five minutes may be older than the five minutes that a plain look-up goes back."""
    series = f'{BURN}{{window="{length(seconds)}",{of_class}}}'
    return series if seconds <= _FROM_BASE_S else f"last_over_time({series}[{length(2 * STEP_S)}])"


def _enough(seconds: int, interval_s: int, minimum_events: int) -> Iterator[str]:
    """Enough events for a ratio to mean something; time is always enough."""
    rate = BASE if seconds <= _FROM_BASE_S else STEP
    steps = 1 if seconds <= _FROM_BASE_S else Fraction(STEP_S, interval_s)
    total = f'sum without(part) (avg_over_time({rate}{{part="total",unit="events"}}[{length(seconds)}]))'
    yield f"{total} * {int(seconds / steps)} >= {minimum_events}"
    yield f'sum without(part) ({BASE}{{part="total",unit="time"}}) >= 0'


def _percent(share: Fraction) -> str:
    return f"{int(share * 100)}%"
