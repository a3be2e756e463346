"""The conformance suite, run by the Prometheus provider against a real server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from compiled_estate import compiled
from faulty_wire import reloads, wire_to
from prometheus_server import running

from slactl.base.diagnostics import Place
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Observed
from slactl.provider.conformance import Body, Look, Stranger, Subject, run_conformance, with_other
from slactl.provider.conformance import Path as BodyPath
from slactl_prometheus import Provider
from tests.estate_texts import PEOPLE, document, promise, service

TODAY = date(2026, 11, 23)
ESTATE = (
    PEOPLE
    + service("shop", "web", intrinsic="99.99%")
    + document("Indicator", "requests", "ratio: {good: good_total, total: all_total}")
    + promise("SLA", "a", "shop", "99.9%", "customer: acme, hours: office,", "indicator: requests")
    + document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}")
)


def body(value: str, record: str = "x:y") -> Mapping[str, Any]:
    rules = [
        {"record": record, "expr": value, "labels": {"a": "b"}},
        {
            "alert": "Burn",
            "expr": "x:y > 1",
            "for": "1m",
            "labels": {},
            "annotations": {"summary": "It burns."},
        },
    ]
    return {"groups": [{"name": "g", "interval": "1m", "rules": rules}]}


CREATED = {
    "prom.rules.sla.a": body("vector(1)"),
    "prom.rules.sla.b": body("vector(2)", "x:z"),
    "prom.calendar.office": body("vector(3)", "x:c"),
}
UPDATED = {"prom.rules.sla.b": body("vector(3)", "x:z")}
OTHER = {"interval": "2m", "for": "2m", "record": "x:other", "expr": "vector(9)", "labels": {"c": "d"}}


def connect(folder: Path, workspace: str = "estate", **config: object) -> Connection:
    backend = Backend("prom", Place("x.yaml"), "prometheus", {"rulesDir": "rules", **config})
    return Provider().connect(backend, backend.config, Context(folder, workspace, TODAY))


class Hands:
    """A person in the folder of rule files."""

    def __init__(self, rules: Path) -> None:
        self._rules = rules
        (rules / "theirs.yaml").write_text("groups: []\n")

    def foreign(self) -> str:
        return (self._rules / "theirs.yaml").read_text()

    def touch(self, found: Observed) -> None:
        path = self._rules / found.id
        path.write_text(path.read_text().replace("vector", "scalar"))

    def remove(self, found: Observed) -> None:
        (self._rules / found.id).unlink()

    def by_hand(self, found: Observed, path: BodyPath) -> None:
        file = self._rules / found.id
        other = with_other(found.body, path, OTHER.get(str(path[-1]), "other"))
        file.write_text(_header(file) + yaml.safe_dump(other))

    @contextmanager
    def stranger(self, address: str, body: Body) -> Iterator[Stranger]:
        file = self._rules / f"slactl.estate.{address}.yaml"
        group = {"name": "theirs", "rules": body["groups"][0]["rules"]}
        file.write_text(yaml.safe_dump({"groups": [group]}))
        yield Stranger(file.read_text, file.name)
        file.unlink(missing_ok=True)

    @contextmanager
    def unmarked(self, found: Observed) -> Iterator[Look]:
        file = self._rules / found.id
        file.write_text(file.read_text().removeprefix(_header(file)))
        yield file.read_text
        file.unlink()


def _header(file: Path) -> str:
    return "".join(line for line in file.read_text().splitlines(keepends=True) if line.startswith("#"))


def test_conformance_on_a_live_server(tmp_path: Path, workspace: Callable[..., Path]) -> None:
    rules = tmp_path / "rules"
    with running(tmp_path / "server", rules) as server, wire_to(server.url, reloads) as wire:
        hands = Hands(rules)
        there: dict[str, Any] = {"url": wire.url, "reload": True, "promtool": "required"}
        left_out = run_conformance(
            Subject(
                connect=partial(connect, tmp_path, **there),
                created=CREATED,
                updated=UPDATED,
                touch=hands.touch,
                remove=hands.remove,
                foreign=hands.foreign,
                by_hand=hands.by_hand,
                stranger=hands.stranger,
                unmarked=hands.unmarked,
                elsewhere=partial(connect, tmp_path, "elsewhere", **there),
                refused={"prom.rules.bad": body("sum(")},
                many={f"prom.rules.n{one}": body(f"vector({one})", f"x:n{one}") for one in range(1000)},
                most_requests={"create": 1, "read": 0, "delete": 1},
                estate=partial(compiled, workspace(ESTATE), "prom", TODAY),
                wire=wire,
                impatient=partial(connect, tmp_path, **{**there, "timeout": "2s"}),
            )
        )
        assert left_out == {}
        assert server.groups() == []


@pytest.mark.parametrize("name", ["../x.yaml", "a/b.yaml", ".hidden.yaml"])
def test_no_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "rules").mkdir()
    with connect(tmp_path) as connection:
        (outcome,) = connection.execute([Change(Action.CREATE, "prom.rules.x", None, body("1"), name)])
        assert outcome.status == "failed"
    assert [path.name for path in tmp_path.rglob("*.yaml")] == []


def test_an_unwritable_folder_is_a_failed_outcome(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("a file where the folder should be")
    with connect(tmp_path) as connection:
        (outcome,) = connection.execute([Change(Action.CREATE, "prom.rules.x", None, body("1"), None)])
    assert outcome.status == "failed"
    assert "cannot be written" in outcome.error


def test_rules_that_promtool_refuses_never_reach_the_folder_and_the_others_do(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    bad = [Change(Action.CREATE, f"prom.rules.{one}", None, body("sum("), None) for one in ("x", "y")]
    good = [
        Change(Action.CREATE, f"prom.rules.n{one}", None, body(f"vector({one})"), None) for one in range(5)
    ]
    with connect(tmp_path, promtool="required") as connection:
        outcomes = connection.execute([good[0], bad[0], *good[1:], bad[1]])
        connection.commit()
        found = {one.address for one in connection.read_all()}
    failed = [one for one in outcomes if one.status == "failed"]
    assert [one.address for one in failed] == ["prom.rules.x", "prom.rules.y"]
    assert all("promtool refuses the rules" in one.error and "parse error" in one.error for one in failed)
    assert not any(str(tmp_path) in one.error for one in failed)
    assert found == {one.address for one in good}
    assert len(list((tmp_path / "rules").iterdir())) == len(good)
