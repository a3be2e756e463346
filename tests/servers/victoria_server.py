"""A real VictoriaMetrics, and a real vmalert beside it, on free loopback ports, in a temporary folder, stopped by their processes."""

import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from prometheus_server import free_port, tool

_ROWS_A_REQUEST = 100_000
Sample = tuple[str, float, int]
"""A series as it is written in expositions, a value, UTC seconds."""


@dataclass(frozen=True)
class VictoriaServer:
    """A running VictoriaMetrics."""

    url: str

    def query(
        self, expression: str, at: float | None = None, step: str | None = None
    ) -> list[dict[str, Any]]:
        data = {"query": expression, "nocache": "1"}
        data |= {"time": str(at)} if at is not None else {}
        data |= {"step": step} if step is not None else {}
        answer = requests.post(f"{self.url}/api/v1/query", data=data, timeout=30).json()
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def value(self, expression: str, at: float | None = None) -> float:
        (row,) = self.query(expression, at)
        return float(row["value"][1])

    def take(self, samples: Iterable[Sample]) -> None:
        """Write samples of any age, and make them visible."""
        rows = [f"{series} {value} {at * 1000}" for series, value, at in samples]
        for first in range(0, len(rows), _ROWS_A_REQUEST):
            body = "\n".join(rows[first : first + _ROWS_A_REQUEST]).encode()
            answer = requests.post(f"{self.url}/api/v1/import/prometheus", data=body, timeout=60)
            assert answer.status_code == 204, answer.text
        self.flush()

    def flush(self) -> None:
        """Make what was written visible to queries, and forget answers of before."""
        for path in ("/internal/force_flush", "/internal/resetRollupResultCache"):
            requests.get(self.url + path, timeout=30).raise_for_status()


@dataclass(frozen=True)
class VmalertServer:
    """A running vmalert."""

    url: str

    def groups(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v1/rules", timeout=30).json()
        groups: list[dict[str, Any]] = answer["data"]["groups"] or []
        return groups

    def alerts(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v1/alerts", timeout=30).json()
        alerts: list[dict[str, Any]] = answer["data"]["alerts"] or []
        return alerts


@contextmanager
def running(folder: Path, *options: str) -> Iterator[VictoriaServer]:
    """Start VictoriaMetrics on `folder/data`."""
    url = f"http://127.0.0.1:{free_port()}"
    with _process(
        folder,
        url,
        [
            tool("victoria-metrics"),
            f"-storageDataPath={folder / 'data'}",
            f"-httpListenAddr={url.removeprefix('http://')}",
            "-retentionPeriod=100y",
            "-loggerLevel=WARN",
            *options,
        ],
    ):
        yield VictoriaServer(url)


@contextmanager
def evaluating(
    folder: Path, rules: Path, database: VictoriaServer, *options: str, notifier: str = "http://127.0.0.1:9"
) -> Iterator[VmalertServer]:
    """Start vmalert on the rule files of a folder, with a database to read from and to write to."""
    rules.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        *_vmalert(rules / "*.yaml", database),
        f"-notifier.url={notifier}",
        f"-httpListenAddr={url.removeprefix('http://')}",
        *options,
    ]
    with _process(folder, url, command):
        yield VmalertServer(url)


def replay(rules: Path, database: VictoriaServer, start: int, end: int, step: str) -> None:
    """Evaluate the recording rules of a file over the history that a database has; both ends UTC seconds, of whole minutes.

    `step` is the interval of the file's groups: vmalert 1.79 asks every five minutes whatever that is, unless it is told.
    """
    done = subprocess.run(
        [
            *_vmalert(rules, database),
            f"-replay.timeFrom={_rfc3339(start)}",
            f"-replay.timeTo={_rfc3339(end)}",
            "-replay.maxDatapointsPerQuery=20000",
            "-replay.rulesDelay=0s",
            f"-datasource.queryStep={step}",
            "-replay.disableProgressBar",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    database.flush()


def dry_run(rules: Path) -> None:
    """Have vmalert look at rule files; a failure with what it says."""
    done = subprocess.run(
        [tool("vmalert"), "-dryRun", f"-rule={rules}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _vmalert(rules: Path, database: VictoriaServer) -> list[str]:
    return [
        tool("vmalert"),
        f"-rule={rules}",
        f"-datasource.url={database.url}",
        f"-remoteWrite.url={database.url}",
    ]


def _rfc3339(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


@contextmanager
def _process(folder: Path, url: str, command: Sequence[str]) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output)
    try:
        _wait(url, process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")
