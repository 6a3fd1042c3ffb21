"""All or none, whatever happens at whichever system call; `faults` says how it is done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from patcher.sink.names import DRAFT, JOURNAL, LOCK, TEMPORARY
from tests.sink.faults import (
    KILLED,
    PROJECT,
    SCENARIOS,
    Ran,
    Seen,
    Tree,
    make_project,
    snapshot,
)
from tests.stacks import ROOT

CUT_OFF = "an earlier apply was cut off"
# what may be refused without harm: attributes are kept as far as the system lets us, a copy serves
# for a link, and at the very end an empty lock file stays
TOLERATED = {"listxattr", "link"}
MAKES = {
    "command": {"base/compose.yaml", "compose.yaml", "nginx/conf.d/app.conf"},
    "files": {"docs/deep/DEPLOY.md", "compose.yaml", "docs/NOTES.md", "nginx/nginx.conf"},
}
MAKES["copies"] = MAKES["recovery"] = MAKES["files"]


def observed(scenario: str, fault: str, folder: Path) -> list[Seen]:
    """Return every run of the scenario; the last one, and only it, ended without its fault."""
    command = [sys.executable, "-m", "tests.sink.faults", scenario, fault, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = [read(line) for line in done.stdout.splitlines()]
    assert [one.call is None for one in seen] == [False] * (len(seen) - 1) + [True]
    assert seen[-1].ran.status == 0
    calls = Counter(one.call for one in seen)
    assert calls["replace"] == (1 if scenario == "recovery" else len(MAKES[scenario]) + 1)
    assert min(calls[name] for name in ("open", "fsync", "close", "unlink", "flock")) > 0
    return seen


def read(line: str) -> Seen:
    data = json.loads(line)
    call = data.pop("call")
    return Seen(call, **{name: ran and run(**ran) for name, ran in data.items()})


def run(status: int, said: list[str], tree: dict[str, list[object]]) -> Ran:
    return Ran(status, said, {path: tuple(one) for path, one in tree.items()})  # type: ignore[misc]


@pytest.fixture
def old(tmp_path: Path) -> Tree:
    make_project(tmp_path / "old")
    return snapshot(tmp_path / "old")


def own(tree: Tree) -> set[str]:
    """Return the names of what a run needs beside the files."""
    names = {path: path.rpartition("/")[2] for path in tree}
    return {
        path
        for path, name in names.items()
        if name in (LOCK, JOURNAL, DRAFT) or name.startswith(TEMPORARY)
    }


def without(tree: Tree, names: set[str]) -> Tree:
    return {path: one for path, one in tree.items() if path not in names}


def changed(scenario: str, tree: Tree, old: Tree, new: Tree) -> set[str]:
    """Return which of the scenario's files are new; each is whole, old or new."""
    made = MAKES[scenario]
    assert all(tree.get(path) in (old.get(path), new.get(path)) for path in made)
    return {path for path in made if tree.get(path) == new.get(path)}


def check_new(scenario: str, new: Tree, old: Tree) -> None:
    """The tree of a run without a fault, against what it should have written."""
    files = {path for path, one in new.items() if one[0] != "folder"}
    assert {path for path in files if new[path] != old.get(path)} == MAKES[scenario]
    assert {path: new[path][1] for path in PROJECT} == {path: old[path][1] for path in PROJECT}
    assert new["other.conf"] == old["other.conf"]
    if scenario != "command":
        assert new["docs/deep/DEPLOY.md"] == ("file", 0o755, b"first\n".hex())
        assert new["nginx/nginx.conf"] == ("file", 0o644, b"events {}\n".hex())


def check_told(scenario: str, one: Seen, old: Tree, new: Tree) -> None:
    """What recovery says is what it did."""
    was_new = changed(scenario, one.ran.tree, old, new)
    said = [line.removeprefix("hanna-fix: ") for line in one.recovered.said]
    begun = {JOURNAL, DRAFT} & set(one.ran.tree)
    if not begun:
        assert said == []
    elif one.recovered.tree == new:
        assert len(said) == 1
        assert said[0].startswith(f"{CUT_OFF} after its last file; it is complete: ")
    elif was_new:
        (line,) = said
        assert line.startswith(f"{CUT_OFF}; put back: ")
        assert set(line.partition("put back: ")[2].split(", ")) == was_new
    else:
        assert said == [f"{CUT_OFF}; every file is as it was before"]


@pytest.mark.parametrize(
    ("scenario", "fault"),
    [
        ("command", "kill-before"),
        ("files", "kill-before"),
        ("files", "kill-after"),
        ("copies", "kill-before"),
    ],
)
def test_killed_at_every_call(scenario: str, fault: str, tmp_path: Path, old: Tree) -> None:
    seen = observed(scenario, fault, tmp_path)
    new = seen[-1].ran.tree
    check_new(scenario, new, old)
    for one in seen[:-1]:
        assert one.ran.status == KILLED
        assert one.recovered.status == 0
        assert one.recovered.tree in (old, new)
        check_told(scenario, one, old, new)
    trees = [one.recovered.tree for one in seen]
    assert trees == [old] * trees.index(new) + [new] * (len(trees) - trees.index(new))
    renamed = {len(changed(scenario, one.ran.tree, old, new)) for one in seen}
    assert renamed == set(range(len(MAKES[scenario]) + 1))
    if scenario == "command":
        check_commands(seen, new)


def check_commands(seen: list[Seen], new: Tree) -> None:
    """After a kill, a command that writes nothing refuses, and another apply does the work."""
    refusals = set()
    for one in seen:
        assert one.looked is not None
        assert one.last is not None
        assert one.looked.tree == one.ran.tree
        begun = JOURNAL in one.ran.tree
        assert one.looked.status == (2 if begun else 0)
        refusals |= set(one.looked.said) if begun else set()
        assert one.last.status == 0
        assert one.last.tree == new
    assert refusals == {
        "hanna-fix: .hanna-fix.journal: an apply has not finished here; some files may be new and "
        "some old; run hanna-fix apply: it puts them back first"
    }


@pytest.mark.parametrize("fault", ["kill-before", "kill-after", "EIO", "EROFS-from-then-on"])
def test_recovery_that_is_cut_off_is_done_by_the_next(
    fault: str, tmp_path: Path, old: Tree
) -> None:
    seen = observed("recovery", fault, tmp_path)
    for one in seen:
        assert one.recovered.status == 0
        assert one.recovered.tree == old
        assert one.ran.status in ((KILLED,) if "kill" in fault and one.call else (0, 2))
        assert one.ran.status == KILLED or len(one.ran.said) == 1
    assert seen[-1].ran.tree == old
    assert seen[-1].ran.said == [
        f"{CUT_OFF}; put back: docs/deep/DEPLOY.md, compose.yaml, docs/NOTES.md"
    ]


@pytest.mark.parametrize(
    ("scenario", "fault"),
    [
        ("files", "ENOSPC"),
        ("files", "EACCES"),
        ("files", "EIO"),
        ("files", "EIO-after"),
        ("copies", "ENOSPC"),
    ],
)
def test_refused_at_every_call(scenario: str, fault: str, tmp_path: Path, old: Tree) -> None:
    seen = observed(scenario, fault, tmp_path)
    new = seen[-1].ran.tree
    check_new(scenario, new, old)
    written = []
    for one, following in zip(seen, [*seen[1:], None], strict=True):
        tree, left = one.ran.tree, own(one.ran.tree)
        assert one.recovered.status == 0
        if one.ran.status == 0:
            assert following is None or one.call in TOLERATED or one.call in LAST_CALLS
            assert without(tree, {LOCK}) == new
            assert one.recovered.tree == new
            continue
        assert one.ran.status == 2
        (line,) = one.ran.said
        if line.startswith("every file is written, but"):
            assert without(tree, left) == new
            assert one.recovered.tree == new
            written.append(one.call)
        else:
            assert without(tree, left) == old
            assert one.recovered.tree == old
            assert not left or (left == {LOCK} and LOCK in line), line
            assert "no file was changed" in line or LOCK in line, line
    assert set(written) <= {"open", "fsync", "close", "unlink", "listdir"}


LAST_CALLS = {"unlink", "close"}


def test_everything_refused_from_one_call_on(tmp_path: Path, old: Tree) -> None:
    seen = observed("files", "EROFS-from-then-on", tmp_path)
    new = seen[-1].ran.tree
    mixtures = 0
    for one in seen[:-1]:
        assert one.recovered.status == 0
        assert one.recovered.tree in (old, new)
        tree = without(one.ran.tree, own(one.ran.tree))
        were_new = changed("files", tree, old, new)
        assert one.ran.status in (0, 2)
        if were_new and tree != new:
            mixtures += 1
            assert "could not be undone" in one.ran.said[0]
            assert "run hanna-fix apply: it puts them back first" in one.ran.said[0]
            assert one.recovered.tree == old
        elif one.ran.status == 2:
            assert len(one.ran.said) == 1
    assert mixtures


@pytest.mark.parametrize(("fault", "number"), [("terminate", 15), ("interrupt", 2)])
def test_asked_to_end_at_every_call(fault: str, number: int, tmp_path: Path, old: Tree) -> None:
    seen = observed("files", fault, tmp_path)
    new = seen[-1].ran.tree
    ended = [one.ran.status for one in seen]
    for one in seen:
        assert one.recovered.said == []
        assert one.ran.tree == (new if one.ran.status == 0 else old)
    # until the lock is taken nothing has to be undone, so a signal does what it always does
    first = next(index for index, one in enumerate(seen) if one.call == "flock") - 2
    assert set(ended[:first]) == {-number if number == signal.SIGTERM else 130}
    assert set(ended[first:]) == {130, 0}
    assert sorted(ended[first:], reverse=True) == ended[first:]


def test_every_scenario_is_used() -> None:
    assert set(MAKES) == set(SCENARIOS)
