"""Independent work side by side, in threads that a second Ctrl-C does not wait for."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Thread

Work = Callable[[], None]


def side_by_side(work: Sequence[Work], most: int) -> None:
    """Do everything, at most so many at once; alone, or one at a time, in this thread.

    Raises:
        BaseException: the first that any of it raised, once what runs beside it has ended.
    """
    if len(work) == 1 or most == 1:
        for one in work:
            one()
        return
    left, errors = deque(work), deque[BaseException]()
    threads = [Thread(target=_take, args=(left, errors), daemon=True) for _ in range(min(most, len(work)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def _take(left: deque[Work], errors: deque[BaseException]) -> None:
    """One after the other until none is left, or something went wrong."""
    while left and not errors:
        try:
            one = left.popleft()
        except IndexError:  # another thread was faster
            return
        try:
            one()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            errors.append(error)
