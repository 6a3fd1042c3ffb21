"""What one command starts in turn: shell texts, script files, package scripts, programs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.start.commands import is_server, is_worker
from patcher.stack.start.npm import script_calls
from patcher.stack.start.start import Start, find_program, one_line, read_file, resolve
from patcher.stack.start.wrappers import SHELLS, basename, normalise, program_file, shell_text
from patcher.text import Source, Span

_SHEBANG: Final = regex(r"#!.*\b(ba|da|a|z|k)?sh\b")
_SCRIPT_NAME: Final = regex(r".+\.(sh|bash)")
_SYSTEM: Final = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/")
_KNOWN: Final = frozenset(["manage.py", "artisan", "console", "rails", "rake", "pip"])
_MANAGERS: Final = frozenset(
    ["make", "just", "task", "foreman", "honcho", "overmind", "pm2", "pm2-runtime", "invoke"]
)
_SUPERVISED: Final = regex(r"(?m)^[ \t]*command[ \t]*=[ \t]*(.+)$")
_SUPERVISOR_FILES: Final = ("/etc/supervisor/supervisord.conf", "/etc/supervisord.conf")
_SUPERVISOR_FOLDERS: Final = ("/etc/supervisor/conf.d", "/etc/supervisor.d")


@dataclass(frozen=True, slots=True)
class Script:
    """A shell text that a command starts, with its arguments (`$1` and up).

    `source` is None for a text inside the command itself. With `offset`, the text stands in the
    source as it is from that character on; without, `span` is its place there. `passes` tells that
    `"$@"` in it means `arguments`.
    """

    text: str
    workdir: str
    arguments: tuple[str, ...] = ()
    source: Source | None = None
    offset: int | None = None
    span: Span | None = None
    passes: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A source file that is no shell script, run by its interpreter."""

    source: Source


@dataclass(frozen=True, slots=True)
class Missing:
    """Something started that the repository does not hold; it may run anything."""

    name: str


Started = Script | Program | Missing


def script_file(source: Source, workdir: str, arguments: tuple[str, ...] = ()) -> Script:
    """Return a whole file as a script to run in `workdir`."""
    return Script(source.text, workdir, arguments, source, 0, key=source.path)


def follow(start: Start, words: tuple[str, ...], workdir: str) -> Iterator[Started]:
    """Yield what a command (wrappers peeled off `words`) starts in the container of `start`."""
    name, text = basename(words), shell_text(words)
    if text is not None:
        yield Script(words[text], workdir, words[text + 2 :])
    elif name == "eval":
        yield Script(" ".join(words[1:]), workdir, passes=False)
    elif name == "concurrently":
        yield from (Script(word, workdir, passes=False) for word in words[1:])
    elif name in SHELLS or name in (".", "source"):
        yield from _shell_file(start, words, workdir)
    elif name in ("npm", "yarn", "pnpm", "bun"):
        yield from _package_scripts(start, words, workdir)
    elif name == "supervisord":
        yield from _supervised(start, words, workdir)
    elif name in _MANAGERS:
        yield Missing(name)
    else:
        yield from _program(start, words, workdir)


def _shell_file(start: Start, words: tuple[str, ...], workdir: str) -> Iterator[Started]:
    index = next((i for i, word in enumerate(words) if i and word[:1] not in "-+"), None)
    if index is None:
        return
    path = resolve(workdir, words[index])
    source = read_file(start, path) if path else None
    if source is None and "/" not in words[index]:
        source = find_program(start, workdir, words[index])
    if source is not None:
        yield script_file(source, workdir, words[index + 1 :])
    elif words[0] not in (".", "source"):  # what is sourced sets things up: venvs, profiles
        yield Missing(one_line(words[index]))


def _program(start: Start, words: tuple[str, ...], workdir: str) -> Iterator[Started]:
    file = program_file(words)
    if file is not None:
        path = resolve(workdir, file)
        source = read_file(start, path) if path else None
        if source is not None:
            yield Program(source)
        elif file.endswith(".py") and posixpath.basename(file) not in _KNOWN:
            yield Missing(one_line(file))
        return
    source = find_program(start, workdir, words[0])
    if source is not None:
        yield _executable(source, words, workdir)
    elif _may_be_a_script(words):
        yield Missing(one_line(words[0]))


def _executable(source: Source, words: tuple[str, ...], workdir: str) -> Started:
    bare = not source.text.startswith("#!") and _SCRIPT_NAME.fullmatch(words[0])
    if bare or _SHEBANG.match(source.text):
        return script_file(source, workdir, words[1:])
    return Program(source)


def _may_be_a_script(words: tuple[str, ...]) -> bool:
    """Tell whether a program that the repository lacks may be a start script."""
    if _SCRIPT_NAME.fullmatch(words[0]):
        return not basename(words).startswith("wait")
    known = is_server(words) or is_worker(words) or normalise(words)[0] in _KNOWN
    return "/" in words[0] and not known and not words[0].startswith(_SYSTEM)


def _package_scripts(start: Start, words: tuple[str, ...], workdir: str) -> Iterator[Started]:
    calls = script_calls(words, workdir, lambda path: read_file(start, path))
    if calls is None:
        yield Missing("package.json")
    for call in calls or []:
        yield Script(
            call.text,
            call.workdir,
            source=call.source,
            span=call.span,
            passes=False,
            key=f"{call.source.path}#{call.name}",
        )


def _supervised(start: Start, words: tuple[str, ...], workdir: str) -> Iterator[Started]:
    named = [words[i + 1] for i, word in enumerate(words[:-1]) if word in ("-c", "-nc")]
    paths = [resolve(workdir, path) or "" for path in named] or list(_SUPERVISOR_FILES)
    included = [
        f"{folder}/{name}"
        for folder in _SUPERVISOR_FOLDERS
        for name in start.files.list_dir(folder)
    ]
    sources = [source for path in (*paths, *included) if (source := read_file(start, path))]
    if not sources or (not included and any("[include]" in one.text for one in sources)):
        yield Missing("supervisord")
    for source in dict.fromkeys(sources):
        for match in _SUPERVISED.finditer(source.text):
            yield Script(match[1], workdir, (), source, match.start(1), passes=False)
