"""Choose fixes that go together, and put them into a stack."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import field

from patcher.finding import Finding, Fix, Safety
from patcher.records import dataclass
from patcher.stack.stack import Stack
from patcher.text import Edit, Route, Source, overlaps, splice


def edits_of(finding: Finding) -> tuple[Edit, ...]:
    """Return the edits of a finding's fix; none where it has no fix."""
    return finding.remedy.edits if isinstance(finding.remedy, Fix) else ()


def choose(findings: Iterable[Finding], minimum: Safety) -> tuple[Finding, ...]:
    """Return the findings to fix in one pass: at least `minimum` safe, and none in conflict.

    Two fixes conflict where their edits overlap or where one changes what the other changes; the
    safer one goes first, then the one that comes first by rule and place. Identical edits merge.
    The others wait for a later pass.
    """
    fixable = [
        finding
        for finding in findings
        if isinstance(finding.remedy, Fix) and finding.remedy.safety >= minimum
    ]
    fixable.sort(key=_preference)
    claims = _Claims()
    return tuple(finding for finding in fixable if claims.take(edits_of(finding)))


def _preference(finding: Finding) -> tuple[int, str, str, int, int]:
    place = finding.where[0]
    safety = finding.remedy.safety if isinstance(finding.remedy, Fix) else 0
    return -safety, finding.rule, place.path, place.line, place.column


@dataclass
class _Claims:
    """What the fixes chosen so far change, by file: characters and model routes.

    `spans` holds the places of `edits`, sorted; no two of them overlap.
    """

    edits: dict[str, set[Edit]] = field(default_factory=dict)
    spans: dict[str, list[Edit]] = field(default_factory=dict)
    routes: set[tuple[str, Route]] = field(default_factory=set)
    above: set[tuple[str, Route]] = field(default_factory=set)

    def take(self, edits: Sequence[Edit]) -> bool:
        """Claim a fix's edits; False, and nothing claimed, where one is in conflict."""
        if any(self._in_conflict(edit) for edit in edits):
            return False
        for edit in edits:
            taken = self.edits.setdefault(edit.path, set())
            if edit in taken:  # with all that it changes
                continue
            taken.add(edit)
            insort(self.spans.setdefault(edit.path, []), edit, key=_place)
            for touch in edit.touches:
                self.routes.add((edit.path, touch.route))
                self.above.update((edit.path, above) for above in _prefixes(touch.route))
        return True

    def _in_conflict(self, edit: Edit) -> bool:
        if edit in self.edits.get(edit.path, ()):
            return False
        spans = self.spans.get(edit.path, [])
        after = bisect_left(spans, _place(edit), key=_place)
        beside = spans[max(after - 1, 0) : after + 1]
        return any(overlaps(edit, other) for other in beside) or any(
            self._route_taken(edit.path, touch.route) for touch in edit.touches
        )

    def _route_taken(self, path: str, route: Route) -> bool:
        if (path, route) in self.routes or (path, route) in self.above:
            return True
        return any((path, above) in self.routes for above in _prefixes(route))


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def _prefixes(route: Route) -> Iterable[Route]:
    return (route[:length] for length in range(len(route)))


def patched(stack: Stack, findings: Iterable[Finding]) -> Stack:
    """Return the stack with the fixes of `findings` in place."""
    by_path: dict[str, list[Edit]] = {}
    for finding in findings:
        for edit in edits_of(finding):
            by_path.setdefault(edit.path, []).append(edit)
    changed = {}
    for path, edits in by_path.items():
        source = stack.files.read(path) or _new(path, edits)
        changed[path] = source.with_text(splice(source.text, edits))
    return stack.patched(changed)


def _new(path: str, edits: Iterable[Edit]) -> Source:
    """Return a file that is not there yet; a script is executable."""
    is_script = any(edit.text.startswith("#!") for edit in edits)
    return Source(path, "", mode=0o755 if is_script else 0o644)
