"""The time in which what is promised of a service is relied on: that of every window above, which may be longer than its own.

An SLA that is counted by the year rests on what a team promises by the month in each month of that year: all of them are
judged, those before the day on which somebody looks and those beyond the horizon, too.
"""

from collections.abc import Iterable, Iterator, Mapping

from slactl.base.windows import Span, Window
from slactl.check.olas import OPEN
from slactl.check.terms import whole_windows, within_term
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate


class Relied:
    """For each metric and service the time in which somebody looks at what is promised of it."""

    def __init__(self, estate: Estate, horizon: Span) -> None:
        """`horizon`: the UTC seconds that are looked at whatever the windows are."""
        self._estate = estate
        self._horizon = horizon
        self._by_metric: dict[str, Mapping[str, Span]] = {}

    def of(self, metric: str, agreement: Agreement, services: Iterable[str]) -> Span:
        """The time in which what an agreement promises of some services is relied on, in UTC seconds."""
        if agreement.kind == "SLA":
            return self._horizon
        if metric not in self._by_metric:
            self._by_metric[metric] = self._found(metric)
        first, *others = (self._by_metric[metric][name] for name in services)
        return _hull(first, others)

    def _found(self, metric: str) -> Mapping[str, Span]:
        """From the top down: what looks through a service looks at all that is below it for as long."""
        relied = dict.fromkeys(self._estate.services, self._horizon)
        for agreement, objective in self._estate.objectives():
            if agreement.kind == "SLA" and agreement.status in OPEN and objective.metric == metric:
                windows = tuple(self._windows(agreement, objective.window, objective.hours, self._horizon))
                for name in objective.services:
                    relied[name] = _hull(relied[name], windows)
        for name in reversed(list(self._estate.bottom_up)):
            looking = _hull(relied[name], self._windows_of_olas(metric, name, relied[name]))
            for below in self._estate.directly_below[name]:
                if relied[below] != looking:
                    relied[below] = _hull(relied[below], (looking,))
        return relied

    def _windows_of_olas(self, metric: str, service: str, span: Span) -> Iterator[Span]:
        for agreement in self._estate.agreements_on.get(service, ()):
            if agreement.kind == "OLA" and agreement.status in OPEN:
                for one in agreement.objectives.values():
                    if one.metric == metric and service in one.services:
                        yield from self._windows(agreement, one.window, one.hours, span)
                for joint in agreement.joint:
                    if service in joint.services:
                        yield from self._windows(agreement, joint.window, agreement.hours, span)

    def _windows(self, agreement: Agreement, window: Window, hours: str | None, span: Span) -> Iterator[Span]:
        """The windows that touch a time, as far as they lie in the agreement's term."""
        inside = within_term(agreement.term, whole_windows(window, self._estate.hours.zone(hours), span))
        if inside is not None:
            yield inside


def _hull(span: Span, others: Iterable[Span]) -> Span:
    start, end = span
    for low, high in others:
        start, end = min(start, low), max(end, high)
    return start, end
