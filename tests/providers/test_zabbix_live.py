"""Zabbix services and SLAs on a real server: plan and apply, problems and what Zabbix makes of them."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from faulty_wire import reloads, wire_to
from zabbix_objects import connect, node
from zabbix_server import ZabbixServer

from slactl.base.diagnostics import SlactlError
from slactl.base.intervals import IntervalSet
from slactl.cli.main import main
from slactl.documents.load import load_workspace
from slactl.measure.attainment import measured_time
from slactl.measure.service_days import Period, service_days
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.provider import Action, Change, Query
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
Slactl = Callable[..., tuple[int, str, str]]

BACKEND = """\
---
apiVersion: slactl/v1
kind: Backend
metadata: {{name: noc}}
spec: {{provider: zabbix, config: {{url: "{url}", user: Admin, password: "${{env.ZABBIX_PASSWORD}}"{more}}}}}
"""


def indicator(name: str) -> str:
    return document("Indicator", name, f"zabbix: {{problemTags: {{service: {name}}}}}")


def watched(kind: str, name: str, on: str, target: str, extra: str = "") -> str:
    customer = "customer: acme, " if kind == "SLA" else ""
    return promise(kind, name, on, target, customer + extra, f"indicator: {on}")


ESTATE = (
    PEOPLE
    + service("shop", "web", "[db]", "99.99%")
    + service("db", "data", intrinsic="99.99%")
    + indicator("shop")
    + indicator("db")
    + watched("SLA", "a", "shop", "99.9%")
    + watched("OLA", "db", "db", "99.99%")
)


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZABBIX_PASSWORD", "zabbix")


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Slactl:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def estate(workspace: Write, zabbix: ZabbixServer) -> Callable[..., Path]:
    """Write a workspace whose backend is the running server."""

    def write(text: str = ESTATE, more: str = "") -> Path:
        return workspace(text, BACKEND.format(url=zabbix.url, more=more))

    return write


def test_apply_no_op_drift_and_destroy(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    root = estate()
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, "6 added" in out) == (0, True), out + err
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0

    (ours,) = zabbix.call("sla.get", {"filter": {"name": "sla.a.availability (estate)"}})
    zabbix.call("sla.update", [{"slaid": ours["slaid"], "slo": "90"}])
    code, out, _ = slactl(root, "drift")
    assert code == 2
    assert "slo" in out
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert zabbix.call("sla.get", {"slaids": ours["slaid"]})[0]["slo"] == "99.9"

    code, out, err = slactl(root, "destroy", "-auto-approve")
    assert (code, "6 destroyed" in out) == (0, True), out + err
    assert zabbix.call("service.get", {"countOutput": True}) == "0"


def test_a_leaf_is_replaced_and_its_tree_holds_the_new_one(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    root = estate()
    assert slactl(root, "apply", "-auto-approve")[0] == 0

    def leaves() -> dict[str, set[str]]:
        """By service: what it rests on."""
        rows = zabbix.call("service.get", {"output": ["serviceid"], "selectChildren": ["serviceid"]})
        return {row["serviceid"]: {one["serviceid"] for one in row["children"]} for row in rows}

    before = leaves()
    code, out, err = slactl(root, "apply", "-auto-approve", "-replace=noc.indicator.db")
    assert code == 0, out + err
    after = leaves()
    (gone,), (new,) = before.keys() - after.keys(), after.keys() - before.keys()
    assert [one for one, below in before.items() if gone in below] == [
        one for one, below in after.items() if new in below
    ]
    assert "No changes." in slactl(root, "plan")[1]


def test_a_lost_state_is_made_anew_from_what_zabbix_carries(
    estate: Callable[..., Path], slactl: Slactl
) -> None:
    root = estate()
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    (root / ".slactl" / "state.db").unlink()
    assert slactl(root, "state", "rebuild", "-auto-approve")[0] == 0
    assert "0 to add, 0 to change, 0 to destroy" in slactl(root, "plan")[1]


def test_an_sla_of_that_name_is_not_taken_over_silently(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    theirs = {
        "name": "sla.a.availability (estate)", "slo": "95", "period": 2, "timezone": "UTC", "effective_date": 0,
        "description": "Made by hand.", "status": 1, "service_tags": [{"tag": "a", "value": "b"}],
    }  # fmt: skip
    (number,) = zabbix.call("sla.create", [theirs])["slaids"]
    root = estate()
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "already exists. It is not ours: import it, or rename one of the two." in out + err
    assert zabbix.call("sla.get", {"slaids": number})[0]["slo"] == "95"
    assert "1 to add" in slactl(root, "plan")[1]  # the others are there

    listed = slactl(root, "import")[1]
    assert f'id: "{number}"' in listed.replace("'", '"')
    (root / "agreements" / "import.yaml").write_text(listed)
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert code == 0, out + err
    (after,) = zabbix.call("sla.get", {"output": "extend", "slaids": number})
    assert (after["slo"], after["description"].splitlines()[-1]) == (
        "99.9",
        "[slactl estate/noc.sla.a.availability]",
    )
    assert "No changes." in slactl(root, "plan")[1]


def test_one_that_lost_its_mark_is_offered_and_taken_over_again(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    root = estate()
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    (ours,) = zabbix.call("sla.get", {"filter": {"name": "sla.a.availability (estate)"}})
    for _ in range(2):  # the import stays in the files, and does it again
        zabbix.call("sla.update", [{"slaid": ours["slaid"], "description": "by hand"}])
        if not (root / "agreements" / "import.yaml").exists():
            code, out, err = slactl(root, "apply", "-auto-approve")
            assert (code, "It is not ours: import it" in out + err) == (1, True)
            (root / "agreements" / "import.yaml").write_text(slactl(root, "import")[1])
        code, out, err = slactl(root, "apply", "-auto-approve")
        assert (code, "1 to import" in out) == (0, True), out + err
        (after,) = zabbix.call("sla.get", {"output": "extend", "filter": {"name": ours["name"]}})
        assert after["slaid"] == ours["slaid"]
        assert after["description"].endswith("[slactl estate/noc.sla.a.availability]")
        assert "No changes." in slactl(root, "plan")[1]


def test_one_that_is_refused_fails_alone(zabbix: ZabbixServer) -> None:
    with connect(zabbix) as connection:
        changes = [
            Change(Action.CREATE, f"noc.indicator.n{number}", None, node(f"n{number}"), None)
            for number in range(9)
        ]
        changes[4] = Change(
            Action.CREATE, "noc.service.bad", None, node("bad", problem_tags=[], children=["4711"]), None
        )
        outcomes = connection.execute(changes)
        assert [one.status for one in outcomes] == ["done"] * 4 + ["failed"] + ["done"] * 4
        assert "does not exist" in outcomes[4].error
        assert len(connection.read_all()) == 8


def test_what_others_put_on_our_service_stays(zabbix: ZabbixServer) -> None:
    with connect(zabbix) as connection:
        (made,) = connection.execute([Change(Action.CREATE, "noc.indicator.a", None, node("a"), None)])
        (row,) = zabbix.call("service.get", {"serviceids": made.id, "selectTags": ["tag", "value"]})
        zabbix.call(
            "service.update", [{"serviceid": made.id, "tags": [*row["tags"], {"tag": "team", "value": "x"}]}]
        )
        update = Change(Action.UPDATE, "noc.indicator.a", node("a"), node("b"), made.id)
        assert [one.status for one in connection.execute([update])] == ["done"]
        (row,) = zabbix.call("service.get", {"serviceids": made.id, "selectTags": ["tag", "value"]})
        assert {"tag": "team", "value": "x"} in row["tags"]
        assert row["name"] == "b"


@pytest.mark.parametrize(
    ("rule", "value", "words"),
    [(1, 2, "increased by 2"), (2, 1, "decreased by 1"), (3, 0, "nothing"), (4, -1, "always -1")],
)
def test_a_service_that_passes_on_less_than_it_has_is_drift(
    zabbix: ZabbixServer, rule: int, value: int, words: str
) -> None:
    with connect(zabbix) as connection:
        (made,) = connection.execute([Change(Action.CREATE, "noc.indicator.a", None, node("a"), None)])
        zabbix.call(
            "service.update",
            [{"serviceid": made.id, "propagation_rule": rule, "propagation_value": value}],
        )
        (found,) = connection.read_all()
        assert found.body == {**node("a"), "passes_on": words}
        update = Change(Action.UPDATE, "noc.indicator.a", found.body, node("a"), made.id)
        assert [one.status for one in connection.execute([update])] == ["done"]
        assert [one.body for one in connection.read_all()] == [node("a")]
        kept = Change(Action.UPDATE, "noc.indicator.a", node("a"), found.body, made.id)  # ignoreChanges
        assert [one.status for one in connection.execute([kept])] == ["done"]
        assert [one.body for one in connection.read_all()] == [found.body]


def test_what_is_not_ours_is_not_changed(zabbix: ZabbixServer) -> None:
    (number,) = zabbix.call("service.create", [{"name": "theirs", "algorithm": 1, "sortorder": 0}])[
        "serviceids"
    ]
    with connect(zabbix) as connection:
        for action, after in ((Action.UPDATE, node("a")), (Action.DELETE, None)):
            (outcome,) = connection.execute([Change(action, "noc.indicator.a", node("x"), after, number)])
            assert (outcome.status, outcome.error) == (
                "failed",
                f"the service {number} is there and not ours",
            )
    assert zabbix.call("service.get", {"serviceids": number})[0]["name"] == "theirs"


def test_two_workspaces_share_a_server(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl, tmp_path: Path
) -> None:
    root = estate()
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    other = tmp_path / "other"
    shutil.copytree(root / "agreements", other / "agreements")
    (other / "slactl.yaml").write_text(
        (root / "slactl.yaml").read_text().replace("name: estate", "name: second")
    )
    assert slactl(other, "apply", "-auto-approve")[0] == 0
    (second,) = zabbix.call("sla.get", {"filter": {"name": "sla.a.availability (second)"}})
    nodes = zabbix.call("service.get", {"slaids": second["slaid"], "selectTags": "extend"})
    assert [{one["tag"]: one["value"] for one in row["tags"]}["slactl.service"] for row in nodes] == [
        "second/shop"
    ]
    assert slactl(other, "destroy", "-auto-approve")[0] == 0
    assert zabbix.call("sla.get", {"countOutput": True}) == "2"
    assert "No changes." in slactl(root, "plan")[1]


REDUNDANT = (
    PEOPLE
    + service(
        "shop", "web", "{all: [{any: [a-1, a-2]}, {atLeast: {count: 3, of: [b-1, b-2, b-3, b-4]}}]}", "99.99%"
    )
    + "".join(
        service(one, "cloud") + indicator(one) + watched("UC", one, one, "99.9%") for one in ("a-1", "a-2")
    )
    + "".join(service(one, "cloud") + indicator(one) for one in ("b-1", "b-2", "b-3", "b-4"))
    + "".join(watched("UC", one, one, "99.9%") for one in ("b-1", "b-2", "b-3", "b-4"))
    + service("pool", "web", "{atLeast: {count: 2, of: [c-1, c-2, c-3, c-4, c-5]}}", "99.99%")
    + "".join(
        service(f"c-{one}", "cloud") + indicator(f"c-{one}") + watched("UC", f"c-{one}", f"c-{one}", "99.9%")
        for one in range(1, 6)
    )
    + promise("SLA", "a", "shop", "99%", "customer: acme,", "scope: end-to-end")
    + promise("SLA", "p", "pool", "99%", "customer: acme,", "scope: end-to-end")
)
PARTS = ("a-1", "a-2", "b-1", "b-2", "b-3", "b-4", *(f"c-{one}" for one in range(1, 6)))


def test_problems_reach_the_promises_that_they_break(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    zabbix.watch("site", *((one, {"service": one}) for one in PARTS))
    code, out, err = slactl(estate(REDUNDANT), "apply", "-auto-approve")
    assert code == 0, out + err
    for one in PARTS:
        zabbix.send("site", one, "1")

    def breaks(promised: set[str], *names: str) -> None:
        """Which of the two promised services are bad while exactly these parts are down, and stay so."""
        for one in PARTS:
            zabbix.send("site", one, str(int(one not in names)))
        wanted = {*names, *promised}
        known = {*PARTS, "shop", "pool"}
        zabbix.until(f"{names} down", lambda: zabbix.bad() & known == wanted)
        time.sleep(1.5)
        assert zabbix.bad() & known == wanted

    breaks(set(), "a-1", "b-1", "c-1", "c-2", "c-3")
    breaks({"shop"}, "a-1", "a-2")
    breaks({"shop"}, "b-1", "b-2")
    breaks({"pool"}, "c-1", "c-2", "c-3", "c-4")


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


BERLIN = document(
    "Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {country: DE}'
)  # fmt: skip
HOURS = (
    "hours: berlin, excludes: [planned-maintenance], maintenance: {windows: [{name: patch, "
    'starts: "2026-01-02T16:00", duration: 2h, rrule: "FREQ=MONTHLY;BYDAY=1FR", timezone: Europe/Berlin}]},'
)


@pytest.mark.parametrize("exact", [True, False])
def test_zabbix_counts_the_time_that_the_agreement_counts(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl, exact: bool
) -> None:
    text = (
        PEOPLE
        + BERLIN
        + service("shop", "web", intrinsic="99.99%")
        + indicator("shop")
        + watched("SLA", "a", "shop", "99.9%", HOURS)
    )
    root = estate(text, ", hours: exact" if exact else "")
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert code == 0, out + err
    outages = [("2026-03-31T14:00", "2026-04-01T09:30"), ("2026-05-20T11:00", "2026-05-20T11:07")]
    zabbix.went_through([(seconds(start), seconds(end)) for start, end in outages])
    estate_, _ = build_estate(load_workspace(root))
    agreement = estate_.agreements["sla.a"]
    objective = agreement.objectives["availability"]
    bad = IntervalSet.of((seconds(start), seconds(end)) for start, end in outages)
    off_by_an_hour = set[int]()
    with connect(zabbix) as connection:
        for month in range(1, 11):
            query = _month(estate_, month)
            (reading,) = connection.measure([query])
            measured = measured_time(estate_, agreement, objective, (query.start, query.end))
            assert reading.covered is not None
            if reading.covered != 1:
                off_by_an_hour.add(month)
                continue
            assert reading.bad_s == (measured & bad).seconds
            assert reading.good == 1 - reading.bad_s / measured.seconds
    assert off_by_an_hour == (set() if exact else {3, 4, 10})


def test_many_figures_are_read_in_few_requests(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    text = PEOPLE + BERLIN + service("shop", "web", intrinsic="99.99%") + indicator("shop")
    root = estate(text + watched("SLA", "a", "shop", "99.9%", HOURS), ", hours: exact")
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    zabbix.went_through([(seconds("2026-05-20T11:00"), seconds("2026-05-20T11:07"))])
    estate_, _ = build_estate(load_workspace(root))
    months = [_month(estate_, month) for month in (4, 5, 6)]
    with connect(zabbix) as connection:
        one_by_one = [connection.measure([query])[0] for query in months]
    assert [reading.bad_s for reading in one_by_one] == [0, 420, 0]
    with wire_to(zabbix.url, reloads) as passing, connect(zabbix, url=passing.url) as connection:
        passing.calm()
        assert connection.measure(months * 40) == one_by_one * 40
        assert len(passing.arrivals) <= 4, "120 figures"


def test_days_of_a_monthly_promise_are_counted_in_few_requests(
    estate: Callable[..., Path], zabbix: ZabbixServer, slactl: Slactl
) -> None:
    text = PEOPLE + BERLIN + service("shop", "web", intrinsic="99.99%") + indicator("shop")
    root = estate(text + watched("SLA", "a", "shop", "99.9%", HOURS), ", hours: exact")
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    outages = [
        (seconds("2026-05-20T11:00"), seconds("2026-05-20T11:07")),
        (seconds("2026-06-02T14:00"), seconds("2026-06-03T09:30")),
    ]
    zabbix.went_through(outages)
    estate_, _ = build_estate(load_workspace(root))
    subject = estate_.agreements["sla.a"], estate_.agreements["sla.a"].objectives["availability"]
    days = [*service_days(estate_, *subject, Period(date(2026, 3, 2), date(2026, 10, 26)))]
    queries = [Query(*subject, *span, counted) for span, counted in days]
    with wire_to(zabbix.url, reloads) as passing, connect(zabbix, url=passing.url) as connection:
        passing.calm()
        readings = connection.measure(queries)
        assert len(passing.arrivals) <= 2, f"{len(queries)} days"
        (month,) = connection.measure([_month(estate_, 6)])
    bad = IntervalSet.of(outages)
    for query, reading in zip(queries, readings, strict=True):
        assert reading.bad_s == (query.measured & bad).seconds
        assert reading.covered == 1
    assert sum(reading.bad_s or 0 for reading in readings) == 420 + (month.bad_s or 0)
    start, end = seconds("2024-05-13T00:00"), seconds("2024-05-14T00:00")
    before_it_was_made = Query(*subject, start, end, IntervalSet.of([(start, end)]))
    with connect(zabbix) as connection:
        (unknown,) = connection.measure([before_it_was_made])
    assert unknown.good is None


def _month(estate: Estate, month: int) -> Query:
    agreement = estate.agreements["sla.a"]
    objective = agreement.objectives["availability"]
    zone = estate.hours.zone(objective.hours)
    middle = seconds(f"2026-{month:02}-15T00:00")
    ((start, end),) = objective.window.spans(zone, middle, middle + 1)
    return Query(agreement, objective, start, end, measured_time(estate, agreement, objective, (start, end)))


def test_a_token_does_as_well_as_a_password(zabbix: ZabbixServer) -> None:
    with connect(zabbix, token=zabbix.token()) as connection:
        assert connection.read_all() == []


def expired(zabbix: ZabbixServer) -> dict[str, str]:
    return {"token": zabbix.token(expires_at=int(time.time()) - 5)}


def disabled(zabbix: ZabbixServer) -> dict[str, str]:
    return {"token": zabbix.token(status=1)}


def without_rights(zabbix: ZabbixServer) -> dict[str, str]:
    name = f"guest-{time.monotonic_ns()}"
    rules = {"api.access": 0}
    role = zabbix.call("role.create", [{"name": name, "type": 1, "rules": rules}])["roleids"][0]
    group = zabbix.call("usergroup.create", [{"name": name}])["usrgrpids"][0]
    zabbix.call(
        "user.create",
        [{"username": name, "passwd": "Gu3st-word!", "roleid": role, "usrgrps": [{"usrgrpid": group}]}],
    )
    return {"user": name, "password": "Gu3st-word!"}


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        (lambda _: {"password": "Sw0rdfish"}, "Incorrect user name or password"),
        (lambda _: {"token": "0" * 64}, "The token is wrong, disabled or expired."),
        (expired, "The token is wrong, disabled or expired."),
        (disabled, "The token is wrong, disabled or expired."),
        (without_rights, "The user needs a role"),
    ],
)
def test_credentials_that_do_not_do(
    zabbix: ZabbixServer, credentials: Callable[[ZabbixServer], Mapping[str, str]], words: str
) -> None:
    config = credentials(zabbix)
    with pytest.raises(SlactlError) as caught, connect(zabbix, **config) as connection:
        connection.read_all()
    told = caught.value.diagnostics[0]
    assert f"Zabbix at {zabbix.url} (backend.noc) refuses" in told.summary
    assert words in told.detail
    assert not any(secret in told.summary + told.detail for key, secret in config.items() if key != "user")


def test_an_address_that_is_not_the_interface(zabbix: ZabbixServer) -> None:
    with pytest.raises(SlactlError, match="where JSON was expected"):
        connect(zabbix, url=zabbix.url.replace("api_jsonrpc.php", "index.php"))


def test_the_frontends_address_is_enough(zabbix: ZabbixServer) -> None:
    with connect(zabbix, url=zabbix.url.removesuffix("/api_jsonrpc.php")) as connection:
        assert connection.read_all() == []


@pytest.fixture(autouse=True)
def _left_clean(zabbix: ZabbixServer) -> Iterator[None]:
    yield
    zabbix.clear()
