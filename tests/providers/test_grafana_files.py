"""Dashboards as files: files of others, marks, drift, adoption, and what a failure leaves behind."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slactl.base.diagnostics import Place, SlactlError
from slactl.cli.main import main
from slactl.model.backend import Backend
from slactl.provider import Action, Adopting, Change, Connection, Context, Outcome, Resource
from slactl_grafana import Provider
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]
Body = Mapping[str, Any]

CONFIG = {
    "dashboardsDir": "dashboards",
    "provisioningDir": "provisioning",
    "path": "/d",
    "datasources": {"prom": "x"},
}
DASHBOARD = "graf.dashboard.sla.a"
NAME = f"slactl.estate.{DASHBOARD}.json"
ESTATE = "".join(
    (
        PEOPLE,
        service("shop", "web", intrinsic="99.99%"),
        document("Indicator", "probe", "probe: up"),
        promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: probe"),
        document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules, promtool: 'off'}"),
        document(
            "Backend",
            "graf",
            "provider: grafana, config: {dashboardsDir: dashboards, provisioningDir: provisioning, path: /d, datasources: {prom: x}}",
        ),
    )
)


def page(title: str, value: float = 0.999) -> Body:
    return {"title": title, "uid": f"uid-{title}", "panels": [{"id": 1, "value": value, "none": None}]}


def provisioning(folder: str) -> Body:
    return {"apiVersion": 1, "providers": [{"name": "slactl", "folder": folder, "options": {"path": "/d"}}]}


CREATED = {
    DASHBOARD: page("a"),
    "graf.dashboard.uc.b": page("b"),
    "graf.provisioning.dashboards": provisioning("one"),
}


def connect(root: Path, workspace: str = "estate", **config: object) -> Connection:
    backend = Backend("graf", Place("x.yaml"), "grafana", {**CONFIG, **config})
    return Provider().connect(backend, backend.config, Context(root, workspace, date(2026, 11, 23)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("dashboards", "provisioning"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def create(root: Path, body: Body, address: str = DASHBOARD) -> Outcome:
    with connect(root) as connection:
        (outcome,) = connection.execute([Change(Action.CREATE, address, None, body, None)])
        connection.commit()
    return outcome


def everything(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def test_without_a_provisioning_folder_there_are_dashboards_alone(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE.replace("provisioningDir: provisioning, ", ""))
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert [path.name for path in (root / "dashboards").iterdir()] == [NAME]
    assert not (root / "provisioning").exists()


def test_apply_no_op_drift_and_destroy(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE)
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert "graf: 0 -> 1 dashboards, 0 -> 10 queries" in out
    target = root / "dashboards" / NAME
    before = target.read_bytes()
    assert json.loads(before)["title"] == "SLA a"
    assert (
        "folder: Service levels of estate"
        in (root / "provisioning" / "slactl.estate.graf.provisioning.dashboards.yaml").read_text()
    )
    assert "No changes." in slactl(root, "plan")[1]

    page = json.loads(before)
    page["panels"][0]["title"] = "Edited in Grafana"
    page["version"] = 7
    target.write_text(json.dumps(page))
    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert code == 2
    assert "(it was changed outside of slactl)" in out
    assert "Edited in Grafana" in out
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert target.read_bytes() == before

    (root / "dashboards" / "theirs.json").write_text("{}")
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    assert [path.name for path in (root / "dashboards").iterdir()] == ["theirs.json"]
    assert not [*(root / "provisioning").iterdir()]


def test_a_changed_promise_changes_its_dashboard(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE)
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    agreements = root / "agreements" / "00.yaml"
    agreements.write_text(agreements.read_text().replace("99.9%", "99.8%"))
    out = slactl(root, "plan")[1]
    assert "graf.dashboard.sla.a will be updated in-place" in out
    assert "0.999 -> 0.998" in out.replace('"', "")


@pytest.mark.parametrize(
    "content", [b"{}", b"", b"no json", b"\xff\xfe", b'{"description": "mine", "panels": []}']
)
def test_a_foreign_file_of_our_name_is_left_alone(root: Path, content: bytes) -> None:
    path = root / "dashboards" / NAME
    path.write_bytes(content)
    with connect(root) as connection:
        assert connection.read_all() == []
        for change in (
            Change(Action.CREATE, DASHBOARD, None, page("a"), None),
            Change(Action.UPDATE, DASHBOARD, None, page("a"), NAME),
            Change(Action.DELETE, DASHBOARD, page("a"), None, NAME),
        ):
            (outcome,) = connection.execute([change])
            assert outcome.status == "failed"
            assert "is there and not ours" in outcome.error
        connection.commit()
    assert path.read_bytes() == content


def test_a_dashboard_copied_under_another_name_is_not_ours(root: Path) -> None:
    create(root, page("a"))
    copy = root / "dashboards" / "copy.json"
    copy.write_bytes((root / "dashboards" / NAME).read_bytes())
    other = root / "dashboards" / "slactl.estate.graf.dashboard.sla.b.json"
    other.write_bytes(copy.read_bytes())
    with connect(root) as connection:
        assert [one.id for one in connection.read_all()] == [NAME]


def test_a_mark_survives_grafanas_own_way_of_writing_json(root: Path) -> None:
    create(root, page("a"))
    path = root / "dashboards" / NAME
    path.write_text(json.dumps(json.loads(path.read_text()), separators=(",", ":")))
    with connect(root) as connection:
        (found,) = connection.read_all()
    assert (found.address, found.body) == (DASHBOARD, page("a"))


def test_a_file_that_somebody_broke_is_still_ours_and_written_anew(root: Path) -> None:
    create(root, page("a"))
    path = root / "dashboards" / NAME
    path.write_text(path.read_text()[:-30])
    with connect(root) as connection:
        (found,) = connection.read_all()
        assert found.body == {"unreadable": "the file holds no JSON object"}
        (outcome,) = connection.execute([Change(Action.UPDATE, DASHBOARD, found.body, page("a"), NAME)])
        connection.commit()
    assert outcome.status == "staged"
    with connect(root) as connection:
        assert [one.body for one in connection.read_all()] == [page("a")]


def test_a_moved_agreement_takes_its_file_along(root: Path) -> None:
    create(root, page("a"))
    moved = "graf.dashboard.sla.new"
    with connect(root) as connection:
        connection.execute([Change(Action.UPDATE, moved, page("a"), page("new"), NAME)])
        connection.commit()
        assert [(one.address, one.body["title"]) for one in connection.read_all()] == [(moved, "new")]
    assert [path.name for path in (root / "dashboards").iterdir()] == [f"slactl.estate.{moved}.json"]


def test_two_workspaces_share_folders(root: Path) -> None:
    create(root, page("a"))
    with connect(root, "second") as connection:
        assert connection.read_all() == []
        connection.execute([Change(Action.CREATE, DASHBOARD, None, page("z"), None)])
        connection.commit()
        (other,) = connection.read_all()
    with connect(root) as connection:
        (mine,) = connection.read_all()
        (outcome,) = connection.execute([Change(Action.DELETE, DASHBOARD, page("z"), None, other.id)])
        assert outcome.status == "failed"
    assert (mine.body["title"], other.body["title"]) == ("a", "z")


@pytest.mark.parametrize("name", ["../x.json", "a/b.json", ".hidden.json"])
def test_no_file_leaves_the_folder(root: Path, name: str) -> None:
    with connect(root) as connection:
        (outcome,) = connection.execute([Change(Action.CREATE, DASHBOARD, None, page("a"), name)])
        assert outcome.status == "failed"
        assert isinstance(connection, Adopting)
        assert connection.read(name) is None
    assert everything(root) == {}


def test_when_one_folder_cannot_be_written_the_other_is_as_before(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(root) as connection:
        connection.execute([Change(Action.CREATE, one, None, body, None) for one, body in CREATED.items()])
        connection.commit()
    before = everything(root)
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if path.name.endswith(".yaml"):
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with connect(root) as connection:
        connection.execute(
            [
                Change(Action.UPDATE, DASHBOARD, page("a"), page("a", 0.1), NAME),
                Change(
                    Action.DELETE,
                    "graf.dashboard.uc.b",
                    page("b"),
                    None,
                    "slactl.estate.graf.dashboard.uc.b.json",
                ),
                Change(Action.UPDATE, "graf.provisioning.dashboards", None, provisioning("two"), None),
            ]
        )
        with pytest.raises(SlactlError, match="No space left on device") as caught:
            connection.commit()
    assert "the old files are back" in caught.value.diagnostics[0].detail
    assert everything(root) == before


def test_an_unwritable_folder_is_a_failed_outcome(tmp_path: Path) -> None:
    (tmp_path / "dashboards").write_text("a file where the folder should be")
    (tmp_path / "provisioning").write_text("the same")
    with connect(tmp_path) as connection:
        outcomes = connection.execute(
            [Change(Action.CREATE, one, None, body, None) for one, body in CREATED.items()]
        )
    assert {one.status for one in outcomes} == {"failed"}
    assert all("cannot be written" in one.error for one in outcomes)


def adopted(name: str, connection: Connection) -> Sequence[Outcome]:
    outcomes = connection.execute([Change(Action.UPDATE, DASHBOARD, None, page("a"), name, adopts=True)])
    connection.commit()
    return outcomes


@pytest.fixture
def connection(root: Path) -> Iterator[Connection]:
    with ExitStack() as stack:
        yield stack.enter_context(connect(root))


def test_a_dashboard_of_others_becomes_ours_by_its_name_alone(root: Path, connection: Connection) -> None:
    theirs = root / "dashboards" / "shop.json"
    theirs.write_text(json.dumps({**page("a", 0.4), "description": "made by hand"}))
    (root / "dashboards" / "else.json").write_text(json.dumps(page("else")))
    assert isinstance(connection, Adopting)
    found = connection.read("shop.json")
    assert found is not None
    assert (found.address, found.id, found.body["description"]) == ("", "shop.json", "made by hand")
    assert connection.read("nowhere.json") is None
    candidates = connection.importable([Resource(DASHBOARD, page("a"), ())])
    assert [(one.address, one.id) for one in candidates] == [(DASHBOARD, "shop.json")]

    (outcome,) = adopted("shop.json", connection)
    assert outcome.id == NAME
    assert sorted(path.name for path in (root / "dashboards").iterdir()) == ["else.json", NAME]
    assert [one.body for one in connection.read_all()] == [page("a")]


def test_a_file_whose_mark_is_lost_can_be_taken_over_again(root: Path, connection: Connection) -> None:
    create(root, page("a"))
    path = root / "dashboards" / NAME
    path.write_text(path.read_text().replace("Generated by slactl", "Mine now"))
    assert isinstance(connection, Adopting)
    assert connection.read_all() == []
    (candidate,) = connection.importable([Resource(DASHBOARD, page("a"), ())])
    assert candidate.id == NAME
    (outcome,) = adopted(NAME, connection)
    assert outcome.status == "staged"
    assert [one.id for one in connection.read_all()] == [NAME]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[]", "is no dashboard: it holds no panels"),
        (b"{}", "is no dashboard: it holds no panels"),
        (b"{", "is no dashboard: it holds no panels"),
        (b"\xff", "is no dashboard: it is not UTF-8"),
    ],
)
def test_what_is_no_dashboard_cannot_be_taken_over(
    root: Path, connection: Connection, content: bytes, words: str
) -> None:
    (root / "dashboards" / "x.json").write_bytes(content)
    assert isinstance(connection, Adopting)
    with pytest.raises(SlactlError, match=words):
        connection.read("x.json")
    assert connection.importable([Resource(DASHBOARD, page("a"), ())]) == []
    (outcome,) = adopted("x.json", connection)
    assert words in outcome.error
    assert (root / "dashboards" / "x.json").read_bytes() == content


def test_a_dashboard_of_another_workspace_cannot_be_taken_over(root: Path, connection: Connection) -> None:
    with connect(root, "second") as other:
        other.execute([Change(Action.CREATE, DASHBOARD, None, page("a"), None)])
        other.commit()
    name = f"slactl.second.{DASHBOARD}.json"
    assert isinstance(connection, Adopting)
    with pytest.raises(SlactlError, match="belongs to the workspace second"):
        connection.read(name)
    (outcome,) = adopted(name, connection)
    assert outcome.status == "failed"


def test_provisioning_of_others_that_names_the_same_folder_becomes_ours_by_its_name_alone(
    root: Path, connection: Connection
) -> None:
    address = "graf.provisioning.dashboards"
    theirs = root / "provisioning" / "theirs.yml"
    theirs.write_text("apiVersion: 1\nproviders: [{name: old, options: {path: /d}}]\n")
    (root / "provisioning" / "else.yaml").write_text(
        "providers: [{name: x, options: {path: /e}}, 7, {name: y}]\n"
    )
    (root / "provisioning" / "odd.yaml").write_text("providers: {name: [\n")
    assert isinstance(connection, Adopting)
    found = connection.read("theirs.yml")
    assert found is not None
    assert (found.address, found.body["providers"][0]["name"]) == ("", "old")
    candidates = connection.importable([Resource(address, provisioning("one"), ())])
    assert [(one.address, one.id) for one in candidates] == [(address, "theirs.yml")]
    for name, words in (("else.yaml", "holds 3 providers"), ("odd.yaml", "holds no providers")):
        with pytest.raises(SlactlError, match=words):
            connection.read(name)

    change = Change(Action.UPDATE, address, None, provisioning("one"), "theirs.yml", adopts=True)
    (outcome,) = connection.execute([change])
    connection.commit()
    assert outcome.status == "staged"
    assert sorted(path.name for path in (root / "provisioning").iterdir()) == [
        "else.yaml",
        "odd.yaml",
        f"slactl.estate.{address}.yaml",
    ]


def test_import_writes_what_apply_takes_over(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE)
    (root / "dashboards").mkdir()
    (root / "dashboards" / "old.json").write_text(json.dumps(page("old")))
    (root / "agreements" / "import.yaml").write_text(
        "apiVersion: slactl/v1\nkind: Refactoring\nmetadata: {name: take-over}\n"
        f'spec: {{import: [{{to: {DASHBOARD}, id: "old.json"}}]}}\n'
    )
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert [path.name for path in (root / "dashboards").iterdir()] == [NAME]
    assert "No changes." in slactl(root, "plan")[1]


def test_a_lost_state_is_found_again_from_the_files(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE)
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    for path in (root / ".slactl").glob("state.db*"):
        path.unlink()
    assert slactl(root, "state", "rebuild", "-auto-approve")[0] == 0
    assert "\nPlan: 0 to add, 0 to change, 0 to destroy.\n" in slactl(root, "plan")[1]


def test_grafana_stays_out_of_reports(workspace: Write, slactl: Run) -> None:
    code, out, err = slactl(workspace(ESTATE), "report", "-json", "-as-of=2026-11-23")
    assert (code, err) == (0, "")
    assert {one["backend"] for one in json.loads(out)["objectives"]} == {"prom"}
