"""Fixtures that every room's tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from postgres_server import PostgresServer, running

settings.register_profile("timings are no tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("timings are no tests")

WORKSPACE = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec: {organization: example-inc, files: ["agreements/*.yaml"]}
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kills 50` kills five times as many applies as usual: for a long night."""
    parser.addoption("--kills", type=int, default=10, help="how many applies each fault test kills")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How many applies a test kills."""
    return int(request.config.getoption("--kills"))


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[..., Path]:
    """Write a workspace of some documents, and return its folder; `slactl.yaml` may be given as `root`."""

    def write(*documents: str, root: str = WORKSPACE) -> Path:
        (tmp_path / "slactl.yaml").write_text(root, encoding="utf-8")
        folder = tmp_path / "agreements"
        folder.mkdir(exist_ok=True)
        for index, document in enumerate(documents):
            (folder / f"{index:02}.yaml").write_text(document, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run; each test makes a database of its own in it."""
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads what another, or the user, has cached."""
    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent
