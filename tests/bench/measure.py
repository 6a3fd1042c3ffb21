"""Run programs and measure them: wall and processor seconds, and the most memory at a time."""

from __future__ import annotations

import math
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One run, with all processes it started: seconds of wall and processor time, bytes, status."""

    wall: float
    cpu: float
    memory: int
    status: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Several runs of one program: the medians, the least processor time, and the most memory."""

    wall: float
    cpu: float
    least_cpu: float
    memory: int

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Measured:
        """Sum samples up."""
        return cls(
            statistics.median(one.wall for one in samples),
            statistics.median(one.cpu for one in samples),
            min(one.cpu for one in samples),
            max(one.memory for one in samples),
        )


def sample(command: Sequence[str], folder: Path) -> Sample:
    """Run a command in a directory; its output goes to a file, for grep knows /dev/null and stops.

    The memory is that of the largest process. Bytecode is kept, as after an installation.
    """
    environ = {key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"}
    here = Path.cwd()
    os.chdir(folder)
    try:
        with tempfile.TemporaryFile() as told:
            quiet = [(os.POSIX_SPAWN_DUP2, told.fileno(), number) for number in (1, 2)]
            begun = time.perf_counter()
            process = os.posix_spawnp(command[0], list(command), environ, file_actions=quiet)
            _, status, used = os.wait4(process, 0)
            wall = time.perf_counter() - begun
    finally:
        os.chdir(here)
    code = os.waitstatus_to_exitcode(status)
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss << 10, code)


def alternately(
    commands: Mapping[str, Sequence[str]], folder: Path, repeat: int
) -> dict[str, Measured]:
    """Run every command once for each repetition, in turn, so that a busy moment meets all.

    Each starts in a fresh copy of `folder`; one run before the first is not counted. Raises
    RuntimeError for a command that fails: linters end with 1 where they find something.
    """
    found: dict[str, list[Sample]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, folder.name)
        shutil.copytree(folder, copy, symlinks=True)
        for number in range(repeat + 1):
            for name, command in commands.items():
                one = sample(command, copy)
                if one.status not in (0, 1):
                    raise RuntimeError(f"{name} ends with {one.status}: {' '.join(command)}")
                if number:
                    found[name].append(one)
    return {name: Measured.of(samples) for name, samples in found.items()}


def exponent(times: Mapping[int, float]) -> float:
    """Return the power of the size with which the time grows: the slope of a line in logarithms."""
    xs = [math.log(size) for size in times]
    ys = [math.log(seconds) for seconds in times.values()]
    return statistics.linear_regression(xs, ys).slope
