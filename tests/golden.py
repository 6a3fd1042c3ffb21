"""Write what the engine says into fixtures, to be reviewed by eye: `python -m tests.golden`.

For each rule fixture: `findings.txt`, and `after/` where the case is fixed. For each whole stack:
`after/` and `report.txt`, and the other formats where there is a folder for them. For each bug of
other tools: `after/`, which is absent where nothing may be written. Nothing is accepted until
`git diff` has been read.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from patcher.engine.check import check
from patcher.finding import Safety
from patcher.report import text
from patcher.report.style import Paint
from patcher.rules import rule_named
from tests import formats
from tests.stacks import FIXTURES, WholeStack, fixed, result, stack_of, whole_stacks
from tests.variants import read_tree


def main(patterns: list[str]) -> None:
    for case in sorted(path.parent for path in FIXTURES.glob("rules/*/*/before")):
        if not patterns or any(pattern in str(case) for pattern in patterns):
            _rule_case(case)
    for stack in whole_stacks():
        if not patterns or any(pattern in str(stack.folder) for pattern in patterns):
            _stack_case(stack)
    for case in sorted(path.parent for path in FIXTURES.glob("bugs/*/before")):
        if not patterns or any(pattern in str(case) for pattern in patterns):
            _bug_case(case)


def _rule_case(case: Path) -> None:
    if case.name.startswith("ok-"):
        return
    sources = read_tree(case / "before")
    rules = [rule_named(case.parent.name)]
    found = check(stack_of(sources), rules)
    (case / "findings.txt").write_text(text.findings(found, Paint(on=False)), encoding="utf-8")
    outcome = fixed(sources, rules, Safety.UNSAFE)
    _write_after(case, result(sources, outcome) if outcome.changes else {})


def _stack_case(case: WholeStack) -> None:
    outcome = fixed(case.before, case.rules, case.minimum)
    case.report.write_text(text.summary(outcome, Paint(on=False)), encoding="utf-8")
    kept = case.before if case.base == case.folder and outcome.changes else {}
    _write_after(case.folder, result(kept, outcome))
    if (case.folder / "formats").is_dir():
        for name, told in formats.told(case.folder).items():
            (case.folder / "formats" / name).write_text(told, encoding="utf-8", newline="\n")


def _bug_case(case: Path) -> None:
    sources = read_tree(case / "before")
    if not stack_of(sources).problems:
        outcome = fixed(sources)
        _write_after(case, result(sources, outcome) if outcome.changes else {})


def _write_after(case: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(case / "after", ignore_errors=True)
    for path, data in files.items():
        target = case / "after" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
