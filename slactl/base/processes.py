"""Work that several processes share, for many independent things of which each takes a while."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_FEWEST = 16
"""Fewer things are done sooner than processes are made."""
_work: list[Callable[[Any], Any]] = []


def shared_out(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """What `work` makes of each item, in order.

    Processes that are forked from this one share the items where there are many of them and more than one processor;
    what `work` returns or raises must be fit for pickling. Everything that it needs should be imported before.
    """
    workers = min(processors(), len(items))
    if workers < 2 or len(items) < _FEWEST or not _may_fork():  # noqa: PLR2004 - one is this process
        yield from map(work, items)
        return
    _work[:] = [work]
    import multiprocessing  # noqa: PLC0415 - costs start-up time that small estates need not pay

    chunk = max(1, min(20, len(items) // (4 * workers)))
    with multiprocessing.get_context("fork").Pool(workers, _as_worker) as pool:
        yield from pool.imap(_worked, items, chunk)
        pool.close()  # all is done: they end by themselves, and need not be stopped
        pool.join()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _may_fork() -> bool:
    """Threads of Python would not live on in a forked process."""
    import threading  # noqa: PLC0415 - most runs share nothing

    return hasattr(os, "fork") and threading.active_count() == 1


def _as_worker() -> None:
    """Ctrl-C is this process's parent's affair, which stops its workers; a worker that is stopped has nothing to say."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _worked(item: Any) -> Any:
    return _work[0](item)
