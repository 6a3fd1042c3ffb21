"""The measures of the comparison, on small tools of our own; the page names what was measured."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.compare.__main__ import put
from tests.compare.peers import PEERS
from tests.compare.table import Result, table
from tests.compare.trial import Command, Written, faults, written
from tests.real_compose import needs_compose
from tests.stacks import FIXTURES, ROOT
from tests.variants import crlf

STACK = FIXTURES / "stacks/hanna/before"
PAGE = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
DOCUMENTED = faults(STACK)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return put(STACK, crlf, tmp_path / "stack")


def run(stack: Path, edit: str) -> Written:
    """Run a tool that does `edit` to the text of the compose file."""
    program = (
        "from pathlib import Path\n"
        "file = Path('docker-compose.yml')\n"
        "text = file.read_bytes().decode()\n"
        f"{edit}\n"
        "file.write_bytes(text.encode())\n"
    )
    found = written(Command((), [sys.executable, "-c", program]), stack)
    assert found is not None
    return found


@needs_compose
def test_a_tool_that_does_nothing_is_silent(stack: Path) -> None:
    assert run(stack, "") == Written(0, 0, 0, 0, "", 0, DOCUMENTED, failed=False)


@needs_compose
def test_lost_comments_and_line_ends_are_counted(stack: Path) -> None:
    found = run(stack, "text = text.replace('  # read-only, served as they are', '')")
    assert (found.added, found.removed, found.comments_lost) == (1, 1, 1)
    found = run(stack, r"text = text.replace('\r\n', '\n')")
    assert (found.added, found.crlf_lost) == (0, 151)


@needs_compose
def test_what_compose_refuses_is_told_and_mends_nothing(stack: Path) -> None:
    found = run(stack, "text = text.replace('image: postgres:15-alpine', 'image: [1]')")
    assert found.refused.startswith("Compose: ")
    assert found.left == frozenset()
    assert "| faults gone |  |\n" in table([Result("tool", frozenset(), 0, found)], DOCUMENTED)


@needs_compose
def test_a_second_change_and_a_traceback_are_seen(stack: Path) -> None:
    assert run(stack, "text += '# again\\r\\n'").again == 1
    assert run(stack, "raise SystemError").failed


def test_the_table_counts_against_the_documented_faults() -> None:
    left = DOCUMENTED - {"resolver-mixed"}
    found = Written(2, 1, 0, 3, "", 0, left, failed=False)
    told = table([Result("tool 1", frozenset({"resolver-mixed"}), 4, found)], DOCUMENTED)
    assert told.startswith("|  | tool 1 |\n| --- | --- |\n| faults found | 1 of 7 |\n")
    assert "| faults gone | 1 of 7 |\n| lines | +2 -1 |\n" in told
    assert "| lines that lose CRLF | 3 |\n" in told
    assert told.endswith("| Compose and nginx | take it |\n| second run | silent |\n")
    nothing = table([Result("tool 1", frozenset(), 0, None)], DOCUMENTED)
    assert "| faults gone | writes nothing |\n| lines |  |\n" in nothing


def test_the_page_shows_the_versions_that_the_script_runs() -> None:
    for peer in PEERS:
        assert PAGE.count(f"| {peer.name} {peer.version} |") == 3, peer.name
