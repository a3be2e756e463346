"""`slactl provider new`: what it writes installs, passes its own tests, and drives an estate; and nothing is written over."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from slactl.cli.main import main
from tests.estate_texts import PEOPLE, document, promise, service

ALLOWED = ("slactl.provider", "slactl.model", "slactl.base", "slactl_my_monitor")


@dataclass(frozen=True)
class Made:
    """A provider that was made by the command, and installed with pip."""

    folder: Path
    site: Path

    def python(self, *arguments: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run Python where the provider is installed."""
        environment = {**os.environ, "PYTHONPATH": str(self.site)}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, cwd=cwd or self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def slactl(self, root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.python("-m", "slactl", f"-chdir={root}", *arguments)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("new")
    assert main([f"-chdir={root}", "provider", "new", "my-monitor", "-path=mine"]) == 0
    one = Made(root / "mine", root / "site")
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    done = one.python("-m", "pip", "install", *offline, "--quiet", "--target", one.site, one.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return one


def test_its_own_tests_pass(made: Made) -> None:
    done = made.python("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "mypy", "--cache-dir", os.devnull),
        ("-m", "ruff", "format", "--no-cache", "--check"),
        ("-m", "ruff", "check", "--no-cache"),
    ],
)
def test_it_is_typed_and_tidy(made: Made, arguments: Sequence[str]) -> None:
    done = made.python(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_uses_the_kit_and_no_private_door(made: Made) -> None:
    found = set[str]()
    for file in (made.folder / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
            elif isinstance(node, ast.Import):
                found.update(one.name for one in node.names)
    ours = {one for one in found if one.startswith("slactl")}
    assert ours
    assert [one for one in ours if not one.startswith(ALLOWED)] == []


ESTATE = (
    PEOPLE
    + service("shop", "web", intrinsic="99.99%")
    + promise("SLA", "a", "shop", "99.9%", "customer: acme,")
    + document("Backend", "noc", "provider: my-monitor, config: {folder: objects}")
)


def estate(root: Path, text: str = ESTATE) -> Path:
    workspace = document("Workspace", "estate", "organization: example-inc")
    (root / "slactl.yaml").write_text(workspace.removeprefix("---\n") + "---\n" + text)
    return root


def test_an_estate_is_planned_applied_and_put_right_with_it(made: Made, tmp_path: Path) -> None:
    root = estate(tmp_path)
    assert "noc.promise.sla.a.availability" in made.slactl(root, "plan").stdout
    done = made.slactl(root, "apply", "-auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = (root / "objects").iterdir()
    written = json.loads(file.read_text())
    assert written["slactl"] == {"workspace": "estate", "address": "noc.promise.sla.a.availability"}
    assert written["body"] == {
        "target": "99.9%", "window": "calendar-month", "services": ["shop"], "customers": ["acme"],
    }  # fmt: skip
    assert "No changes." in made.slactl(root, "plan").stdout

    file.write_text(json.dumps({**written, "body": {**written["body"], "target": "1%"}}))
    assert made.slactl(root, "drift").returncode == 2
    assert made.slactl(root, "apply", "-auto-approve").returncode == 0
    assert json.loads(file.read_text()) == written


def test_what_it_cannot_hold_and_what_is_wrong_is_said(made: Made, tmp_path: Path) -> None:
    root = estate(
        tmp_path,
        ESTATE.replace("{folder: objects}", "{folder: objects, foldr: objects}")
        + document(
            "OLA", "b", "service: shop, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, "
            "target: 4h, backends: [noc]}}",
        ),
    )  # fmt: skip
    done = made.slactl(root, "plan")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert 'Unknown key "foldr" in config. Did you mean "folder"?' in said
    assert "My Monitor cannot hold resolution-time" in said
    assert "Traceback" not in said


def test_it_is_listed_with_its_version(made: Made) -> None:
    found = json.loads(made.python("-m", "slactl", "version", "-json").stdout)["providers"]
    assert found["my-monitor"] == "0.1.0"


def new(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> tuple[int, str]:
    code = main([f"-chdir={root}", "provider", "new", *arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "slactl-thermo").mkdir()
    assert new(capsys, tmp_path, "thermo")[0] == 0
    mine = tmp_path / "slactl-thermo" / "src" / "slactl_thermo" / "provider.py"
    mine.write_text("# mine\n")
    code, said = new(capsys, tmp_path, "thermo")
    assert code == 1
    assert "is not empty" in said
    assert "Nothing was written" in said
    assert mine.read_text() == "# mine\n"
    code, said = new(capsys, tmp_path, "thermo", f"-path={mine}")
    assert (code, "is there, and no folder" in said) == (1, True)


@pytest.mark.parametrize("name", ["Thermo", "1st", "a--b", "a_b", "-", "../x", "a" * 41, "prömetheus", ""])
def test_a_name_that_does_not_do_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, said = new(capsys, tmp_path, "--", name)
    assert code == 1
    assert "cannot be the name of a provider" in said
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_an_installed_provider_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = new(capsys, tmp_path, "zabbix")
    assert code == 1
    assert 'There is a provider "zabbix" already' in said
    assert list(tmp_path.iterdir()) == []


def test_the_page_on_providers_is_followed_as_it_stands(tmp_path: Path, repository: Path) -> None:
    page = (repository / "docs" / "providers.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    site = tmp_path / "site"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(site),
        "PIP_TARGET": str(site),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # that is pip's word for: without isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    said = list[str]()
    for block in blocks:
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", block],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout)
    assert len(said) == 3
    assert "2 passed" in said[0]
    assert said[1].rstrip().splitlines()[-1].startswith("No changes.")
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in said[2]
    assert '+ provider = "web"' in said[2]
