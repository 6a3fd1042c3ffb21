"""Random legal nginx text, random operations: every edit parses and changes what it declared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directives, remove
from patcher.lang.nginx_model import plain
from patcher.lang.nginx_tokens import quote, scan
from patcher.lang.nginx_tree import directive_at, values_at, walk
from patcher.text import ABSENT, Source, splice
from tests.lang.nginx_helpers import proven, read

NAMES = st.sampled_from(["a", "b", "server", '"q r"', "if"])
WORDS = st.sampled_from(
    ["1", "x", "$v", "${v}w", '"a b"', "'{;}'", '"#"', '""', "\\;z", "~\\.php$", "(", ")", "'\n'"]
)
LUA = st.sampled_from(["", " ngx.say(1) ", '\n  local a = { "}" }\n', " -- '\n", " [[a]]{} "])
GAPS = st.sampled_from([" ", "  ", "\t", "\n  ", " # gap\n", "\n    # gap\n    "])
BETWEEN = st.sampled_from(["", " ", "\n", "\n\n", "\n    ", " # end\n", "\n# own line\n", "#x\n  "])


@st.composite
def directives(draw: st.DrawFn, depth: int = 3) -> str:
    parts = [draw(BETWEEN)]
    for _ in range(draw(st.integers(0, 4 if depth == 3 else 3))):
        args = [draw(GAPS) + draw(WORDS) for _ in range(draw(st.integers(0, 4)))]
        block = depth > 0 and draw(st.booleans())
        end = "{" + draw(directives(depth=depth - 1)) + "}" if block else ";"
        # `${` would begin a variable.
        gaps = [" ", " # c\n"] if "".join(args).endswith("$") else ["", " ", " # c\n"]
        parts += [draw(NAMES), *args, draw(st.sampled_from(gaps)), end]
        if draw(st.integers(1, 8)) == 1:
            parts += [draw(BETWEEN), "content_by_lua_block {", draw(LUA), "}"]
        parts.append(draw(BETWEEN))
    return "".join(parts)


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = draw(directives())
    if draw(st.booleans()):
        text = text.rstrip()
    # a comment does not end at a lone carriage return
    has_comment = "#" in text or "--" in text
    newlines = ["\n", "\n", "\r\n"] if has_comment else ["\n", "\r\n", "\r"]
    return text.replace("\n", draw(st.sampled_from(newlines)))


ARGS = st.lists(st.one_of(st.text(max_size=4), st.sampled_from(["1", "x", "a b", ")"])), max_size=5)


@given(text=texts(), data=st.data())
def test_set_args(text: str, data: st.DataObject) -> None:
    tree = read(text)
    for route, each in list(walk(tree))[:3]:
        new = data.draw(ARGS.filter(lambda args: not any("\0" in arg for arg in args)))
        if each.lua:
            continue
        edits = set_args(tree, route[:-1], each, new)
        after = read(proven(tree, edits))
        assert directive_at(after, route).values == tuple(new)
        assert (edits == ()) == (each.values == tuple(new))


@given(text=texts(), data=st.data())
def test_add_directives(text: str, data: st.DataObject) -> None:
    tree = read(text)
    block = data.draw(st.sampled_from([(), *(route for route, each in walk(tree) if each.block)]))
    siblings = [each for route, each in walk(tree) if route[:-1] == block]
    place = {}
    if siblings:
        key = data.draw(st.sampled_from(["after", "before", None]))
        place = {key: data.draw(st.sampled_from(siblings))} if key else {}
    new = [("a", ["1", "x y"]), ("resolver", ["127.0.0.11"]), ("a", [])]
    try:
        edits = add_directives(tree, block, new, **place)
    except CannotEdit:
        assert any(each.name.value == "a" and each.block for each in siblings)
        return
    after = read(proven(tree, edits))
    assert values_at(after, (*block, "resolver"))[-1] == ("127.0.0.11",)
    assert len(list(walk(after))) == len(list(walk(tree))) + len(new)


@given(text=texts())
def test_remove(text: str) -> None:
    tree = read(text)
    for route, each in list(walk(tree))[:3]:
        try:
            edits = remove(tree, route[:-1], each)
        except CannotEdit:
            namesakes = [other for place, other in walk(tree) if place[:-1] == route[:-1]]
            blocks = {other.name.value for other in namesakes if other.block or other.lua}
            assert each.name.value in blocks or "#" in tree.source.at(each.span)
            continue
        after = read(proven(tree, edits))
        assert len(list(walk(after))) == len(list(walk(tree))) - 1


@given(text=texts())
def test_add_then_remove_gives_back_the_model(text: str) -> None:
    tree = read(text)
    added = read(splice(text, add_directives(tree, (), [("resolver", ["1"])])))
    new = next(each for each in added.directives if each.name.value == "resolver")
    removed = read(splice(added.source.text, remove(added, (), new)))
    assert plain(removed) == plain(tree)
    assert values_at(removed, ("resolver",)) is ABSENT


@given(value=st.text().filter(lambda text: "\0" not in text), like=st.sampled_from(["", "'", '"']))
def test_quoting_reads_back(value: str, like: str) -> None:
    assert read(f"x {quote(value, like)};").directives[0].values == (value,)


@given(text=st.text(alphabet=" \t\r\n;{}#\"'\\$a)é%"))
def test_any_text_is_refused_or_joins_exactly(text: str) -> None:
    source = Source("x.conf", text)
    try:
        tokens = list(scan(source))
    except UserError:
        return
    assert "".join(source.at(token.span) for token in tokens) == text
