"""What every report is made from: each finding with what became of it, and what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from itertools import chain

from patcher.engine.outcome import Fixed, Held, Outcome
from patcher.errors import UserError
from patcher.finding import Finding, Fix, NoFix, Safety
from patcher.records import dataclass
from patcher.stack.stack import Stack
from patcher.text import Edit, Source


class State(StrEnum):
    """What became of a finding; `check` only finds."""

    FOUND = "found"
    FIXED = "fixed"
    HELD = "held"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as reports tell it.

    `edits` are those of its fix that may be made in the files as they were read; empty where there
    is none, or where another fix has to come before. `sources` holds these files by path. `direct`
    is of FIXED: its own fix was made. `gate` and `saw` are of HELD.
    """

    finding: Finding
    state: State
    edits: tuple[Edit, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    direct: bool = True
    gate: str = ""
    saw: str = ""

    @classmethod
    def found(cls, finding: Finding, sources: Mapping[str, Source]) -> Entry:
        """Return the entry of a finding that `check` lists."""
        edits = finding.remedy.edits if isinstance(finding.remedy, Fix) else ()
        return cls(finding, State.FOUND, edits, sources)


@dataclass(frozen=True, slots=True)
class StackView:
    """One stack with its entries, for a format that shows more of it than findings.

    `folder` is where it lies. `outcome` is as of the stack itself, with paths from there, and None
    from `check`; `found` is what `check` found, likewise.
    """

    folder: str
    stack: Stack
    entries: tuple[Entry, ...]
    outcome: Outcome | None = None
    found: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class StackResult:
    """What came of one of many stacks: its directory, and how many of its files cannot be read."""

    folder: str
    entries: tuple[Entry, ...]
    not_read: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that a format has to tell.

    `outcome` is None from `check`. `written` tells that what is FIXED is gone from the files, as
    after `apply`. `statistics` asks for counts in the place of single findings. `stacks` are those
    of `--recursive`, else none. `views` are
    the stacks that could be read.
    """

    entries: tuple[Entry, ...]
    problems: tuple[UserError, ...] = ()
    outcome: Outcome | None = None
    written: bool = False
    statistics: bool = False
    stacks: tuple[StackResult, ...] = ()
    views: tuple[StackView, ...] = ()

    @property
    def open(self) -> tuple[Entry, ...]:
        """The findings that the files still have."""
        return tuple(one for one in self.entries if not self.is_gone(one))

    def is_gone(self, entry: Entry) -> bool:
        """Tell whether the files had the finding, and have it no longer."""
        return self.written and entry.state is State.FIXED

    def of(self, state: State) -> tuple[Entry, ...]:
        """Return the entries that came to `state`."""
        return tuple(one for one in self.entries if one.state is state)


def entries_of(
    outcome: Outcome, sources: Mapping[str, Source], carried: Collection[str] = ()
) -> tuple[Entry, ...]:
    """Return the entries of an outcome: fixed, held and left, each in its order.

    `carried` are the files that were read with another stack's fixes in them.
    """
    changed = {*carried, *(one.after.path for one in outcome.changes)}
    return (
        *(_fixed(one, sources, carried) for one in outcome.fixed),
        *(_held(one, sources, changed) for one in outcome.held),
        *(_left(one, sources, changed) for one in outcome.left),
    )


def _fixed(one: Fixed, sources: Mapping[str, Source], carried: Collection[str]) -> Entry:
    edits = _edits(one.finding, carried) if one.direct and one.in_pass == 1 else ()
    return Entry(one.finding, State.FIXED, edits, sources, direct=one.direct)


def _held(one: Held, sources: Mapping[str, Source], changed: Collection[str]) -> Entry:
    edits = _edits(one.finding, changed)
    return Entry(one.finding, State.HELD, edits, sources, gate=one.gate, saw=one.saw)


def _left(finding: Finding, sources: Mapping[str, Source], changed: Collection[str]) -> Entry:
    return Entry(finding, State.LEFT, _edits(finding, changed), sources)


def _edits(finding: Finding, changed: Collection[str]) -> tuple[Edit, ...]:
    """Return a fix's edits where they count characters of files that nothing else has changed."""
    edits = finding.remedy.edits if isinstance(finding.remedy, Fix) else ()
    return () if any(edit.path in changed for edit in edits) else edits


def merged_entries(stacks: Iterable[Iterable[Entry]]) -> tuple[Entry, ...]:
    """Return the entries of several stacks as one: all that is fixed, then held, then left."""
    order = list(State)
    return tuple(sorted(chain.from_iterable(stacks), key=lambda one: order.index(one.state)))


def details(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what is to be known of an entry's remedy, each with its name."""
    told = {State.FIXED: _of_fixed, State.HELD: _of_held}
    yield from told.get(entry.state, _of_remedy)(entry)


def _of_fixed(entry: Entry) -> Iterator[tuple[str, str]]:
    remedy = entry.finding.remedy
    if not entry.direct:
        yield "fix", "another fix brings it"
    elif isinstance(remedy, Fix):
        yield "fix", remedy.title
        yield "next up", remedy.next_up
        if remedy.why:
            yield "take care", remedy.why


def _of_held(entry: Entry) -> Iterator[tuple[str, str]]:
    if isinstance(entry.finding.remedy, Fix):
        yield "fix", entry.finding.remedy.title
    yield "held by gate", f"{entry.gate}: {entry.saw}"


def _of_remedy(entry: Entry) -> Iterator[tuple[str, str]]:
    remedy = entry.finding.remedy
    if isinstance(remedy, NoFix):
        yield "no fix", remedy.reason
        if remedy.by_hand:
            yield "by hand", remedy.by_hand
        return
    how = {Safety.SAFE: "fix", Safety.UNSAFE: "fix with --unsafe", Safety.DISPLAY: "by hand"}
    yield how[remedy.safety], remedy.title
    if remedy.why:
        yield "take care", remedy.why
