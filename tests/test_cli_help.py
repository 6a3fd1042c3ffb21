"""Help, completion and the man page: what a new user reads first."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from patcher.__main__ import main
from patcher.cli import app
from patcher.cli_help import FILES, REPORT, RULES
from patcher.cli_options import Options, posix
from patcher.rules import all_rules
from tests import man
from tests.stacks import ROOT

PROGRAM = typer.main.get_command(app)
assert isinstance(PROGRAM, TyperGroup)
COMMANDS = dict(PROGRAM.commands)


def help_of(capfd: pytest.CaptureFixture[str], *command: str) -> str:
    assert main([*command, "--help"]) == 0
    return capfd.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_that_are_commands(name: str) -> None:
    command = COMMANDS[name]
    lines = (command.epilog or "").strip().splitlines()
    assert lines, f"give {name} examples: @app.command(epilog=...)"
    for line in lines:
        words = shlex.split(line, comments=True)
        assert words[:2] == ["hanna-fix", name]
        assert " # " in line
        own = words[2 : words.index("&&")] if "&&" in words else words[2:]
        assert isinstance(command, TyperCommand)
        command.make_context(name, own)  # refuses what is no option or argument of the command


@pytest.mark.parametrize("name", COMMANDS)
def test_the_first_sentence_says_it_all_in_the_list(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (COMMANDS[name].help or "").partition("\n")[0]
    assert text.endswith(".")
    assert re.search(rf"(?m)^  {name} +{re.escape(text)}$", help_of(capfd))


def test_options_stand_in_groups(capfd: pytest.CaptureFixture[str]) -> None:
    text = help_of(capfd, "check")
    headings = re.findall(r"(?m)^(\S.*):$", text)
    assert headings == ["Options", FILES, RULES, REPORT, "Examples"]
    assert text.index(FILES) < text.index("--nginx") < text.index(RULES)
    assert text.index(REPORT) < text.index("--statistics")
    assert max(map(len, text.splitlines())) < 100


def test_help_is_plain_and_says_where_to_go_on(capfd: pytest.CaptureFixture[str]) -> None:
    text = help_of(capfd)
    assert text.isascii()
    assert "hanna-fix --dry-run > fix.patch && git apply fix.patch" in text


def completed(tmp_path: Path, shell: str, words: str) -> str:
    environ = {
        **os.environ,
        "_HANNA_FIX_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "patcher"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands_rules_and_formats(tmp_path: Path, shell: str) -> None:
    assert "baseline" in completed(tmp_path, shell, "hanna-fix ba")
    told = completed(tmp_path, shell, "hanna-fix explain resolver-")
    assert {one.id for one in all_rules() if one.id in told} == {
        one.id for one in all_rules() if one.id.startswith("resolver-")
    }
    assert "implicit-network" in completed(tmp_path, shell, "hanna-fix check --select impl")
    assert "sarif" in completed(tmp_path, shell, "hanna-fix diff --format s")


def completion(home: Path, option: str, shell: str) -> str:
    """Run one of the two options of completion for a shell by its name, not for the one around."""
    environ = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)}
    environ["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"
    command = [sys.executable, "-m", "patcher", option, shell]
    done = subprocess.run(command, cwd=home, env=environ, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_each_shell_is_printed(tmp_path: Path, shell: str) -> None:
    told = completion(tmp_path, "--show-completion", shell)
    assert f"_HANNA_FIX_COMPLETE=complete_{shell}" in told


def test_completion_is_installed_for_the_shell(tmp_path: Path) -> None:
    assert "completion installed" in completion(tmp_path, "--install-completion", "bash")
    assert "hanna-fix" in (tmp_path / ".bashrc").read_text()


def test_man_page_names_every_command_and_option() -> None:
    text = man.page().replace("\\-", "-")
    assert isinstance(PROGRAM, TyperGroup)
    for name, command in COMMANDS.items():
        assert f"\n.SS {name}\n" in text
        for param in command.get_params(typer.Context(command, info_name=name)):
            for option in param.opts:
                assert not option.startswith("-") or option in text
    assert re.findall(r"(?m)^\.SH (.+)$", text) == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXAMPLES", "EXIT STATUS",
        "FILES", "ENVIRONMENT", "SEE ALSO",
    ]  # fmt: skip


def test_paths_of_windows() -> None:
    assert posix(r"deploy\compose.yml", windows=True) == "deploy/compose.yml"
    assert posix(r"odd\name.yml", windows=False) == r"odd\name.yml"
    assert posix(None) is None
    assert Options(file=["a/b.yml"]).over(Options()).file == ["a/b.yml"]
