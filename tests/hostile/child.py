"""The program in a child process under hard limits: what it says, and what it takes.

The limits are the proof of the bounds: a run that wants more memory fails, one that wants more
processor time is killed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

MIB: Final = 1 << 20
CPU_SECONDS: Final = 20
MEMORY: Final = 768 * MIB

PROGRAM: Final = (sys.executable, "-m", "patcher")

# what hanna-fix itself writes to colour its words
_COLORS: Final = frozenset(f"\x1b[{code}m" for code in (0, 1, 2, 31, 32, 33, 36))


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
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=limited,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said, told = (_text(file) for file in (out, err))
    taken = used.ru_utime + used.ru_stime
    return Ended(process.returncode, said, told, taken, used.ru_maxrss >> 10)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


def unsafe_on_a_screen(text: str) -> set[str]:
    """Return the control and formatting characters in `text` that may reach a terminal."""
    for color in _COLORS:
        text = text.replace(color, "")
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {char for char in set(text) - {"\n", "\t"} if unicodedata.category(char) in bad}


def is_orderly(ended: Ended) -> str:
    """Return what is wrong with the way a run ended: nothing, in one of the promised ways."""
    if ended.status not in (0, 1, 2):
        return f"status {ended.status}: {ended.err[-2000:]}"
    if "Traceback" in ended.err or "a bug in" in ended.err:
        return ended.err[-2000:]
    if bad := unsafe_on_a_screen(ended.err):
        return f"unsafe characters on standard error: {bad}"
    return ""


def refusal(ended: Ended) -> str:
    """Return the one line of a refusal; fails where it is none."""
    assert not is_orderly(ended)
    assert ended.status == 2, (ended.status, ended.err[-2000:])
    lines = ended.err.splitlines()
    assert len(lines) == 1, lines[:5]
    assert lines[0].startswith("hanna-fix: ")
    assert len(lines[0]) < 4000
    return lines[0]
