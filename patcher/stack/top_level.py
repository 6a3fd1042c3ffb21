"""Entries of the top-level sections of a compose file: `networks`, `volumes`."""

from __future__ import annotations

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries, fill_null
from patcher.lang.yaml_nodes import Scalar
from patcher.lang.yaml_style import Data
from patcher.stack.compose.documents import Document
from patcher.stack.compose.values import mapping_of
from patcher.stack.key_order import BEFORE
from patcher.text import Edit


def declare(document: Document, section: str, name: str, value: Data) -> tuple[Edit, ...]:
    """Return the edits that add `name: value` to a section, which is added where it is missing.

    Raises CannotEdit where the section is no mapping, or holds the name.
    """
    found = document.section(section)
    if found is None:
        return add_entries(
            document.tree,
            document.root,
            [(section, {name: value})],
            at=[document.route],
            before=BEFORE.get(section),
            separate=True,
        )
    item = [(name, value)]
    mapping = mapping_of(found.entry.value)
    if mapping is not None:
        return add_entries(document.tree, mapping, item, at=[found.route])
    if isinstance(found.node, Scalar) and found.node.is_null:
        return fill_null(document.tree, document.root, found.entry, item, at=[found.route])
    raise CannotEdit(f"`{section}` is not a mapping")
