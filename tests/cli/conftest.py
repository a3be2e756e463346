"""A copy of the example, and a way to run commands in it."""

import shutil
from pathlib import Path

import pytest

from slactl.cli.main import main
from tests.running import Run


@pytest.fixture
def shop(repository: Path, tmp_path: Path) -> Path:
    """The web shop, in a folder of the test's own, as if it had just been cloned."""
    leave = shutil.ignore_patterns(".slactl", "rules")
    return Path(shutil.copytree(repository / "examples" / "webshop", tmp_path / "shop", ignore=leave))


@pytest.fixture
def run(shop: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands in the web shop; none may show a traceback."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={shop}", *arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run
