"""Bodies and what the interface calls the same: numbers for words, seconds for times, tags and a line of text for marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slactl_zabbix.hours import Schedule
from slactl_zabbix.tree import ALL_CHILDREN, BY_RULES, MOST_CRITICAL, NODE

Body = Mapping[str, Any]
Row = Mapping[str, Any]
"""An object as the interface has it."""

WORKSPACE_TAG, ADDRESS_TAG, NODE_TAG = "slactl.workspace", "slactl.address", "slactl.service"
_OURS = (WORKSPACE_TAG, ADDRESS_TAG, NODE_TAG)
_ALGORITHMS = {BY_RULES: 0, ALL_CHILDREN: 1, MOST_CRITICAL: 2}
_OPERATORS = {"equals": 0, "contains": 2}
_PERIODS = {"daily": 0, "weekly": 1, "monthly": 2, "quarterly": 3, "annually": 4}
_TOO_MANY_BAD = {"type": 0, "limit_status": 0, "new_status": 4}
"""At least so many children with a problem of any severity: the node has one of severity High."""
_PASSED_ON = {"increased by": 1, "decreased by": 2, "nothing": 3, "always": 4}
"""What becomes of a service's status on its way to the services above; left out of a body where it goes there as it is."""
_RULE_KEYS = ("type", "limit_value", "limit_status", "new_status")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY_S = 86_400
_SLA_MARK = "[slactl "


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose an object is, and which."""

    workspace: str
    address: str


def sla_body(
    *,
    name: str,
    description: str,
    slo: str,
    period: str,
    timezone: str,
    effective: str,
    nodes: Iterable[str],
    schedule: Schedule,
) -> dict[str, Any]:
    """The body of an SLA object."""
    return {
        "name": name,
        "description": description,
        "slo": slo,
        "period": period,
        "timezone": timezone,
        "effective": effective,
        "enabled": True,
        "services": sorted(
            ({"tag": NODE_TAG, "operator": "equals", "value": one} for one in nodes), key=_tag_order
        ),
        "schedule": [_week_text(*span) for span in schedule.week],
        "excluded_downtimes": "\n".join(
            _downtime_text(one.start, one.end, one.name) for one in schedule.exclusions
        ),
    }


def is_sla(body: Body) -> bool:
    """Whether a body is an SLA object's; else it is a service's."""
    return "slo" in body


def service_row(body: Body, mark: Mark, others: Sequence[Row] = ()) -> dict[str, Any]:
    """A service as the interface takes it; `others` are tags that somebody else has put on it."""
    tags = [
        {"tag": WORKSPACE_TAG, "value": mark.workspace},
        {"tag": ADDRESS_TAG, "value": mark.address},
        *([{"tag": NODE_TAG, "value": body[NODE]}] if body[NODE] else []),
        *({"tag": one["tag"], "value": one["value"]} for one in others if one["tag"] not in _OURS),
    ]
    return {
        "name": body["name"],
        "description": body["description"],
        "algorithm": _ALGORITHMS[body["bad_when"]],
        "status_rules": [
            {**_TOO_MANY_BAD, "limit_value": one["bad_children"]} if "bad_children" in one else dict(one)
            for one in body["rules"]
        ],
        **_propagation(body.get("passes_on")),
        "children": [{"serviceid": one} for one in body["children"]],
        "problem_tags": [_tag_row(one) for one in body["problem_tags"]],
        "tags": tags,
    }


def service_body(row: Row, addresses: Mapping[str, str]) -> dict[str, Any]:
    """A service as the provider describes it; children in the order of their addresses, others' behind, by id."""
    tags = {one["tag"]: one["value"] for one in row["tags"]}
    children = [one["serviceid"] for one in row["children"]]
    return {
        "name": row["name"],
        "description": row["description"],
        "bad_when": _word(_ALGORITHMS, row["algorithm"]),
        "rules": [_rule(one) for one in row["status_rules"]],
        **_passes_on(row),
        "children": sorted(children, key=lambda one: (one not in addresses, addresses.get(one, ""), one)),
        "problem_tags": sorted(map(_tag, row["problem_tags"]), key=_tag_order),
        NODE: tags.get(NODE_TAG, ""),
    }


def _propagation(passes_on: str | None) -> dict[str, int]:
    word, _, value = (passes_on or "").rpartition(" ")
    if not word:
        return {"propagation_rule": _PASSED_ON.get(value, 0), "propagation_value": 0}
    return {"propagation_rule": _PASSED_ON.get(word, 0), "propagation_value": int(value)}


def _passes_on(row: Row) -> dict[str, str]:
    """People who let a service pass on less than it has make the SLAs above blind to it."""
    rule = int(row["propagation_rule"])
    if rule == 0:
        return {}
    word = _word(_PASSED_ON, str(rule))
    return {"passes_on": word if rule == _PASSED_ON["nothing"] else f"{word} {row['propagation_value']}"}


def mark_of_service(row: Row) -> Mark | None:
    """Whose a service is; None: not ours."""
    tags = {one["tag"]: one["value"] for one in row["tags"]}
    if WORKSPACE_TAG not in tags or ADDRESS_TAG not in tags:
        return None
    return Mark(tags[WORKSPACE_TAG], tags[ADDRESS_TAG])


def sla_row(body: Body, mark: Mark) -> dict[str, Any]:
    """An SLA object as the interface takes it."""
    return {
        "name": body["name"],
        "description": f"{body['description']}\n{mark_line(mark)}".lstrip("\n"),
        "slo": body["slo"],
        "period": _PERIODS[body["period"]],
        "timezone": body["timezone"],
        "effective_date": _seconds(f"{body['effective']}T00:00:00Z"),
        "status": int(body["enabled"]),
        "service_tags": [_tag_row(one) for one in body["services"]],
        "schedule": [_week_row(one) for one in body["schedule"]],
        "excluded_downtimes": [_downtime_row(one) for one in body["excluded_downtimes"].splitlines()],
    }


def sla_body_of(row: Row) -> dict[str, Any]:
    """An SLA object as the provider describes it."""
    downtimes = sorted(row["excluded_downtimes"], key=lambda one: (int(one["period_from"]), one["name"]))
    weeks = sorted((int(one["period_from"]), int(one["period_to"])) for one in row["schedule"])
    return {
        "name": row["name"],
        "description": row["description"].partition(_SLA_MARK)[0].rstrip("\n"),
        "slo": _shortest(row["slo"]),
        "period": _word(_PERIODS, row["period"]),
        "timezone": row["timezone"],
        "effective": _instant_text(int(row["effective_date"])).partition("T")[0],
        "enabled": row["status"] == "1",
        "services": sorted(map(_tag, row["service_tags"]), key=_tag_order),
        "schedule": [_week_text(*one) for one in weeks],
        "excluded_downtimes": "\n".join(
            _downtime_text(int(one["period_from"]), int(one["period_to"]), one["name"]) for one in downtimes
        ),
    }


def mark_line(mark: Mark) -> str:
    """The last line of an SLA object's description: it has no tags of its own."""
    return f"{mark_start(mark.workspace)}{mark.address}]"


def mark_start(workspace: str) -> str:
    """How the marks of a workspace begin."""
    return f"{_SLA_MARK}{workspace}/"


def mark_of_sla(row: Row) -> Mark | None:
    """Whose an SLA object is; None: not ours."""
    _, found, rest = row["description"].rpartition(_SLA_MARK)
    line, closed, _ = rest.partition("]")
    workspace, slash, address = line.partition("/")
    return Mark(workspace, address) if found and closed and slash else None


def _shortest(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _word(words: Mapping[str, int], number: str) -> str:
    """The word for a number; one that a later version may have brought stays a number, and is drift."""
    return next((word for word, one in words.items() if str(one) == str(number)), str(number))


def _tag(row: Row) -> dict[str, str]:
    return {"tag": row["tag"], "operator": _word(_OPERATORS, row["operator"]), "value": row["value"]}


def _tag_row(tag: Row) -> dict[str, Any]:
    return {"tag": tag["tag"], "operator": _OPERATORS[tag["operator"]], "value": tag["value"]}


def _tag_order(tag: Row) -> tuple[str, str]:
    return tag["tag"], tag["value"]


def _rule(row: Row) -> dict[str, int]:
    rule = {key: int(row[key]) for key in _RULE_KEYS}
    if {key: rule[key] for key in _TOO_MANY_BAD} == _TOO_MANY_BAD:
        return {"bad_children": rule["limit_value"]}
    return rule


def _instant_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _downtime_text(start: int, end: int, name: str) -> str:
    """`2026-12-24T23:00:00Z - 2026-12-25T23:00:00Z patch night`."""
    return f"{_instant_text(start)} - {_instant_text(end)} {name}"


def _downtime_row(text: str) -> dict[str, Any]:
    start, _, rest = text.partition(" - ")
    end, _, name = rest.partition(" ")
    return {"name": name, "period_from": _seconds(start), "period_to": _seconds(end)}


def _week_text(start: int, end: int) -> str:
    """`mon 08:00 - mon 18:00`; the end of the week is `sat 24:00`."""
    last = (end - 1) // _DAY_S
    return f"{_DAYS[start // _DAY_S]} {_clock(start % _DAY_S)} - {_DAYS[last]} {_clock(end - last * _DAY_S)}"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")


def _week_row(text: str) -> dict[str, int]:
    start, _, end = text.partition(" - ")
    return {"period_from": _week_seconds(start), "period_to": _week_seconds(end)}


def _week_seconds(text: str) -> int:
    day, _, clock = text.partition(" ")
    parts = [int(one) for one in clock.split(":")]
    return _DAYS.index(day) * _DAY_S + sum(
        part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False)
    )
