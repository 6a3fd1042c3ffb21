"""Whether the migrate command is certain to work in the image, for the database of the app."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.stack.migrate.command import PYTHON_RUNNERS
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.migrate.markers import matching, requires
from patcher.stack.start.npm import Package, read_package
from patcher.stack.start.start import Start, Step, image_name, read_file, resolve
from patcher.stack.start.wrappers import basename, normalise
from patcher.text import Source

_PYTHON: Final = regex(r"python[\d.]*|pypy[\d.]*")
_IMAGES: Final = {
    "python": regex(r"python|pypy|django|tiangolo|/uv$"),
    "ruby": regex(r"ruby|rails"),
    "php": regex(r"php|laravel|symfony"),
    "node": regex(r"(^|/)node(js)?$"),
    "elixir": regex(r"elixir"),
}
_PROGRAMS: Final = {
    "python": frozenset(["manage.py", "django-admin"]) | PYTHON_RUNNERS,
    "ruby": frozenset(["rails", "rake", "bundle", "ruby"]),
    "php": frozenset(["artisan", "console", "php"]),
    "node": frozenset(["npm", "npx", "yarn", "pnpm"]),
    "elixir": frozenset(["mix"]),
}
_SETTINGS: Final = regex(
    r"DJANGO_SETTINGS_MODULE['\"]\s*(?:,|\]\s*=)\s*['\"]([\w.]+)['\"]", re.ASCII
)
_GATEWAY: Final = regex(r"([\w.]+\.[aw]sgi)(:\w+(\(\))?)?")
_ASKS: Final = regex(
    r"environ|getenv|settings|env\(|process\.env|DATABASE|DB_|set_(main|section)_option|create_engine"
)
_HERE: Final = regex(r"localhost|127\.0\.0\.1|driver://|sqlite")
_CONFIGURATIONS: Final = {"knex": "knexfile.*", "drizzle": "drizzle.config.*"}


def doubt(start: Start, framework: Framework, steps: tuple[Step, ...]) -> str | None:
    """Return why the migrate command may not work here; None where it is certain to.

    It may be missing from the image, or not know where the app's database is.
    """
    if framework.migrate is None:
        return framework.why_not
    if not _has_interpreter(start, framework.family, steps):
        return f"cannot tell whether the image {start.image or '?'} has `{framework.migrate[0]}`"
    if framework.id == "django":
        return _django_doubt(start, framework.migrate, steps)
    if framework.family == "node":
        return _node_doubt(start, framework)
    if framework.family == "python":
        return _python_doubt(start, framework, steps)
    return None


def _has_interpreter(start: Start, family: str, steps: tuple[Step, ...]) -> bool:
    if _IMAGES[family].search(image_name(start.image)):
        return True
    programs = {name for step in steps if step.live for name in _named(step)}
    if family == "python" and any(_PYTHON.fullmatch(name) for name in programs):
        return True
    return bool(programs & _PROGRAMS[family])


def _named(step: Step) -> tuple[str, ...]:
    return (basename(step.words), normalise(step.words)[0], *step.runner[:1])


def _django_doubt(start: Start, command: tuple[str, ...], steps: tuple[Step, ...]) -> str | None:
    """Return a doubt where the server and manage.py would take different settings."""
    told = "DJANGO_SETTINGS_MODULE" in start.environment
    if told or any(word.startswith("--settings") for word in command):
        return None
    scripts = [word for word in command if posixpath.basename(word) == "manage.py"]
    own = _settings_of(start, scripts[0]) if scripts else None
    for name in _gateways(steps):
        served = _settings_of(start, name.replace(".", "/") + ".py")
        if own and served and own != served:
            return f"manage.py takes the settings `{own}`, the server takes `{served}`"
    return None


def _gateways(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        for match in map(_GATEWAY.fullmatch, step.words if step.live else ()):
            if match is not None:
                yield match[1]


def _settings_of(start: Start, file: str) -> str | None:
    source = _read(start, file)
    match = _SETTINGS.search(source.text) if source else None
    return match[1] if match else None


def _read(start: Start, file: str) -> Source | None:
    path = resolve(start.workdir, file)
    return read_file(start, path) if path else None


def _python_doubt(start: Start, framework: Framework, steps: tuple[Step, ...]) -> str | None:
    folder = start.workdir or "/"
    program = "flask" if framework.id == "flask-migrate" else framework.package
    called = any(_calls(framework, program, normalise(step.words)) for step in steps)
    if not called and not requires(start, folder, framework.package):
        return f"no requirements file in {folder} names {framework.package}"
    if framework.id == "alembic":
        return _alembic_doubt(start)
    if not (called or "FLASK_APP" in start.environment or _flask_app(start, folder)):
        return "`flask` finds its application by FLASK_APP, which is not known"
    return None


def _calls(framework: Framework, program: str, words: tuple[str, ...]) -> bool:
    return words[0] == program or any(words[: len(call)] == call for call in framework.calls)


def _flask_app(start: Start, folder: str) -> bool:
    return any(matching(start, folder, name) for name in ("app.py", "wsgi.py", ".flaskenv"))


def _alembic_doubt(start: Start) -> str | None:
    """Return a doubt where Alembic may take another database than the app does.

    Its own template names the database in alembic.ini, which the app does not read.
    """
    ini = _read(start, "alembic.ini")
    text = ini.text if ini else ""
    folder = _option(text, "script_location").replace("%(here)s/", "") or "alembic"
    script = _read(start, posixpath.join(folder, "env.py"))
    if script is None:
        return f"{folder}/env.py, which tells Alembic where the database is, is not known"
    url = _option(text, "sqlalchemy.url")
    if _ASKS.search(script.text) or (url and not _HERE.search(url)):
        return None
    return f"{script.path} takes the database from alembic.ini, which does not name a service"


def _option(text: str, name: str) -> str:
    match = re.search(rf"(?m)^{re.escape(name)}[ \t]*=[ \t]*(\S*)", text)
    return match[1] if match else ""


def _node_doubt(start: Start, framework: Framework) -> str | None:
    folder = start.workdir or "/"
    package = read_package(folder, lambda path: read_file(start, path))
    if package is None:
        return f"no package.json is known in {folder}"
    if framework.migrate and framework.migrate[:2] == ("npm", "run"):
        return _script_doubt(start, package, package.scripts[framework.migrate[2]])
    if framework.package in package.dependencies:
        return _typescript_doubt(start, framework, package) or _config_doubt(start, framework)
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
            source = _read(start, word)
            if source is None:
                return f"its script needs {word}, which the image may lack"
            if _names_itself(source):
                return f"{source.path} names a database of its own"
    return None


def _typescript_doubt(start: Start, framework: Framework, package: Package) -> str | None:
    typed = matching(start, start.workdir or "/", "knexfile.ts") if framework.id == "knex" else []
    if typed and not {"ts-node", "tsx"} & package.dependencies:
        return "knexfile.ts needs ts-node, which the image may lack"
    return None


def _config_doubt(start: Start, framework: Framework) -> str | None:
    pattern = _CONFIGURATIONS.get(framework.id)
    for path in matching(start, start.workdir or "/", pattern) if pattern else ():
        source = read_file(start, path)
        if source is not None and _names_itself(source):
            return f"{source.path} names a database of its own"
    return None


def _names_itself(source: Source) -> bool:
    """Tell whether a configuration names a server that is no service, and asks nobody."""
    return bool(_HERE.search(source.text)) and not _ASKS.search(source.text)
