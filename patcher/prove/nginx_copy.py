"""nginx's files copied into a private directory, with nothing in them that leads out of it.

Every path is moved below the directory, and every host and port replaced. Words are replaced where
they stand, so the lines of a copy are those of its original.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from patcher.lang.nginx import MAX_DEPTH
from patcher.lang.nginx_tree import Block, Directive
from patcher.prove.nginx_arguments import LOG, Arguments, Context, quoted
from patcher.prove.nginx_hosts import placed_sockets
from patcher.prove.nginx_view import CannotPlace, View
from patcher.prove.nginx_words import DATA_BLOCKS, LOGS, SET_ASIDE, TEMPORARY, is_code, is_known
from patcher.stack.nginx.load import MAX_INCLUDES
from patcher.text import Edit, Source, Span, splice

_MAX_INCLUDE_DEPTH: Final = 10


@dataclass
class Copies:
    """The copies made so far, by path in the container: their texts, and the files with none.

    `arguments` are as the copies have them. Directives named in `left_out` have no copy; those met
    are in `gone`. `missing` are included files that the project does not hold.
    """

    arguments: Arguments
    left_out: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    _kinds: dict[str, object] = field(default_factory=dict)
    _depth: int = 0

    @property
    def _view(self) -> View:
        return self.arguments.view

    @property
    def _root(self) -> Path:
        return self.arguments.root

    def include(self, pattern: str, context: Context) -> str:
        """Copy what an include names; return the pattern that names the copies.

        Raises CannotPlace where one of them holds what must not be put to nginx.
        """
        absolute = posixpath.normpath(posixpath.join(self._view.folder, pattern))
        for path in self._view.files.matches(absolute):
            self._copy(path, context)
        return f"{self._root}{absolute}"

    def _copy(self, path: str, context: Context) -> None:
        tree = self._view.tree(path)
        if tree is None:
            self.missing.add(path)
            return
        if path in self._kinds:
            # its copy is made for the first: read otherwise, its words might lead outside
            if self._kinds[path] != _kind(context):
                raise CannotPlace(f"{path} is included in blocks of two kinds")
            return
        if len(self._kinds) >= MAX_INCLUDES:
            raise CannotPlace(f"more than {MAX_INCLUDES} files are included")
        self._kinds[path] = _kind(context)
        self._depth += 1
        if self._depth > _MAX_INCLUDE_DEPTH:
            raise CannotPlace(f"files include each other more than {_MAX_INCLUDE_DEPTH} deep")
        edits = list(self._edits(tree.source, tree.directives, context))
        self._depth -= 1
        self.texts[path] = splice(tree.source.text, edits)

    def _edits(
        self, source: Source, directives: Sequence[Directive], context: Context
    ) -> Iterator[Edit]:
        if len(context) > MAX_DEPTH:
            raise CannotPlace(f"blocks nest more than {MAX_DEPTH} deep")
        is_data = bool(context) and context[-1] in DATA_BLOCKS
        for one in directives:
            name = one.name.value
            if is_data and (one.block or one.lua):
                raise CannotPlace(f"a block within data ({source.path}:{one.line})")
            if is_data and name != "include":
                yield from _replaced(source, one, [placed_sockets(word) for word in one.values])
                continue
            _refuse_unknown(name, f"{source.path}:{one.line}")
            if name in SET_ASIDE or self._is_left_out(one):
                yield _replacing(source, one.span, "")
                continue
            yield from _replaced(source, one, self._words(one, context))
            if one.block is not None:
                yield from self._in_block(source, one, one.block, (*context, name))

    def _in_block(
        self, source: Source, one: Directive, block: Block, context: Context
    ) -> Iterator[Edit]:
        start = block.span.start + 1
        if added := self._added(one.name.value, block, context):
            yield Edit(source.path, start, start, added)
        yield from self._edits(source, block.directives, context)

    def _is_left_out(self, one: Directive) -> bool:
        found = one.name.value in self.left_out and one.block is None
        self.gone |= {one.name.value} if found else set()
        return found

    def _words(self, one: Directive, context: Context) -> list[str]:
        words = [placed_sockets(word) for word in one.values]
        if one.name.value == "include" and words:
            return [self.include(words[0], context), *words[1:]]
        return self.arguments.replaced(one.name.value, words, context)

    def _added(self, name: str, block: Block, context: Context) -> str:
        """Return what a block gets, where nginx would take what leads out instead."""
        if name == "http":
            return self.defaults(set(self._names(block.directives)))
        if context[-2:] == ("http", "server") and "listen" not in self._names(block.directives):
            return f" listen {quoted(self.arguments.subs.listen('default'))};"
        return ""

    def defaults(self, names: set[str]) -> str:
        """Return where temporary files and logs go, for an http block that sets `names` itself.

        A program's own defaults are what it was built with: directories of this machine.
        """
        paths = {f"{one}_temp_path": f"{self._root}/temporary/{one}" for one in TEMPORARY}
        paths["access_log"] = f"{self._root}/{LOG}/{LOGS['access_log']}"
        lines = (f" {name} {quoted(path)};" for name, path in paths.items() if name not in names)
        return "".join(lines)

    def _names(self, directives: Sequence[Directive], depth: int = 0) -> Iterator[str]:
        """Yield the names of a block's own directives, those of included files among them."""
        for one in directives:
            yield one.name.value
            if one.name.value == "include" and one.args and depth < _MAX_INCLUDE_DEPTH:
                pattern = posixpath.normpath(posixpath.join(self._view.folder, one.args[0].value))
                for path in self._view.files.matches(pattern):
                    tree = self._view.tree(path)
                    yield from self._names(tree.directives if tree else (), depth + 1)


def _kind(context: Context) -> object:
    """Return what the copy of a file depends on, of the blocks that it is included in."""
    inner = context[-1] if context else ""
    return context[:1], inner in DATA_BLOCKS, inner == "upstream"


def _refuse_unknown(name: str, place: str) -> None:
    if is_code(name):
        raise CannotPlace(f"`{name}` ({place}) would run a program of the repository")
    if not is_known(name):
        raise CannotPlace(f"`{name}` ({place}) belongs to a module, and none is loaded")


def _replaced(source: Source, one: Directive, words: list[str]) -> Iterator[Edit]:
    """Yield the edits that give a directive other arguments; the ones that stay are not touched."""
    if len(words) != len(one.args):
        span = Span(one.args[0].span.start, one.args[-1].span.end)
        yield _replacing(source, span, " ".join(map(quoted, words)))
        return
    for word, new in zip(one.args, words, strict=True):
        if word.value != new:
            yield _replacing(source, word.span, quoted(new))


def _replacing(source: Source, span: Span, text: str) -> Edit:
    """Return an edit that keeps the number of lines."""
    lines = source.at(span).count("\n") - text.count("\n")
    return Edit(source.path, span.start, span.end, text + "\n" * lines)
