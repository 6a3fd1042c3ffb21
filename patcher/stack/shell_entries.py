"""The texts that a service's `entrypoint` and `command` give to a shell, as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from patcher.lang.yaml_nodes import Scalar, Sequence, target
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Value
from patcher.stack.start.wrappers import shell_text


@dataclass(frozen=True, eq=False)
class ShellEntry:
    """A text for a shell, and the scalar in the compose file that it stands in."""

    service: Service
    text: str
    value: Value
    scalar: Scalar

    @property
    def written(self) -> str:
        """The scalar's text in the file."""
        return self.value.tree.source.text[self.scalar.body : self.scalar.end]


def shell_entries(service: Service) -> Iterator[ShellEntry]:
    """Yield what an entry gives to its shell, or to one that the entrypoint names for it."""
    entrypoint, command = service.words("entrypoint") or (), service.words("command") or ()
    alone = shell_text(command) is not None
    for key, shell, words in (
        ("entrypoint", (), entrypoint),
        ("command", () if alone else entrypoint, command),
    ):
        value, index = service.get(key), shell_text((*shell, *words))
        if value is not None and index is not None and index >= len(shell):
            yield from _entry(service, value, words[index - len(shell)], index - len(shell))


def _entry(service: Service, value: Value, text: str, index: int) -> Iterator[ShellEntry]:
    node = value.node
    if isinstance(node, Sequence):
        node = target(node.items[index])
    if isinstance(node, Scalar):
        yield ShellEntry(service, text, value, node)
