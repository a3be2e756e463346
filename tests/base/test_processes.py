"""Work that processes share gives what one process would have given."""

import os
import subprocess
import sys
import time

import pytest

from slactl.base import processes
from slactl.base.diagnostics import SlactlError
from slactl.base.processes import shared_out


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "processors", lambda: 4)


@pytest.mark.usefixtures("four")
def test_results_come_in_order_from_several_processes() -> None:
    def work(index: int) -> tuple[int, int]:
        time.sleep(0.005)  # long enough for the others to begin
        return index * index, os.getpid()

    found = list(shared_out(work, range(100)))
    assert [square for square, _ in found] == [index * index for index in range(100)]
    assert len({process for _, process in found} - {os.getpid()}) > 1


SHARING = """
import os, signal, sys, time
from slactl.base import processes
def stopped(number, frame):
    raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stopped)
processes.processors = lambda: 4
def work(index):
    time.sleep(0.01)
    return index
try:
    for index in processes.shared_out(work, range(200)):
        if index == int(sys.argv[1]):
            os.killpg(0, signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(("interrupted_at", "said"), [(-1, ""), (40, "interrupted\n")])
def test_processes_that_share_work_end_without_a_word(interrupted_at: int, said: str) -> None:
    """When all is done, and when Ctrl-C is pressed, which the terminal sends to every one of them."""
    command = [sys.executable, "-c", SHARING, str(interrupted_at)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True)
    assert (done.stdout, done.stderr) == (said, "")


@pytest.mark.usefixtures("four")
def test_a_few_things_are_done_here() -> None:
    assert set(shared_out(lambda _: os.getpid(), range(5))) == {os.getpid()}


def test_with_one_processor_everything_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "processors", lambda: 1)
    assert set(shared_out(lambda _: os.getpid(), range(100))) == {os.getpid()}


@pytest.mark.usefixtures("four")
def test_what_goes_wrong_in_a_process_goes_wrong_here() -> None:
    def work(index: int) -> int:
        if index == 50:
            raise SlactlError("The fiftieth is wrong", "Mend it.")
        return index

    with pytest.raises(SlactlError, match="The fiftieth is wrong"):
        list(shared_out(work, range(100)))
