"""The engine inside one process, in a process of its own: `python -m tests.bench.engine DIR TURNS`.

Prints JSON: seconds of processor time to read and parse the same files once (YAML with libyaml's
parser, nginx files with crossplane), of the engine, and of its gates; each the median of several
turns. Every turn has other texts, so that nothing comes from a cache.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _ruamel_yaml
import crossplane

from patcher.config.selection import selected
from patcher.engine import fix as loop
from patcher.stack.disk import DiskFiles
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load

_clock = time.process_time


def main(folder: Path, turns: int) -> dict[str, float]:
    """Return the seconds of each part."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place, "stack").resolve()
        shutil.copytree(folder, copy, symlinks=True)
        paths = [copy / path for path in _load(copy).texts]
        found = [_turn(copy, paths, number) for number in range(turns + 1)][1:]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def _turn(folder: Path, paths: list[Path], number: int) -> dict[str, float]:
    for path in paths:
        with path.open("a") as file:
            file.write(f"# {number}\n")
    begun = _clock()
    for path in paths:
        _parse(path)
    parsed = _clock() - begun
    gates = _Timed(vars(loop)["examine"])
    vars(loop)["examine"] = gates
    try:
        begun = _clock()
        stack = _load(folder)
        loop.fix(stack, selected(stack.settings, (), ()))
        return {"parse": parsed, "engine": _clock() - begun, "gates": gates.seconds}
    finally:
        vars(loop)["examine"] = gates.call


class _Timed:
    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        self.seconds = 0.0

    def __call__(self, *args: Any) -> Any:
        begun = _clock()
        try:
            return self.call(*args)
        finally:
            self.seconds += _clock() - begun


def _load(folder: Path) -> Stack:
    return load(DiskFiles(folder), Request(directory="stack"), Settings())


def _parse(path: Path) -> None:
    if path.suffix in (".yml", ".yaml"):
        parser = _ruamel_yaml.CParser(path.read_text(encoding="utf-8"))
        while parser.check_event():
            parser.get_event()
    else:
        crossplane.parse(str(path), single=True, check_ctx=False, check_args=False)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
