"""The dashboard of one agreement: what is promised, how each objective does, and how what it rests on does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.base.windows import Window
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl_grafana.layout import COLUMNS, Grid
from slactl_grafana.measured import Measured
from slactl_grafana.names import TAG
from slactl_grafana.objective import attained, curves_of, figures_of
from slactl_grafana.panels import Panel, text
from slactl_grafana.supports import Support, supports
from slactl_grafana.words import Words, period_of, target_of, title_of
from slactl_prometheus.promql import length

_SCHEMA_VERSION = 39
"""Of Grafana 10.4 and 11; newer ones bring a dashboard up to theirs as they read it."""
_FIGURE, _CURVES = (6, 4), (8, 8)
"""Width and height."""
_GRAFANAS_UNIT = {
    "calendar-day": "d",
    "calendar-week": "w",
    "calendar-month": "M",
    "calendar-quarter": "Q",
    "calendar-year": "y",
}


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
                for panel in figures_of(shown):
                    self._grid.add(panel, *_FIGURE)
                for panel in curves_of(shown):
                    self._grid.add(panel, *_CURVES)
        unseen = [
            one for one in self._agreement.objectives.values() if self._book.measured.shown(one) is None
        ]
        if unseen:
            lines = [*self._words.unmeasured(unseen)]
            self._grid.heading("Not measured in Prometheus")
            self._grid.add(text("Promised, and not seen here", lines), COLUMNS, _height(lines))

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
