"""A real Alertmanager on a free loopback port, in a temporary folder, stopped by its process; and amtool."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import requests
from prometheus_server import free_port, tool


@dataclass(frozen=True)
class AlertmanagerServer:
    """A running server."""

    url: str
    config: Path

    def original(self) -> str:
        """The configuration in force, as the server tells it."""
        text: str = requests.get(f"{self.url}/api/v2/status", timeout=30).json()["config"]["original"]
        return text

    def post(self, *labels: Mapping[str, str], minutes_ago: int = 1) -> None:
        """Raise alerts that began some time ago."""
        starts = (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat()
        alerts = [{"labels": one, "startsAt": starts} for one in labels]
        answer = requests.post(f"{self.url}/api/v2/alerts", json=alerts, timeout=30)
        assert answer.status_code == 200, answer.text

    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = requests.get(f"{self.url}/api/v2/alerts", timeout=30).json()
        return found

    def reload(self) -> None:
        answer = requests.post(f"{self.url}/-/reload", timeout=30)
        assert answer.status_code == 200, answer.text


@contextmanager
def running(folder: Path, config: Path) -> Iterator[AlertmanagerServer]:
    """Start the server on a configuration file that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                tool("prometheus-alertmanager"),
                f"--config.file={config}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
                "--log.level=warn",
            ],
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        server = AlertmanagerServer(f"http://127.0.0.1:{port}", config)
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
        time.sleep(0.05)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")


def amtool(*arguments: str | Path) -> str:
    """Run amtool; its output, or a failure with what it says."""
    done = subprocess.run([tool("amtool"), *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def receivers_of(config: Path, **labels: str) -> list[str]:
    """The receivers that an alert with these labels reaches, by amtool."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    return amtool("config", "routes", "test", f"--config.file={config}", *pairs).strip().split(",")


class Inbox(list[dict[str, Any]]):
    """What a webhook was sent."""

    url: str


@contextmanager
def webhook() -> Iterator[Inbox]:
    """A receiver of notifications on a free loopback port."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.append({"path": self.path, **json.loads(body)})
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the method's parameter
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    inbox.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
