"""Command words: the program behind its wrappers, interpreters and runners.

Words are what the program gets as arguments: no quotes, no assignments, no redirections.
"""

from __future__ import annotations

import posixpath
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass

SHELLS: Final = frozenset(["sh", "bash", "dash", "ash", "zsh", "ksh"])
_MAX_WRAPPERS: Final = 32
_ASSIGNMENT: Final = regex(r"[A-Za-z_]\w*=")
_INTERPRETER: Final = regex(
    r"python[\d.]*|pypy[\d.]*|node|nodejs|nodemon|ts-node|tsx|php[\d.]*|ruby|bun"
)
_PYTHON: Final = regex(r"python[\d.]*|pypy[\d.]*")
_WAITER: Final = regex(r"wait[-_]?(for|until|port|4)?\b.*|.*wait[-_]for.*")
_PATH_ENTRY: Final = frozenset(["manage.py", "artisan", "console", "rails", "rake"])


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A program that runs the command behind it: `subcommand` words, options, `skip` words.

    `valued` are the options that take the next word as their value. A `runner` gives the command
    the packages of a project, so that a further command of the project needs it as well.
    """

    skip: int = 0
    valued: frozenset[str] = frozenset()
    subcommand: tuple[str, ...] = ()
    runner: bool = False


def _wrapper(skip: int = 0, valued: str = "") -> _Wrapper:
    return _Wrapper(skip, frozenset(valued.split()))


def _runner(subcommand: str, valued: str = "") -> _Wrapper:
    return _Wrapper(0, frozenset(valued.split()), tuple(subcommand.split()), True)


_WRAPPERS: Final[dict[str, tuple[_Wrapper, ...]]] = {
    "exec": (_wrapper(valued="-a"),),
    "command": (_wrapper(),),
    "builtin": (_wrapper(),),
    "time": (_wrapper(),),
    "nohup": (_wrapper(),),
    "setsid": (_wrapper(),),
    "env": (_wrapper(valued="-u -C --unset --chdir"),),
    "cross-env": (_wrapper(),),
    "nice": (_wrapper(valued="-n"),),
    "ionice": (_wrapper(valued="-c -n"),),
    "stdbuf": (_wrapper(valued="-i -o -e"),),
    "timeout": (_wrapper(1, "-s -k --signal --kill-after"),),
    "sudo": (_wrapper(valued="-u -g -h -p -C --user --group"),),
    "gosu": (_wrapper(1),),
    "su-exec": (_wrapper(1),),
    "setpriv": (_wrapper(valued="--reuid --regid --groups"),),
    "s6-setuidgid": (_wrapper(1),),
    "with-contenv": (_wrapper(),),
    "tini": (_wrapper(valued="-p -e"),),
    "tini-static": (_wrapper(valued="-p -e"),),
    "docker-init": (_wrapper(valued="-p -e"),),
    "catatonit": (_wrapper(),),
    "dumb-init": (_wrapper(valued="-r --rewrite"),),
    "dockerize": (
        _wrapper(valued="-wait -timeout -template -stdout -stderr -wait-retry-interval -delims"),
    ),
    "ddtrace-run": (_wrapper(),),
    "opentelemetry-instrument": (_wrapper(valued="--service_name --traces_exporter"),),
    "newrelic-admin": (_Wrapper(subcommand=("run-program",)),),
    "poetry": (_runner("run"),),
    "pipenv": (_runner("run"),),
    "pdm": (_runner("run"),),
    "rye": (_runner("run"),),
    "hatch": (_runner("run"),),
    "uv": (_runner("run", "--project --directory --python -p --env-file --with --group --extra"),),
    "bundle": (_runner("exec"),),
    "npx": (_wrapper(valued="-p --package"),),
    "bunx": (_wrapper(),),
    "npm": (_Wrapper(subcommand=("exec",)),),
    "yarn": (_Wrapper(subcommand=("exec",)), _Wrapper(subcommand=("dlx",))),
    "pnpm": (_Wrapper(subcommand=("exec",)), _Wrapper(subcommand=("dlx",))),
}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The program's own words, and the runner words (`poetry run`) that stood before them."""

    words: tuple[str, ...]
    runner: tuple[str, ...]


def unwrap(words: tuple[str, ...]) -> Unwrapped:
    """Peel wrappers such as `exec`, `env A=b`, `gosu user`, `tini --`, `wait-for-it.sh … --`."""
    runner: tuple[str, ...] = ()
    for _ in range(_MAX_WRAPPERS):
        inner = _peel(words)
        if not inner:
            break
        if any(wrapper.runner for wrapper in _WRAPPERS.get(basename(words), ())):
            runner = (*runner, *words[: len(words) - len(inner)])
        words = inner
    return Unwrapped(words, runner)


def basename(words: tuple[str, ...]) -> str:
    """Return the program's name without its directory; empty where there are no words."""
    return posixpath.basename(words[0]) if words else ""


def _peel(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command that the program of `words` runs, empty where it is no wrapper."""
    name = basename(words)
    if _WAITER.fullmatch(name) or name in ("doppler", "infisical", "dotenv", "op", "set"):
        return words[words.index("--") + 1 :] if "--" in words else ()
    for wrapper in _WRAPPERS.get(name, ()):
        length = len(wrapper.subcommand)
        if words[1 : 1 + length] == wrapper.subcommand:
            return _arguments(words[1 + length :], wrapper)
    return ()


def _arguments(words: tuple[str, ...], wrapper: _Wrapper) -> tuple[str, ...]:
    index, skip = 0, wrapper.skip
    while index < len(words):
        word = words[index]
        if word == "--":
            index += 1
            break
        if word.startswith("-"):
            index += 2 if word in wrapper.valued else 1
        elif _ASSIGNMENT.match(word):
            index += 1
        elif skip:
            index, skip = index + 1, skip - 1
        else:
            break
    return words[index:]


def normalise(words: tuple[str, ...]) -> tuple[str, ...]:
    """Name the program that `words` (unwrapped) run: `python3 -u x/manage.py a` is `manage.py a`.

    An interpreter and its options are dropped before a script that is a program of its own, and
    before `-m module`; the program loses its directory.
    """
    if not words:
        return ()
    if _INTERPRETER.fullmatch(basename(words)):
        inner = _interpreted(words)
        if inner:
            return inner
    return (basename(words), *words[1:])


def _interpreted(words: tuple[str, ...]) -> tuple[str, ...]:
    index = 1
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "-m" and _PYTHON.fullmatch(basename(words)):
            return words[index + 1 :]
        index += 2 if words[index] in ("-W", "-X", "-d", "-r", "--require") else 1
    script = posixpath.basename(words[index]) if index < len(words) else ""
    if script in _PATH_ENTRY or (index < len(words) and "/.bin/" in words[index]):
        return (script, *words[index + 1 :])
    return ()


def program_file(words: tuple[str, ...]) -> str | None:
    """Return the source file that an interpreter runs (`main.py` of `python -u main.py`)."""
    if not _INTERPRETER.fullmatch(basename(words)):
        return None
    files = [word for word in words[1:] if not word.startswith("-") and word != "run"]
    return files[0] if files and "-m" not in words and "-c" not in words else None


def shell_text(words: tuple[str, ...]) -> int | None:
    """Return the index of the script text in `sh -c TEXT` or `su user -c TEXT`, else None."""
    if basename(words) not in SHELLS | {"su", "runuser"}:
        return None
    for index, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return index + 1
        if basename(words) in SHELLS and not word.startswith(("-", "+")):
            return None
    return None
