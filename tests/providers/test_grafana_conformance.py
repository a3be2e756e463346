"""The conformance suite, run by the Grafana provider against its folders; no Grafana reads them here."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from slactl.base.diagnostics import Place
from slactl.model.backend import Backend
from slactl.provider import Connection, Context, Observed
from slactl.provider.conformance import Body, Look, Stranger, Subject, run_conformance, with_other
from slactl.provider.conformance import Path as BodyPath
from slactl_grafana import Provider

TODAY = date(2026, 11, 23)


def page(title: str, value: float = 0.999) -> Mapping[str, Any]:
    return {
        "title": title,
        "uid": f"uid-{title}",
        "editable": True,
        "panels": [{"id": 1, "title": "p", "steps": [{"color": "red", "value": None}, {"value": value}]}],
    }


def provisioning(folder: str) -> Mapping[str, Any]:
    return {"apiVersion": 1, "providers": [{"name": "slactl", "folder": folder, "options": {"path": "/d"}}]}


CREATED = {
    "graf.dashboard.sla.a": page("a"),
    "graf.dashboard.uc.b": page("b"),
    "graf.provisioning.dashboards": provisioning("one"),
}
UPDATED = {"graf.dashboard.uc.b": page("b", 0.5), "graf.provisioning.dashboards": provisioning("two")}


def connect(root: Path, provisioning_dir: str, workspace: str = "estate") -> Connection:
    config = {
        "dashboardsDir": "dashboards",
        "provisioningDir": provisioning_dir,
        "path": "/d",
        "datasources": {"prom": "x"},
    }
    backend = Backend("graf", Place("x.yaml"), "grafana", config)
    return Provider().connect(backend, backend.config, Context(root, workspace, TODAY))


class Hands:
    """A person in the folders."""

    def __init__(self, root: Path, provisioning_dir: str) -> None:
        self._dashboards, self._provisioning = root / "dashboards", root / provisioning_dir
        for folder in (self._dashboards, self._provisioning):
            folder.mkdir(exist_ok=True)
        (self._dashboards / "theirs.json").write_text(json.dumps(page("theirs")))
        (self._provisioning / "theirs.yaml").write_text("apiVersion: 1\n")

    def foreign(self) -> list[str]:
        theirs = (self._dashboards / "theirs.json", self._provisioning / "theirs.yaml")
        return [path.read_text() for path in theirs]

    def file(self, found: Observed) -> Path:
        return (self._dashboards if found.id.endswith(".json") else self._provisioning) / found.id

    def touch(self, found: Observed) -> None:
        path = self.file(found)
        path.write_text(path.read_text().replace("0.999", "0.998").replace("folder: one", "folder: x"))

    def remove(self, found: Observed) -> None:
        self.file(found).unlink()

    def by_hand(self, found: Observed, path: BodyPath) -> None:
        file = self.file(found)
        if file.suffix == ".json":
            file.write_text(json.dumps(with_other(json.loads(file.read_text()), path, "by hand")))
        else:
            file.write_text(_header(file) + yaml.safe_dump(with_other(found.body, path, "by hand")))

    @contextmanager
    def stranger(self, address: str, body: Body) -> Iterator[Stranger]:
        folder, suffix = (self._dashboards, "json") if "panels" in body else (self._provisioning, "yaml")
        file = folder / f"slactl.estate.{address}.{suffix}"
        file.write_text(json.dumps({**body, "version": 7}))
        yield Stranger(file.read_text, file.name)
        file.unlink(missing_ok=True)

    @contextmanager
    def unmarked(self, found: Observed) -> Iterator[Look]:
        file = self.file(found)
        file.write_text(json.dumps(found.body))
        yield file.read_text
        file.unlink()


def _header(file: Path) -> str:
    return "".join(line for line in file.read_text().splitlines(keepends=True) if line.startswith("#"))


@pytest.mark.parametrize("provisioning_dir", ["provisioning", "dashboards"])
def test_conformance_in_two_folders_and_in_one(tmp_path: Path, provisioning_dir: str) -> None:
    hands = Hands(tmp_path, provisioning_dir)
    left_out = run_conformance(
        Subject(
            connect=partial(connect, tmp_path, provisioning_dir),
            created=CREATED,
            updated=UPDATED,
            touch=hands.touch,
            remove=hands.remove,
            foreign=hands.foreign,
            by_hand=hands.by_hand,
            stranger=hands.stranger,
            unmarked=hands.unmarked,
            elsewhere=partial(connect, tmp_path, provisioning_dir, "elsewhere"),
            many={f"graf.dashboard.sla.n{one}": page(f"n{one}") for one in range(1000)},
        )
    )
    assert left_out == {
        "one bad object fails alone": "the subject gives no refused",
        "an unchanged estate needs no change": "the subject gives no estate",
        "reads are patient": "the subject gives no wire",
        "a write that fails is made once": "the subject gives no wire",
    }
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"theirs.json", "theirs.yaml"}
