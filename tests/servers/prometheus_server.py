"""A real Prometheus on a free loopback port, in a temporary folder, stopped by its process."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

_CONFIG = """\
global: {{scrape_interval: 15s, evaluation_interval: 15s}}
rule_files: ["{rules}/*.yaml"]
{settings}"""
_NOTHING_SCRAPED = "scrape_configs: []\n"


def tool(name: str) -> str:
    """The path of an installed program; a missing one is a failure."""
    found = shutil.which(name)
    assert found is not None, f"{name} is not installed: run make packages"
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass(frozen=True)
class PrometheusServer:
    """A running server."""

    url: str
    data: Path
    rules: Path

    def query(self, expression: str, at: float | None = None) -> list[dict[str, Any]]:
        data = {"query": expression} | ({"time": str(at)} if at is not None else {})
        answer = requests.post(f"{self.url}/api/v1/query", data=data, timeout=30).json()
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def value(self, expression: str, at: float | None = None) -> float:
        (row,) = self.query(expression, at)
        return float(row["value"][1])

    def over(self, expression: str, start: int, end: int, step_s: int = 60) -> list[dict[str, Any]]:
        """The series that an expression gives between two instants."""
        data = {"query": expression, "start": start, "end": end, "step": step_s}
        answer = requests.post(f"{self.url}/api/v1/query_range", data=data, timeout=300).json()
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def groups(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v1/rules", timeout=30).json()
        groups: list[dict[str, Any]] = answer["data"]["groups"]
        return groups


@contextmanager
def running(folder: Path, rules: Path, settings: str = _NOTHING_SCRAPED) -> Iterator[PrometheusServer]:
    """Start the server on `folder/data`, with the rule files of `rules`; `settings` are more lines of its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    rules.mkdir(parents=True, exist_ok=True)
    data, config, port = folder / "data", folder / "prometheus.yml", free_port()
    config.write_text(_CONFIG.format(rules=rules, settings=settings))
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                tool("prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={data}",
                "--storage.tsdb.retention.time=10y",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.enable-lifecycle",
                "--log.level=warn",
            ],
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        server = PrometheusServer(f"http://127.0.0.1:{port}", data, rules)
        _wait(server.url, process, log)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{url}/-/ready", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")


def keep_history(samples: Path, folder: Path) -> None:
    """Put samples, a file of OpenMetrics text, into the data of a server that does not run."""
    data = folder / "data"
    promtool("tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=720h", samples, data)


def record(folder: Path, rules: Sequence[Path], start: int, end: int, every: str) -> None:
    """Evaluate recording rules over the history in `folder/data`, and put what they give beside it.

    It appears there after the server has stopped: one that merges its blocks, as it does each minute, while others
    put new ones beside them loses samples.
    """
    with TemporaryDirectory(dir=folder) as recorded:
        with running(folder, folder / "no-rules") as server:
            promtool(
                "tsdb", "create-blocks-from", "rules", f"--start={start}", f"--end={end}", f"--url={server.url}",
                f"--output-dir={recorded}", f"--eval-interval={every}", *rules,
            )  # fmt: skip
        for block in Path(recorded).iterdir():
            block.rename(folder / "data" / block.name)


def promtool(*arguments: str | Path) -> str:
    """Run promtool; its output, or a failure with what it says."""
    done = subprocess.run(
        [tool("promtool"), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
