"""Our view of every project of the corpus beside the real Compose's, attribute by attribute."""

from __future__ import annotations

import re
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from patcher.stack.disk import DiskFiles
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from tests.corpus.cases import Case
from tests.corpus.compose_verdict import STAND_IN, StandIns, ask, default_files, stand_ins
from tests.real_compose import ours, read_model, theirs

_CONFIG: Final = ("--profile", "*", "config", "--format", "json")
_UNSET: Final = re.compile(r'The \\?"(\w+)\\?" variable is not set')
_NAME: Final = re.compile(r"\$\{?([A-Za-z_]\w*)\}?(?![:?+-])")
_FOLDER: Final = re.compile(r"DIR|PATH|ROOT|FOLDER|VOLUME|DATA|LOCATION|HOME|MOUNT|SOCK|FILE", re.I)
# for what is not set, a folder or something else: the first pair that Compose takes
_VALUES: Final = (("./10", "10"), ("10", "10"), ("./10", "./10"), ("true", "true"), ("", ""))


@dataclass
class Agreement:
    """What comparing one project came to: comparisons and disagreements by attribute."""

    case: str
    compared: Counter[str] = field(default_factory=Counter)
    differ: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    refused: str = ""

    def compare(self, attribute: str, where: str, our: Any, their: Any) -> None:
        """Compare one attribute of one service."""
        self.compared[attribute] += 1
        if our != their:
            self.differ.append((attribute, where, our, their))


def compare(case: Case) -> Agreement:
    """Compare our model of a case with that of Compose, where Compose takes it."""
    found = Agreement(case.name)
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        root = case.put(Path(name).resolve())
        try:
            _compare(case, root, found)
        except Exception:
            found.differ.append(("crash", "", traceback.format_exc(), None))
    return found


def _compare(case: Case, root: Path, found: Agreement) -> None:
    files = case.compose or default_files(root)
    known = stand_ins(root, files)
    env = root / Path(files[0]).parent / ".env"
    before = env.read_bytes() if env.is_file() else None
    unset = _unset(root, files, known)
    for folder, other in _VALUES:
        values = {name: folder if _FOLDER.search(name) else other for name in unset}
        _set_variables(env, before, {**known.variables, **values})
        done = ask(root, files, StandIns({}, known.files, known.others, known.model), *_CONFIG)
        if done.returncode == 0:
            break
    else:
        found.refused = done.stderr.strip().rpartition("\n")[2]
        return
    stack = _stack(root, files, known)
    model = read_model(done.stdout)
    their, our = theirs(model, root), ours(stack)
    found.compare("services", "", sorted(our), sorted(their))
    for service in sorted(set(our) & set(their)):
        for attribute, value in our[service].items():
            found.compare(attribute, service, value, their[service][attribute])


def _unset(root: Path, files: tuple[str, ...], known: StandIns) -> set[str]:
    """Return the variables without a value: those that Compose tells, and all where it refuses."""
    done = ask(root, files, known, *_CONFIG)
    told = set(_UNSET.findall(done.stderr))
    if done.returncode == 0:
        return told
    texts = ((root / path).read_text(encoding="utf-8", errors="replace") for path in files)
    return told | {name for text in texts for name in _NAME.findall(text)}


def _set_variables(env: Path, before: bytes | None, values: dict[str, str]) -> None:
    """Add stand-ins for variables to `.env`, where both look; what it sets already stays."""
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    env.write_bytes(lines.encode() + (before or b""))


def _stack(root: Path, files: tuple[str, ...], known: StandIns) -> Stack:
    if known.model:
        files = (str(Path(files[0]).parent / STAND_IN), *files)
    return load(DiskFiles(root), Request(files, (), {}, root.name), Settings())
