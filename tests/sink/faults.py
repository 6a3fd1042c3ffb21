"""Runs the sink again and again, and each time something happens at the next of its system calls.

`python -m tests.sink.faults SCENARIO FAULT FOLDER` prints what was seen as JSON lines, one a run,
in the order of the calls; the last run is the one that no fault reached. Every run is a process of
its own, forked from this one, which has everything imported; a kill is a real SIGKILL. The calls
are those of Python's `os`, `fcntl` and `io`, replaced in the forked process alone.
"""

from __future__ import annotations

import errno
import fcntl
import gc
import io
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from patcher.engine.outcome import Change
from patcher.errors import UserError
from patcher.sink import files, recovery
from patcher.text import Source

CALLS = [
    *[(os, name) for name in ("open", "write", "fsync", "close", "link", "replace", "unlink")],
    *[(os, name) for name in ("mkdir", "rmdir", "chmod", "fchown", "utime", "fstat", "listdir")],
    *[(os, name) for name in ("listxattr", "getxattr", "setxattr")],
    (fcntl, "flock"),
    (io, "open"),
]
KILLED = -signal.SIGKILL

Tree = dict[str, tuple[str, int, str]]
Before = Callable[[], None]
Program = Callable[[Path], int]


@dataclass
class Ran:
    """How a process ended (negative: the signal), what it said, and what it left."""

    status: int
    said: list[str]
    tree: Tree


@dataclass
class Seen:
    """One run with a fault at `call`, None where it ended first, and the recovery after it.

    In the scenario of the real command line, `looked` is what a command that writes nothing does
    before recovery, and `last` what the same command does after it.
    """

    call: str | None
    ran: Ran
    looked: Ran | None
    recovered: Ran
    last: Ran | None


@dataclass
class Fault:
    """Something that happens before or after a call; with an error, instead of it or after it."""

    happen: Before
    after: bool = False
    for_good: bool = False


def raising(code: int) -> Before:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    return fail


def sending(number: int) -> Before:
    return lambda: os.kill(os.getpid(), number)


FAULTS = {
    "kill-before": Fault(sending(signal.SIGKILL)),
    "kill-after": Fault(sending(signal.SIGKILL), after=True),
    "terminate": Fault(sending(signal.SIGTERM)),
    "interrupt": Fault(sending(signal.SIGINT)),
    "ENOSPC": Fault(raising(errno.ENOSPC)),
    "EACCES": Fault(raising(errno.EACCES)),
    "EIO": Fault(raising(errno.EIO)),
    "EIO-after": Fault(raising(errno.EIO), after=True),
    "EROFS-from-then-on": Fault(raising(errno.EROFS), for_good=True),
}


class Injector:
    """Counts the calls of this process while it is on, and makes the fault happen at one."""

    def __init__(self, fault: Fault, number: int, report: int) -> None:
        self.fault, self.number, self.report = fault, number, report
        self.on, self.count = False, 0

    def replaced(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if not self.on or not self.is_due(name):
                return real(*args, **kwargs)
            if not self.fault.after:
                self.fault.happen()
                return real(*args, **kwargs)
            try:
                return real(*args, **kwargs)
            finally:
                self.fault.happen()

        return call

    def is_due(self, name: str) -> bool:
        self.count += 1
        if self.count == self.number:
            REAL_WRITE(self.report, name.encode())
        return self.count == self.number or (self.fault.for_good and self.count > self.number)

    def during(self, function: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any) -> None:
            self.on = True
            try:
                function(*args)
            finally:
                self.on = False

        return call


REAL_WRITE = os.write


def forked(work: Callable[[], int], root: Path) -> Ran:
    """Run `work` in a process of its own; its status is what `work` returns."""
    said = root.with_name("said")
    child = os.fork()
    if not child:
        target = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, 1)
        os.dup2(target, 2)
        status = 99
        try:
            status = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ran(status, said.read_text().splitlines(), snapshot(root))


def with_fault(fault: Fault, number: int, work: Program, root: Path) -> tuple[str | None, Ran]:
    """Run `work` with a fault at the call of that number; return the call's name, if it came."""
    reader, writer = os.pipe()

    def faulty() -> int:
        injector = Injector(fault, number, writer)
        with ExitStack() as patches:
            for module, name in CALLS:
                replaced = injector.replaced(name, getattr(module, name))
                patches.enter_context(mock.patch.object(module, name, replaced))
            for module, name in ((files, "write_all"), (recovery, "recover")):
                replaced = injector.during(getattr(module, name))
                patches.enter_context(mock.patch.object(module, name, replaced))
            return work(root)

    ran = forked(faulty, root)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        return pipe.read().decode() or None, ran


def snapshot(root: Path) -> Tree:
    """Return everything below `root`: kind, mode and content by path."""
    return {path.relative_to(root).as_posix(): entry(path) for path in sorted(root.rglob("*"))}


def entry(path: Path) -> tuple[str, int, str]:
    if path.is_symlink():
        return ("link", 0, str(path.readlink()))
    mode = path.stat().st_mode & 0o7777
    return ("folder", mode, "") if path.is_dir() else ("file", mode, path.read_bytes().hex())


COMPOSE = """\
include: [base/compose.yaml]
services:
  nginx:
    image: nginx:1.27
    volumes:
      - ./nginx/nginx.conf:/etc/nginx/nginx.conf:ro
      - ./nginx/conf.d:/etc/nginx/conf.d:ro
    depends_on: [db]
"""
PROJECT = {
    "compose.yaml": COMPOSE,
    "base/compose.yaml": "services:\n  db:\n    image: redis:7-alpine\n",
    "nginx/nginx.conf": "events {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n}\n",
    "nginx/conf.d/app.conf": (
        "resolver 127.0.0.11 8.8.8.8 valid=60s;\nserver {\n    listen 80;\n"
        "    set $up http://db:8000;\n    location / {\n        proxy_pass $up;\n    }\n}\n"
    ),
}


def make_project(root: Path) -> None:
    """A stack of which three files change, in three directories, with modes and a link."""
    for path, text in PROJECT.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "compose.yaml").chmod(0o640)
    (root / "nginx" / "conf.d" / "app.conf").chmod(0o755)
    (root / "other.conf").symlink_to("nginx/nginx.conf")


def command(*arguments: str) -> int:
    """The real command line."""
    from patcher.__main__ import main  # only where it is run: the import takes a second

    return main(arguments)


def apply(root: Path) -> int:
    return command("-C", str(root), "apply")


def apply_nothing(root: Path) -> int:
    """With no rule to write for, it only recovers."""
    return command("-C", str(root), "apply", "--quiet", "--ignore", "ALL")


def look(root: Path) -> int:
    """A command that writes nothing."""
    return command("-C", str(root), "check", "--ignore", "ALL")


def write_files(root: Path) -> int:
    """The sink alone, with what no rule makes so far: new files, in new directories."""
    old = {path: Source(path, text) for path, text in PROJECT.items()}
    compose, nginx = old["compose.yaml"], old["nginx/nginx.conf"]
    linked = Source("other.conf", nginx.text)
    changes = [
        Change(None, Source("docs/deep/DEPLOY.md", "first\n", mode=0o755)),
        Change(compose, compose.with_text("services: {}\n")),
        Change(None, Source("docs/NOTES.md", "second\n")),
        Change(linked, linked.with_text("events {}\n")),
    ]
    return told(lambda: files.write_all(root, changes))


def write_copies(root: Path) -> int:
    """The same, on a file system that has no hard links."""
    refused = OSError(errno.EPERM, os.strerror(errno.EPERM))
    with mock.patch.object(os, "link", side_effect=refused):
        return write_files(root)


def just_recover(root: Path) -> int:
    """The sink alone."""
    return told(lambda: recovery.recover(root, say))


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def told(work: Callable[[], None]) -> int:
    """Do what the command line does with errors."""
    try:
        work()
    except UserError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def make_half_written(root: Path) -> None:
    """What a run leaves that is killed before its last rename."""
    make_project(root)

    def killed() -> int:
        renames = mock.Mock(side_effect=[None] * 4 + [KILL])
        real = os.replace

        def replace(source: Path, target: Path) -> None:
            if renames() is KILL:
                FAULTS["kill-before"].happen()
            real(source, target)

        with mock.patch.object(os, "replace", replace):
            return write_files(root)

    assert forked(killed, root).status == KILLED


KILL = object()


@dataclass
class Scenario:
    """A project, what is run on it with faults, and what recovers it."""

    make: Callable[[Path], None]
    work: Program
    recover: Program
    look: Program | None = None


SCENARIOS = {
    "command": Scenario(make_project, apply, apply_nothing, look),
    "files": Scenario(make_project, write_files, just_recover),
    "copies": Scenario(make_project, write_copies, just_recover),
    "recovery": Scenario(make_half_written, just_recover, just_recover),
}


def runs(scenario: Scenario, fault: Fault, folder: Path) -> Iterator[Seen]:
    """Yield one run for every call, until one ends before its fault comes."""
    scenario.make(template := folder / "template")
    root = folder / "project"
    number, call = 0, "start"
    while call:
        number += 1
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root, symlinks=True)
        found, ran = with_fault(fault, number, scenario.work, root)
        looked = forked(partial(scenario.look, root), root) if scenario.look else None
        recovered = forked(partial(scenario.recover, root), root)
        last = forked(partial(scenario.work, root), root) if scenario.look else None
        yield Seen(found, ran, looked, recovered, last)
        call = found or ""


def warm_up(scenario: Scenario, root: Path) -> None:
    """Import everything once, so that the forked processes need not."""
    scenario.make(root)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        assert scenario.work(root) == 0
    gc.freeze()


if __name__ == "__main__":
    place = Path(sys.argv[3])
    warm_up(SCENARIOS[sys.argv[1]], place / "warm")
    # a killed process loses nothing that the system has: the calls count, the disk may rest
    with mock.patch.object(os, "fsync"):
        for seen in runs(SCENARIOS[sys.argv[1]], FAULTS[sys.argv[2]], place):
            sys.stdout.write(json.dumps(asdict(seen)) + "\n")
