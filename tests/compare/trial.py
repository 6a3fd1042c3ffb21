"""One tool on one stack: what it finds, what it writes, and what is left of the files."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patcher.engine.check import check
from patcher.rules import chosen_rules
from tests.corpus import compose_verdict, nginx_verdict
from tests.corpus.preserved import changed_lines, is_yaml, lost_comments
from tests.stacks import stack_of
from tests.variants import read_tree

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Command:
    """A tool's two commands, complete with the files to read; `fix` may be absent."""

    check: Sequence[str]
    fix: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a tool's fix did to the files of a stack."""

    added: int
    removed: int
    comments_lost: int
    crlf_lost: int
    refused: str
    again: int
    left: frozenset[str]
    failed: bool


def told(command: Command, folder: Path) -> str:
    """Return what the check prints."""
    return _run(command.check, folder).stdout


def written(command: Command, folder: Path) -> Written | None:
    """Run the fix twice in a folder that may be changed; None where the tool has none."""
    if command.fix is None:
        return None
    before = files(folder)
    failed = _has_failed(_run(command.fix, folder))
    after = files(folder)
    refused = "; ".join(complaints(folder))
    left = faults(folder) if not refused else frozenset[str]()
    _run(command.fix, folder)
    again = changed_lines_of(after, files(folder))
    added, removed = changed_lines_of(before, after)
    return Written(
        added,
        removed,
        sum(1 for path, old, new in _changed(before, after) for _ in _lost(path, old, new)),
        sum(_crlf_lost(old, new) for _, old, new in _changed(before, after)),
        refused,
        sum(again),
        left,
        failed,
    )


def files(folder: Path) -> Files:
    """Return the bytes of every file."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def changed_lines_of(before: Files, after: Files) -> tuple[int, int]:
    """Return the number of lines that came and that went, whatever their ends."""
    pairs = [changed_lines(old, new) for _, old, new in _changed(before, after)]
    return sum(len(came) for _, came in pairs), sum(len(gone) for gone, _ in pairs)


def faults(folder: Path) -> frozenset[str]:
    """Return the rules of ours that are on by default and find something."""
    found = check(stack_of(read_tree(folder)), chosen_rules((), ()))
    return frozenset(one.rule for one in found)


def complaints(folder: Path) -> Iterator[str]:
    """Yield what the real Compose and the real nginx say against the files."""
    known = compose_verdict.stand_ins(folder, ())
    said = compose_verdict.verdict(folder, (), known, profiles=True)
    if not said.taken:
        yield f"Compose: {said.said}"
    for trial in nginx_verdict.trials(stack_of(read_tree(folder))):
        _, words = nginx_verdict.repairs_for(trial, folder.parent / f"{folder.name}-nginx")
        if words:
            yield f"nginx: {words}"


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def _has_failed(done: subprocess.CompletedProcess[str]) -> bool:
    """Tell a crash from a status that means findings."""
    return "Traceback (most recent call last)" in done.stderr or "\n    at " in done.stderr


def _changed(before: Files, after: Files) -> Iterator[tuple[str, bytes, bytes]]:
    for path in sorted({*before, *after}):
        old, new = before.get(path, b""), after.get(path, b"")
        if old != new:
            yield path, old, new


def _lost(path: str, old: bytes, new: bytes) -> Iterator[str]:
    yield from lost_comments(old, new, yaml=is_yaml(path))


def _crlf_lost(old: bytes, new: bytes) -> int:
    """Return how many lines of a file end with LF alone, where none did before."""
    count = new.count(b"\n") - new.count(b"\r\n")
    return count if old.count(b"\n") == old.count(b"\r\n") else 0
