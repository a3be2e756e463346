"""The conformance suite, run by the Prometheus provider against a real server."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
from prometheus_server import running

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Observed
from slactl.provider.conformance import Subject, run_conformance
from slactl_prometheus import Provider


def body(value: str) -> Mapping[str, Any]:
    return {
        "groups": [
            {"name": "g", "interval": "1m", "rules": [{"record": "x:y", "expr": value, "labels": {"a": "b"}}]}
        ]
    }


CREATED = {"prom.rules.sla.a": body("vector(1)"), "prom.rules.sla.b": body("vector(2)")}
UPDATED = {"prom.rules.sla.b": body("vector(3)")}


def connect(folder: Path, **config: object) -> Connection:
    backend = Backend("prom", Place("x.yaml"), "prometheus", {"rulesDir": "rules", **config})
    return Provider().connect(backend, backend.config, Context(folder, "estate", date(2026, 11, 23)))


def test_conformance_on_a_live_server(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    with running(tmp_path / "server", rules) as server:
        (rules / "theirs.yaml").write_text("groups: []\n")
        other = {"rulesDir": "rules", "url": server.url, "reload": True}

        def touch(found: Observed) -> None:
            path = rules / found.id
            path.write_text(path.read_text().replace("vector", "scalar"))

        subject = Subject(
            connect=partial(connect, tmp_path, **other),
            created=CREATED,
            updated=UPDATED,
            touch=touch,
            remove=lambda found: (rules / found.id).unlink(),
            foreign=(rules / "theirs.yaml").read_text,
        )
        run_conformance(subject)


def test_the_suite_refuses_a_provider_that_forgets(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()

    class Forgetful:
        def __init__(self) -> None:
            self.real = connect(tmp_path)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.real.rollback()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def read_all(self) -> list[Observed]:
            return [*self.real.read_all()][:1]

    subject = Subject(Forgetful, CREATED, UPDATED, lambda _: None, lambda _: None, lambda: 0)
    with pytest.raises(AssertionError, match="read back"):
        run_conformance(subject)


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


def test_rules_that_promtool_refuses_never_reach_the_folder(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    with connect(tmp_path, promtool="required") as connection:
        connection.execute([Change(Action.CREATE, "prom.rules.x", None, body("sum("), None)])
        with pytest.raises(SlactlError, match="promtool refuses") as caught:
            connection.commit()
    assert "parse error" in caught.value.diagnostics[0].detail
    assert list((tmp_path / "rules").iterdir()) == []
