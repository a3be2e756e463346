"""How far something has come: bars on a terminal, elsewhere a plain line every ten seconds at most; always to standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

from slactl.base.quick_dataclass import dataclass

Step = Callable[[], None]
"""Called when one more is done; from any thread."""
EVERY_S = 10
_FEW = 2
"""So little needs no bar: it is over, or its name says enough."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where progress is shown."""

    bars: bool
    """True on a terminal."""
    coloured: bool = False

    def of(self, title: str, total: int) -> AbstractContextManager[Step]:
        """Show how much of `total` is done while the block runs."""
        return (
            _bar(title, total, coloured=self.coloured)
            if self.bars and total >= _FEW
            else _lines(title, total)
        )


@contextmanager
def _bar(title: str, total: int, *, coloured: bool) -> Iterator[Step]:
    from rich import progress  # noqa: PLC0415 - a tenth of a second that only terminals pay
    from rich.console import Console  # noqa: PLC0415 - the same

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    console = Console(stderr=True, no_color=not coloured, highlight=False)
    with progress.Progress(
        *columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()
    ) as shown:
        task = shown.add_task(title, total=total)
        yield lambda: shown.advance(task)


@contextmanager
def _lines(
    title: str, total: int, clock: Callable[[], float] = time.monotonic, stream: TextIO | None = None
) -> Iterator[Step]:
    told = Lines(title, total, clock, stream or sys.stderr)
    yield told.step


class Lines:
    """Counts, and says so now and then."""

    def __init__(self, title: str, total: int, clock: Callable[[], float], stream: TextIO) -> None:
        self._title = title
        self._total = total
        self._clock = clock
        self._stream = stream
        self._said = clock()
        self._first = 0.0
        self._done = 0
        from threading import Lock  # noqa: PLC0415 - many commands have no progress to show

        self._lock = Lock()

    def step(self) -> None:
        """One more is done; says how many, unless it did so lately or nothing is left."""
        with self._lock:
            self._done += 1
            now = self._clock()
            if self._done == 1:
                self._first = now
            if now - self._said >= EVERY_S and self._done < self._total:
                self._said = now
                self._stream.write(f"{self._title}: {self._done:,} of {self._total:,}{self._left(now)}\n")
                self._stream.flush()

    def _left(self, now: float) -> str:
        """How long the rest takes at the pace since the first one, which may have waited for what is done once for all."""
        if self._done == 1:
            return ""
        from slactl.base.duration import spoken  # noqa: PLC0415 - the same as for the lock

        left_s = round((now - self._first) / (self._done - 1) * (self._total - self._done))
        return f", about {spoken(left_s)} left"
