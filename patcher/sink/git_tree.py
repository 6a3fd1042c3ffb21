"""Files of a project as one git commit holds them; the work tree is not looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeGuard

from patcher.errors import UserError
from patcher.stack.files import MAX_BYTES, MAX_PATH, Once, too_large
from patcher.text import Source

if TYPE_CHECKING:
    from git import Blob, Repo, Submodule, Tree

    Entry = Tree | Blob | Submodule

_LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_SYMLINK: Final = 0o120000
_MAX_LINKS: Final = 40
_MAX_LINK_LENGTH: Final = 4096


class RevisionTree:
    """Read access to the directory `prefix` of a commit, by paths relative to it.

    Bytes are those of the commit: no line-end conversion, no filter. Symbolic links are followed
    inside the directory. Links out of it, submodules and Git LFS pointers are no files.
    """

    def __init__(self, repo: Repo, commit: str, prefix: str) -> None:
        """Open the tree of `commit`, a full object name; `prefix` is as `project_prefix` gives.

        Raises UserError where the commit's tree is not in the clone.
        """
        self._commit = commit
        self._prefix = prefix
        self._trees: dict[bytes, Tree] = {}
        self._once = Once(self._read)
        try:
            self._top: Entry | None = repo.commit(commit).tree
        except (ValueError, OSError):
            raise _missing("the tree of the commit") from None
        for name in prefix.split("/"):
            self._top = self.entry(self._top, name) if name else self._top

    def read(self, path: str) -> Source | None:
        """Return the file at `path`, or None.

        Raises UserError where it is not UTF-8, is larger than 2 MiB or is not in the clone.
        """
        return self._once(path)

    def _read(self, path: str) -> Source | None:
        found = self._find(path)
        entry = found[1] if found else None
        if not _is_file(entry):
            return None
        data = _content(entry, MAX_BYTES, path)
        if data is None:
            raise too_large(path)
        if data.startswith(_LFS_POINTER):
            return None
        return Source.decode(path, data, mode=entry.mode & 0o777, rev=self._commit)

    def is_dir(self, path: str) -> bool:
        """Tell whether `path` is a directory inside the project."""
        return self._folder(path) is not None

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a directory; empty where it is none.

        Raises UserError where the directory is not in the clone.
        """
        folder = self._folder(path)
        try:
            return () if folder is None else tuple(sorted(str(item.name) for item in folder))
        except (ValueError, OSError):
            raise _missing(path) from None

    def subfolders(self, path: str) -> tuple[str, ...]:
        """Return the sorted names of the directories in a directory; symbolic links are none."""
        folder = self._folder(path)
        items = () if folder is None else tuple(folder)
        return tuple(sorted(str(item.name) for item in items if item.type == "tree"))

    def locate(self, path: str) -> tuple[str, int | None]:
        """Return where a file at `path` is stored, from the top of the repository, and its mode.

        Symbolic links are resolved, as a write through them would be. The mode is git's, None
        where there is no file yet. Raises UserError where it is no place for a file.
        """
        found = self._find(path)
        if found is None or not found[0]:
            raise UserError("is not inside the project", todo="check its links", path=path)
        way, entry = found
        if entry is not None and not _is_file(entry):
            raise UserError("is not a regular file", todo="replace it by one", path=path)
        return self._prefix + "/".join(way), None if entry is None else entry.mode

    def entry(self, folder: Entry | None, name: str) -> Entry | None:
        """Return what a directory holds under `name`; None for nothing, and if it is no directory.

        Raises UserError where the directory is not in the clone.
        """
        tree = self._as_tree(folder)
        try:
            return None if tree is None else tree.join(name)
        except (KeyError, TypeError):
            return None
        except (ValueError, OSError):
            raise _missing(name) from None

    def _folder(self, path: str) -> Tree | None:
        found = self._find(path)
        return self._as_tree(found[1]) if found else None

    def _as_tree(self, entry: Entry | None) -> Tree | None:
        """Return a directory, the same object each time: it keeps what it has read."""
        if entry is None or entry.type != "tree":
            return None
        return self._trees.setdefault(entry.binsha, entry)

    def _find(self, path: str) -> tuple[list[str], Entry | None] | None:
        """Return the names on the real way to `path`, and what is there (None: nothing yet).

        None where the way leads out of the project, through a file, or in a circle of links.
        """
        if self._top is None or path.startswith("/") or "\0" in path or len(path) > MAX_PATH:
            return None
        walk = _Walk(self, self._top, path)
        while walk.names:
            if not walk.step(walk.names.pop()):
                return None
        return [name for name, _ in walk.way], walk.here


class _Walk:
    """A way through directories and links; `names` are still to go, the next one last."""

    def __init__(self, tree: RevisionTree, top: Entry, path: str) -> None:
        self._tree = tree
        self._top = top
        self._links = 0
        self.way: list[tuple[str, Entry | None]] = []
        self.names = path.split("/")[::-1]

    @property
    def here(self) -> Entry | None:
        return self.way[-1][1] if self.way else self._top

    def step(self, name: str) -> bool:
        """Go one name further; tell whether that stays possible and inside."""
        if self.here is not None and self.here.type != "tree":
            return False
        if name == "..":
            known = bool(self.way) and self.here is not None
            del self.way[-1:]
            return known
        if name not in ("", "."):
            entry = self._tree.entry(self.here, name)
            if entry is not None and entry.mode == _SYMLINK:
                return self._follow(entry, name)
            self.way.append((name, entry))
        return True

    def _follow(self, link: Entry, name: str) -> bool:
        self._links += 1
        data = _content(link, _MAX_LINK_LENGTH, name)
        if data is None or data.startswith(b"/") or self._links > _MAX_LINKS:
            return False
        self.names += os.fsdecode(data).split("/")[::-1]
        return True


def _is_file(entry: Entry | None) -> TypeGuard[Blob]:
    return entry is not None and entry.type == "blob" and entry.mode != _SYMLINK


def _content(entry: Entry, limit: int, path: str) -> bytes | None:
    """Return the bytes of a blob, or None where there are more than `limit`."""
    try:
        return None if entry.size > limit else bytes(entry.data_stream.read())
    except (ValueError, OSError):
        raise _missing(path) from None


def _missing(path: str) -> UserError:
    todo = "fetch the whole history; check it with git fsck"
    return UserError("is not in this clone, or damaged", todo=todo, path=path)
