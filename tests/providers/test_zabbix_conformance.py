"""The conformance suite, run by the Zabbix provider against a real server."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path as File
from typing import Any

from compiled_estate import compiled
from faulty_wire import wire_to
from zabbix_objects import TODAY, connect, node, sla
from zabbix_server import ZabbixServer

from slactl.provider import Observed, Ref
from slactl.provider.conformance import Body, Look, Path, Stranger, Subject, run_conformance
from tests.estate_texts import PEOPLE, document, promise, service

CREATED = {
    "noc.indicator.a": node("a", problem_tags=[*node("a")["problem_tags"], *node("b")["problem_tags"]]),
    "noc.indicator.b": node("b", problem_tags=[]),
    "noc.service.shop": node(
        "shop",
        bad_when="rules",
        rules=[{"bad_children": 1}],
        children=[Ref("noc.indicator.a"), Ref("noc.indicator.b")],
        problem_tags=[],
        node="estate/shop",
    ),
    "noc.sla.a.availability": sla("a"),
}
UPDATED = {
    "noc.indicator.b": node("b", bad_when="rules", rules=[{"bad_children": 2}], description="More."),
    "noc.service.shop": node(
        "store", children=[Ref("noc.indicator.a")], problem_tags=[], node="estate/store"
    ),
    "noc.sla.a.availability": sla("b", slo="99.9999", schedule=[], excluded_downtimes="", enabled=False),
}
ESTATE = (
    PEOPLE
    + service("shop", "web", "{atLeast: {count: 2, of: [a, b, c]}}", "99.99%")
    + "".join(service(one, "data", intrinsic="99.99%") for one in "abc")
    + "".join(document("Indicator", one, f"zabbix: {{problemTags: {{service: {one}}}}}") for one in "abc")
    + promise("SLA", "shop", "shop", "99.9%", "customer: acme, hours: office,", "indicator: a")
    + "".join(promise("OLA", one, one, "99.99%", "", f"indicator: {one}") for one in "abc")
    + document("Backend", "noc", 'provider: zabbix, config: {url: "http://127.0.0.1:9/", token: "${env.X}"}')
)
MANY = {
    address: body
    for one in range(1000)
    for address, body in {
        f"noc.indicator.n{one}": node(f"n{one}"),
        f"noc.service.n{one}": node(f"s{one}", problem_tags=[], children=[Ref(f"noc.indicator.n{one}")]),
        f"noc.sla.n{one}.availability": sla(f"n{one}"),
    }.items()
}
OTHER_TAG = {"tag": "x", "operator": 2, "value": "y"}
SERVICE_BY_HAND: Mapping[str, Mapping[str, Any]] = {
    "name": {"name": "by hand"},
    "description": {"description": "by hand"},
    "bad_when": {"algorithm": 1},
    "rules": {"status_rules": [{"type": 0, "limit_value": 7, "limit_status": 0, "new_status": 4}]},
    "problem_tags": {"problem_tags": [OTHER_TAG], "children": []},
}
SLA_BY_HAND: Mapping[str, Mapping[str, Any]] = {
    "name": {"name": "by hand"},
    "description": {"description": "by hand\n[slactl estate/noc.sla.a.availability]"},
    "slo": {"slo": "90"},
    "period": {"period": 0},
    "timezone": {"timezone": "UTC"},
    "effective": {"effective_date": 86_400},
    "enabled": {"status": 0},
    "services": {"service_tags": [OTHER_TAG]},
    "schedule": {"schedule": [{"period_from": 0, "period_to": 3600}]},
    "excluded_downtimes": {"excluded_downtimes": []},
}


def writes(_: str, __: str, ___: Mapping[str, str], body: bytes) -> bool:
    return str(json.loads(body)["method"]).endswith((".create", ".update", ".delete"))


class Hands:
    """A person at the server."""

    def __init__(self, zabbix: ZabbixServer) -> None:
        self.call = zabbix.call
        (self.theirs,) = self.call("service.create", [{"name": "theirs", "algorithm": 1, "sortorder": 0}])[
            "serviceids"
        ]
        self._sla("theirs")

    def _sla(self, name: str) -> str:
        more = {"slo": "99", "period": 0, "timezone": "UTC", "effective_date": 0, "status": 1}
        made = self.call("sla.create", [{"name": name, **more, "service_tags": [{"tag": "a", "value": "b"}]}])
        return str(made["slaids"][0])

    def foreign(self) -> object:
        slas = self.call("sla.get", {"filter": {"name": "theirs"}, "selectServiceTags": "extend"})
        return slas, self.call("service.get", {"serviceids": [self.theirs], "selectTags": "extend"})

    def touch(self, found: Observed) -> None:
        self._update(found, {"name": "touched"})

    def remove(self, found: Observed) -> None:
        self.call(f"{_kind(found.body)}.delete", [found.id])

    def by_hand(self, found: Observed, path: Path) -> None:
        first = path[0]
        if first == "children":
            self._update(found, {"children": [{"serviceid": self.theirs}], "problem_tags": []})
        elif first == "node":
            self._update(found, {"tags": [*_marks(found), {"tag": "slactl.service", "value": "by hand"}]})
        else:
            table = SLA_BY_HAND if _kind(found.body) == "sla" else SERVICE_BY_HAND
            self._update(found, table[str(first)])

    def _update(self, found: Observed, changes: Mapping[str, Any]) -> None:
        kind = _kind(found.body)
        self.call(f"{kind}.update", [{f"{kind}id": found.id, **changes}])

    @contextmanager
    def stranger(self, _: str, body: Body) -> Iterator[Stranger]:
        if _kind(body) == "sla":
            number = self._sla(body["name"])
            yield Stranger(self._look("sla", number), number)
        else:
            (number,) = self.call("service.create", [{"name": body["name"], "algorithm": 2, "sortorder": 5}])[
                "serviceids"
            ]
            yield Stranger(self._look("service", number), f"service/{number}")
        if self._look(_kind(body), number)():
            self.call(f"{_kind(body)}.delete", [number])

    @contextmanager
    def unmarked(self, found: Observed) -> Iterator[Look]:
        plain: Mapping[str, Any] = (
            {"description": "About it."} if _kind(found.body) == "sla" else {"tags": []}
        )
        self._update(found, plain)
        yield self._look(_kind(found.body), found.id)
        self.remove(found)

    def _look(self, kind: str, number: str) -> Callable[[], object]:
        more = ("Tags", "ProblemTags", "Children") if kind == "service" else ("ServiceTags", "Schedule")
        asked: dict[str, object] = {
            f"{kind}ids": [number],
            "output": "extend",
            **{f"select{one}": "extend" for one in more},
        }
        return lambda: [
            {key: value for key, value in one.items() if key not in ("status", "readonly") or kind == "sla"}
            for one in self.call(f"{kind}.get", asked)
        ]


def _kind(body: Body) -> str:
    return "sla" if "slo" in body else "service"


def _marks(found: Observed) -> list[Mapping[str, str]]:
    return [{"tag": "slactl.workspace", "value": "estate"}, {"tag": "slactl.address", "value": found.address}]


def test_conformance(zabbix: ZabbixServer, workspace: Callable[..., File]) -> None:
    hands = Hands(zabbix)
    token = zabbix.token()
    alike = "Zabbix lets two services have one name"
    with wire_to(zabbix.url, writes) as wire:
        left_out = run_conformance(
            Subject(
                connect=partial(connect, zabbix, url=wire.url, token=token),
                created=CREATED,
                updated=UPDATED,
                touch=hands.touch,
                remove=hands.remove,
                foreign=hands.foreign,
                by_hand=hands.by_hand,
                stranger=hands.stranger,
                unmarked=hands.unmarked,
                nameless={"indicator": alike, "service": alike},
                elsewhere=partial(connect, zabbix, "elsewhere", url=wire.url, token=token),
                refused={
                    "noc.sla.bad.availability": sla("bad", slo="101"),
                    "noc.indicator.bad": node("bad", children=["4711"]),
                },
                many=MANY,
                most_requests={"create": 40, "read": 10, "delete": 50},
                estate=partial(compiled, workspace(ESTATE), "noc", TODAY),
                wire=wire,
                impatient=partial(connect, zabbix, url=wire.url, token=token, timeout="2s"),
            )
        )
    assert left_out == {}
