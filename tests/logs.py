"""The logs of the fixtures, diagnosed: `python -m tests.logs` writes their reports.

Nothing is accepted until `git diff` has been read.
"""

from __future__ import annotations

from pathlib import Path

from patcher import __version__
from patcher.diagnose.blocks import counted, whole_lines
from patcher.diagnose.diagnosis import Diagnosis, with_stack, without_stack
from patcher.diagnose.failure import Groups
from patcher.diagnose.inputs import pieces
from patcher.report import diagnosis as text
from patcher.report import (
    diagnosis_github,
    diagnosis_gitlab,
    diagnosis_html,
    diagnosis_json,
    diagnosis_junit,
    diagnosis_markdown,
    diagnosis_sarif,
)
from patcher.report.diagnosed import Diagnosed
from patcher.report.style import Paint
from tests.stacks import FIXTURES, stack_of
from tests.variants import read_tree

LOGS = FIXTURES / "logs"
CASES = sorted(path.parent for path in LOGS.glob("*/error.log"))


def groups_of(log: bytes) -> Groups:
    """Return what the lines of a log fall into."""
    groups = Groups()
    for block in whole_lines([log]):
        for failure, count in counted(block):
            groups.add(failure, count)
    return groups


def diagnosed(case: Path) -> Diagnosis:
    """Return the diagnosis of a log, with the fixture stack of that name where there is one."""
    groups = groups_of(b"".join(pieces(str(case / "error.log"))))
    stack = FIXTURES / "stacks" / case.name / "before"
    if not stack.is_dir():
        return without_stack(groups)
    return with_stack(groups, stack_of(read_tree(stack)))


def reports(diagnosis: Diagnosis) -> dict[str, str]:
    """Return every report, by the name of the file that it is kept in."""
    report = Diagnosed(diagnosis, too_many=True)
    return {
        "report.txt": text.text(diagnosis, Paint(on=False)),
        "report.md": diagnosis_markdown.render(report),
        "report.json": _without_version(diagnosis_json.render(report)),
        "report.sarif.json": _without_version(diagnosis_sarif.render(report)),
        "report.github": diagnosis_github.render(report),
        "report.gitlab.json": diagnosis_gitlab.render(report),
        "report.junit.xml": diagnosis_junit.render(report),
        "report.html": _body(diagnosis_html.render(report)),
    }


def _without_version(document: str) -> str:
    return document.replace(f'"{__version__}"', '"..."')


def _body(page: str) -> str:
    """Leave out the frame, which every page has."""
    return page[page.index("<main") : page.index("</main>")].replace("><d", ">\n<d") + "</main>\n"


if __name__ == "__main__":
    for case in CASES:
        for name, report in reports(diagnosed(case)).items():
            (case / name).write_text(report, encoding="utf-8")
