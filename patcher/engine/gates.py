"""The gates that every fix passes before it is written, each an independent proof.

A gate says nothing where the change is right, and what it saw where it is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from patcher.diff import applied, unified
from patcher.engine.apply import edits_of
from patcher.errors import Bug
from patcher.finding import Finding
from patcher.records import dataclass
from patcher.stack.stack import Stack
from patcher.text import Edit, Source


@dataclass(frozen=True, slots=True)
class Failure:
    """A gate that a change did not pass, and what it saw."""

    gate: str
    saw: str


@dataclass(frozen=True)
class Trial:
    """A change on trial: the stack and its findings before and after, and the fixes made.

    `old_ignored` and `new_ignored` are the findings that comments ignore.
    """

    before: Stack
    after: Stack
    old_findings: Sequence[Finding]
    new_findings: Sequence[Finding]
    fixes: Sequence[Finding]
    old_ignored: Sequence[Finding] = ()
    new_ignored: Sequence[Finding] = ()

    def edits(self) -> dict[str, list[Edit]]:
        """Return the edits of all fixes by path, identical ones once, in order."""
        found: dict[str, list[Edit]] = {}
        for edit in dict.fromkeys(edit for fix in self.fixes for edit in edits_of(fix)):
            found.setdefault(edit.path, []).append(edit)
        for edits in found.values():
            edits.sort(key=lambda edit: (edit.start, edit.end))
        return found


def examine(trial: Trial) -> Failure | None:
    """Return the first failure of gates 1 to 5 and 7, or None. Gate 6 is the fix loop's end."""
    gates = (_parses, _local, _intended, _gone, _no_worse, _diff_reads_back)
    for gate in gates:
        for saw in gate(trial):
            return Failure(gate.__name__.strip("_").replace("_", " "), saw)
    return None


def _parses(trial: Trial) -> Iterator[str]:
    """Gate 1: what could be read before can be read after."""
    known = set(map(str, trial.before.problems))
    yield from (str(one) for one in trial.after.problems if str(one) not in known)


def _local(trial: Trial) -> Iterator[str]:
    """Gate 2: bytes outside the edits stay, and every comment stays a comment."""
    for path, edits in trial.edits().items():
        old, new = trial.before.files.read(path), trial.after.files.read(path)
        if old is None or new is None:
            continue
        if (old.bom, old.mode) != (new.bom, new.mode) or not _outside_same(old, new, edits):
            yield f"{path} changed outside of the edits"
        if lost := _comments(trial.before, path) - _comments(trial.after, path):
            yield f"{path} lost the comment {next(iter(lost))!r}"


def _outside_same(old: Source, new: Source, edits: list[Edit]) -> bool:
    position = shift = 0
    for edit in edits:
        kept = old.text[position : edit.start]
        start = position + shift
        if new.text[start : start + len(kept)] != kept:
            return False
        position = edit.end
        shift += len(edit.text) - (edit.end - edit.start)
    return new.text[position + shift :] == old.text[position:]


def _comments(stack: Stack, path: str) -> Counter[str]:
    tree = stack.tree(path)
    if tree is None:
        return Counter()
    return Counter(tree.source.at(span) for span in tree.comments)


def _intended(trial: Trial) -> Iterator[str]:
    """Gate 3: the parsed model changed exactly where, and to what, the fixes declared."""
    for path, edits in trial.edits().items():
        touches = [touch for edit in edits for touch in edit.touches]
        old, new = trial.before.model(path), trial.after.model(path)
        if old is None or new is None:
            continue
        yield from (f"{path}: {saw}" for saw in old.unintended(new, touches))


def _gone(trial: Trial) -> Iterator[str]:
    """Gate 4: what was fixed is not found again."""
    after = {finding.fingerprint for finding in trial.new_findings}
    for fix in trial.fixes:
        if fix.fingerprint in after:
            yield f"{fix.rule} is still found at {fix.where[0].path}:{fix.where[0].line}"


def _no_worse(trial: Trial) -> Iterator[str]:
    """Gate 5: nothing as severe is found that was not there before, nor what was ignored."""
    ignored = {finding.fingerprint for finding in trial.old_ignored}
    before = {finding.fingerprint for finding in trial.old_findings}
    floor = min((fix.severity for fix in trial.fixes), default=0)
    for finding in trial.new_findings:
        if finding.fingerprint in ignored - before:
            yield f"{finding.rule} is ignored no longer: {finding.message}"
        elif finding.fingerprint not in before and finding.severity >= floor:
            yield f"{finding.rule} appears: {finding.message}"


def _diff_reads_back(trial: Trial) -> Iterator[str]:
    """Gate 7: the diff that is printed, read by unidiff and applied, gives the new text."""
    for path in trial.edits():
        old, new = trial.before.files.read(path), trial.after.files.read(path)
        if new is None or (old is not None and old.text == new.text):
            yield f"{path} does not change"
            continue
        try:
            result = applied(unified(old, new), old)
        except Bug as error:
            yield f"{path}: {error}"
            continue
        if result.encode() != new.encode():
            yield f"{path}: the diff gives another text"
