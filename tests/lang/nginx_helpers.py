"""Shared by the nginx tests: parse a text, and apply edits with all that they promise checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from patcher.lang.nginx import parse
from patcher.lang.nginx_model import apply_touches, plain, same
from patcher.lang.nginx_tree import Directive, Tree, walk
from patcher.text import Edit, Source, splice
from tests.lang import gated

SYNTAX = Path(__file__).parents[2] / "fixtures" / "syntax" / "nginx"
LEGAL = ("torture.conf", "one-line.conf", "comments-only.conf", "lua.conf", "default.conf.template")


def read(text: str) -> Tree:
    return parse(Source("x.conf", text))


def fixture(name: str) -> Tree:
    return parse(Source.decode(name, (SYNTAX / name).read_bytes()))


def find(tree: Tree, name: str, nth: int = 0) -> tuple[tuple[str, ...], Directive]:
    """The nth directive of that name, with the route of the block that holds it."""
    found = [(route[:-1], each) for route, each in walk(tree) if each.name.value == name]
    return found[nth]


def proven(tree: Tree, edits: Iterable[Edit]) -> str:
    """The edited text; fails unless it parses, changed as declared, and keeps all comments."""
    edits = tuple(edits)
    after = parse(tree.source.with_text(splice(tree.source.text, edits)))
    touches = [touch for edit in edits for touch in edit.touches]
    assert same(apply_touches(plain(tree), touches), plain(after)), after.source.text
    assert comments(after) == comments(tree)
    assert gated.proven(tree, edits) == after.source.text
    return after.source.text


def comments(tree: Tree) -> list[str]:
    return [tree.source.at(span) for span in tree.comments]
