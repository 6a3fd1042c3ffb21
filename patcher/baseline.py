"""The baseline: findings that are known and accepted for now, so that only new ones fail `check`.

A JSON file of the project, one entry a finding, in an order that does not change; it is read as
carefully as any other file of a repository.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from patcher.errors import UserError
from patcher.finding import Finding
from patcher.text import Source

NAME: Final = ".hanna-fix-baseline.json"
_VERSION: Final = 1
_TODO: Final = "move the file away, and record the findings again with `hanna-fix baseline`"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding that was recorded, and why it is accepted; sorted by place."""

    path: str
    rule: str
    fingerprint: str
    message: str
    reason: str


_NAMES: Final = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings beside a baseline.

    `new` are not in it, `known` are the entries that were found, `stale` those found no longer, and
    `others` those of rules that did not run.
    """

    new: tuple[Finding, ...]
    known: tuple[Entry, ...]
    stale: tuple[Entry, ...]
    others: tuple[Entry, ...]


def parse(source: Source) -> tuple[Entry, ...]:
    """Return the entries of a baseline file; raises UserError where it is none."""
    try:
        data = json.loads(source.text)
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg}"
        raise UserError(
            reason, todo=_TODO, path=source.path, line=error.lineno, column=error.colno
        ) from None
    except (RecursionError, ValueError):
        raise UserError("not a baseline", todo=_TODO, path=source.path) from None
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        message = f"not a baseline of version {_VERSION}"
        raise UserError(message, todo=_TODO, path=source.path)
    listed = data.get("findings")
    if not isinstance(listed, list) or not all(map(_is_entry, listed)):
        message = "every entry of `findings` must have texts for " + ", ".join(_NAMES)
        raise UserError(message, todo=_TODO, path=source.path)
    return tuple(Entry(**{name: one[name] for name in _NAMES}) for one in listed)


def _is_entry(data: Any) -> bool:
    return isinstance(data, dict) and all(isinstance(data.get(name), str) for name in _NAMES)


def written(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline file: the same for the same entries in any order."""
    data = {"version": _VERSION, "findings": [asdict(one) for one in sorted(entries)]}
    return json.dumps(data, indent=2) + "\n"


def compare(found: Sequence[Finding], entries: Sequence[Entry], rules: Collection[str]) -> Compared:
    """Compare what `rules` (ids) found with the entries of a baseline.

    Several findings may have one fingerprint; each takes one entry, that with its message first.
    """
    left: dict[str, list[Entry]] = {}
    for one in entries:
        if one.rule in rules:
            left.setdefault(one.fingerprint, []).append(one)
    new, known = list(found), list[Entry]()
    for exact in (True, False):
        taken = [(one, _take(left, one, exact=exact)) for one in new]
        new = [one for one, entry in taken if entry is None]
        known += [entry for _, entry in taken if entry is not None]
    stale = (one for group in left.values() for one in group)
    others = (one for one in entries if one.rule not in rules)
    return Compared(tuple(new), tuple(known), tuple(stale), tuple(others))


def _take(left: dict[str, list[Entry]], finding: Finding, *, exact: bool) -> Entry | None:
    """Take an entry for a finding out of those `left`; None where there is none."""
    group = left.get(finding.fingerprint, [])
    for number, entry in enumerate(group):
        if entry.message == finding.message or not exact:
            return group.pop(number)
    return None


def updated(compared: Compared, reason: str) -> tuple[Entry, ...]:
    """Return the entries of the next baseline: known ones as they are, new ones with `reason`.

    Raises UserError where there are new ones and no reason.
    """
    if compared.new and not reason.strip():
        message = f"{len(compared.new)} new, and no reason"
        raise UserError(message, todo="say with --reason why these findings are accepted")
    new = (
        Entry(one.where[0].path, one.rule, one.fingerprint, one.message, reason.strip())
        for one in compared.new
    )
    return (*compared.known, *compared.others, *new)
