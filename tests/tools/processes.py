"""Processes by number and start: a number that was given to somebody else meanwhile is never taken for the same process."""

import os
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of this machine, since it was last started."""

    number: int
    started: int
    """In ticks of the kernel since the machine started."""

    @classmethod
    def of(cls, number: int) -> "Process | None":
        """The process that has a number now; None: there is none, or it has ended and waits to be collected."""
        fields = _fields(number)
        return None if fields is None or fields[0] == "Z" else cls(number, int(fields[19]))

    @property
    def runs(self) -> bool:
        """Whether it is still there."""
        return Process.of(self.number) == self

    def send(self, kind: signal.Signals) -> None:
        """Send a signal, if it is still there."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.number, kind)


def family(heads: Collection[Process]) -> list[Process]:
    """The processes that run of these, with all below them."""
    children: dict[int, list[int]] = {}
    for number in _numbers():
        fields = _fields(number)
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(number)
    found: dict[int, Process] = {}
    waiting = [one.number for one in heads if one.runs]
    while waiting:
        number = waiting.pop()
        process = Process.of(number)
        if process is not None and number not in found:
            found[number] = process
            waiting.extend(children.get(number, ()))
    return [*found.values()]


def end(processes: Collection[Process], patience_s: float = 30) -> list[Process]:
    """Ask them to end, then make them; those that run even so."""
    for kind, limit_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 5.0)):
        for one in processes:
            one.send(kind)
        deadline = time.monotonic() + limit_s
        while any(one.runs for one in processes) and time.monotonic() < deadline:
            time.sleep(0.1)
    return [one for one in processes if one.runs]


def _numbers() -> Iterator[int]:
    return (int(one.name) for one in _PROC.iterdir() if one.name.isdecimal())


def _fields(number: int) -> list[str] | None:
    """What stands behind the name in `/proc/N/stat`: state, parent, and so on; the name may hold anything."""
    try:
        return (_PROC / str(number) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
