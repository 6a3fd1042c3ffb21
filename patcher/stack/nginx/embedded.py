"""nginx text inside another file: a here-document of a script, `content:` of a Compose config.

It is read where it stands and never edited: what surrounds it (quotes, escapes, variables of the
shell) may change what nginx gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from patcher.patterns import regex
from patcher.text import Source, Span

_MAX_FOUND: Final = 32
_MAX_LINE: Final = 2000
_PATH: Final = r"""["']?(/[^\s;&|<>"'$`()]+)["']?"""
_INTO: Final = regex(rf"(?:(?<![>&\d])>\|?|\btee\b)[ \t]*{_PATH}")
_HEREDOC: Final = regex(r"<<(-?)[ \t]*\\?(['\"]?)([A-Za-z_]\w*)\2")
_COPIED: Final = regex(rf"(?i)[ \t]*(?:COPY|ADD)\s.*<<.*\s{_PATH}[ \t]*$")
_RUN: Final = regex(r"(?i)[ \t]*RUN\s")
_LINE: Final = regex(r"[^\n]*\n|[^\n]+")
_NOT_NEWLINE: Final = regex(r"[^\r\n]")


@dataclass(frozen=True)
class Embedded(Source):
    """The file that holds the text, with everything but the text blanked: offsets are the file's.

    `target` is the container path that nginx reads the text at, `holder` what it is part of.
    """

    target: str = ""
    holder: str = ""

    @property
    def span(self) -> Span:
        """The place of the text in its file."""
        start = len(self.text) - len(self.text.lstrip())
        return Span(start, max(start, len(self.text.rstrip())))


def embedded(
    source: Source, span: Span, target: str, holder: str, escapes: tuple[str, ...] = ()
) -> Embedded:
    """Return the text at `span` of `source`; each of `escapes`, such as `$$`, means `$`."""
    body = source.at(span)
    for escape in escapes:
        body = "".join(_unescaped(line, escape) for line in _LINE.findall(body))
    before, after = source.text[: span.start], source.text[span.end :]
    text = _NOT_NEWLINE.sub(" ", before) + body + _NOT_NEWLINE.sub(" ", after)
    return Embedded(source.path, text, mode=source.mode, target=target, holder=holder)


def _unescaped(line: str, escape: str) -> str:
    """Take the escapes out; blanks at the end of the line make up for them."""
    bare = line.rstrip("\r\n")
    shorter = bare.replace(escape, "$")
    return shorter + " " * (len(bare) - len(shorter)) + line[len(bare) :]


def heredocs(
    source: Source, span: Span, holder: str, escapes: tuple[str, ...] = ()
) -> Iterator[Embedded]:
    """Yield the here-documents in a part of a file that are written to an absolute path.

    Those behind `cat > FILE`, `tee FILE` and a Dockerfile's `COPY <<EOF FILE` count, and those in
    the script of its `RUN <<EOF`. An indented end mark ends one, too: so it stands in a block
    scalar of YAML. `holder` names the file for messages. At most 32 are yielded.
    """
    position, end, found = span.start, span.end, 0
    while position < end and found < _MAX_FOUND:
        stop = source.line_end(position)
        line = source.text[position : min(stop, position + _MAX_LINE)]
        following = stop + 2 if source.text.startswith("\r\n", stop) else stop + 1
        mark = _HEREDOC.search(line)
        if mark is None or line.lstrip().startswith("#"):
            position = following
            continue
        into = _COPIED.match(line) or _INTO.search(line)
        if into is None and _RUN.match(line):
            position = following
            continue
        body = Span(following, _body_end(source, following, end, mark[3]))
        if into is not None and body.end < end:
            found += 1
            own = () if mark[2] else ("\\$",)
            text = f"a here-document in {holder}"
            yield embedded(source, body, into[1], text, (*escapes, *own))
        position = max(body.end, following)


def _body_end(source: Source, start: int, end: int, mark: str) -> int:
    position = start
    while position < end:
        stop = source.line_end(position)
        if source.text[position:stop].strip() == mark:
            return position
        position = stop + 1
    return end
