"""Tells the commits that hanna-fix made, and that nobody has changed since, from all others.

The last trailer of our messages is a seal: a digest of the tree, the parent and the message before
it. A commit that was amended, rebased or merged no longer bears the right one, so what a person
added to it is never taken for ours. Author, committer and signature are not part of it.

Source: https://git-scm.com/docs/git-interpret-trailers, gitformat-commit in git's documentation
"""

from __future__ import annotations

import hashlib
from typing import Final

TRAILER: Final = "Hanna-Fix"
_LENGTH: Final = 40  # hexadecimal digits


def sealed(message: str, tree: str, parent: str) -> str:
    """Return a commit's message with its seal, for full names of its tree and only parent."""
    body = message.rstrip("\n")
    return f"{body}\n\n{TRAILER}: {_seal(body, tree, parent)}\n"


def parent_of_ours(raw: bytes) -> str | None:
    """Return the parent of a commit, as `git cat-file commit` prints it; None if it is not ours."""
    head, _, message = raw.decode("utf-8", "replace").partition("\n\n")
    fields = [line.split(" ", 1) for line in head.split("\n")]
    trees = [one[1] for one in fields if one[0] == "tree"]
    parents = [one[1] for one in fields if one[0] == "parent"]
    if len(trees) != 1 or len(parents) != 1:
        return None
    body, separator, seal = message.rstrip("\n").rpartition(f"\n\n{TRAILER}: ")
    is_ours = bool(separator) and seal == _seal(body, trees[0], parents[0])
    return parents[0] if is_ours else None


def _seal(body: str, tree: str, parent: str) -> str:
    whole = "\0".join((tree, parent, body)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:_LENGTH]
