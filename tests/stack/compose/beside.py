"""Our view of a project beside the real Compose's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patcher.stack.disk import DiskFiles
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from tests.real_compose import config, ours, theirs


def loaded(folder: Path, files: Mapping[str, str], given: tuple[str, ...] = ()) -> Stack:
    """Write a project into `folder/stack` and load it; what cannot be read fails."""
    root = folder / "stack"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    stack = load(DiskFiles(root), Request(given, (), {}, root.name), Settings())
    assert not stack.problems
    return stack


def agreed(
    folder: Path, files: Mapping[str, str], given: tuple[str, ...] = ()
) -> dict[str, dict[str, Any]]:
    """Return our view of every service; fails where Compose refuses the project or differs."""
    stack = loaded(folder, files, given)
    model = config(folder / "stack", files=given)
    assert model is not None
    view = ours(stack)
    assert view == theirs(model, folder / "stack")
    return view
