"""Rules as files for the Prometheus operator, vmalert and Mimir: the same groups, and around them what each of these reads."""

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator
from prometheus_rule_schema import SCHEMA
from prometheus_server import promtool
from victoria_server import dry_run

from slactl.base.diagnostics import Place, Severity
from slactl.cli.main import main
from slactl.documents.load import load_workspace
from slactl.model.backend import Backend
from slactl.model.building.estate import build_estate
from slactl.provider import Action, Change, Compilation, Connection, Context, Observed, Query
from slactl.provider.conformance import Subject, run_conformance
from slactl_prometheus import Provider

Write = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]

ESTATE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: team}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: team, intrinsic: {availability: 99.99%}}
---
apiVersion: slactl/v1
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: requests}
spec: {ratio: {good: 'good_total', total: 'all_total'}}
---
"""
OPERATOR = (
    "format: prometheus-operator, manifest: {namespace: monitoring, labels: {release: kube-prometheus-stack}}"
)
FORMATS = ("format: prometheus", OPERATOR, "format: vmalert", "format: mimir")


def sla(name: str, extra: str = "", objectives: int = 1) -> str:
    promised = ", ".join(
        f"o{number}: {{metric: availability, target: 99.9%, indicator: requests}}"
        for number in range(objectives)
    )
    return (
        f"apiVersion: slactl/v1\nkind: SLA\nmetadata: {{name: {name}}}\n"
        f"spec: {{service: shop, customer: acme, status: agreed, {extra} objectives: {{{promised}}}}}\n---\n"
    )


def backend(config: str) -> str:
    return (
        "apiVersion: slactl/v1\nkind: Backend\nmetadata: {name: prom}\n"
        f"spec: {{provider: prometheus, config: {{rulesDir: rules, {config}}}}}\n---\n"
    )


def compiled(root: Path, workspace: str = "estate") -> Compilation:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return Provider().compile(estate, estate.backends["prom"], Context(root, workspace, date(2026, 11, 23)))


def bodies(root: Path) -> dict[str, Mapping[str, Any]]:
    return {one.address: one.body for one in compiled(root).resources}


def groups_in(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The groups as Prometheus reads them, whoever the body is for."""
    groups: list[dict[str, Any]] = body.get("spec", body)["groups"]
    return [{key: value for key, value in one.items() if key != "params"} for one in groups]


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def written(root: Path) -> dict[str, Any]:
    return {path.name: yaml.safe_load(path.read_text()) for path in sorted((root / "rules").glob("*.yaml"))}


def test_every_format_holds_the_same_groups(workspace: Write) -> None:
    plain: dict[str, Any] = {}
    for config in ("format: prometheus", OPERATOR, "format: mimir"):
        found = bodies(workspace(ESTATE, sla("a"), sla("b", "hours: office,"), backend(config)))
        groups = {address: groups_in(body) for address, body in found.items()}
        plain = plain or groups
        assert groups == plain
    assert [*plain] == ["prom.rules.sla.a", "prom.rules.sla.b", "prom.calendar.office", "prom.shared.fleet"]


@pytest.mark.parametrize("config", FORMATS)
def test_the_tools_of_each_format_read_the_files(
    workspace: Write, slactl: Run, tmp_path: Path, config: str
) -> None:
    root = workspace(ESTATE, sla("a"), sla("b", "hours: office,"), backend(f"{config}, promtool: required"))
    assert slactl(root, "apply", "-auto-approve")[::2] == (0, "")
    assert len(written(root)) == 4
    for name, body in written(root).items():
        bare = tmp_path / f"bare-{name}"
        bare.write_text(yaml.safe_dump({"groups": groups_in(body)}))
        promtool("check", "rules", bare)
    if "vmalert" in config:
        dry_run(root / "rules" / "*.yaml")


def test_manifests_are_what_the_api_server_takes(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a"), sla("b", "hours: office,"), backend(OPERATOR))
    slactl(root, "apply", "-auto-approve")
    check = Draft202012Validator(SCHEMA)
    found = written(root)
    for manifest in found.values():
        assert [error.message for error in check.iter_errors(manifest)] == []
        metadata = manifest["metadata"]
        assert metadata["namespace"] == "monitoring"
        assert metadata["labels"] == {
            "release": "kube-prometheus-stack",
            "app.kubernetes.io/managed-by": "slactl",
            "slactl.workspace": "estate",
        }
    marks = {one["metadata"]["name"]: one["metadata"]["annotations"] for one in found.values()}
    assert marks["slactl.estate.prom.rules.sla.a"] == {"slactl.address": "prom.rules.sla.a"}
    assert len(marks) == len(found)


def test_names_fit_into_the_operators_config_map_and_stay_apart(workspace: Write) -> None:
    root = workspace(ESTATE, *(sla(end * 63, "hours: office,") for end in "ab"), backend(OPERATOR))
    found = [one.body["metadata"]["name"] for one in compiled(root, "w" * 63).resources]
    assert len(set(found)) == 4
    for name in found:
        assert len(f"{'n' * 63}-{name}-00000000-0000-0000-0000-000000000000.yaml") <= 253
        assert re.fullmatch(r"[a-z0-9][-a-z0-9.]*[a-z0-9]", name)


@pytest.mark.parametrize("config", FORMATS)
def test_drift_is_seen_and_others_are_left_alone(workspace: Write, slactl: Run, config: str) -> None:
    root = workspace(ESTATE, sla("a"), backend(config))
    rules = root / "rules"
    rules.mkdir()
    foreign = rules / "theirs.yaml"
    foreign.write_text("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n")
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0

    ours = rules / "slactl.estate.prom.rules.sla.a.yaml"
    before = ours.read_text()
    ours.write_text(before.replace("vector(0.001)", "vector(0.5)"))
    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert (code, "vector(0.5)" in out, "(it was changed outside of slactl)" in out) == (2, True, True)
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert ours.read_text() == before
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    assert [one.name for one in rules.iterdir()] == ["theirs.yaml"]
    assert foreign.read_text() == "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"


def test_a_label_that_somebody_took_away_is_drift(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a"), backend(OPERATOR))
    slactl(root, "apply", "-auto-approve")
    ours = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    ours.write_text(ours.read_text().replace("    release: kube-prometheus-stack\n", ""))
    code, out, _ = slactl(root, "drift")
    assert code == 2
    assert "metadata.labels.release" in out


def test_another_format_is_an_update_in_place(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a"), backend("format: prometheus"))
    slactl(root, "apply", "-auto-approve")
    names = [*written(root)]
    (root / "agreements" / "02.yaml").write_text(backend(OPERATOR))
    code, out, err = slactl(root, "apply", "-auto-approve", "-force")
    assert (code, err) == (0, "")
    assert "0 added, 2 changed, 0 destroyed" in out
    assert [*written(root)] == names
    assert {one["kind"] for one in written(root).values()} == {"PrometheusRule"}


def test_an_object_that_the_operator_would_refuse_stops_the_plan(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a", objectives=500), sla("b"), backend(OPERATOR))
    notices = [one for one in compiled(root).notices if one.severity is Severity.ERROR]
    (found,) = notices
    assert found.address == "prom.rules.sla.a"
    assert "refuses a PrometheusRule of more than 512 KiB" in found.message
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "512 KiB" in err + slactl(root, "plan")[1]
    assert not (root / "rules").exists()


def test_shards_that_are_too_few_for_the_operator_are_named(workspace: Write) -> None:
    many = "".join(sla(f"a{number}", objectives=50) for number in range(10))
    root = workspace(ESTATE, many, backend(f"{OPERATOR}, layout: sharded, shards: 1"))
    (found,) = compiled(root).notices
    assert "Set shards above 1." in found.message
    (root / "agreements" / "02.yaml").write_text(backend(f"{OPERATOR}, layout: sharded, shards: 8"))
    assert compiled(root).notices == ()


def test_mimir_gets_a_namespace_a_file_and_groups_of_20_rules(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a", objectives=45), backend("format: mimir"))
    plain = bodies(workspace(ESTATE, sla("a", objectives=45), backend("format: prometheus")))
    workspace(ESTATE, sla("a", objectives=45), backend("format: mimir"))
    found = bodies(root)
    rules = found["prom.rules.sla.a"]
    assert [(one["name"], len(one["rules"])) for one in rules["groups"]] == [
        ("sla.a-1m.01", 20),
        ("sla.a-1m.02", 20),
        ("sla.a-1m.03", 5),
    ]
    whole = [rule for group in rules["groups"] for rule in group["rules"]]
    assert whole == plain["prom.rules.sla.a"]["groups"][0]["rules"]
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert {name: sorted(one) for name, one in written(root).items()} == {
        f"{one['namespace']}.yaml": ["groups", "namespace"] for one in written(root).values()
    }


def test_hundreds_of_parts_of_a_group_are_no_drift(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a", objectives=102), backend("format: mimir, mimir: {rulesPerGroup: 1}"))
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0


def test_more_groups_than_a_mimir_tenant_may_have_are_said_in_the_plan(workspace: Write, slactl: Run) -> None:
    many = "".join(sla(f"a{number}") for number in range(68))
    root = workspace(ESTATE, many, backend("format: mimir"))
    code, out, _ = slactl(root, "plan")
    assert code == 0
    assert "It makes 71 rule groups, and Mimir takes 70 of a tenant" in out
    for config in ("mimir: {groups: 71}", "mimir: {groups: 0}", "layout: sharded"):
        (root / "agreements" / "02.yaml").write_text(backend(f"format: mimir, {config}"))
        assert compiled(root).notices == ()


def test_vmalert_waits_for_what_it_wrote_itself(workspace: Write) -> None:
    one = bodies(workspace(ESTATE, sla("b", "hours: office,"), backend("format: vmalert, interval: 2m")))
    shared = {group["name"]: group for group in one["prom.shared.fleet"]["groups"]}
    assert {name for name, group in shared.items() if "params" in group} == {"slactl-long"}
    assert shared["slactl-long"]["params"] == {"nocache": ["1"]}
    assert shared["slactl-long"]["rules"][0]["expr"].endswith("[5m] offset 3m)")
    assert "bool 64740" in one["prom.calendar.office"]["groups"][0]["rules"][0]["expr"]  # 17:59 of a Monday


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("format: operator", 'prometheus, prometheus-operator, vmalert or mimir, not "operator"'),
        (
            "manifest: {namespace: x}",
            "manifest is for format: prometheus-operator, and this is format: prometheus",
        ),
        ("format: prometheus-operator, manifest: x", "manifest says what the objects carry"),
        ("format: prometheus-operator, manifest: {name: x}", 'labels and annotations, not "name"'),
        ("format: prometheus-operator, manifest: {namespace: My_Own}", 'not "My_Own"'),
        ("format: prometheus-operator, manifest: {labels: x}", "labels maps names to texts"),
        ("format: prometheus-operator, manifest: {labels: {a: [b]}}", "labels maps names to texts"),
        ("format: prometheus-operator, manifest: {labels: {a b: c}}", '"a b" is no name for Kubernetes'),
        (
            "format: prometheus-operator, manifest: {labels: {A.com/b: c}}",
            '"A.com/b" is no name for Kubernetes',
        ),
        ("format: prometheus-operator, manifest: {labels: {a: b c}}", '"b c" is no value of a label'),
        ("format: prometheus-operator, manifest: {labels: {slactl.workspace: x}}", "slactl's own mark"),
        (
            'format: prometheus-operator, url: "http://127.0.0.1:9", reload: true',
            "handed on by kubectl apply",
        ),
        ('format: mimir, url: "http://127.0.0.1:9", reload: true', "handed on by mimirtool rules load"),
        ("format: mimir, mimir: x", "mimir says what the ruler takes"),
        ("format: mimir, mimir: {rules: 1}", 'rulesPerGroup and groups, not "rules"'),
        ("format: mimir, mimir: {groups: -1}", "groups is a whole number of at least 0"),
        ('format: vmalert, url: "http://127.0.0.1:9", reload: true', "reload: true needs vmalertUrl"),
        ("format: vmalert, vmalertUrl: x", "vmalertUrl begins with http:// or https://"),
    ],
)
def test_a_wrong_configuration_is_said_at_its_place(
    workspace: Write, slactl: Run, config: str, words: str
) -> None:
    code, out, err = slactl(workspace(ESTATE, sla("a"), backend(config)), "plan")
    assert code == 1
    assert words in out + err
    assert "02.yaml line 4" in out + err
    assert "Traceback" not in out + err


def connect(folder: Path, **config: object) -> Connection:
    backend = Backend("prom", Place("x.yaml"), "prometheus", {"rulesDir": "rules", **config})
    return Provider().connect(backend, backend.config, Context(folder, "estate", date(2026, 11, 23)))


def body_of(form: str, value: str) -> Mapping[str, Any]:
    groups = [{"name": "g", "interval": "1m", "rules": [{"record": "x:y", "expr": value}]}]
    match form:
        case "prometheus-operator":
            return {"kind": "PrometheusRule", "metadata": {"name": "x"}, "spec": {"groups": groups}}
        case "mimir":
            return {"namespace": "x", "groups": groups}
        case _:
            return {"groups": groups}


@pytest.mark.parametrize("form", ["prometheus-operator", "vmalert", "mimir"])
def test_conformance_of_a_folder(tmp_path: Path, form: str) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "theirs.yaml").write_text("groups: []\n")

    def touch(found: Observed) -> None:
        path = rules / found.id
        path.write_text(path.read_text().replace("vector", "scalar"))

    run_conformance(
        Subject(
            connect=partial(connect, tmp_path, format=form),
            created={f"prom.rules.sla.{name}": body_of(form, f"vector({name})") for name in "12"},
            updated={"prom.rules.sla.2": body_of(form, "vector(3)")},
            touch=touch,
            remove=lambda found: (rules / found.id).unlink(),
            foreign=(rules / "theirs.yaml").read_text,
        )
    )


@pytest.mark.parametrize(
    ("form", "tool"), [("prometheus-operator", "promtool"), ("vmalert", "vmalert"), ("mimir", "promtool")]
)
def test_rules_that_the_tool_refuses_never_reach_the_folder(tmp_path: Path, form: str, tool: str) -> None:
    (tmp_path / "rules").mkdir()
    with connect(tmp_path, format=form, promtool="required") as connection:
        change = Change(Action.CREATE, "prom.rules.x", None, body_of(form, "sum("), None)
        (outcome,) = connection.execute([change])
        connection.commit()
    assert outcome.status == "failed"
    assert f"{tool} refuses the rules" in outcome.error
    assert "sum(" in outcome.error or "parse error" in outcome.error
    assert str(tmp_path) not in outcome.error
    assert list((tmp_path / "rules").iterdir()) == []


@pytest.mark.parametrize("form", ["prometheus-operator", "vmalert"])
def test_a_tool_that_has_to_be_there_and_is_not_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with connect(tmp_path, format=form, promtool="required") as connection:
        (outcome,) = connection.execute(
            [Change(Action.CREATE, "prom.rules.x", None, body_of(form, "1"), None)]
        )
    assert outcome.status == "failed"
    assert "is not installed" in outcome.error


def test_a_manifest_of_others_is_taken_over_by_an_import(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, sla("a"), backend(OPERATOR))
    rules = root / "rules"
    rules.mkdir()
    wanted = bodies(root)["prom.rules.sla.a"]
    theirs = {**wanted, "metadata": {"name": "by-hand"}}
    (rules / "by-hand.yaml").write_text(yaml.safe_dump(theirs))
    code, out, _ = slactl(root, "import", "prom")
    assert code == 0
    assert "by-hand.yaml" in out
    (root / "agreements" / "03.yaml").write_text(out[out.index("apiVersion") :])
    assert slactl(root, "apply", "-auto-approve", "-force")[0] == 0
    assert "by-hand.yaml" not in written(root)
    assert written(root)["slactl.estate.prom.rules.sla.a.yaml"] == json.loads(json.dumps(wanted))


class _Asked(http.server.BaseHTTPRequestHandler):
    """Remembers the tenant that each request names, and answers that there is nothing."""

    tenants: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.tenants.append(self.headers["X-Scope-OrgID"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "success", "data": {"resultType": "vector", "result": []}}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        """Say nothing."""


@contextmanager
def asked() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/prometheus"
    finally:
        server.shutdown()
        server.server_close()


def test_queries_name_the_tenant_of_a_mimir(workspace: Write) -> None:
    estate, _ = build_estate(load_workspace(workspace(ESTATE, sla("a"), backend("format: mimir"))))
    ((agreement, objective),) = estate.objectives()
    _Asked.tenants.clear()
    with asked() as url, connect(Path(), format="mimir", url=url, mimir={"tenant": "acme"}) as connection:
        (reading,) = connection.measure(
            [Query(agreement, objective, 0, 60, estate.hours.in_service(None, 0, 60))]
        )
    assert reading is not None
    assert reading.good is None
    assert set(_Asked.tenants) == {"acme"}
