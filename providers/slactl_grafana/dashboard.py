"""The dashboard of one agreement: what is promised, how each objective does, and how what it rests on does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from slactl.base.windows import Window
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl_grafana.layout import COLUMNS, Grid
from slactl_grafana.measured import Measured, Shown
from slactl_grafana.names import TAG
from slactl_grafana.panels import GREEN, ORANGE, RED, Look, Panel, Query, curves, figures, text
from slactl_grafana.queries import Queries
from slactl_grafana.supports import Support, supports
from slactl_grafana.words import Words, period_of, target_of, title_of
from slactl_prometheus.fleet import PAIRS, fires
from slactl_prometheus.promql import length
from slactl_prometheus.rules import budget_text

_SCHEMA_VERSION = 39
"""Of Grafana 10.4 and 11; newer ones bring a dashboard up to theirs as they read it."""
_FIGURE, _CURVES = (6, 4), (8, 8)
"""Width and height."""
_QUARTER = Decimal("0.25")
_GRAFANAS_UNIT = {
    "calendar-day": "d",
    "calendar-week": "w",
    "calendar-month": "M",
    "calendar-quarter": "Q",
    "calendar-year": "y",
}
_LEAST_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Book:
    """What the dashboards of one backend share."""

    estate: Estate
    measured: Measured
    workspace: str
    pages: Mapping[str, str]
    """The uids of dashboards by agreement."""


def dashboard(book: Book, agreement: Agreement) -> Mapping[str, Any]:
    """The whole dashboard, without our mark."""
    return _Page(book, agreement).dashboard()


class _Page:
    def __init__(self, book: Book, agreement: Agreement) -> None:
        self._book = book
        self._agreement = agreement
        self._uid = book.pages[agreement.address]
        self._words = Words(book.estate, book.measured, book.pages)
        self._grid = Grid()

    def dashboard(self) -> Mapping[str, Any]:
        self._promises()
        self._objectives()
        self._rests_on(supports(self._book.estate, self._agreement))
        first = self._first()
        return {
            "uid": self._uid,
            "title": title_of(self._agreement),
            "tags": [TAG, self._agreement.kind.lower(), f"workspace:{self._book.workspace}"],
            "schemaVersion": _SCHEMA_VERSION,
            "editable": True,
            "graphTooltip": 1,
            "refresh": "1m",
            "timezone": self._zone(first),
            "weekStart": "monday",
            "time": {"from": _begin(first.window), "to": "now"},
            "links": self._links(first.window),
            "annotations": {"list": []},
            "templating": {"list": []},
            "panels": self._grid.panels,
        }

    def _first(self) -> Objective:
        """The objective whose period the dashboard opens with."""
        objectives = self._agreement.objectives.values()
        seen = (one for one in objectives if self._book.measured.shown(one))
        return next(seen, next(iter(objectives)))

    def _zone(self, objective: Objective) -> str:
        zone = self._book.estate.hours.zone(objective.hours).key
        return "utc" if zone == "UTC" else zone

    def _links(self, window: Window) -> list[Panel]:
        """To the last closed period, whose figures are the report's, and to the other dashboards."""
        others = {
            **_link("Agreements of this workspace", "external link"),
            "type": "dashboards",
            "tags": [TAG, f"workspace:{self._book.workspace}"],
            "asDropdown": True,
            "keepTime": True,
        }
        if window.kind == "rolling":
            return [others]
        unit = _GRAFANAS_UNIT[window.kind]
        this, last = f"from=now/{unit}&to=now", f"from=now-1{unit}/{unit}&to=now-1{unit}/{unit}"
        return [
            {**_link(f"This {window.noun}", "clock"), "url": f"/d/{self._uid}?{this}"},
            {**_link(f"Last {window.noun}", "clock"), "url": f"/d/{self._uid}?{last}"},
            others,
        ]

    def _promises(self) -> None:
        lines = [*self._words.promises(self._agreement)]
        self._grid.add(text("What is promised", lines), COLUMNS, _height(lines))

    def _objectives(self) -> None:
        for objective in self._agreement.objectives.values():
            shown = self._book.measured.shown(objective)
            if shown is not None:
                self._grid.heading(f"{objective.name}: {target_of(objective)} {period_of(objective)}")
                self._figures(shown)
                self._curves(shown)
        unseen = [
            one for one in self._agreement.objectives.values() if self._book.measured.shown(one) is None
        ]
        if unseen:
            lines = [*self._words.unmeasured(unseen)]
            self._grid.heading("Not measured in Prometheus")
            self._grid.add(text("Promised, and not seen here", lines), COLUMNS, _height(lines))

    def _figures(self, shown: Shown) -> None:
        name, queries = shown.watched.objective.name, Queries(shown.watched)
        self._grid.add(attained(shown, f"{name}: attained"), *_FIGURE)
        self._grid.add(_budget_left(shown, f"{name}: error budget left"), *_FIGURE)
        self._grid.add(_failed(shown), *_FIGURE)
        known = [Query(queries.recorded(), "recorded")]
        if shown.watched.how.unit == "time":
            known.append(Query(queries.without_data(), "without data"))
        about = "The share of the time shown for which figures are there. Time without data counts as good."
        look = Look("percentunit", 1)
        self._grid.add(figures(f"{name}: recorded", about, shown.datasource, known, look), *_FIGURE)

    def _curves(self, shown: Shown) -> None:
        name, queries = shown.watched.objective.name, Queries(shown.watched)
        period = length(shown.watched.burn.period_s)
        about = f"At each moment, of the {period} before it; the report's figures are those of whole periods."
        good = [Query(queries.rolling_attained(), "attained"), Query(queries.target(), "target")]
        look = Look("percentunit", _decimals(shown))
        self._grid.add(
            curves(f"{name}: attained and target, rolling {period}", about, shown.datasource, good, look),
            *_CURVES,
        )
        if _budget(shown) == 0:
            return
        left = [Query(queries.rolling_budget_left(), "left")]
        title = f"{name}: error budget left, rolling {period}"
        look = Look("percentunit", 1, ((None, RED), (Decimal(0), GREEN)), most=1)
        self._grid.add(curves(title, about, shown.datasource, left, look), *_CURVES)
        self._grid.add(_burn_rates(shown), *_CURVES)

    def _rests_on(self, found: Sequence[Support]) -> None:
        if not found:
            return
        self._grid.heading("What it rests on")
        lines = [*self._words.rests_on(found)]
        self._grid.add(text("Services below, and who promises them", lines), COLUMNS, _height(lines))
        below = dict.fromkeys(one.address for support in found for one in support.agreements)
        for address in below:
            for objective in self._book.estate.agreements[address].objectives.values():
                shown = self._book.measured.shown(objective)
                if shown is not None:
                    link = (
                        f"Dashboard of {address}",
                        f"/d/{self._book.pages[address]}?${{__url_time_range}}",
                    )
                    title = f"{objective.address} ({target_of(objective)})"
                    self._grid.add(attained(shown, title, link), *_FIGURE)


def attained(shown: Shown, title: str, link: tuple[str, str] | None = None) -> Panel:
    """The good share of the time shown, red below what was promised."""
    objective = shown.watched.objective
    about = f"The good share of the time shown. Promised: {target_of(objective)} {period_of(objective)}."
    look = Look("percentunit", _decimals(shown), ((None, RED), (1 - _budget(shown), GREEN)), link=link)
    return figures(title, about, shown.datasource, [Query(Queries(shown.watched).attained())], look)


def _budget_left(shown: Shown, title: str) -> Panel:
    if _budget(shown) == 0:
        return text(title, ["There is no error budget: all of it is promised."])
    about = "The share of the failures that the promise allows in the time shown that has not happened. Below zero: overspent."
    look = Look("percentunit", 1, ((None, RED), (Decimal(0), ORANGE), (_QUARTER, GREEN)))
    return figures(title, about, shown.datasource, [Query(Queries(shown.watched).budget_left())], look)


def _failed(shown: Shown) -> Panel:
    """Downtime for what counts time, failures for what counts events."""
    name, queries = shown.watched.objective.name, Queries(shown.watched)
    if shown.watched.how.unit == "time":
        about = "Time in which it was down, of the time shown that counts."
        down = [Query(queries.bad(), "down"), Query(queries.total(), "of")]
        return figures(f"{name}: downtime", about, shown.datasource, down, Look("dtdhms"))
    about = "Events that failed, of all in the time shown that count."
    failed = [Query(queries.bad(), "failed"), Query(queries.total(), "of")]
    return figures(f"{name}: failed events", about, shown.datasource, failed, Look("short", 0))


def _burn_rates(shown: Shown) -> Panel:
    burn = shown.watched.burn
    steps: list[tuple[Decimal | None, str]] = [(None, GREEN), (Decimal(1), ORANGE)]
    paging = [
        pair.factor(burn) for pair in PAIRS if pair.severity == "page" and fires(pair, burn, _budget(shown))
    ]
    steps += [(factor, RED) for factor in paging[:1] if factor > 1]
    about = "How many times faster than allowed the budget burns, over windows of several lengths. At 1 it lasts just as long as its period"
    about += f"; above {paging[0]} over the shorter windows somebody is paged." if paging else "."
    return curves(
        f"{shown.watched.objective.name}: burn rate",
        about,
        shown.datasource,
        [Query(Queries(shown.watched).burn_rates(), "{{window}}")],
        Look("none", 2, tuple(steps), least=0),
    )


def _budget(shown: Shown) -> Decimal:
    return Decimal(budget_text(shown.watched.objective))


def _decimals(shown: Shown) -> int:
    """Two more than the promise has, so that a near miss is no hit."""
    percent = 100 * _budget(shown)
    exponent = percent.normalize().as_tuple().exponent
    return max(_LEAST_DECIMALS, 2 - int(exponent))


def _begin(window: Window) -> str:
    if window.kind == "rolling":
        return f"now-{length(window.nominal_s)}"
    return f"now/{_GRAFANAS_UNIT[window.kind]}"


def _link(title: str, icon: str) -> Panel:
    return {
        "title": title,
        "type": "link",
        "icon": icon,
        "tooltip": "",
        "url": "",
        "tags": [],
        "asDropdown": False,
        "targetBlank": False,
        "includeVars": False,
        "keepTime": False,
    }


def _height(lines: Sequence[str]) -> int:
    """Room for a text: a title, and a line of Grafana's grid each."""
    return 2 + len(lines)
