"""Panels in Grafana's dashboard model: figures, curves, texts and rows, without their places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Panel = dict[str, Any]
GREEN, ORANGE, RED = "green", "orange", "red"
NOTHING = "nothing recorded"
"""What a figure says where the query gives nothing."""


@dataclass(frozen=True, slots=True)
class Query:
    """One expression, and what its series are called."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How values are shown."""

    unit: str
    """Of Grafana's units: `percentunit` is a share of 1, `dtdhms` a length of time in seconds."""
    decimals: int | None = None
    steps: tuple[tuple[Decimal | None, str], ...] = ((None, GREEN),)
    """From which value on which colour holds; None: from the lowest."""
    least: int | None = None
    most: int | None = None
    link: tuple[str, str] | None = None
    """Where a click on the value leads: a title, and an address."""

    def defaults(self) -> dict[str, Any]:
        """As `fieldConfig.defaults` says it."""
        given = {"decimals": self.decimals, "min": self.least, "max": self.most}
        return {
            "unit": self.unit,
            **{key: value for key, value in given.items() if value is not None},
            "color": {"mode": "thresholds"},
            "noValue": NOTHING,
            "thresholds": {"mode": "absolute", "steps": [_step(value, color) for value, color in self.steps]},
            **({"links": [{"title": self.link[0], "url": self.link[1]}]} if self.link else {}),
        }


def _step(value: Decimal | None, color: str) -> dict[str, Any]:
    return {"color": color, "value": None if value is None else _number(value)}


def _number(value: Decimal) -> float | int:
    """As JSON has it: browsers know no other numbers, and the shortest form reads as the agreement does."""
    return int(value) if value == int(value) else float(value)


def figures(title: str, about: str, datasource: str, queries: Sequence[Query], look: Look) -> Panel:
    """One large figure for each query, of the whole time that is shown."""
    return {
        **_head("stat", title, about, datasource),
        "targets": [*_targets(queries, datasource, instant=True)],
        "fieldConfig": {"defaults": look.defaults(), "overrides": []},
        "options": {
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value" if len(queries) == 1 else "value_and_name",
        },
    }


def curves(title: str, about: str, datasource: str, queries: Sequence[Query], look: Look) -> Panel:
    """Lines over time; thresholds are lines, too."""
    defaults = {**look.defaults(), "color": {"mode": "palette-classic"}}
    defaults["custom"] = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 0,
        "showPoints": "never",
        "spanNulls": _CONNECTED_MS,
        "thresholdsStyle": {"mode": "line" if len(look.steps) > 1 else "off"},
    }
    return {
        **_head("timeseries", title, about, datasource),
        "interval": "5m",
        "targets": [*_targets(queries, datasource, instant=False)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {
            "legend": {
                "calcs": ["lastNotNull"],
                "displayMode": "list",
                "placement": "bottom",
                "showLegend": True,
            },
            "tooltip": {"mode": "multi", "sort": "none"},
        },
    }


_CONNECTED_MS = 15 * 60 * 1000
"""Long windows are recorded every five minutes; an evaluation or two may be missing."""


def text(title: str, lines: Iterable[str]) -> Panel:
    """Words in Markdown."""
    return {
        "type": "text",
        "title": title,
        "options": {"mode": "markdown", "content": "\n".join(lines)},
    }


def row(title: str) -> Panel:
    """A heading, below which panels can be folded."""
    return {"type": "row", "title": title, "collapsed": False, "panels": []}


def source(uid: str) -> Mapping[str, str]:
    """A Prometheus data source by its uid."""
    return {"type": "prometheus", "uid": uid}


def _head(kind: str, title: str, about: str, datasource: str) -> Panel:
    return {"type": kind, "title": title, "description": about, "datasource": dict(source(datasource))}


def _targets(queries: Sequence[Query], datasource: str, *, instant: bool) -> Iterable[Panel]:
    for index, query in enumerate(queries):
        yield {
            "refId": chr(ord("A") + index),
            "datasource": dict(source(datasource)),
            "expr": query.expression,
            "legendFormat": query.legend or "__auto",
            "instant": instant,
            "range": not instant,
            "editorMode": "code",
        }
