"""A real Icinga 2 on a free loopback port, with certificates and data in a temporary folder, stopped by its process."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from prometheus_server import free_port, tool

USER, PASSWORD = "slactl", "s3cret-of-slactl"
READER, READER_PASSWORD = "reader", "s3cret-of-reader"
NOBODY, NOBODY_PASSWORD = "nobody", "s3cret-of-nobody"

_CONFIG = """\
const NodeName = "localhost"
const ZoneName = "localhost"
const TicketSalt = "salt"
include <itl>
object Endpoint NodeName {{ }}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {port} }}
object CheckerComponent "checker" {{ }}
object ApiUser "{user}" {{ password = "{password}"; permissions = [ "*" ] }}
object ApiUser "{reader}" {{ password = "{reader_password}"; permissions = [ "objects/query/*" ] }}
object CheckCommand "probe" {{ command = [ "/bin/true" ] }}
object Host "theirs" {{ check_command = "dummy" }}
object ApiUser "{nobody}" {{ password = "{nobody_password}"; permissions = [ "actions/*" ] }}
apply Service "ping" {{ check_command = "dummy"; assign where host.vars.pinged }}
"""


@dataclass(frozen=True)
class Icinga2Server:
    """A running server."""

    url: str
    ca: Path
    session: requests.Session

    @property
    def config(self) -> dict[str, Any]:
        """A backend's configuration for it."""
        return {"url": self.url, "user": USER, "password": PASSWORD, "ca": str(self.ca)}

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request, as the user who may do everything; whatever is answered."""
        answer = self.session.request(
            method,
            f"{self.url}/v1/{path}",
            json=body,
            timeout=30,
            headers={"Accept": "application/json"},
            verify=str(self.ca),
        )
        return answer.json()

    def create(self, path: str, name: str, **attrs: Any) -> None:
        """An object by hand."""
        said = self.ask("PUT", f"objects/{path}/{quote(name, safe='')}", {"attrs": attrs})
        assert said["results"][0]["code"] == 200, said

    def modify(self, path: str, name: str, **attrs: Any) -> None:
        """Attributes by hand."""
        said = self.ask("POST", f"objects/{path}/{quote(name, safe='')}", {"attrs": attrs})
        assert said["results"][0]["code"] == 200, said

    def delete(self, path: str, name: str) -> None:
        """An object by hand, with what depends on it."""
        said = self.ask("DELETE", f"objects/{path}/{quote(name, safe='')}?cascade=1")
        assert said["results"][0]["code"] == 200, said

    def attrs(self, path: str, name: str) -> dict[str, Any]:
        """What an object is like."""
        (row,) = self.ask("GET", f"objects/{path}/{quote(name, safe='')}")["results"]
        attrs: dict[str, Any] = row["attrs"]
        return attrs

    def names(self, path: str) -> list[str]:
        """All objects of a type."""
        return sorted(row["name"] for row in self.ask("GET", f"objects/{path}?attrs=name").get("results", []))

    def run(self, script: str) -> Any:
        """What an expression of Icinga's language gives."""
        said = self.ask("POST", f"console/execute-script?session=tests&command={quote(script, safe='')}")
        assert said["results"][0]["code"] == 200, said
        return said["results"][0]["result"]

    def clear(self) -> None:
        """Delete everything that the API has made."""
        for path in ("dependencies", "services", "hosts", "timeperiods"):
            for row in self.ask("GET", f"objects/{path}?attrs=package").get("results", []):
                if row["attrs"]["package"] == "_api":
                    self.ask("DELETE", f"objects/{path}/{quote(row['name'], safe='')}?cascade=1")


@contextmanager
def running(folder: Path, timezone: str = "UTC") -> Iterator[Icinga2Server]:
    """Start the server with all that it keeps below the folder."""
    for name in ("etc", "data", "log", "cache", "spool", "run/icinga2"):
        (folder / name).mkdir(parents=True)
    environment = {**os.environ, "TZ": timezone}
    _program(folder, environment, "api", "setup", "--cn", "localhost")
    port = free_port()
    config = folder / "icinga2.conf"
    config.write_text(
        _CONFIG.format(
            port=port,
            user=USER,
            password=PASSWORD,
            reader=READER,
            reader_password=READER_PASSWORD,
            nobody=NOBODY,
            nobody_password=NOBODY_PASSWORD,
        )
    )
    log = folder / "daemon.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [tool("icinga2"), "daemon", "-c", str(config), *_places(folder)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        ca = folder / "data" / "certs" / "ca.crt"
        with requests.Session() as session:
            session.auth = (USER, PASSWORD)
            server = Icinga2Server(f"https://localhost:{port}", ca, session)
            _wait(server, process, log)
            yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _places(folder: Path) -> list[str]:
    where = {
        "DataDir": "data",
        "LogDir": "log",
        "CacheDir": "cache",
        "SpoolDir": "spool",
        "ConfigDir": "etc",
        "InitRunDir": "run",
        "PidPath": "run/icinga2.pid",
    }
    found = [f"-D{key}={folder / name}" for key, name in where.items()]
    return [*found, "-DRunAsUser=root", "-DRunAsGroup=root"] if os.getuid() == 0 else found


def _program(folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [tool("icinga2"), *arguments, *_places(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wait(server: Icinga2Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if server.ask("GET", "status/IcingaApplication").get("results"):
                return
        except (requests.RequestException, json.JSONDecodeError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")
