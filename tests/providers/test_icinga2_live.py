"""Plan and apply against a real Icinga 2: what it has afterwards, what stands in the way, and what it cannot take."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from icinga2_server import (
    NOBODY,
    NOBODY_PASSWORD,
    PASSWORD,
    READER,
    READER_PASSWORD,
    USER,
    Icinga2Server,
    running,
)
from prometheus_server import free_port

from slactl.cli.main import main
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
Slactl = Callable[..., tuple[int, str, str]]

SHOP = (
    service("db", "data", intrinsic="99.999%")
    + service("shop", "web", "[db]", "99.999%")
    + document("Indicator", "http", "icinga2: {host: shop-lb, service: http, address: 192.0.2.1}")
    + document("Indicator", "sql", "icinga2: {host: db, service: sql, check_command: probe}")
    + promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: http, hours: office")
    + promise("OLA", "b", "db", "99.9%", "provider: data,", "indicator: sql")
)
OURS = {
    "hosts": ["db", "shop-lb", "theirs"],
    "services": ["db!sql", "shop-lb!http"],
    "timeperiods": ["slactl-estate-office"],
    "dependencies": ["shop-lb!http!slactl-db/sql"],
}
THEIRS = {"hosts": ["theirs"], "services": [], "timeperiods": [], "dependencies": []}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga2Server]:
    with running(tmp_path_factory.mktemp("icinga2")) as one:
        yield one


@pytest.fixture
def server(shared: Icinga2Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Icinga2Server]:
    monkeypatch.setenv("ICINGA_PASSWORD", PASSWORD)
    yield shared
    shared.clear()
    assert there(shared) == THEIRS


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Slactl:
    """Run the command line in a folder: exit code, output, messages; no secret may be in them."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        for secret in (PASSWORD, READER_PASSWORD, NOBODY_PASSWORD):
            assert secret not in captured.out + captured.err
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run


def there(server: Icinga2Server) -> dict[str, list[str]]:
    return {path: server.names(path) for path in ("hosts", "services", "timeperiods", "dependencies")}


def backend(server: Icinga2Server, more: str = "", user: str = USER, tls: str = "") -> str:
    config = f"url: '{server.url}', user: {user}, password: '${{env.ICINGA_PASSWORD}}', {tls or f'ca: {server.ca}'}, {more}"
    return document("Backend", "noc", f"provider: icinga2, config: {{{config}}}")


def rewrite(root: Path, name: str, old: str, new: str) -> None:
    path = root / "agreements" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_apply_no_op_update_and_destroy(workspace: Write, server: Icinga2Server, slactl: Slactl) -> None:
    root = workspace(PEOPLE, SHOP, backend(server, "dependencies: true, checkPeriod: true"))
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert "Resources: 6 added, 0 changed, 0 destroyed." in out
    assert there(server) == OURS
    http = server.attrs("services", "shop-lb!http")
    assert (http["check_command"], http["enable_active_checks"]) == ("passive", False)
    assert http["check_period"] == "slactl-estate-office"
    assert http["vars"] == {
        "slactl_workspace": "estate",
        "slactl_address": "noc.service.shop-lb.http",
        "slactl_agreements": {
            "sla.a.availability": {
                "target": "99%",
                "window": "calendar-month",
                "hours": "slactl-estate-office",
                "excludes": [],
            }
        },
    }
    assert server.attrs("dependencies", "shop-lb!http!slactl-db/sql")["parent_service_name"] == "sql"

    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert code == 0, out
    assert "\nNo changes." in f"\n{out}"

    rewrite(root, "01.yaml", "target: 99%", "target: 99.2%")
    rewrite(root, "00.yaml", "08:00-18:00", "09:00-17:00")
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert "Resources: 0 added, 2 changed, 0 destroyed." in out
    assert server.attrs("timeperiods", "slactl-estate-office")["ranges"]["monday"] == "09:00-17:00"
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0

    code, out, _ = slactl(root, "destroy", "-auto-approve")
    assert code == 0
    assert "Destroy complete! Resources: 0 added, 0 changed, 6 destroyed." in out
    assert there(server) == THEIRS


def test_what_is_changed_by_hand_is_drift(workspace: Write, server: Icinga2Server, slactl: Slactl) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    server.modify("hosts", "shop-lb", address="203.0.113.9")
    server.modify("services", "shop-lb!http", check_period="slactl-estate-office")
    server.delete("services", "db!sql")
    out = slactl(root, "plan")[1]
    assert "2 to change" in out
    assert "1 to add" in out
    assert "203.0.113.9" in out
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert server.attrs("hosts", "shop-lb")["address"] == "192.0.2.1"
    assert server.attrs("services", "shop-lb!http")["check_period"] == ""
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0


def test_a_renamed_host_is_made_anew_with_its_services(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    rewrite(root, "01.yaml", "host: shop-lb", "host: shop.example.com")
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert server.names("services") == ["db!sql", "shop.example.com!http"]
    code, out, _ = slactl(root, "apply", "-auto-approve", "-replace=noc.host.shop.example.com")
    assert code == 0, out
    assert server.names("services") == ["db!sql", "shop.example.com!http"]
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0


def test_objects_that_state_forgot_are_found_by_their_marks(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server, "dependencies: true"))
    slactl(root, "apply", "-auto-approve")
    for path in (root / ".slactl").glob("state*"):
        path.unlink()
    code, out, _ = slactl(root, "plan")
    assert code == 0
    assert "to add" not in out or "0 to add" in out, out
    (root / "agreements" / "01.yaml").write_text(service("db", "data"))
    code, _, err = slactl(root, "apply", "-auto-approve", "-force")
    assert (code, err) == (0, "")
    assert there(server) == THEIRS


def test_hosts_of_others_get_a_service_and_are_left_alone(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    shop = (
        service("shop", "web", intrinsic="99.999%")
        + document("Indicator", "http", "icinga2: {host: theirs, service: http}")
        + promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: http")
    )
    before = server.attrs("hosts", "theirs")
    root = workspace(PEOPLE, shop, backend(server, "hosts: existing"))
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert server.names("services") == ["theirs!http"]
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    after = server.attrs("hosts", "theirs")
    assert {key: after[key] for key in ("vars", "version", "original_attributes")} == {
        key: before[key] for key in ("vars", "version", "original_attributes")
    }


def test_a_missing_host_of_others_is_named(workspace: Write, server: Icinga2Server, slactl: Slactl) -> None:
    root = workspace(PEOPLE, SHOP, backend(server, "hosts: existing"))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "Object 'shop-lb' of type 'Host' does not exist" in err
    assert "Location:" not in err
    assert server.names("services") == []
    server.create("hosts", "shop-lb", check_command="dummy")
    server.create("hosts", "db", check_command="dummy")
    assert slactl(root, "apply", "-auto-approve")[0] == 0


def test_an_object_of_the_same_name_is_never_taken_over_silently(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    server.create("hosts", "shop-lb", check_command="dummy", address="198.51.100.1")
    root = workspace(PEOPLE, SHOP, backend(server))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "There is a host shop-lb already, and it is not slactl's" in err
    assert "slactl import" in err
    assert server.attrs("hosts", "shop-lb")["address"] == "198.51.100.1"
    assert server.names("services") == ["db!sql"]

    code, out, _ = slactl(root, "import", "noc")
    assert code == 0
    assert "host/shop-lb" in out
    (root / "agreements" / "imports.yaml").write_text(out)
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert server.attrs("hosts", "shop-lb")["address"] == "192.0.2.1"
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0


def test_a_time_period_is_taken_over_under_its_own_name(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    server.create("timeperiods", "office", ranges={"monday": "08:00-18:00"})
    root = workspace(PEOPLE, SHOP, backend(server))
    out = slactl(root, "import", "noc")[1]
    assert "timeperiod/office" in out
    (root / "agreements" / "imports.yaml").write_text(out)
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert server.names("timeperiods") == ["office"]
    promised = server.attrs("services", "shop-lb!http")["vars"]["slactl_agreements"]["sla.a.availability"]
    assert promised["hours"] == "office"
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0


def import_of(id_: str, to: str) -> str:
    return document("Refactoring", "take", f"import: [{{id: '{id_}', to: {to}}}]")


@pytest.mark.parametrize(
    ("id_", "message"),
    [
        ("host/theirs", "stands in Icinga's configuration files, and cannot become slactl's"),
        ("host/of-another", "belongs to the workspace another"),
        ("server/x", '"server/x" names nothing in Icinga 2'),
        ("host/nowhere", "has no object host/nowhere"),
        ("host/named-otherwise", "Icinga renames nothing"),
    ],
)
def test_what_cannot_be_taken_over(
    workspace: Write, server: Icinga2Server, slactl: Slactl, id_: str, message: str
) -> None:
    server.create("hosts", "of-another", check_command="dummy", vars={"slactl_workspace": "another"})
    server.create("hosts", "named-otherwise", check_command="dummy")
    root = workspace(PEOPLE, SHOP, backend(server), import_of(id_, "noc.host.shop-lb"))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert message in err
    assert server.attrs("hosts", "named-otherwise")["vars"] is None


def test_a_deletion_takes_nothing_of_others_along(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    server.create("services", "shop-lb!disk", check_command="dummy")
    code, _, err = slactl(root, "destroy", "-auto-approve")
    assert code == 1
    assert "The service shop-lb!disk depends on it, and is not slactl's" in err
    assert there(server) == {**THEIRS, "hosts": ["shop-lb", "theirs"], "services": ["shop-lb!disk"]}
    server.delete("services", "shop-lb!disk")
    assert slactl(root, "destroy", "-auto-approve")[0] == 0


def test_a_deletion_takes_nothing_along_that_is_wanted(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server, "checkPeriod: true"))
    slactl(root, "apply", "-auto-approve")
    code, _, err = slactl(root, "apply", "-auto-approve", "-replace=noc.timeperiod.office")
    assert code == 1
    assert "The service shop-lb!http of this workspace depends on it, and stays" in err
    rewrite(root, "02.yaml", "checkPeriod: true", "hosts: existing")
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "The service db!sql of this workspace depends on it, and stays" in err
    assert there(server) == {**OURS, "dependencies": []}


def test_what_people_said_about_an_object_goes_with_it(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    for kind, name in (("Host", "shop-lb"), ("Service", "shop-lb!http")):
        comment = {
            "type": kind,
            "filter": f'{kind.lower()}.__name == "{name}"',
            "author": "ann",
            "comment": "x",
        }
        assert server.ask("POST", "actions/add-comment", comment)["results"][0]["code"] == 200
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    assert there(server) == THEIRS


def test_what_apply_rules_made_goes_along_where_that_is_allowed(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    server.delete("hosts", "shop-lb")  # a rule of the files acts when a host is made, or Icinga starts
    rewrite(root, "01.yaml", "address: 192.0.2.1", "address: 192.0.2.1, vars: {pinged: true}")
    rewrite(root, "01.yaml", "service: http, ", "")
    slactl(root, "apply", "-auto-approve")
    assert "shop-lb!ping" in server.names("services")
    code, _, err = slactl(root, "destroy", "-auto-approve")
    assert code == 1
    assert "The service shop-lb!ping (from Icinga's configuration files) depends on it" in err
    assert "deleteApplied: true" in err
    assert "shop-lb!ping" in server.names("services")
    rewrite(root, "02.yaml", "user:", "deleteApplied: true, user:")
    assert slactl(root, "destroy", "-auto-approve")[0] == 0


def test_a_wrong_password_is_a_clear_error(
    workspace: Write, server: Icinga2Server, slactl: Slactl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICINGA_PASSWORD", "wr0ng-secret")
    code, out, err = slactl(workspace(PEOPLE, SHOP, backend(server)), "plan")
    assert code == 1
    assert f"Icinga 2 at {server.url} (backend.noc) refuses the login of slactl" in err
    assert "wr0ng-secret" not in out + err


def test_a_user_without_a_permission_learns_which(
    workspace: Write, server: Icinga2Server, slactl: Slactl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICINGA_PASSWORD", READER_PASSWORD)
    root = workspace(PEOPLE, SHOP, backend(server, user=READER))
    code, _, _ = slactl(root, "plan")
    assert code == 0
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "The user reader lacks the permission objects/create/Host" in err
    assert there(server) == THEIRS


def test_a_user_who_may_not_read_learns_it_in_the_plan(
    workspace: Write, server: Icinga2Server, slactl: Slactl, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.create("hosts", "x", check_command="dummy")
    root = workspace(PEOPLE, SHOP, backend(server, user=NOBODY))
    monkeypatch.setenv("ICINGA_PASSWORD", NOBODY_PASSWORD)
    code, _, err = slactl(root, "plan")
    assert code == 1
    assert "lacks the permission objects/query/TimePeriod" in err


def test_an_untrusted_certificate_is_refused_unless_that_is_said(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    tls = "timeout: 5s"
    root = workspace(PEOPLE, SHOP, backend(server, tls=tls))
    code, _, err = slactl(root, "plan")
    assert code == 1
    assert "its certificate is not trusted" in err
    assert "config.ca" in err
    rewrite(root, "02.yaml", tls, "insecure: true")
    code, out, _ = slactl(root, "plan")
    assert code == 0
    assert "insecure: true takes any certificate" in out


def test_a_server_that_is_down_is_a_clear_error(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    rewrite(root, "02.yaml", server.url, f"https://localhost:{free_port()}")
    code, _, err = slactl(root, "plan")
    assert code == 1
    assert "(backend.noc) cannot be reached: the connection failed" in err


def test_an_unknown_check_command_is_named_before_icinga_sees_it(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP.replace("probe", "prob"), backend(server))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert 'Icinga has no check command prob. Did you mean "probe"?' in err
    rewrite(root, "01.yaml", "check_command: prob}", "check_command: probe}")
    assert slactl(root, "apply", "-auto-approve")[0] == 0


def test_a_report_says_why_there_is_no_figure(
    workspace: Write, server: Icinga2Server, slactl: Slactl
) -> None:
    root = workspace(PEOPLE, SHOP, backend(server))
    slactl(root, "apply", "-auto-approve")
    _, out, err = slactl(root, "report")
    assert "Icinga 2 keeps no history" in out + err
