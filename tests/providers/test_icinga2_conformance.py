"""The conformance suite, run by the Icinga 2 provider against a real server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path as File
from typing import Any

import pytest
from compiled_estate import compiled
from faulty_wire import wire_to
from icinga2_server import Icinga2Server, running

from slactl.base.diagnostics import Place
from slactl.model.backend import Backend
from slactl.provider import Connection, Context, Observed, Ref
from slactl.provider.conformance import (
    Body,
    Look,
    Path,
    Stranger,
    Subject,
    run_conformance,
    with_other,
)
from slactl_icinga2 import Provider
from tests.estate_texts import PEOPLE, document, promise, service

TODAY = date(2026, 11, 23)
PATHS = {"host": "hosts", "service": "services", "timeperiod": "timeperiods", "dependency": "dependencies"}
ESTATE = (
    PEOPLE
    + service("db", "data", intrinsic="99.999%")
    + service("shop", "web", "[db]", "99.999%")
    + document("Indicator", "http", "icinga2: {host: shop-lb, service: http, address: 192.0.2.1}")
    + document("Indicator", "sql", "icinga2: {host: db, service: sql, check_command: probe}")
    + promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: http, hours: office")
    + promise("OLA", "b", "db", "99.9%", "provider: data,", "indicator: sql")
    + document(
        "Backend", "noc",
        'provider: icinga2, config: {url: "https://localhost:9", user: slactl, password: "${env.X}", '
        "dependencies: true, checkPeriod: true}",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga2Server]:
    with running(tmp_path_factory.mktemp("icinga2")) as one:
        yield one


def connect(config: Mapping[str, Any], workspace: str = "estate") -> Connection:
    backend = Backend("noc", Place("x.yaml"), "icinga2", config)
    return Provider().connect(backend, config, Context(File("/"), workspace, TODAY))


def checked(command: str = "passive", **more: Any) -> dict[str, Any]:
    return {
        "check_command": command,
        "enable_active_checks": command != "passive",
        "check_period": "",
        "vars": {
            "slactl_agreements": {"sla.a.availability": {"target": "99.9%", "excludes": ["x"]}},
            "team": {"size": 3, "share": 0.5, "on": True, "none": None, "names": ["a", "b"], "empty": {}},
        },
        **more,
    }


def period(*excludes: Any, **ranges: str) -> dict[str, Any]:
    return {"display_name": "Hours", "ranges": ranges, "excludes": [*excludes], "vars": {}}


def link(*, silent: bool) -> dict[str, Any]:
    ends = {
        "child_host_name": Ref("noc.host.web", "name"),
        "child_service_name": Ref("noc.service.web.http", "short_name"),
        "parent_host_name": Ref("noc.host.db", "name"),
        "parent_service_name": "",
    }
    return {**ends, "disable_checks": False, "disable_notifications": silent, "vars": {}}


def http(command: str = "passive", **more: Any) -> dict[str, Any]:
    return checked(command, host_name=Ref("noc.host.web", "name"), name="http", **more)


CREATED = {
    "noc.host.web": checked(name="web", address="192.0.2.1"),
    "noc.host.db": checked(name="db", address=""),
    "noc.service.web.http": http(),
    "noc.timeperiod.office": period(Ref("noc.timeperiod.office.left-out", "name"), monday="08:00-18:00"),
    "noc.timeperiod.office.left-out": period(**{"2026-12-25": "00:00-24:00"}),
    "noc.dependency.web/http@db": link(silent=True),
}
UPDATED = {
    "noc.host.web": checked("probe", name="web", address="192.0.2.2", vars={}),
    "noc.service.web.http": http("probe", check_period=Ref("noc.timeperiod.office", "name")),
    "noc.timeperiod.office": period(monday="08:00-12:00,13:00-18:00", sunday="00:00-24:00"),
    "noc.dependency.web/http@db": link(silent=False),
}
NAMED = "it is part of the object's name, and Icinga renames nothing"
LINKED = "Icinga changes no end of a dependency"


def many() -> dict[str, Body]:
    """A hundred hosts, with nine services each."""
    plain = {"check_command": "passive", "enable_active_checks": False, "check_period": "", "vars": {}}
    found = dict[str, Body]()
    for host in range(100):
        found[f"noc.host.h{host}"] = {**plain, "name": f"h{host}", "address": ""}
        for one in range(9):
            found[f"noc.service.h{host}.s{one}"] = {**plain, "host_name": f"h{host}", "name": f"s{one}"}
    return found


def writes(method: str, _: str, headers: Mapping[str, str], __: bytes) -> bool:
    return method != "GET" and "X-HTTP-Method-Override" not in headers


class Hands:
    """A person at the server."""

    def __init__(self, server: Icinga2Server) -> None:
        self._server = server
        server.create("hosts", "of-others", check_command="dummy", vars={"slactl_workspace": "another"})
        server.create("services", "of-others!disk", check_command="dummy")
        server.create("timeperiods", "by-hand", ranges={"friday": "01:00-02:00"})

    def foreign(self) -> object:
        names = {
            "hosts": ("theirs", "of-others"),
            "services": ("of-others!disk",),
            "timeperiods": ("by-hand",),
        }
        return [self._look(path, name)() for path, those in names.items() for name in those]

    def touch(self, found: Observed) -> None:
        path, name = _there(found)
        self._server.modify(path, name, **{"vars.by_hand": 1})

    def remove(self, found: Observed) -> None:
        self._server.delete(*_there(found))

    def by_hand(self, found: Observed, path: Path) -> None:
        first = str(path[0])
        if path == ("vars",):
            self.touch(found)
        elif first == "vars":
            value = {"a": 1} if path[-1] == "empty" else "by hand"
            own = with_other(found.body, path, value)["vars"][path[1]]
            self._server.modify(*_there(found), **{f"vars.{path[1]}": own})
        else:
            self._server.modify(*_there(found), **{first: _other(found, first)})

    @contextmanager
    def stranger(self, address: str, body: Body) -> Iterator[Stranger]:
        kind, name = address.split(".", 2)[1:]
        if kind == "timeperiod":
            with (
                self._made("timeperiods", f"slactl-estate-{name}", ranges={}) as blocking,
                self._made("timeperiods", name, ranges={}) as importable,
            ):
                yield Stranger(lambda: (blocking(), importable()), f"timeperiod/{name}")
        elif kind == "dependency":
            ends = {key: body[key] for key in ("parent_host_name", "child_service_name", "child_host_name")}
            with self._made("dependencies", "web!http!slactl-db", **ends) as look:
                yield Stranger(look)
        else:
            full = "!".join(body[key] for key in ("host_name", "name") if key in body)
            with self._made(PATHS[kind], full, check_command="dummy") as look:
                yield Stranger(look, f"{kind}/{full}")

    @contextmanager
    def _made(self, path: str, name: str, **attrs: Any) -> Iterator[Look]:
        self._server.create(path, name, **attrs)
        yield self._look(path, name)
        if name in self._server.names(path):
            self._server.delete(path, name)

    @contextmanager
    def unmarked(self, found: Observed) -> Iterator[Look]:
        self._server.modify(*_there(found), vars={"mine": 1})
        yield self._look(*_there(found))
        self.remove(found)

    def _look(self, path: str, name: str) -> Callable[[], object]:
        kept = ("__name", "vars", "check_command", "address", "ranges", "excludes", "disable_notifications")
        return lambda: {key: one for key, one in self._server.attrs(path, name).items() if key in kept}


def _there(found: Observed) -> tuple[str, str]:
    kind, _, name = found.id.partition("/")
    return PATHS[kind], name


def _other(found: Observed, attribute: str) -> Any:
    """Another value of an attribute."""
    value = found.body[attribute]
    others = {
        "address": "192.0.2.99",
        "check_command": "dummy",
        "check_period": "by-hand",
        "display_name": "by hand",
        "ranges": {"monday": "01:00-02:00"},
        "excludes": [] if value else ["by-hand"],
    }
    return not value if isinstance(value, bool) else others[attribute]


def test_conformance(server: Icinga2Server, workspace: Callable[..., File]) -> None:
    hands = Hands(server)
    certificates = server.ca.parent
    own = certificates / "localhost.crt", certificates / "localhost.key"
    stays = "what is checked within a time period would go with it"
    with wire_to(server.url, writes, ca=server.ca, certificate=own) as wire:
        config = {**server.config, "url": wire.url}
        left_out = run_conformance(
            Subject(
                connect=partial(connect, config),
                created=CREATED,
                updated=UPDATED,
                touch=hands.touch,
                remove=hands.remove,
                foreign=hands.foreign,
                replaced={"noc.dependency.web/http@db": {**link(silent=True), "parent_service_name": ""}},
                irreplaceable={"timeperiod": stays},
                by_hand=hands.by_hand,
                fixed={
                    "host.name": NAMED,
                    "service.name": NAMED,
                    "service.host_name": NAMED,
                    "dependency.child_host_name": LINKED,
                    "dependency.child_service_name": LINKED,
                    "dependency.parent_host_name": LINKED,
                    "dependency.parent_service_name": LINKED,
                },
                stranger=hands.stranger,
                unmarked=hands.unmarked,
                elsewhere=partial(connect, config, "elsewhere"),
                refused={"noc.host.bad": checked("no-such-command", name="bad", address="")},
                many=many(),
                most_requests={"create": 1010, "read": 10, "delete": 1020},
                estate=partial(compiled, workspace(ESTATE), "noc", TODAY),
                wire=wire,
                impatient=partial(connect, {**config, "timeout": "2s"}),
            )
        )
    assert left_out == {}
