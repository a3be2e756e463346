"""What the structure below a promise about requests guarantees while the same agreements are in force."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from slactl.assurance.latency import Curve, Point
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import decimal_text
from slactl.base.text import sentence_list
from slactl.check.request_latency import Latencies, unstated
from slactl.check.request_rates import Rates
from slactl.check.request_view import Ask, Seen, Views, nothing_promised
from slactl.check.result import AmountLink, Verdict

_MS = 1000
Unit = Literal["s", "1/s"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the structure below an objective guarantees in some stretch of time."""

    unit: Unit
    supported: Fraction | None
    worst: str
    links: tuple[AmountLink, ...] = ()
    open: bool = False
    """Something that is needed is not stated: nothing is guaranteed, and the number counts it as perfect."""
    inexact: bool = False
    """More may be guaranteed than was found."""

    @property
    def badness(self) -> tuple[bool, Fraction]:
        """Larger where less is guaranteed."""
        amount = self.supported or Fraction(0)
        return self.supported is None, amount if self.unit == "s" else -amount

    def verdict(self, promised: Fraction) -> Verdict:
        """What a promise is worth against it."""
        if self.supported is not None and self._reaches(self.supported, promised):
            return "undecided" if self.open else "guaranteed"
        return "undecided" if self.inexact else "unsupported"

    def _reaches(self, supported: Fraction, promised: Fraction) -> bool:
        return supported <= promised if self.unit == "s" else supported >= promised


def worst_of(several: Sequence[Found]) -> Found:
    """What is left of several findings that must all hold."""
    worst = max(several, key=lambda one: one.badness)
    return replace(worst, open=any(one.open for one in several))


def latency_found(latencies: Latencies, cone: Sequence[Seen], top: Ask) -> Found:
    """The least latency that is guaranteed for the percentile that the promise above asks for."""
    curve, views = latencies.of(top), latencies.views
    allowed = latencies.most_miss
    point = curve.quickest(allowed)
    if point is None:
        return _unreached(latencies, curve, cone, top)
    worst = f"{_percent(point.miss)} of requests may take longer, {_percent(allowed)} are allowed to"
    found = Found(
        "s",
        Fraction(point.limit_ms, _MS),
        worst,
        latencies.links(point),
        inexact=not curve.exact,
    )
    return _as_far_as_stated(found, [one for one in cone if unstated(one, views)], cone, views)


def _unreached(latencies: Latencies, curve: Curve, cone: Sequence[Seen], top: Ask) -> Found:
    """Nothing is guaranteed: something is missing, or too many requests may be late at any limit."""
    missing = [one for one in cone if one.missing]
    if missing:
        return _missing("s", missing, latencies.views)
    anything = Latencies(latencies.views, Fraction(1), strictest=True)
    best: Point | None = next(iter(reversed(anything.of(top).points)), None)
    if best is None:
        return Found(
            "s", None, "too few answers are promised before they are given up", inexact=not curve.exact
        )
    worst = f"{_percent(best.miss)} of requests may take longer than any limit below, {_percent(latencies.most_miss)}"
    return Found("s", None, f"{worst} are allowed to", anything.links(best), inexact=not curve.exact)


def rate_found(rates: Rates, cone: Sequence[Seen], views: Views) -> Found:
    """The requests a second that are guaranteed."""
    carried = rates.found(cone)
    missing = [one for one in cone if one.missing]
    if missing and not carried:
        return _missing("1/s", missing, views)
    silent = [one for one in cone if one.through and not one.own]
    if carried is None:
        found = Found("1/s", None, "nothing that is stated limits it", inexact=True)
    else:
        links = rates.links()
        found = Found("1/s", carried, f"{links[0].address} carries the least" if links else "", links)
    return _as_far_as_stated(found, silent, cone, views)


def _missing(unit: Unit, missing: Sequence[Seen], views: Views) -> Found:
    silent = [one.ask.service for one in missing if one.missing == nothing_promised(one.ask.service)]
    said = (one.missing for one in missing if one.ask.service not in silent)
    names = nothing_promised(sentence_list(sorted(set(silent))))
    reasons = dict.fromkeys([*said, *([names] if silent else [])])
    links = (
        AmountLink(f"service.{name}", "no promise", Fraction(0), views.estate.services[name].place)
        for name in dict.fromkeys(one.ask.service for one in missing)
    )
    return Found(unit, None, sentence_list(tuple(reasons)), tuple(links))


def _as_far_as_stated(found: Found, silent: Sequence[Seen], cone: Sequence[Seen], views: Views) -> Found:
    """What was found, less what is not stated or not known."""
    wider = [one.objective.address for seen in cone for one in seen.wider]
    if wider:
        also = f"{wider[0]} also counts requests of other hours"
        found = replace(found, open=True, worst=f"{found.worst}; {also}")
    if not silent:
        return found
    noun = "latency" if found.unit == "s" else "throughput"
    own = (
        AmountLink(
            f"service.{name}.intrinsic",
            f"own {noun} not stated",
            Fraction(0),
            views.estate.services[name].place,
        )
        for name in dict.fromkeys(one.ask.service for one in silent)
    )
    return replace(found, links=(*found.links, *own), open=True)


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100, 6, up=True)}%"
