"""Every command block of the README and of docs/ runs, and prints what is shown.

In a `console` block a line that begins with `$ ` is a command, the lines below it are its output,
standard error included. All commands of a block run in one fresh copy of the example stack, a git
repository on the branch `main`; the blocks of a page that says so in its first line share one. In
shown output `...` stands for text left out, alone on its line for any number of lines; with none
shown any is right. A command that ends with another status than 0 is followed by `echo $?`.

A `sh` block is a script, and has to end with 0. It runs in the example stack, for which `/srv/shop`
stands, with a remote `origin` and an `error.log` that tells of no failure; or, where it names
`.venv/bin`, in a copy of the repository. `docker` is a stand-in that says yes. The lines of
tests/documented/exceptions.py are left out.

A `bash` block is a file to be copied; a test of its own, which names the page, runs it.

A `diff` block is an excerpt of what `hanna-fix --dry-run` prints.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.documented.blocks import PAGES, Block, all_blocks, blocks
from tests.documented.exceptions import NOT_RUN, is_excepted
from tests.documented.shell import Shell, in_checkout, in_example
from tests.stacks import ROOT

# blocks that are read, not run
READ = {"diff", "html", "ini", "json", "mermaid", "nginx", "python", "text", "toml", "xml", "yaml"}

ONE_SHELL = "<!-- All console blocks of this page run in one shell. -->"
# on a server by its address, on this disk in truth
REMOTE = """\
git init -q --bare ../origin.git
git config url."$(realpath ../origin.git)".insteadOf https://gitlab.com/acme/shop
git remote add origin https://gitlab.com/acme/shop
"""
# those of the rules' pages are generated, and held to the fixtures
WRITTEN_DIFFS = [one for one in all_blocks("diff") if not one.page.startswith("docs/rules/")]


@dataclass
class Command:
    text: str
    shown: list[str] = field(default_factory=list)


def commands(block: str) -> list[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        else:
            found[-1].shown.append(line)
    return found


def sessions() -> Iterator[list[Block]]:
    """Yield the console blocks that run in one shell."""
    for path in PAGES:
        found = [one for one in blocks(path) if one.language == "console"]
        if path.read_text(encoding="utf-8").startswith(ONE_SHELL):
            yield found
        else:
            yield from ([one] for one in found)


def is_excerpt(shown: list[str], output: str) -> bool:
    """Tell whether `shown` is `output` but for what `...` stands for and blanks at line ends."""
    parts = (
        r"(?:[^\n]*\n)*?"
        if line == "..."
        else r"[^\n]*".join(map(re.escape, line.split("..."))) + "\n"
        for line in map(str.rstrip, shown)
    )
    told = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
    return re.fullmatch("".join(parts), told) is not None


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return in_example(tmp_path)


@pytest.mark.parametrize("session", list(sessions()), ids=lambda session: str(session[0]))
def test_commands_print_what_is_shown(session: list[Block], shell: Shell) -> None:
    steps = [step for block in session for step in commands(block.body)]
    for step, following in zip(steps, [*steps[1:], Command("")], strict=True):
        output = shell.run(step.text)
        assert not step.shown or is_excerpt(step.shown, output), f"$ {step.text}\n{output}"
        assert shell.status == 0 or following.text == "echo $?", f"$ {step.text}\n{output}"


def script(block: Block) -> str:
    """Return what of a `sh` block is run."""
    return "\n".join(line for line in block.body.splitlines() if not is_excepted(line))


@pytest.mark.parametrize("block", [one for one in all_blocks("sh") if script(one).strip()], ids=str)
def test_scripts_end_well(block: Block, tmp_path: Path) -> None:
    shell = (in_checkout if ".venv/bin/" in block.body else in_example)(tmp_path)
    (shell.directory / "error.log").touch()
    shell.run(REMOTE)
    output = shell.run_script(script(block).replace("/srv/shop", str(shell.directory)))
    assert shell.status == 0, output


@pytest.mark.parametrize("block", WRITTEN_DIFFS, ids=str)
def test_diffs_are_those_of_the_example_stack(block: Block, shell: Shell) -> None:
    assert is_excerpt(block.body.splitlines(), shell.run("hanna-fix --dry-run --quiet"))


def test_every_block_is_run_or_says_what_it_is() -> None:
    others = [f"{one}: {one.language}" for one in all_blocks() if one.language not in READ]
    assert not [one for one in others if not one.endswith((": bash", ": sh", ": console"))]


def test_files_to_be_copied_have_a_test_of_their_own() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    for page in {one.page for one in all_blocks("bash")}:
        assert any(Path(page).name in text for text in tests), page


def test_exceptions_are_few_and_needed() -> None:
    lines = [line.strip() for block in all_blocks("sh") for line in block.body.splitlines()]
    for pattern in NOT_RUN:
        assert any(re.fullmatch(pattern, line) for line in lines), pattern


def test_what_is_not_run_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [line for block in all_blocks("sh") for line in block.body.splitlines()]
    for line in filter(is_excepted, lines):
        for extras in re.findall(r"install\b.*?(?:\.|hanna-fix)\[([\w,]+)\]", line):
            assert set(extras.split(",")) <= set(project["optional-dependencies"]), line
        for module in re.findall(r"python -m (tests\.\w+)", line):
            assert find_spec(module), line


def test_readme_shows_the_incident() -> None:
    in_readme = [one.language for one in all_blocks() if one.page == "README.md"]
    assert in_readme.count("console") >= 3
    assert "diff" in in_readme
