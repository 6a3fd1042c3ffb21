"""Outcomes of several stacks as one, every path told from the directory above them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.engine.statement import Statement, Statements
from patcher.finding import Finding, Fix, NoFix
from patcher.text import Source


def moved_finding(finding: Finding, folder: str) -> Finding:
    """Return the finding of a stack that lies in `folder`, as seen from the directory above."""
    where = tuple(
        replace(place, path=posixpath.join(folder, place.path)) for place in finding.where
    )
    return replace(finding, where=where, remedy=_moved_remedy(finding.remedy, folder))


def _moved_remedy(remedy: Fix | NoFix, folder: str) -> Fix | NoFix:
    if isinstance(remedy, NoFix):
        return remedy
    edits = (replace(edit, path=posixpath.join(folder, edit.path)) for edit in remedy.edits)
    return replace(remedy, edits=tuple(edits))


def moved_fixed(one: Fixed, folder: str) -> Fixed:
    """Return what was fixed in a stack that lies in `folder`, as seen from the directory above."""
    return replace(one, finding=moved_finding(one.finding, folder))


def moved_source(source: Source, folder: str) -> Source:
    """Return a file of a stack that lies in `folder`, as seen from the directory above."""
    return replace(source, path=posixpath.join(folder, source.path))


def moved(outcome: Outcome, folder: str) -> Outcome:
    """Return the outcome of a stack that lies in `folder`, as seen from the directory above."""
    if not folder:
        return outcome
    return Outcome(
        tuple(moved_change(one, folder) for one in outcome.changes),
        tuple(moved_fixed(one, folder) for one in outcome.fixed),
        tuple(_moved_held(one, folder) for one in outcome.held),
        tuple(moved_finding(one, folder) for one in outcome.left),
        outcome.passes,
        None if outcome.proof is None else tuple(_moved_said(one, folder) for one in outcome.proof),
    )


def _moved_said(one: Statement, folder: str) -> Statement:
    return replace(one, subject=f"{folder}: {one.subject}" if one.subject else folder)


def moved_change(one: Change, folder: str) -> Change:
    """Return the change of a file of a stack in `folder`, as seen from the directory above."""
    before = None if one.before is None else moved_source(one.before, folder)
    return Change(before, moved_source(one.after, folder))


def _moved_held(one: Held, folder: str) -> Held:
    return replace(one, finding=moved_finding(one.finding, folder))


def merged(outcomes: Iterable[Outcome]) -> Outcome:
    """Return outcomes, each made on top of those before it, as one.

    A file that several changed goes from its first state to its last.
    """
    every = tuple(outcomes)
    changes: dict[str, Change] = {}
    for change in (change for one in every for change in one.changes):
        first = changes.get(change.after.path, change)
        changes[change.after.path] = Change(first.before, change.after)
    return Outcome(
        tuple(changes[path] for path in sorted(changes)),
        tuple(fixed for one in every for fixed in one.fixed),
        tuple(held for one in every for held in one.held),
        tuple(left for one in every for left in one.left),
        max((one.passes for one in every), default=0),
        _merged_proof(every),
    )


def _merged_proof(every: Iterable[Outcome]) -> Statements | None:
    """Return what was said of all outcomes; None where nothing was asked of any."""
    asked = [one.proof for one in every if one.proof is not None]
    return tuple(said for proof in asked for said in proof) if asked else None
