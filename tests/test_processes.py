"""Work that is shared out among processes comes back in order, and ends with them."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patcher.errors import Bug, LimitError, UserError
from patcher.processes import in_order

TASKS = list(range(100))


def double(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


def refuse(number: int) -> int:
    if number == 70:
        raise UserError("seventy", todo="take another", path="x", line=7)
    return number


def give_up(number: int) -> int:
    if number == 3:
        raise LimitError("too much", todo="take less")
    return number


def end(number: int) -> int:
    if number == 5:
        os._exit(1)
    return number


def wait(number: int) -> str:
    if number:
        time.sleep(0.02)
    return "x" * 100_000


@pytest.mark.parametrize("most", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(most: int) -> None:
    with in_order(double, TASKS, most) as results:
        found = list(results)
    assert [number for number, _ in found] == [2 * one for one in TASKS]
    assert len({process for _, process in found}) == (1 if most == 1 else most + 1)
    assert not multiprocessing.active_children()


def test_few_tasks_stay_in_this_process() -> None:
    with in_order(double, TASKS[:20], 8) as results:
        assert {process for _, process in results} == {os.getpid()}


def test_what_a_task_raises_is_raised_in_its_place() -> None:
    found: list[int] = []
    with pytest.raises(UserError) as raised, in_order(refuse, TASKS, 2) as results:
        found.extend(results)
    assert found == TASKS[:70]
    assert str(raised.value) == "x:7: seventy; take another"
    with pytest.raises(LimitError, match="too much"), in_order(give_up, TASKS, 2) as results:
        list(results)
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(Bug, match="ended early"), in_order(end, TASKS, 2) as results:
        list(results)


def test_leaving_early_leaves_no_process() -> None:
    with in_order(wait, TASKS, 2) as results:
        next(results)
    assert not multiprocessing.active_children()


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Also where that one is killed: nobody reads their results any more."""
    code = (
        "import sys, time, multiprocessing, tests.test_processes as t\n"
        "from patcher.processes import in_order\n"
        "with in_order(t.wait, t.TASKS, 2) as results:\n"
        "    next(results)\n"
        "    print(*(one.pid for one in multiprocessing.active_children()), flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = Path(__file__).parent.parent
    run = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert run.stdout is not None
    processes = [int(word) for word in run.stdout.readline().split()]
    assert len(processes) == 2
    run.kill()
    run.communicate()
    end_of_patience = time.monotonic() + 30
    while any(map(_is_running, processes)) and time.monotonic() < end_of_patience:
        time.sleep(0.05)
    assert not any(map(_is_running, processes))


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
