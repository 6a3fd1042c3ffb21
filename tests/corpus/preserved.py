"""What an edit must keep, looked at without the engine: other parsers, and the bytes themselves.

YAML is read by ruamel.yaml's own composer and scanner, nginx by crossplane; neither our trees nor
our spans are used.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from patcher.text import Route

_EOL = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"

Routes = dict[int, set[tuple[Route, bool]]]
"""By line, from 0: the routes of the model that have something written there.

True for a collection written in one line with others, where a change within changes the line.
"""


def format_changes(old: bytes, new: bytes) -> Iterator[str]:
    """Yield what changed of a file's newlines, byte order mark and end."""
    before, after = Counter(_EOL.findall(old)), Counter(_EOL.findall(new))
    main = max(before, key=lambda eol: before[eol], default=b"\n")
    for eol, count in after.items():
        if eol != main and count > before[eol]:
            yield f"{count - before[eol]} more lines end with {eol!r}, most with {main!r}"
    if old.startswith(_BOM) != new.startswith(_BOM):
        yield "the byte order mark"
    if _tail(old) != _tail(new):
        yield f"the end of the file: {_tail(old)!r} became {_tail(new)!r}"


def _tail(data: bytes) -> bytes:
    return data[len(data.rstrip(b"\r\n")) :]


def lost_comments(old: bytes, new: bytes, *, yaml: bool) -> Iterator[str]:
    """Yield the comments that the new file has less often than the old one."""
    find = _yaml_comments if yaml else _nginx_comments
    for comment in (Counter(find(old)) - Counter(find(new))).elements():
        yield f"the comment {comment!r}"


def _yaml_comments(data: bytes) -> Iterator[str]:
    """Yield what stands between the tokens of ruamel.yaml's pure scanner and begins with `#`."""
    text = _text(data)
    position = 0
    for start, end in sorted(_token_spans(text)):
        for match in re.finditer(r"#[^\n]*", text[position : max(start, position)]):
            yield match.group().rstrip()
        position = max(position, end)


def _token_spans(text: str) -> Iterator[tuple[int, int]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.tokens import ScalarToken

    for token in YAML(typ="safe", pure=True).scan(text):
        start, end = token.start_mark.index, token.end_mark.index
        if isinstance(token, ScalarToken) and token.style in ("|", ">"):
            # the header may bear a comment; the mark's end runs past blank lines and comments
            header = text.find("\n", start)
            start, end = header, header + len(text[header:end].rstrip()) if header >= 0 else end
        yield start, end
    yield len(text), len(text)


def _text(data: bytes) -> str:
    return data.removeprefix(_BOM).decode().replace("\r\n", "\n").replace("\r", "\n")


def _nginx_comments(data: bytes) -> Iterator[str]:
    yield from (one["comment"].strip() for one in _walk(_crossplane(data)) if "comment" in one)


def changed_lines(old: bytes, new: bytes) -> tuple[list[int], list[int]]:
    """Return the old lines that are gone and the new ones that came, from 0; blank ones too."""
    before, after = _text(old).split("\n"), _text(new).split("\n")
    gone: list[int] = []
    came: list[int] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            gone += range(old_start, old_end)
            came += range(new_start, new_end)
    return gone, came


def lost_lines(old: bytes, new: bytes) -> Iterator[str]:
    """Yield the lines that are gone from a text that fixes only add to."""
    text = _text(old).split("\n")
    gone, _ = changed_lines(old, new)
    yield from (f"line {line + 1}: {text[line].strip()[:60]!r}" for line in gone if text[line])


def stray_lines(old: bytes, new: bytes, declared: Iterable[Route], *, yaml: bool) -> Iterator[str]:
    """Yield the lines that changed although nothing declared stands on them."""
    find = _yaml_routes if yaml else _nginx_routes
    routes = set(declared)
    for data, lines in zip((old, new), changed_lines(old, new), strict=True):
        written = find(data)
        text = _text(data).split("\n")
        for line in lines:
            if not text[line].strip() or text[line].lstrip().startswith("#"):
                continue  # comments are counted on their own
            if not any(_belongs(one, routes) for one in written.get(line, ())):
                yield f"line {line + 1}: {text[line].strip()[:60]!r}"


def _belongs(written: tuple[Route, bool], declared: set[Route]) -> bool:
    route, is_flow = written
    return any(
        route[: len(one)] == one or (is_flow and one[: len(route)] == route) for one in declared
    )


def _yaml_routes(data: bytes) -> Routes:
    from ruamel.yaml import YAML

    found: Routes = {}
    text = _text(data)
    documents = list(YAML(typ="safe", pure=True).compose_all(text))
    for index, node in enumerate(documents):
        if node is not None:
            _node_routes(node, () if len(documents) == 1 else (index,), found, text)
    return found


def _node_routes(node: Any, route: Route, found: Routes, text: str) -> None:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        for key, value in node.value:
            inner = route if key.value == "<<" else (*route, key.value)
            _mark(found, _lines(key, text), inner)
            _node_routes(value, inner, found, text)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            _mark(found, _lines(item, text)[:1], (*route, index))
            _node_routes(item, (*route, index), found, text)
    else:
        _mark(found, _lines(node, text), route)
    if getattr(node, "flow_style", False):
        _mark(found, _lines(node, text), route, is_flow=True)


def _lines(node: Any, text: str) -> range:
    start, end = node.start_mark.index, node.end_mark.index
    count = text[start:end].rstrip().count("\n")
    return range(node.start_mark.line, node.start_mark.line + count + 1)


def _mark(found: Routes, lines: range, route: Route, *, is_flow: bool = False) -> None:
    for line in lines:
        found.setdefault(line, set()).add((route, is_flow))


def _nginx_routes(data: bytes) -> Routes:
    found: Routes = {}
    _directive_routes(_crossplane(data), (), found, _text(data).count("\n") + 1)
    return found


def _directive_routes(block: list[Any], route: Route, found: Routes, end: int) -> None:
    seen: Counter[str] = Counter()
    real = [one for one in block if "comment" not in one]
    for one, following in zip(real, [*real[1:], None], strict=True):
        name = one["directive"]
        last = following["line"] if following else end
        label = f"{name}[{seen[name]}]"
        seen[name] += 1
        # a directive may span lines; a block's own lines are those of its directives
        stop = one["line"] if "block" in one else max(one["line"], last - 1)
        _mark(found, range(one["line"] - 1, stop), (*route, name))
        if "block" in one:
            _directive_routes(one["block"], (*route, label), found, last)


def _crossplane(data: bytes) -> list[Any]:
    import crossplane

    with tempfile.NamedTemporaryFile(suffix=".conf") as file:
        file.write(_text(data).encode() + b"\n")
        file.flush()
        parsed = crossplane.parse(
            file.name, single=True, comments=True, check_ctx=False, check_args=False
        )
    result: list[Any] = parsed["config"][0]["parsed"]
    return result


def _walk(block: list[Any]) -> Iterator[Any]:
    for one in block:
        yield one
        yield from _walk(one.get("block", []))


def is_yaml(path: str | Path) -> bool:
    """Tell whether a file is read as YAML."""
    return str(path).endswith((".yml", ".yaml"))
