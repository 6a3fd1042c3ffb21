"""YAML, losslessly: ruamel.yaml's parse events become a node tree with true spans.

libyaml's parser is used where ruamel.yaml's C extension is installed, the pure one otherwise;
both give the same spans here, whatever their own marks say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from patcher.errors import UserError
from patcher.lang.cache import cached_by_length
from patcher.lang.yaml_build import Builder
from patcher.lang.yaml_nodes import Tree
from patcher.patterns import regex
from patcher.text import Source, Span

_COMMENT: Final = regex(r"[&!*][^\s,\[\]{}]*|(#[^\r\n\x85\u2028\u2029]*)")
_HEADER_COMMENT: Final = regex(r"[|>][^\s#]*[ \t]+(#[^\r\n\x85\u2028\u2029]*)")

_COLON_IN_FLOW: Final = "found unexpected ':'"

# libyaml leaves it out before a document, Compose takes it for a part of the first key
_BOM_AT_LINE_START: Final = regex(r"(?<![^\r\n])\ufeff")

# YAML 1.2.2, section 5.1: the characters that may stand in a file.
_NOT_PRINTABLE: Final = regex(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@cached_by_length(lambda source: len(source.text))
def parse(source: Source) -> Tree:
    """Parse a YAML file of one or several documents.

    Raises UserError with line and column for text that is not YAML, and for what Compose refuses
    as well: duplicate keys, keys that are no scalars, aliases to nothing. Also refused, so that
    time and memory stay bounded: nesting beyond 200 levels, and more than 100,000 nodes with every
    alias expanded, 64 characters of a scalar counted as a further node.
    """
    try:
        return _tree(source, events(source))
    except UserError as refused:
        # libyaml before 0.2 refuses a colon inside a plain scalar in `[80:80]`; Compose takes it
        if not refused.message.endswith(_COLON_IN_FLOW) or not has_c_parser():
            raise
        return _tree(source, events(source, pure=True))


def _tree(source: Source, found: Iterator[Any]) -> Tree:
    if mark := _BOM_AT_LINE_START.search(source.text):
        line, column = source.line_column(mark.start())
        raise UserError(
            "a byte order mark inside the text",
            todo="remove it and run again",
            path=source.path,
            line=line,
            column=column,
        )
    builder = Builder(source)
    for event in found:
        builder.add(event)
    return Tree(source, tuple(builder.documents), tuple(_comments(source, builder.leaves)))


def events(source: Source, *, pure: bool = False) -> Iterator[Any]:
    """Yield ruamel.yaml's parse events of `source`; `pure` asks for the Python parser.

    Raises UserError where the text is not YAML.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from _pure_events(source.text) if pure else _events(source.text)
    except MarkedYAMLError as error:
        raise _syntax_error(source, error) from None
    except (ReaderError, YAMLStreamError):
        raise _reader_error(source) from None


def has_c_parser() -> bool:
    """Tell whether ruamel.yaml's C extension is installed."""
    return _c_parser() is not None


def _c_parser() -> Any:
    try:
        from _ruamel_yaml import CParser
    except ImportError:
        return None
    return CParser


def _events(text: str) -> Iterator[Any]:
    parser_class = _c_parser()
    if parser_class is None:
        yield from _pure_events(text)
        return
    parser = parser_class(text)
    while parser.check_event():
        yield parser.get_event()


def _pure_events(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    yield from YAML(typ="safe", pure=True).parse(text)


def _syntax_error(source: Source, error: Any) -> UserError:
    mark = error.problem_mark or error.context_mark
    what = error.problem or error.context or "not YAML"
    if mark and error.context_mark and not source.text[mark.index :].strip():
        # what was opened and never closed: the end of the file is not the place to look at
        mark, what = error.context_mark, f"{what} {error.context}"
    return UserError(
        f"not valid YAML: {what}",
        todo="correct the line and run again",
        path=source.path,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
    )


def _reader_error(source: Source) -> UserError:
    match = _NOT_PRINTABLE.search(source.text)
    line, column = source.line_column(match.start()) if match else (None, None)
    return UserError(
        "not valid YAML: a control character",
        todo="remove it and run again",
        path=source.path,
        line=line,
        column=column,
    )


def _comments(source: Source, leaves: list[Span]) -> Iterator[Span]:
    position = 0
    for leaf in [*leaves, Span(len(source.text), len(source.text))]:
        for match in _COMMENT.finditer(source.text, position, leaf.start):
            if match[1] is not None:
                yield Span(*match.span(1))
        if header := _HEADER_COMMENT.match(source.text, leaf.start, leaf.end):
            yield Span(*header.span(1))
        position = leaf.end
