"""What a build or a start writes where nginx reads: copies, links, renderings, texts of their own.

Source: https://hub.docker.com/_/nginx, "Using environment variables in nginx configuration".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.configs import Config
from patcher.stack.facts import Facts
from patcher.stack.nginx.embedded import Embedded, embedded, heredocs
from patcher.stack.nginx.shell_texts import ShellText, shell_texts
from patcher.stack.start.trace import trace
from patcher.text import Source, Span

_MAX_TEMPLATE_DEPTH: Final = 3
_FOLDERS: Final = frozenset({"/etc/nginx", "/etc/nginx/conf.d", "/etc/nginx/sites-enabled"})
_PATH: Final = r"""["']?(/[^\s;&|<>"'$`()]+)["']?"""
_RENDERED: Final = (
    regex(r"\benvsubst\b[^<>|;&]{0,500}<[ \t]*" + _PATH + r"[ \t]*>[ \t]*" + _PATH),
    regex(r"\bcat[ \t]+" + _PATH + r"[ \t]*\|[ \t]*envsubst\b[^<>|;&]{0,500}>[ \t]*" + _PATH),
)
_COPIED: Final = regex(
    r"\b(ln|cp|mv)((?:[ \t]+-\S{1,20}){0,4})[ \t]+([\w./-]+)[ \t]+" + _PATH + r"(?=[\s;&|)]|$)"
)
_INTO: Final = regex(r"(?:(?<![&\d])>>?\|?[ \t]*|\btee\b(?:[ \t]+-\w{1,9})?[ \t]+)" + _PATH)
_IN_PLACE: Final = regex(r"\bsed[ \t]+(?:-\S{1,20}[ \t]+){0,4}-i\S{0,20}[^\n]{0,500}?[ \t]" + _PATH)
_RESOLVER: Final = regex(r"\bresolver\b")
_ENTRYPOINT: Final = "docker-entrypoint.sh"
_COMMENT: Final = regex(r"(?m)^[ \t]*#.*$")


@dataclass
class Written:
    """Container paths and what is written to them.

    `copies` maps a path to the one it is made of, `texts` to what a here-document holds, `unknown`
    to the name of what writes it; at `gone` nothing is left. `elsewhere` tells what may be written
    to a place that is not known.
    """

    copies: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Embedded] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    elsewhere: list[str] = field(default_factory=list)

    def copy(self, path: str, behind: str, writer: str) -> None:
        """Note that `path` is made of `behind`; of two things it may be made of, neither counts."""
        if self.copies.setdefault(path, behind) != behind:
            self.unknown[path] = writer

    def embed(self, text: Embedded) -> None:
        """Note a here-document; of two for one path neither counts."""
        if self.texts.setdefault(text.target, text) != text:
            self.unknown[text.target] = text.holder


def written(facts: Facts) -> Written:
    """Return what the build and the start of a service write, as far as their texts tell."""
    found = Written()
    for path, behind in rendered_templates(facts):
        found.copy(path, behind, "the image's entrypoint")
    for config in facts.configs:
        _read_config(config, found)
    traced = trace(facts.start)
    for text in shell_texts(facts, traced):
        _read(text, found)
    for program in traced.programs:
        _note_resolver(program.text, program.path, found)
    scripts = (name for name in traced.unread if name.endswith((".sh", ".py")))
    found.elsewhere += [f"what `{one}` writes" for one in scripts if not one.endswith(_ENTRYPOINT)]
    return found


def _note_resolver(text: str, name: str, found: Written) -> None:
    """Note a program that seems to write a `resolver` to a place that is not known."""
    what = f"what {name} writes, with a `resolver`"
    if _RESOLVER.search(text) and what not in found.elsewhere:
        found.elsewhere.append(what)


def _read_config(config: Config, found: Written) -> None:
    """Note the text of a config; only a literal block scalar holds it as it is."""
    name, node = f"the config `{config.name}`", config.content
    if node is None or config.value is None:
        return
    if node.style != "|":
        found.unknown[config.target] = name
        return
    source = config.value.tree.source
    start = min(source.line_end(node.body) + 1, node.end)
    found.embed(
        embedded(source, Span(start, node.end), config.target, f"the text of {name}", ("$$",))
    )


def rendered_templates(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield what the official image's entrypoint renders: container path, template."""
    settings = facts.environment
    suffix = settings.get("NGINX_ENVSUBST_TEMPLATE_SUFFIX") or ".template"
    source = settings.get("NGINX_ENVSUBST_TEMPLATE_DIR") or "/etc/nginx/templates"
    output = settings.get("NGINX_ENVSUBST_OUTPUT_DIR") or "/etc/nginx/conf.d"
    for path in _below(facts, source, _MAX_TEMPLATE_DEPTH):
        if path.endswith(suffix):
            yield posixpath.join(output, path.removesuffix(suffix)), posixpath.join(source, path)


def _below(facts: Facts, folder: str, depth: int) -> Iterator[str]:
    names = facts.problems.attempt(lambda: facts.container.list_dir(folder)) or ()
    for name in names:
        yield name
        if depth > 1:
            below = _below(facts, posixpath.join(folder, name), depth - 1)
            yield from (posixpath.join(name, one) for one in below)


def _read(text: ShellText, found: Written) -> None:
    if not text.is_repeated:
        _note_resolver(_COMMENT.sub("", _read_embedded(text, found)), text.name, found)
    plain = _COMMENT.sub("", text.text.replace("\\\r\n", " ").replace("\\\n", " "))
    for pattern in _RENDERED:
        for match in pattern.finditer(plain):
            found.copy(match[2], match[1], text.name)
    for match in _COPIED.finditer(plain):
        _read_copy(match, text.name, found)
    for match in (*_INTO.finditer(plain), *_IN_PLACE.finditer(plain)):
        if match[1] not in found.copies and match[1] not in found.texts:
            found.unknown.setdefault(match[1], text.name)


def _read_embedded(text: ShellText, found: Written) -> str:
    """Note the here-documents of a text that stands in a file; return the text without them."""
    source = text.source or Source(text.name, text.text)
    span = text.span if text.source else Span(0, len(text.text))
    left, position = [], span.start
    for one in heredocs(source, span, text.name, text.escapes):
        if text.source is not None:
            found.embed(one)
        left.append(source.text[position : one.span.start])
        position = one.span.end
    return "".join([*left, source.text[position : span.end]])


def _read_copy(match: re.Match[str], name: str, found: Written) -> None:
    program, options, behind, path = match[1], match[2], match[3], match[4]
    if path.endswith("/") or path in _FOLDERS:
        path = posixpath.join(path, posixpath.basename(behind))
    if not behind.startswith("/"):
        if program != "ln" or "s" not in options:
            return
        behind = posixpath.join(posixpath.dirname(path), behind)
    behind = posixpath.normpath(behind)
    found.copy(posixpath.normpath(path), behind, name)
    if program == "mv":
        found.gone.add(behind)
