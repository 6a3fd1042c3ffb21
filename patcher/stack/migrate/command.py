"""The one-shot migrate command of a start: its framework's own, fitted to what the start runs."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Final

from patcher.patterns import regex
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.start.npm import read_package
from patcher.stack.start.start import Start, Step, read_file
from patcher.stack.start.wrappers import basename, normalise

_PYTHON: Final = regex(r"python[\d.]*|pypy[\d.]*")
PYTHON_RUNNERS: Final = frozenset(["poetry", "pipenv", "uv", "pdm", "rye", "hatch"])


def adapted(start: Start, framework: Framework, step: Step, steps: tuple[Step, ...]) -> Framework:
    """Return `framework` with the migrate command as `step` has it, made non-interactive."""
    words = normalise(step.words)
    plain = all("$" not in word and "`" not in word for word in step.words)
    calls = framework.calls if framework.family == "python" else framework.calls[:1]
    usable = framework.migrate is not None and step.workdir == (start.workdir or "/")
    if not (usable and plain and any(words[: len(call)] == call for call in calls)):
        return default(start, framework, steps)
    command = (*step.runner, *step.words)
    if framework.family == "node":
        command = ("npx", *words)
    elif basename(step.words) == "rails" and not step.runner and "/" not in step.words[0]:
        command = ("bundle", "exec", *step.words)
    if framework.flags and not set(framework.flags).intersection(command):
        command = (*command, framework.flags[0])
    return replace(framework, migrate=command)


def default(start: Start, framework: Framework, steps: tuple[Step, ...]) -> Framework:
    """Return `framework` with its own migrate command, fitted to the interpreter of the start."""
    if framework.family == "python" and framework.migrate is not None:
        return replace(framework, migrate=_python_command(framework.migrate, steps))
    if framework.migrate is None:
        package = read_package(start.workdir or "/", lambda path: read_file(start, path))
        name = next((one for one in framework.scripts if package and one in package.scripts), None)
        return replace(framework, migrate=("npm", "run", name)) if name else framework
    return framework


def _python_command(command: tuple[str, ...], steps: tuple[Step, ...]) -> tuple[str, ...]:
    live = [step for step in steps if step.live]
    runner = next((one.runner for one in live if one.runner[:1] and _runs_python(one)), ())
    interpreter = next((one.words[0] for one in live if _PYTHON.fullmatch(basename(one.words))), "")
    folder = next((posixpath.dirname(one.words[0]) for one in live if _in_venv(one)), "")
    if command[0] != "python":
        return (*runner, posixpath.join(folder, command[0]), *command[1:])
    script = next((_manage(one) for one in live if _manage(one)), command[1])
    settings = next((found for one in live if (found := _settings(one))), ())
    python = interpreter or posixpath.join(folder, "python")
    return (*runner, python, script, *command[2:], *settings)


def _settings(step: Step) -> tuple[str, ...]:
    """Return the option with which a `manage.py` command names the settings to use."""
    words = step.words if "manage.py" in normalise(step.words)[:1] else ()
    for index, word in enumerate(words):
        if word.startswith("--settings=") or (word == "--settings" and words[index + 1 :]):
            return (word,) if "=" in word else words[index : index + 2]
    return ()


def _runs_python(step: Step) -> bool:
    return step.runner[0] in PYTHON_RUNNERS


def _in_venv(step: Step) -> bool:
    return bool(re.fullmatch(r"/\S*(venv|env|virtualenv)\S*/bin/[\w-]+", step.words[0]))


def _manage(step: Step) -> str:
    named = (word for word in step.words[:4] if posixpath.basename(word) == "manage.py")
    return next((word for word in named if "$" not in word and step.words[0] != word), "")
