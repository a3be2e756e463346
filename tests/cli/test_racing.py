"""Applies that race: whoever has the lock applies, the others wait or fail clearly, and nothing is made twice."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from postgres_server import PostgresServer

SLACTL = [sys.executable, "-m", "slactl"]


@pytest.fixture
def shop(repository: Path, tmp_path: Path, postgres: PostgresServer) -> Path:
    leave = shutil.ignore_patterns(".slactl", "rules")
    root = Path(shutil.copytree(repository / "examples" / "webshop", tmp_path / "shop", ignore=leave))
    text = (root / "slactl.yaml").read_text()
    state = f"  state: {{type: postgres, dsn: '{postgres.new_database()}'}}\n"
    (root / "slactl.yaml").write_text(text.replace("spec:\n", f"spec:\n{state}", 1))
    return root


def start(shop: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [*SLACTL, f"-chdir={shop}", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_eight_applies_of_one_postgresql_state(shop: Path) -> None:
    patient = [start(shop, "apply", "-auto-approve", "-lock-timeout=120s") for _ in range(4)]
    hasty = [start(shop, "apply", "-auto-approve") for _ in range(4)]
    told = [(one.communicate(), one.returncode) for one in patient]
    assert [code for _, code in told] == [0] * 4, told
    assert sum("Resources: 5 added" in out for (out, _), _ in told) <= 1
    for one in hasty:
        out, err = one.communicate()
        what_to_do = "force-unlock" in err or "has just taken it, or is giving it back" in err
        locked = "The state is locked" in err and what_to_do
        assert (one.returncode == 0) != locked, (out, err)
        assert "Traceback" not in err
    with start(shop, "history", "-json") as history:
        (entry,) = json.loads(history.communicate()[0])["entries"]
    assert sum(text == "create: done" for text in entry["results"].values()) >= 5
    with start(shop, "plan", "-detailed-exitcode") as plan:
        plan.communicate()
    assert plan.returncode == 0
    with start(shop, "history", "verify") as verify:
        verify.communicate()
    assert verify.returncode == 0
    assert len(list((shop / "rules").iterdir())) == 5
