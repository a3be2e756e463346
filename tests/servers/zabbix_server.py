"""A real Zabbix: server, frontend and PostgreSQL on free loopback ports, in a temporary folder, stopped by their processes."""

import gzip
import itertools
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import postgres_server
import psycopg
import requests
from prometheus_server import free_port, tool

_FRONTEND = Path("/usr/share/zabbix")
_SQL = Path("/usr/share/zabbix-server-pgsql")
_WHERE_IT_READS = "include/classes/core/CConfigFile.php"
_FIXED = "/etc/zabbix/zabbix.conf.php"
_SERVER = """\
ListenIP=127.0.0.1
ListenPort={port}
DBHost={socket}
DBName=zabbix
DBUser=tester
LogFile={folder}/server.log
PidFile={folder}/server.pid
SocketDir={folder}
AllowRoot=1
ServiceManagerSyncFrequency=1
CacheUpdateFrequency=1
StartPollers=1
StartDiscoverers=0
StartHTTPPollers=0
"""
_PHP = """\
<?php
$DB['TYPE'] = 'POSTGRESQL';
$DB['SERVER'] = '{socket}';
$DB['PORT'] = '0';
$DB['DATABASE'] = 'zabbix';
$DB['USER'] = 'tester';
$DB['PASSWORD'] = '';
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['KEY_FILE'] = $DB['CERT_FILE'] = $DB['CA_FILE'] = $DB['CIPHER_LIST'] = '';
$DB['VERIFY_HOST'] = false;
$DB['VAULT_URL'] = $DB['VAULT_DB_PATH'] = $DB['VAULT_TOKEN'] = '';
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '{port}';
$ZBX_SERVER_NAME = 'slactl';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""


@dataclass
class ZabbixServer:
    """A running server, and its interface as its administrator uses it."""

    url: str
    """Of the interface: `http://127.0.0.1:1234/api_jsonrpc.php`."""
    port: int
    """Where `zabbix_sender` sends to."""
    folder: Path
    database: postgres_server.PostgresServer
    user: str = "Admin"
    password: str = "zabbix"
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _session: str = ""

    def call(self, method: str, params: Any, auth: str | None = None) -> Any:
        """The result of a call as the administrator; an error is a failure."""
        if not self._session and method not in ("user.login", "apiinfo.version"):
            self._session = self.call("user.login", {"username": self.user, "password": self.password})
        needs_none = method in ("user.login", "apiinfo.version")
        answer = requests.post(
            self.url,
            json={
                "jsonrpc": "2.0",
                "method": method,
                "params": params,
                "auth": None if needs_none else auth or self._session,
                "id": next(self._numbers),
            },
            headers={"Content-Type": "application/json-rpc"},
            timeout=60,
        ).json()
        assert "error" not in answer, answer
        return answer["result"]

    def token(self, name: str = "test", **more: object) -> str:
        """A new API token of the administrator."""
        made = self.call("token.create", [{"name": f"{name}-{next(self._numbers)}", "userid": "1", **more}])
        token: str = self.call("token.generate", made["tokenids"])[0]["token"]
        return token

    def clear(self) -> None:
        """Remove every SLA, service and host."""
        for name, key in (("sla", "slaid"), ("service", "serviceid"), ("host", "hostid")):
            found = [one[key] for one in self.call(f"{name}.get", {"output": [key]})]
            if found:
                self.call(f"{name}.delete", found)

    def watch(self, host: str, *problems: tuple[str, Mapping[str, str]]) -> None:
        """A host with an item for each problem: a value of 0 opens it, with its tags; another one closes it."""
        groups = self.call("hostgroup.get", {"filter": {"name": "slactl"}})
        group = (
            groups[0]["groupid"]
            if groups
            else self.call("hostgroup.create", {"name": "slactl"})["groupids"][0]
        )
        number = self.call("host.create", {"host": host, "groups": [{"groupid": group}]})["hostids"][0]
        self.call(
            "item.create",
            [{"hostid": number, "name": key, "key_": key, "type": 2, "value_type": 3} for key, _ in problems],
        )
        self.call(
            "trigger.create",
            [
                {
                    "description": f"{key} is down",
                    "expression": f"last(/{host}/{key})=0",
                    "priority": 4,
                    "tags": [{"tag": tag, "value": value} for tag, value in tags.items()],
                }
                for key, tags in problems
            ],
        )

    def bad(self) -> set[str]:
        """The names of the services that are not OK."""
        return {
            one["name"]
            for one in self.call("service.get", {"output": ["name", "status"]})
            if one["status"] != "-1"
        }

    def send(self, host: str, key: str, value: str) -> None:
        """Push a value as monitored hosts do; the server must know the item by then."""
        deadline = time.monotonic() + 60
        arguments = [
            tool("zabbix_sender"),
            "-z",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-s",
            host,
            "-k",
            key,
            "-o",
            value,
        ]
        while time.monotonic() < deadline:
            done = subprocess.run(arguments, capture_output=True, text=True, check=False)
            if "processed: 1; failed: 0" in done.stdout:
                return
            time.sleep(0.3)
        raise AssertionError(done.stdout + done.stderr)

    def in_database(self, statement: LiteralString, *values: object) -> None:
        """Change what only time changes: when a service was made, what became of it since."""
        with psycopg.connect(self.database.dsn("zabbix")) as connection:
            connection.execute(statement, values)

    def went_through(self, outages: Sequence[tuple[int, int]]) -> None:
        """Have every service exist since 2025 and be bad in these stretches of UTC seconds, as if Zabbix had seen it."""
        for row in self.call("service.get", {"output": ["serviceid"]}):
            number = int(row["serviceid"])
            self.in_database("UPDATE services SET created_at = 1735689600 WHERE serviceid = %s", number)
            for index, (start, end) in enumerate(outages):
                for step, (clock, value) in enumerate(((start, 4), (end, -1))):
                    self.in_database(
                        "INSERT INTO service_alarms (servicealarmid, serviceid, clock, value) VALUES (%s, %s, %s, %s)",
                        number * 1000 + index * 2 + step, number, clock, value,
                    )  # fmt: skip

    def until(self, what: str, holds: Callable[[], bool], limit_s: float = 60) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + limit_s
        while not holds():
            assert time.monotonic() < deadline, f"{what}: not within {limit_s} s\n{self.log()}"
            time.sleep(0.3)

    def log(self) -> str:
        """The end of the server's log."""
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]


@contextmanager
def running() -> Iterator[ZabbixServer]:
    """Start a new, empty Zabbix."""
    folder = Path(tempfile.mkdtemp(prefix="zabbix-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = stack.enter_context(postgres_server.running())
        _fill(database)
        port = _low_port()
        places = {"socket": database.folder, "folder": folder, "port": port}
        config = folder / "server.conf"
        config.write_text(_SERVER.format_map(places))
        _start(stack, folder, "server", [tool("zabbix_server"), "-f", "-c", str(config)])
        web = free_port()
        _start(stack, folder, "frontend", _php(folder, web, _PHP.format_map(places)), cwd=folder / "web")
        server = ZabbixServer(f"http://127.0.0.1:{web}/api_jsonrpc.php", port, folder, database)
        _wait(server)
        yield server


def _low_port() -> int:
    """A free port that Zabbix takes: it knows none above 32767."""
    for port in random.sample(range(20_000, 32_767), 200):
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _fill(database: postgres_server.PostgresServer) -> None:
    subprocess.run(
        [postgres_server.program("createdb"), "-h", str(database.folder), "-U", "tester", "zabbix"],
        check=True,
    )
    psql = [postgres_server.program("psql"), "-q", "-h", str(database.folder), "-U", "tester", "-d", "zabbix"]
    for name in ("schema", "images", "data"):
        with gzip.open(_SQL / f"{name}.sql.gz") as script:
            subprocess.run(
                [*psql, "-1", "-v", "ON_ERROR_STOP=1"], input=script.read(), check=True, capture_output=True
            )


def _php(folder: Path, port: int, config: str) -> list[str]:
    """A copy of the frontend that reads its own configuration: Debian's knows one for the whole machine."""
    shutil.copytree(_FRONTEND, folder / "web", symlinks=True, ignore=shutil.ignore_patterns("locale"))
    (folder / "web.conf.php").write_text(config)
    reader = folder / "web" / _WHERE_IT_READS
    text = reader.read_text()
    assert _FIXED in text, f"{_WHERE_IT_READS} reads another file than {_FIXED}"
    reader.write_text(text.replace(_FIXED, str(folder / "web.conf.php")))
    settings = {
        "max_execution_time": "300", "memory_limit": "512M", "post_max_size": "64M", "max_input_time": "300",
        "date.timezone": "UTC",
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-d", f"{name}={value}")]
    return [tool("php"), *options, "-S", f"127.0.0.1:{port}"]


def _start(stack: ExitStack, folder: Path, name: str, command: list[str], cwd: Path | None = None) -> None:
    log = stack.enter_context((folder / f"{name}.out").open("wb"))
    environment: Mapping[str, str] = {**os.environ, "PHP_CLI_SERVER_WORKERS": "2"}
    process = subprocess.Popen(
        command, stdout=log, stderr=log, cwd=cwd or folder, env=environment, start_new_session=True
    )

    def stop() -> None:
        os.killpg(process.pid, 15)
        process.wait(timeout=60)

    stack.callback(stop)


def _wait(server: ZabbixServer) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            server.call("user.login", {"username": server.user, "password": server.password})
        except (requests.RequestException, AssertionError, KeyError):
            time.sleep(0.1)
        else:
            return
    out = "".join(one.read_text(errors="replace")[-2000:] for one in server.folder.glob("*.out"))
    raise AssertionError(f"Zabbix did not become ready: {out}")
