"""Ctrl-C once, or SIGTERM as pipelines send it: finish what is under way, record it, and stop. Twice: stop at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the user has asked to stop."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        """`told` is called, within the signal's handler, the first time."""
        self.asked = False
        self._told = told

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take the signals as a request while the block runs; a second one is a `KeyboardInterrupt`."""
        try:
            before = [(number, signal.signal(number, self._ask)) for number in _SIGNALS]
        except ValueError:  # not in the main thread: nobody presses Ctrl-C there
            yield
            return
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the protocol of signals
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._told()
