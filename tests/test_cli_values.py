"""Options reach a command as objects, and none needs pydantic for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from patcher.__main__ import main

STACK = Path("fixtures/stacks/hanna/before").resolve()


def test_a_run_imports_neither_pydantic_nor_git_nor_rich() -> None:
    code = (
        "import sys\n"
        "from patcher.__main__ import main\n"
        f"main(['--dry-run', '-q', '-C', {str(STACK)!r}, '--color', 'never'])\n"
        "sys.exit(' '.join({'pydantic', 'git', 'rich'} & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.startswith("diff --git")
    assert run.stderr.strip() == ""


def test_the_version_needs_no_typer() -> None:
    code = (
        "import sys\n"
        "from patcher.__main__ import main\n"
        "main(['--version'])\n"
        "sys.exit('typer' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_choice_that_is_none_is_refused_in_typers_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "-C", str(STACK), "--color", "sometimes"]) == 2
    assert "'sometimes' is not one of 'auto', 'always', 'never'" in capsys.readouterr().err


def test_lists_of_texts_keep_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "-C", str(STACK), "--select", "no-such", "--select", "resolver-mixed"])
    assert code == 2
    assert "no rule `no-such`" in capsys.readouterr().err
