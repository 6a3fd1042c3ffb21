"""The one-shot migrate command of a start, and whether its image is certain to have it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Final

from patcher.stack.frameworks import Framework
from patcher.stack.markers import matching, requires
from patcher.stack.npm import Package, read_package
from patcher.stack.start import Start, Step, image_name, read_file, resolve
from patcher.stack.wrappers import basename, normalise

_PYTHON: Final = re.compile(r"python[\d.]*|pypy[\d.]*")
_IMAGES: Final = {
    "python": re.compile(r"python|pypy|django|tiangolo|/uv$"),
    "ruby": re.compile(r"ruby|rails"),
    "php": re.compile(r"php|laravel|symfony"),
    "node": re.compile(r"(^|/)node(js)?$"),
    "elixir": re.compile(r"elixir"),
}
_PROGRAMS: Final = {
    "python": frozenset(["manage.py", "django-admin"]),
    "ruby": frozenset(["rails", "rake", "bundle", "ruby"]),
    "php": frozenset(["artisan", "console", "php"]),
    "node": frozenset(["npm", "npx", "yarn", "pnpm"]),
    "elixir": frozenset(["mix"]),
}
_PYTHON_RUNNERS: Final = frozenset(["poetry", "pipenv", "uv", "pdm", "rye", "hatch"])


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
        package = _package(start)
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
    return (*runner, interpreter or posixpath.join(folder, "python"), script, *command[2:])


def _runs_python(step: Step) -> bool:
    return step.runner[0] in _PYTHON_RUNNERS


def _in_venv(step: Step) -> bool:
    return bool(re.fullmatch(r"/\S*(venv|env|virtualenv)\S*/bin/[\w-]+", step.words[0]))


def _manage(step: Step) -> str:
    named = (word for word in step.words[:4] if posixpath.basename(word) == "manage.py")
    return next((word for word in named if "$" not in word and step.words[0] != word), "")


def doubt(start: Start, framework: Framework, steps: tuple[Step, ...]) -> str | None:
    """Return why the image may lack the migrate command; None where it is certain to have it."""
    if framework.migrate is None:
        return framework.why_not
    if not _has_interpreter(start, framework.family, steps):
        return f"cannot tell whether the image {start.image or '?'} has `{framework.migrate[0]}`"
    if framework.family == "node":
        return _node_doubt(start, framework)
    if framework.family == "python" and framework.id != "django":
        return _python_doubt(start, framework, steps)
    return None


def _has_interpreter(start: Start, family: str, steps: tuple[Step, ...]) -> bool:
    if _IMAGES[family].search(image_name(start.image)):
        return True
    programs = {name for step in steps if step.live for name in _named(step)}
    if family == "python":
        return any(_PYTHON.fullmatch(name) for name in programs) or bool(
            programs & (_PROGRAMS[family] | _PYTHON_RUNNERS)
        )
    return bool(programs & _PROGRAMS[family])


def _named(step: Step) -> tuple[str, ...]:
    return (basename(step.words), normalise(step.words)[0], *step.runner[:1])


def _python_doubt(start: Start, framework: Framework, steps: tuple[Step, ...]) -> str | None:
    folder = start.workdir or "/"
    program = "flask" if framework.id == "flask-migrate" else framework.package
    called = any(_calls(framework, program, normalise(step.words)) for step in steps)
    if not called and not requires(start, folder, framework.package):
        return f"no requirements file in {folder} names {framework.package}"
    if program == "flask" and not called and not _flask_app(start, folder):
        return "`flask` finds its application by FLASK_APP, which is not known"
    return None


def _calls(framework: Framework, program: str, words: tuple[str, ...]) -> bool:
    return words[0] == program or any(words[: len(call)] == call for call in framework.calls)


def _flask_app(start: Start, folder: str) -> bool:
    return any(matching(start, folder, name) for name in ("app.py", "wsgi.py", ".flaskenv"))


def _package(start: Start) -> Package | None:
    return read_package(start.workdir or "/", lambda path: read_file(start, path))


def _node_doubt(start: Start, framework: Framework) -> str | None:
    package = _package(start)
    if package is None:
        return f"no package.json is known in {start.workdir or '/'}"
    if framework.migrate and framework.migrate[:2] == ("npm", "run"):
        return _script_doubt(start, package, package.scripts[framework.migrate[2]])
    if framework.package in package.dependencies:
        return _typescript_doubt(start, framework, package)
    if framework.package in package.dev_dependencies:
        return f"{framework.package} is a development dependency, which an image may leave out"
    return f"the package.json does not depend on {framework.package}"


def _script_doubt(start: Start, package: Package, text: str) -> str | None:
    """Return what a package script needs that the image may lack: a program, a source file."""
    for word in re.findall(r"[\w@./-]+", text):
        if word in package.dev_dependencies and word not in package.dependencies:
            return (
                f"its script needs {word}, a development dependency, which an image may leave out"
            )
        if re.fullmatch(r"(\./)?[\w./-]+/[\w.-]+\.[cm]?[jt]s", word) and "node_modules" not in word:
            path = resolve(start.workdir or "/", word)
            if path is None or read_file(start, path) is None:
                return f"its script needs {word}, which the image may lack"
    return None


def _typescript_doubt(start: Start, framework: Framework, package: Package) -> str | None:
    typed = matching(start, start.workdir or "/", "knexfile.ts") if framework.id == "knex" else []
    if typed and not {"ts-node", "tsx"} & package.dependencies:
        return "knexfile.ts needs ts-node, which the image may lack"
    return None
