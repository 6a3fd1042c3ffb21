"""nginx's lexer with exact spans: tokens whose texts join to the source, and its words' quoting.

Follows `ngx_conf_read_token` (src/core/ngx_conf_file.c), the lexer of nginx itself; each rule was
checked against `nginx -t`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_lua import lua_end
from patcher.patterns import regex
from patcher.text import Source, Span

LUA_SUFFIX: Final = "_by_lua_block"
"""Directives of this ending hold raw Lua: https://github.com/openresty/lua-nginx-module."""

MAX_WORD: Final = 4093
"""Bytes: longer words may not fit nginx's buffer of 4096 (NGX_CONF_BUFFER) with what ends them."""

MAX_COMMENT: Final = 4095
"""Bytes, `#` included: nginx reads a comment through the same buffer."""

_TOKEN: Final = regex(
    r"""
      (?P<SPACE> [ \t\r\n]++ )
    | (?P<COMMENT> \# (?: [^\r\n]++ | \r(?!\n) )*+ )
    | (?P<QUOTED> "(?: [^"\\]++ | \\[\s\S] )*+" | '(?: [^'\\]++ | \\[\s\S] )*+' )
    | (?P<WORD> (?! [;{}\#"'] ) (?: [^ \t\r\n;{\\$]++ | \\[\s\S] | \$\{*+ )++ )
    | (?P<END> ; )
    | (?P<OPEN> \{ )
    | (?P<CLOSE> \} )
    """,
    re.VERBOSE,
)
_ESCAPE: Final = regex(r"""\\(["'\\trn])""")
_ESCAPED: Final = {"t": "\t", "r": "\r", "n": "\n"}
_PLAIN: Final = regex(r"""(?:[^\s;{}"'\\#$]|\$(?:[A-Za-z0-9_]|\{[A-Za-z0-9_]+\}))+""")
_TO_ESCAPE: Final = regex(r"""\\(?=["'\\trn\t\r\n]|\Z)|[\t\r\n]""")
_BEFORE_ESCAPE: Final = {"\\": r"\\", "\t": r"\t", "\r": r"\r", "\n": r"\n"}


class Kind(Enum):
    """What a token is; LUA is the text between the braces of a Lua block."""

    SPACE = "white space"
    COMMENT = "comment"
    WORD = "word"
    END = ";"
    OPEN = "{"
    CLOSE = "}"
    LUA = "Lua"


class Token(NamedTuple):
    """One token: its kind and its characters' place in the source."""

    kind: Kind
    span: Span


def scan(source: Source) -> Iterator[Token]:
    """Yield the tokens of `source` in order, without gaps, in linear time.

    Raises UserError with line and column where nginx's lexer would refuse the text, and for
    templates (`{{`, `{%`) and NUL characters.
    """
    text, position, name = source.text, 0, ""
    if "\0" in text:
        raise refusal(source, text.index("\0"), "a NUL character", "save the file as plain text")
    while match := _TOKEN.match(text, position):
        token = Token(*_classified(match))
        position = token.span.end
        lua = token.kind is Kind.OPEN and name.endswith(LUA_SUFFIX)
        _check(source, token, lua=lua)
        yield token
        if token.kind is Kind.WORD:
            name = name or unquote(match.group())
        elif token.kind in (Kind.END, Kind.OPEN, Kind.CLOSE):
            name = ""
        if lua:
            position = _lua_end(source, position)
            yield Token(Kind.LUA, Span(token.span.end, position))
    if position < len(text):
        raise _unfinished(source, position)


def refusal(source: Source, offset: int, message: str, todo: str) -> UserError:
    """Return the error for the character at `offset` of `source`."""
    line, column = source.line_column(offset)
    return UserError(message, todo=todo, path=source.path, line=line, column=column)


def unquote(raw: str) -> str:
    """Return the value that nginx gives the word written as `raw`: quotes off, escapes resolved."""
    body = raw[1:-1] if raw[:1] in ('"', "'") else raw
    if "\\" not in body:
        return body
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), body)


def quote(value: str, like: str = "") -> str:
    """Return a word that nginx and crossplane read as `value`; quoted as `like` is, or if needed.

    `like` is a word as written, whose kind of quotes is kept. Raises CannotEdit for a value that no
    word can hold.
    """
    mark = like[:1] if like[:1] in ('"', "'") else ""
    body = value
    if mark or not _PLAIN.fullmatch(value):
        mark = mark or ("'" if '"' in value and "'" not in value else '"')
        body = _TO_ESCAPE.sub(lambda match: _BEFORE_ESCAPE[match.group()], value)
        body = body.replace(mark, "\\" + mark)
    if "\0" in body or _longer(body, MAX_WORD):
        raise CannotEdit("an argument with a NUL character, or too long for nginx")
    return mark + body + mark


def _classified(match: re.Match[str]) -> tuple[Kind, Span]:
    group = match.lastgroup or ""
    return Kind["WORD" if group == "QUOTED" else group], Span(*match.span())


def _check(source: Source, token: Token, *, lua: bool) -> None:
    raw = source.at(token.span)
    if token.kind is Kind.WORD:
        _check_word(source, token.span, raw)
    elif token.kind is Kind.COMMENT and _longer(raw, MAX_COMMENT):
        message = f"a comment of more than {MAX_COMMENT} bytes, which nginx refuses"
        raise refusal(source, token.span.start, message, "split it over several lines")
    elif not lua and raw == "{" and source.text[token.span.end : token.span.end + 1] in ("{", "%"):
        raise _template(source, token.span.start)


def _check_word(source: Source, span: Span, raw: str) -> None:
    quoted = raw[0] in "\"'"
    after = source.text[span.end : span.end + 1]
    if quoted and after not in ("", " ", "\t", "\r", "\n", ";", "{", ")"):
        message = f'unexpected "{after}" directly after a quoted argument'
        raise refusal(source, span.end, message, "put a space between them or quote the whole")
    if not quoted and ("{{" in raw or "{%" in raw):
        raise _template(source, span.start)
    if _longer(raw[1:-1] if quoted else raw, MAX_WORD):
        message = f"an argument of more than {MAX_WORD} bytes, which nginx refuses"
        raise refusal(source, span.start, message, "look for a missing quote, or shorten it")


def _longer(text: str, limit: int) -> bool:
    return len(text) * 4 > limit and len(text.encode("utf-8", "surrogatepass")) > limit


def _template(source: Source, offset: int) -> UserError:
    message = "a template, not an nginx configuration: `{{` or `{%` outside quotes"
    return refusal(source, offset, message, "point hanna-fix at the rendered file")


def _lua_end(source: Source, start: int) -> int:
    end = lua_end(source.text, start)
    if end is None:
        todo = "balance the braces, quotes and comments of the Lua code"
        raise refusal(source, start - 1, "a Lua block that does not end", todo)
    return end


def _unfinished(source: Source, offset: int) -> UserError:
    if source.text[offset] == "\\":
        return refusal(source, offset, "the file ends after a backslash", "remove it")
    message = f"a string that opens with {source.text[offset]} and does not end"
    return refusal(source, offset, message, "close the quote")
