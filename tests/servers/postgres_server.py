"""A real PostgreSQL on a Unix socket in a temporary folder, run by a user that may, stopped by its process."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

_RUNS_AS = "postgres"
"""The server refuses to run as root; Debian's package brings this user."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server."""

    folder: Path

    def dsn(self, database: str = "postgres", user: str = "tester") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"d{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.dsn(name)

    def ask_for_password(self, user: str, password: str) -> None:
        """Let a role in with this password only; everybody else is trusted."""
        rules = self.folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), password))
            connection.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 30
        while self._lets_in(user):
            assert time.monotonic() < deadline, "the server does not take the new rule"
            time.sleep(0.02)

    def _lets_in(self, user: str) -> bool:
        try:
            psycopg.connect(self.dsn(user=user), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def program(name: str) -> str:
    """The path of one of the server's programs, which Debian keeps out of PATH; a missing one is a failure."""
    found = shutil.which(name) or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)), None
    )
    assert found is not None, f"{name} is not installed: run make packages"
    return found


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Start a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = _as_user(folder)
    try:
        data = folder / "data"
        subprocess.run(
            [
                *as_user,
                program("initdb"),
                "-D",
                str(data),
                "-U",
                "tester",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    *as_user,
                    program("postgres"),
                    "-D",
                    str(data),
                    "-k",
                    str(folder),
                    "-c",
                    "listen_addresses=",
                    "-c",
                    "fsync=off",
                ],
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        server = PostgresServer(folder)
        try:
            _wait(server, process)
            yield server
        finally:
            process.send_signal(2)  # SIGINT: fast shutdown, which ends what is connected
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_user(folder: Path) -> Sequence[str]:
    """What to put before a command, so that root's server runs as somebody else; the folder is theirs."""
    if os.geteuid() != 0:
        return ()
    user = pwd.getpwnam(_RUNS_AS)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("setpriv", f"--reuid={_RUNS_AS}", f"--regid={user.pw_gid}", "--clear-groups")


def _wait(server: PostgresServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, (server.folder / "log").read_text()
        try:
            psycopg.connect(server.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((server.folder / "log").read_text())
