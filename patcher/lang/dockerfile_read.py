"""The instructions of a Dockerfile with their true spans, read by dockerfile-parse.

dockerfile-parse knows neither heredocs nor empty lines inside a continued instruction, so both
are shown to it as comment lines, which it skips; the number of lines stays the same.
"""

from __future__ import annotations

import io
import re
from itertools import accumulate
from typing import Final

from patcher.errors import UserError
from patcher.lang.dockerfile_words import split_words
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.text import Source, Span

# The reader's time grows with the square of an instruction's length; real files stay below 50 KiB.
_MAX_LENGTH: Final = 256 * 1024

_COMMENT: Final = regex(r"\s*#")
_ESCAPE: Final = regex(r"\s*#\s*escape\s*=\s*([\\`])\s*$", re.IGNORECASE)
_SYNTAX: Final = regex(r"\s*#\s*syntax\s*=", re.IGNORECASE)
_TAKES_HEREDOC: Final = regex(r"\s*(?:RUN|COPY|ADD)\s", re.IGNORECASE)
_HEREDOC: Final = regex(r"\d*<<(-?)(['\"]?)([^\s<'\"]+)\2$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `name` in capitals, `value` with its lines joined, `heredoc` as written.

    `heredoc` holds the text of all here-documents without the lines that end them. `span` goes
    from the name to the last character, here-documents included, the newline left out.
    """

    name: str
    value: str
    heredoc: str
    span: Span


def read(source: Source) -> tuple[list[Instruction], str]:
    """Return the instructions of `source` and its escape character.

    Reads no file: the text is handed over in memory. Raises UserError where a here-document has
    no end and where the text is longer than 256 Ki characters.
    """
    from dockerfile_parse import DockerfileParser

    if len(source.text) > _MAX_LENGTH:
        todo = "split it or leave it out"
        raise UserError("too long for a Dockerfile", todo=todo, path=source.path)
    lines = source.text.split("\n")
    escape = _escape(lines)
    shown, bodies = _Mask(source, lines, escape).run()
    # The empty last line ends an instruction that the file leaves continued.
    data = "\n".join([*shown, "", ""]).encode("utf-8")
    structure = DockerfileParser(fileobj=io.BytesIO(data)).structure
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found = []
    for entry in structure:
        if entry["instruction"] == "COMMENT":
            continue
        first, last = entry["startline"], min(entry["endline"], len(lines) - 1)
        heredoc, last = bodies.get(first, ("", last))
        span = _span(source.text, starts[first], starts[last] + len(lines[last]))
        name = entry["instruction"].rstrip(escape)
        found.append(Instruction(name, entry["value"].strip(), heredoc, span))
    return found, escape


def _span(text: str, start: int, end: int) -> Span:
    whole = text[start:end]
    return Span(start + len(whole) - len(whole.lstrip()), start + len(whole.rstrip()))


def _escape(lines: list[str]) -> str:
    for line in lines:
        if match := _ESCAPE.match(line):
            return match[1]
        if not _SYNTAX.match(line):
            break
    return "\\"


class _Mask:
    """Finds here-documents and hides them, and empty lines inside an instruction, as comments."""

    def __init__(self, source: Source, lines: list[str], escape: str) -> None:
        self.source = source
        self.lines = lines
        self.escape = escape
        self.shown = list(lines)
        self.bodies: dict[int, tuple[str, int]] = {}

    def run(self) -> tuple[list[str], dict[int, tuple[str, int]]]:
        """Return the lines to show, and by first line each here-document and its last line."""
        index = 0
        while index < len(self.lines):
            if self._skipped(index):
                index += 1
                continue
            end, text = self._logical(index)
            here = _heredocs(text, self.escape) if _TAKES_HEREDOC.match(text) else []
            if here:
                self.bodies[index] = self._hide(index, end, here)
                end = self.bodies[index][1] + 1
            index = end
        return self.shown, self.bodies

    def _skipped(self, index: int) -> bool:
        return not self.lines[index].strip() or bool(_COMMENT.match(self.lines[index]))

    def _logical(self, index: int) -> tuple[int, str]:
        parts: list[str] = []
        while index < len(self.lines):
            line = self.lines[index].rstrip()
            if parts and self._skipped(index):
                self.shown[index] = "#"
            else:
                parts.append(line.removesuffix(self.escape))
                if not line.endswith(self.escape):
                    return index + 1, "".join(parts)
            index += 1
        return index, "".join(parts)

    def _hide(self, first: int, index: int, here: list[tuple[bool, str]]) -> tuple[str, int]:
        body: list[str] = []
        for indented, end in here:
            while index < len(self.lines):
                line = self.lines[index].removesuffix("\r")
                self.shown[index] = "#"
                index += 1
                if (line.lstrip("\t") if indented else line) == end:
                    break
                body.append(line)
            else:
                raise UserError(
                    f"here-document without its end {end}",
                    todo=f"add a line {end}",
                    path=self.source.path,
                    line=first + 1,
                )
        return "\n".join(body), index - 1


def _heredocs(text: str, escape: str) -> list[tuple[bool, str]]:
    if "<<" not in text:
        return []
    return [
        (match[1] == "-", match[3])
        for word in split_words(text, escape)
        if (match := _HEREDOC.match(word))
    ]


def is_heredoc(word: str) -> bool:
    """Tell whether a word of COPY or ADD stands for a here-document."""
    return _HEREDOC.match(word) is not None
