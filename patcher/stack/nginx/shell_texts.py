"""The shell texts that a service's build and start run, with their places in the files.

Source: the official image's entrypoint, which runs the scripts in /docker-entrypoint.d.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from patcher.lang.yaml_nodes import Scalar
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.facts import Facts
from patcher.stack.start.trace import Trace
from patcher.text import Source, Span

_ENTRYPOINT_FOLDER: Final = "/docker-entrypoint.d"
_FROM: Final = regex(r"(?im)^[ \t]*FROM[ \t]")
_MAX_TEXT: Final = 1 << 17
_NOWHERE: Final = Span(0, 0)


@dataclass(frozen=True, slots=True)
class ShellText:
    """A shell text: `name` tells a reader where it is from.

    `source` and `span` are where it stands as written, `escapes` what means a `$` there; a text of
    which only the place is given is empty. `is_repeated` tells one that stands in such a place.
    """

    text: str
    name: str
    source: Source | None = None
    span: Span = _NOWHERE
    escapes: tuple[str, ...] = ()
    is_repeated: bool = False


def shell_texts(facts: Facts, traced: Trace) -> Iterator[ShellText]:
    """Yield the shell texts of the build and the start, those in files with their places.

    Of each no more than the first 128 Ki characters.
    """
    if facts.stage is not None:
        source = facts.stage.source
        start, end = _last_stage(facts), len(source.text)
        yield ShellText("", source.path, source, Span(start, end))
        for run in facts.stage.runs:
            yield ShellText(run[:_MAX_TEXT], source.path, is_repeated=start < end)
    yield from _inline_texts(facts)
    for word in facts.words:
        yield ShellText(word[:_MAX_TEXT], f"the command of `{facts.service.name}`")
    for source in _scripts(facts, traced):
        text = source.text[:_MAX_TEXT]
        yield ShellText(text, source.path, source, Span(0, len(text)))


def _last_stage(facts: Facts) -> int:
    """Return where the stage that is built begins in its Dockerfile; its end for an inner one."""
    text = facts.stage.source.text if facts.stage else ""
    if facts.service.build is not None and facts.service.build.target is not None:
        return len(text)
    return max((match.start() for match in _FROM.finditer(text)), default=0)


def _inline_texts(facts: Facts) -> Iterator[ShellText]:
    for key in ("entrypoint", "command"):
        value = facts.service.get(key)
        items = getattr(value.node, "items", ()) if value is not None else ()
        for item in items:
            if value is not None and isinstance(item, Scalar) and item.style == "|":
                name = f"`{key}` of `{facts.service.name}`"
                yield ShellText("", name, value.tree.source, item.span, ("$$",))


def _scripts(facts: Facts, traced: Trace) -> Iterator[Source]:
    """Yield the scripts that the container starts, each once."""
    holders = {part.tree.source.path for part in facts.service.parts}
    if facts.stage is not None:
        holders.add(facts.stage.source.path)
    found = {
        step.source.path: step.source
        for step in traced.steps
        if step.live and step.source.path not in holders
    }
    for name in facts.problems.attempt(lambda: facts.container.list_dir(_ENTRYPOINT_FOLDER)) or ():
        path = posixpath.join(_ENTRYPOINT_FOLDER, name)
        if name.endswith((".sh", ".envsh")) and (source := _read_file(facts, path)):
            found[source.path] = source
    yield from found.values()


def _read_file(facts: Facts, path: str) -> Source | None:
    return facts.problems.attempt(lambda: facts.container.read(path))
