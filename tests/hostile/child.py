"""The program in a child process under hard limits: what it says, and what it takes.

The limits are the proof of the bounds: a run that needs more memory gets a MemoryError, one that
needs more processor time is killed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
CPU_SECONDS: Final = 60
MEMORY: Final = 1536 * MIB

PROGRAM: Final = (sys.executable, "-m", "patcher")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; `cpu` in seconds, `rss` the most memory in use in MiB."""

    status: int
    out: str
    err: str
    cpu: float
    rss: int


def run(
    directory: Path,
    *arguments: str,
    program: tuple[str, ...] = PROGRAM,
    cpu: int = CPU_SECONDS,
    memory: int = MEMORY,
    env: Mapping[str, str] | None = None,
    prepare: Callable[[], None] | None = None,
) -> Ended:
    """Run hanna-fix in `directory`; `prepare` is called in the child before it starts."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if prepare is not None:
            prepare()

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [*program, *arguments],
            cwd=directory,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=limited,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "surrogateescape"))
    taken = used.ru_utime + used.ru_stime
    return Ended(process.returncode, *texts, taken, used.ru_maxrss >> 10)
