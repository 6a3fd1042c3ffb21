"""An edit put through the engine's own gates, as if its file were a whole project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from patcher.engine.gates import Trial, examine
from patcher.finding import Finding, Fix, Location, Severity
from patcher.lang import nginx, nginx_tree, yaml, yaml_nodes
from patcher.lang.model import Model, PlainModel
from patcher.lang.nginx_model import NginxModel
from patcher.stack.stack import Stack
from patcher.text import Edit, Source, Span, splice
from tests.variants import MemoryFiles

AnyTree = yaml_nodes.Tree | nginx_tree.Tree


@dataclass(frozen=True)
class OneFile:
    """A stack of one file, with as much of a stack as the gates ask for."""

    parsed: Any
    problems: tuple[str, ...] = ()

    @property
    def files(self) -> MemoryFiles:
        return MemoryFiles({self.parsed.source.path: self.parsed.source})

    def tree(self, _path: str) -> AnyTree:
        return cast("AnyTree", self.parsed)

    def model(self, _path: str) -> Model:
        if isinstance(self.parsed, yaml_nodes.Tree):
            return PlainModel(self.parsed.model)
        return NginxModel(self.parsed)


def parsed(tree: AnyTree, source: Source) -> AnyTree:
    """Read another text by the language of `tree`."""
    return yaml.parse(source) if isinstance(tree, yaml_nodes.Tree) else nginx.parse(source)


def proven(tree: AnyTree, edits: Iterable[Edit]) -> str:
    """The edited text; fails where it does not parse, or where a gate refuses it."""
    made = tuple(edits)
    source = tree.source
    new = source.with_text(splice(source.text, made))
    after = parsed(tree, new)
    if made:
        assert new.text != source.text
        failure = examine(_trial(OneFile(tree), OneFile(after), made))
        assert failure is None, (failure, new.text)
    return new.text


def _trial(before: OneFile, after: OneFile, edits: tuple[Edit, ...]) -> Trial:
    place = Location(edits[0].path, 1, 1, Span(0, 0), ())
    fix = Fix("edit", edits, next_up="")
    finding = Finding("rule", Severity.INFO, "message", "evidence", (place,), fix)
    return Trial(cast("Stack", before), cast("Stack", after), [finding], [], [finding])
