"""Ctrl-C once: finish what is under way, record it, and stop. Twice: stop at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take Ctrl-C as a request while the block runs; a second one is a `KeyboardInterrupt`."""
        try:
            before = signal.signal(signal.SIGINT, self._ask)
        except ValueError:  # not in the main thread: nobody presses Ctrl-C there
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the protocol of signals
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
