"""The same stack written in other ways: what holds for one must hold for all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from patcher.text import Source

Sources = dict[str, Source]


@dataclass(frozen=True)
class MemoryFiles:
    """A project directory in memory."""

    sources: Mapping[str, Source]

    def read(self, path: str) -> Source | None:
        return self.sources.get(str(PurePosixPath(path)))

    def is_dir(self, path: str) -> bool:
        return any(PurePosixPath(path) in PurePosixPath(one).parents for one in self.sources)

    def list_dir(self, path: str) -> tuple[str, ...]:
        folder = PurePosixPath(path)
        names = set()
        for one in map(PurePosixPath, self.sources):
            if folder in one.parents:
                names.add(one.relative_to(folder).parts[0])
        return tuple(sorted(names))

    def subfolders(self, path: str) -> tuple[str, ...]:
        folder = PurePosixPath(path)
        return tuple(name for name in self.list_dir(path) if self.is_dir(str(folder / name)))


def read_tree(folder: Path) -> Sources:
    """Read every file below a folder, as it is."""
    return {
        path: Source.decode(path, file.read_bytes(), mode=file.stat().st_mode & 0o777)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for path in [file.relative_to(folder).as_posix()]
    }


def is_yaml(path: str) -> bool:
    return path.endswith((".yml", ".yaml"))


def is_nginx(path: str) -> bool:
    return path.endswith((".conf", ".template"))


def as_written(source: Source) -> Source:
    return source


def crlf(source: Source) -> Source:
    if not (is_yaml(source.path) or is_nginx(source.path)):
        return source
    return source.with_text(re.sub(r"\r?\n", "\r\n", source.text))


def bom(source: Source) -> Source:
    """Only YAML: nginx itself refuses a byte order mark."""
    return replace(source, bom=True) if is_yaml(source.path) else source


def no_final_newline(source: Source) -> Source:
    if not (is_yaml(source.path) or is_nginx(source.path)):
        return source
    return source.with_text(source.text.rstrip("\r\n"))


def reindented(source: Source) -> Source:
    """Twice the indentation on every line; the text of a block scalar keeps its own."""
    if not (is_yaml(source.path) or is_nginx(source.path)):
        return source
    text = re.sub(r"(?m)^ +", lambda match: match[0] * 2, source.text)
    return source.with_text(_BLOCK.sub(_as_before, text) if is_yaml(source.path) else text)


# the header of a block scalar, and the lines that are indented deeper than its own
_BLOCK = re.compile(r"(?m)^( *)\S.*[|>][-+]?\n((?:\1 +\S.*\n?|\n)+)")


def _as_before(match: re.Match[str]) -> str:
    lines = match[2].split("\n")
    base = next(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return match[0].removesuffix(match[2]) + "\n".join(map(_halved(base), lines))


def _halved(base: int) -> Callable[[str], str]:
    """Return what takes back the doubling of all spaces behind column `base`."""

    def halved(line: str) -> str:
        deeper = len(line) - len(line.lstrip(" ")) - base
        return line[:base] + line[base + deeper // 2 :] if deeper > 0 else line

    return halved


Variant = Callable[[Source], Source]
VARIANTS: tuple[Variant, ...] = (as_written, crlf, bom, no_final_newline, reindented)


def varied(sources: Sources, variant: Variant) -> Sources:
    return {path: variant(source) for path, source in sources.items()}
