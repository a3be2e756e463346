"""All monitoring systems for a person to look at: `start` leaves them running, `stop` ends exactly those.

What runs is written down, each process by its number and its start, so that whatever has one of the numbers later stays as it
is. The processes belong to one supervisor, which stops them in order; when it was killed, they are ended one by one.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import processes
from processes import Process

_REPOSITORY = Path(__file__).parent.parent.parent
RECORD = Path(os.environ.get("SLACTL_SERVICES_RECORD") or _REPOSITORY / ".build" / "services.json")
_READY_WITHIN_S = 180


@dataclass(frozen=True, slots=True)
class Record:
    """What was started."""

    folder: str
    """What it keeps: gone when it is stopped."""
    supervisor: Process
    processes: tuple[Process, ...]
    """All that ran when everything was ready."""
    addresses: tuple[tuple[str, str, str], ...]
    variables: Mapping[str, str]
    secrets: Mapping[str, str]

    @classmethod
    def read(cls) -> "Record | None":
        """The record, or None where nothing was started."""
        if not RECORD.is_file():
            return None
        data: dict[str, Any] = json.loads(RECORD.read_text())
        return cls(
            data["folder"],
            Process(**data["supervisor"]),
            tuple(Process(**one) for one in data["processes"]),
            tuple(tuple(one) for one in data["addresses"]),
            data["variables"],
            data["secrets"],
        )

    def write(self) -> None:
        """Keep it: whole, or not at all."""
        RECORD.parent.mkdir(exist_ok=True)
        aside = RECORD.with_suffix(".new")
        aside.write_text(json.dumps(asdict(self), indent=1))
        aside.replace(RECORD)

    @property
    def left(self) -> list[Process]:
        """What still runs of it, the supervisor last."""
        return processes.family([*self.processes, self.supervisor])


def start() -> int:
    """Start what does not run yet, and say where it is."""
    known = Record.read()
    if known is not None and known.supervisor.runs and known.processes:
        say("They run already.")
        show(known)
        return 0
    if known is not None:
        clear(known)  # the machine was restarted, or the supervisor was killed
    say("Starting Prometheus, VictoriaMetrics, Alertmanager, Zabbix with PostgreSQL, and Icinga 2 ...")
    folder = tempfile.mkdtemp(prefix="slactl-")
    Path(folder).chmod(0o711)
    with (Path(folder) / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, __file__, "supervise", folder],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "TMPDIR": folder},
        )
    record = _wait_for(child, folder)
    if record is None:
        return 1
    show(record)
    return 0


def _wait_for(child: "subprocess.Popen[bytes]", folder: str) -> Record | None:
    supervisor = Process.of(child.pid)
    deadline = time.monotonic() + _READY_WITHIN_S
    while child.poll() is None and time.monotonic() < deadline:
        record = Record.read()
        if record is not None and record.supervisor == supervisor:
            return record
        time.sleep(0.2)
    sys.stderr.write(f"They did not start:\n{(Path(folder) / 'log').read_text(errors='replace')[-3000:]}\n")
    if supervisor is not None:
        processes.end(processes.family([supervisor]))
    shutil.rmtree(folder, ignore_errors=True)
    return None


def supervise(folder: Path) -> int:
    """Run everything until this process is told to end."""
    signal.signal(signal.SIGTERM, _leave)
    from real_servers import all_running  # noqa: PLC0415 - stopping needs none of what the servers need

    try:
        with all_running(folder) as servers:
            own = Process.of(os.getpid())
            assert own is not None
            others = [one for one in processes.family([own]) if one != own]
            Record(
                str(folder), own, tuple(others), tuple(servers.addresses), servers.variables, servers.secrets
            ).write()
            while True:
                signal.pause()
    except SystemExit:
        return 0


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what was started is being stopped
    raise SystemExit


def stop() -> int:
    """End what was started, and nothing else."""
    record = Record.read()
    if record is None:
        say("Nothing runs that make services has started.")
        return 0
    number = len(record.left)
    if left := clear(record):
        sys.stderr.write(f"These do not end: {', '.join(str(one.number) for one in left)}\n")
        return 1
    say(f"Stopped: {number} processes." if number else "They were stopped already.")
    return 0


def clear(record: Record) -> Sequence[Process]:
    """End what a record names and still runs, first by its supervisor; what does not end."""
    everything = record.left
    processes.end([record.supervisor], patience_s=60)
    left = processes.end([*{*everything, *record.left}])
    if not left:
        shutil.rmtree(record.folder, ignore_errors=True)
        RECORD.unlink(missing_ok=True)
    return left


def show(record: Record) -> None:
    """Where everything is, how to log in, and how to apply the example to it."""
    say("")
    for title, where, how in record.addresses:
        say(f"  {title:<16}{where:<34}{how}")
    say("\nThe web shop on all of them (examples/webshop-live):\n")
    say("  mkdir shop && cp -r examples/webshop/. examples/webshop-live/. shop")
    values = Path(record.folder) / "live.auto.slavars.yaml"
    values.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in record.variables.items()))
    say(f"  cp {values} shop")
    exports = " ".join(f"{name}={value}" for name, value in record.secrets.items())
    say(f"  env {exports} .venv/bin/slactl -chdir=shop apply\n")
    say("make services-stop ends them.")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """`start`, `stop`, or as the supervisor `supervise FOLDER`."""
    match sys.argv[1:]:
        case ["start"]:
            return start()
        case ["stop"]:
            return stop()
        case ["supervise", folder]:
            return supervise(Path(folder))
    sys.stderr.write("services.py start | stop\n")
    return 2


if __name__ == "__main__":
    sys.path.insert(0, str(_REPOSITORY / "tests" / "servers"))
    sys.exit(main())
