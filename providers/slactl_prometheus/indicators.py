"""Indicators as PromQL: the bad part and the whole of one evaluation, in events a second or as a share of time.

Events a second are an increase by the window's length. For Prometheus that is its rate; VictoriaMetrics' rate divides by the
time between the samples that it finds, and would count the events beside a gap several times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.base.ratio import Ratio, plain
from slactl.model.agreement import Objective
from slactl.model.indicator import Indicator
from slactl.provider import Notice
from slactl_prometheus.promql import is_selector, le_matcher, length, with_matcher

Unit = Literal["events", "time"]
_EVERY = 'le="+Inf"'
METRICS = ("availability", "success-ratio", "latency")


@dataclass(frozen=True, slots=True)
class Measured:
    """How an objective is measured: expressions over one base window."""

    bad: str
    total: str
    unit: Unit
    window_s: int
    """The base window: how far back one evaluation looks."""
    interval_s: int
    """How often it is evaluated."""
    missing: str
    """An expression that is there when data is missing, and absent otherwise."""


def measured(objective: Objective, indicator: Indicator, interval_s: int, *, masked: bool) -> Measured | None:
    """The expressions of an objective, or None where the indicator does not fit its metric.

    Around the clock the base window is 5m, robust against slow scrapes. Under service hours it is two evaluations: the
    edges of a day are left out for one window, and long windows would leave out much.
    """
    window_s = 2 * interval_s if masked else 300
    if objective.metric == "latency":
        return (
            None
            if indicator.histogram is None
            else _latency(objective, indicator.histogram, window_s, interval_s)
        )
    if indicator.timeslice is not None and indicator.ratio is not None:
        return _timeslice(indicator, interval_s)
    if indicator.ratio is not None:
        return _ratio(indicator.ratio.good, indicator.ratio.total, window_s, interval_s)
    if indicator.probe is not None:
        return _probe(indicator.probe, interval_s)
    return None


def _ratio(good: str, total: str, window_s: int, interval_s: int) -> Measured:
    """By event. Without any good series everything is bad; rates may differ by rounding, never below zero."""
    every, fine = _a_second(total, window_s), _a_second(good, window_s)
    bad = f"clamp_min({every} - ({fine} or 0 * {every}), 0)"
    return Measured(bad, every, "events", window_s, interval_s, f"(vector(1) unless on() {every})")


def _a_second(counter: str, window_s: int) -> str:
    return f"(sum(increase({counter.strip()}[{length(window_s)}])) / {window_s})"


def _latency(objective: Objective, buckets: str, window_s: int, interval_s: int) -> Measured:
    """By event: what is above the bucket boundary is bad. A boundary that does not exist is missing data, not success."""
    threshold = objective.target if isinstance(objective.target, Duration) else Duration()
    every = _a_second(with_matcher(buckets, _EVERY), window_s)
    fine = _a_second(with_matcher(buckets, le_matcher(threshold)), window_s)
    return Measured(
        f"clamp_min({every} - {fine}, 0)",
        every,
        "events",
        window_s,
        interval_s,
        f"(vector(1) unless on() {fine})",
    )


def _timeslice(indicator: Indicator, interval_s: int) -> Measured:
    """By time: a slice is bad when too few of its events were good; one without events is not bad."""
    if indicator.timeslice is None or indicator.ratio is None:
        raise TypeError(f"{indicator.address} has no slices")
    slice_s = indicator.timeslice.of.milliseconds // 1000
    every = _a_second(indicator.ratio.total, slice_s)
    fine = f"({_a_second(indicator.ratio.good, slice_s)} or 0 * {every})"
    bad = f"({fine} / ({every} > 0) < bool {plain(indicator.timeslice.good.decimal)})"
    return Measured(
        bad, "vector(1)", "time", slice_s, min(interval_s, slice_s), f"(vector(1) unless on() {every})"
    )


def _probe(probe: str, interval_s: int) -> Measured:
    """By time: the share of the evaluation's window in which the probe was 0."""
    up = (
        f"avg(avg_over_time({probe.strip()}[{length(interval_s)}]))"
        if is_selector(probe)
        else f"avg({probe.strip()})"
    )
    return Measured(
        f"(1 - {up})", "vector(1)", "time", interval_s, interval_s, f"(vector(1) unless on() {up})"
    )


def indicator_notices(objective: Objective, indicator: Indicator, interval_s: int) -> Iterator[Notice]:
    """What the server cannot measure as the agreement says, or only roughly."""
    address, place = objective.address, objective.place
    selectors = [text for text in _selectors(indicator) if not is_selector(text)]
    for text in selectors:
        message = f'"{text}" in {indicator.address} is no plain selector of counters; write metric{{label="value"}} without rate or range.'
        yield Notice(Severity.ERROR, address, message, indicator.place)
    if indicator.timeslice is not None:
        slice_s = indicator.timeslice.of.milliseconds // 1000
        if slice_s < 2 * 15:
            message = f"Slices of {length(slice_s)} are shorter than two scrapes of most servers; the figure would be too bad."
            yield Notice(Severity.WARNING, address, message, place)
    if indicator.probe is not None and isinstance(objective.target, Ratio):
        budget_s = objective.window.nominal_s * objective.target.complement
        if budget_s < interval_s:
            message = f"Its whole budget is below one evaluation of {length(interval_s)}: outages that break it cannot be seen."
            yield Notice(Severity.WARNING, address, message, place)


def _selectors(indicator: Indicator) -> Iterator[str]:
    if indicator.ratio is not None:
        yield indicator.ratio.good
        yield indicator.ratio.total
    if indicator.histogram is not None:
        yield indicator.histogram
