"""The figures, each measured with everything that it is compared with, in one go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import inputs
from tests.bench.figure import Figure
from tests.bench.measure import Measured, alternately, exponent, sample
from tests.bench.programs import PEERS, installed
from tests.stacks import ROOT

_MEGABYTE = 1 << 20
_FLOOR = "import typer, ruamel.yaml, crossplane"


@dataclass(frozen=True, slots=True)
class Bench:
    """What to measure with: the program's environment, repetitions, and the largest size."""

    place: Path
    repeat: int
    largest: int
    incident: Path = inputs.INCIDENT

    @property
    def program(self) -> str:
        """The program."""
        return str(self.place / "bin" / "hanna-fix")

    @property
    def python(self) -> str:
        """The interpreter that has the program and what it needs."""
        return str(self.place / "bin" / "python")

    @property
    def sizes(self) -> list[int]:
        """The sizes to measure: tens, hundreds and so on, up to the largest."""
        return [size for size in (10, 100, 1_000, 10_000) if size <= self.largest]


def version(bench: Bench) -> Iterator[Figure]:
    """Measure what it takes to start."""
    found = alternately(
        {"--version": [bench.program, "--version"], "floor": [bench.python, "-c", "import typer"]},
        bench.incident,
        bench.repeat,
    )
    yield _ratio("`--version` against `import typer`", 1.15, found, "--version", "floor")


def dry_run(bench: Bench) -> Iterator[Figure]:
    """Measure the whole job on the incident's stack beside its floor and its peers."""
    commands = {
        "--dry-run": [bench.program, "--dry-run"],
        "floor": [bench.python, "-c", _FLOOR],
    }
    peers = {peer.name: installed(peer) for peer in PEERS}
    commands |= {name: command for name, (command, _) in peers.items() if command}
    found = alternately(commands, bench.incident, bench.repeat)
    yield _ratio(f"`--dry-run` against `{_FLOOR}`", 1.5, found, "--dry-run", "floor")
    for name, (command, version) in peers.items():
        goal = 0.25 if name == "dclint" else 1.0
        title = f"`--dry-run` against {name}"
        if command:
            yield _ratio(title, goal, found, "--dry-run", name, note=version)
        else:
            yield Figure(title, goal, None, note=version)
    memory = found["--dry-run"].memory / _MEGABYTE
    yield Figure("peak memory, incident", 45, memory, "MB")


def _ratio(
    title: str, goal: float, found: dict[str, Measured], one: str, other: str, note: str = ""
) -> Figure:
    parts = {
        f"{kind} of {name}": getattr(found[name], attribute)
        for name in (one, other)
        for kind, attribute in (("cpu", "cpu"), ("least cpu", "least_cpu"), ("wall", "wall"))
    }
    return Figure(title, goal, found[one].cpu / found[other].cpu, note=note, parts=parts)


def engine(bench: Bench) -> Iterator[Figure]:
    """Measure the engine inside one process."""
    command = [sys.executable, "-m", "tests.bench.engine", str(bench.incident), str(bench.repeat)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    parts = json.loads(told)
    ratio = parts["engine"] / parts["parse"]
    yield Figure("engine against reading and parsing once", 25, ratio, parts=parts)
    share = 100 * parts["gates"] / parts["engine"]
    yield Figure("share of the gates", 40, share, "%", parts=parts)


def growth(bench: Bench) -> Iterator[Figure]:
    """Measure how the time of the engine grows with one file."""
    yield _grown(bench, "services in one compose file", inputs.services)
    yield _grown(bench, "locations in one nginx file", inputs.locations)


def _grown(bench: Bench, name: str, make: Callable[[Path, int], Path]) -> Figure:
    times: dict[int, float] = {}
    start = sample([bench.program, "rules"], ROOT).cpu
    with tempfile.TemporaryDirectory() as place:
        for size in bench.sizes:
            folder = make(Path(place, str(size)), size)
            runs = [sample([bench.program, "--dry-run"], folder) for _ in range(_turns(size))]
            if runs[0].status:
                return Figure(f"growth with {name}", 1.1, None, note=f"{size} are refused")
            times[size] = min(one.cpu for one in runs)
    upper = {size: max(seconds - start, 1e-3) for size, seconds in list(times.items())[1:]}
    value = exponent(upper) if len(upper) > 1 else None
    return Figure(f"growth with {name}", 1.1, value, "(exponent)", parts={"cpu": times})


def _turns(size: int) -> int:
    return max(1, min(5, 1_000 // size))


def stacks(bench: Bench) -> Iterator[Figure]:
    """Measure trees of many stacks."""
    per_stack: dict[int, float] = {}
    speed = memory = 0.0
    processors = len(os.sched_getaffinity(0))
    command = [bench.program, "check", "--recursive", "-q"]
    with tempfile.TemporaryDirectory() as place:
        start = sample([bench.program, "check", "-q"], inputs.stacks(Path(place, "1"), 1)).cpu
        for size in bench.sizes:
            folder = inputs.stacks(Path(place, str(size)), size)
            runs = [sample(command, folder) for _ in range(_turns(size))]
            cpu = min(one.cpu for one in runs)
            per_stack[size] = (cpu - start) / size
            speed = processors / per_stack[size]
            memory = max(one.memory for one in runs) / _MEGABYTE
    upper = [value for size, value in per_stack.items() if size >= 100]
    change = max(upper[1:]) / upper[0] if len(upper) > 1 else None
    note = f"{bench.sizes[-1]:,} stacks"
    parts = {"cpu a stack": per_stack}
    yield Figure("time per stack of more than 100 against 100", 1.2, change, parts=parts)
    title = "stacks a second of `check --recursive`"
    yield Figure(title, 100, speed, "a second", more=True, note=note)
    yield Figure("peak memory, largest process", 150, memory, "MB", note=note)


def diagnose(bench: Bench) -> Iterator[Figure]:
    """Measure `diagnose` on a long log beside `grep -c`."""
    told = subprocess.run([bench.program, "diagnose", "--help"], capture_output=True, check=False)
    if told.returncode:
        yield Figure("`diagnose` against `grep -c`", 15, None, note="there is no such command yet")
        return
    with tempfile.TemporaryDirectory() as place:
        log = inputs.log(Path(place, "error.log"), bench.largest * 100_000)
        mine = sample([bench.program, "diagnose", "-C", str(bench.incident), str(log)], ROOT)
        other = sample(["grep", "-c", "resolved", str(log)], ROOT)
        parts = {"bytes": log.stat().st_size, "cpu": mine.cpu, "cpu of grep": other.cpu}
        memory = mine.memory / _MEGABYTE
        note = f"{log.stat().st_size / 1e9:.2g} GB, {memory:.0f} MB of memory"
        yield Figure(
            "`diagnose` against `grep -c`", 15, mine.cpu / other.cpu, note=note, parts=parts
        )


FIGURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    one.__name__.replace("_", "-"): one
    for one in (version, dry_run, engine, growth, stacks, diagnose)
}
