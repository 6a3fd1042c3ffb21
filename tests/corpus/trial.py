"""One case of the corpus through the whole program, and everything that may not happen to it."""

from __future__ import annotations

import subprocess
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from patcher.engine.apply import edits_of
from patcher.engine.check import check
from patcher.engine.fix import fix
from patcher.engine.outcome import Outcome
from patcher.errors import UserError
from patcher.finding import Finding, Fix, NoFix, Safety
from patcher.lang.yaml_nodes import Tree
from patcher.report.diff import diff
from patcher.rules import chosen_rules
from patcher.rules.base import Rule
from patcher.stack.disk import DiskFiles
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from patcher.text import Route
from tests.corpus import compose_verdict, nginx_verdict, preserved
from tests.corpus.cases import Case
from tests.corpus.round_trip import rewritten

# The figures of the table whose goal is 0, in its order.
CRASH: Final = "crashes"
UNREADABLE: Final = "files that the real program accepts and we cannot read"
ROUND_TRIP: Final = "files that parse, no edit, write does not give back to the byte"
STRAY: Final = "lines changed outside of the declared routes"
COMMENT: Final = "comments lost"
FORMAT: Final = "newlines, byte order marks or ends of file changed"
HELD: Final = "fixes held by a gate"
COMPOSE: Final = "fixed projects that the real Compose refuses though it took the original"
NGINX: Final = "nginx configurations that pass `nginx -t` before and fail after"
AGAIN: Final = "second runs that propose something"
GIT: Final = "diffs that `git apply` refuses, or that give another text"
GOALS: Final = (
    CRASH,
    UNREADABLE,
    ROUND_TRIP,
    STRAY,
    COMMENT,
    FORMAT,
    HELD,
    COMPOSE,
    NGINX,
    AGAIN,
    GIT,
)


@dataclass
class Result:
    """What came of one case: failures by figure, refusals, and counts to report."""

    case: str
    kind: str
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def fail(self, figure: str, what: str) -> None:
        """Note that something of a figure happened."""
        self.failures.append((figure, what))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the rules (none: those on by default), how safe, and of which nginx.

    `nginx_all` puts every nginx to the real one, not only those that a fix changes.
    """

    minimum: Safety = Safety.SAFE
    select: tuple[str, ...] = ()
    nginx_all: bool = True

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules to run."""
        return chosen_rules(self.select, ())


def run(case: Case, asked: Asked) -> Result:
    """Run one case in a directory of its own."""
    result = Result(case.name, case.kind)
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        folder = Path(name).resolve()
        try:
            _Trial(case, asked, folder, result).run()
        except Exception:
            result.fail(CRASH, traceback.format_exc())
    return result


@dataclass
class _Trial:
    case: Case
    asked: Asked
    folder: Path
    result: Result
    known: compose_verdict.StandIns = field(default_factory=compose_verdict.StandIns)

    def run(self) -> None:
        root = self.case.put(self.folder / "before")
        self.result.counts["cases"] += 1
        stack = self._load(root)
        if stack is not None and any("no such file" in str(one) for one in stack.problems):
            self.known = compose_verdict.stand_ins(root, self.case.compose)
            stack = self._load(root)
        if stack is None:
            return
        for path in sorted(stack._trees):
            self._round_trip(root, stack, path)
        findings = check(stack, self.asked.rules)
        if stack.problems:
            self._unread(root, stack.problems)
            return
        outcome = fix(stack, self.asked.rules, self.asked.minimum)
        self._count(findings, outcome)
        if outcome.changes:
            self._changed(root, stack, outcome)
        elif self.asked.nginx_all:
            self._ask_nginx(stack, None)

    def _load(self, root: Path) -> Stack | None:
        request = Request(self.case.compose, self.case.nginx, {}, root.name)
        try:
            return load(DiskFiles(root), request, Settings())
        except UserError as error:
            self._unread(root, [error])
            return None

    def _unread(self, root: Path, problems: list[UserError]) -> None:
        self.result.counts["cases with a file that we refuse"] += 1
        for problem in problems:
            self.result.notes.append(str(problem))
        known = compose_verdict.stand_ins(root, self.case.compose)
        if any(_is_compose(one) for one in problems):
            found = compose_verdict.verdict(root, self.case.compose, known, profiles=True)
            if found.taken:
                self.result.fail(UNREADABLE, "; ".join(map(str, problems)))

    def _round_trip(self, root: Path, stack: Stack, path: str) -> None:
        self.result.counts["files read"] += 1
        tree = stack.tree(path)
        again = None if tree is None else tree.source.with_text(rewritten(tree)).encode()
        if again != (root / path).read_bytes():
            self.result.fail(ROUND_TRIP, path)

    def _count(self, findings: tuple[Finding, ...], outcome: Outcome) -> None:
        rules = self.result.rules
        for finding in findings:
            rules[finding.rule, "found"] += 1
        for one in outcome.fixed:
            rules[one.finding.rule, "fixed"] += 1
        for held in outcome.held:
            rules[held.finding.rule, "held"] += 1
            place = held.finding.where[0]
            where = f"{held.finding.rule} {place.path}:{place.line}"
            self.result.fail(HELD, f"{where}: by {held.gate}: {held.saw}")
        for left in outcome.left:
            rules[left.rule, "left"] += 1
            self.result.reasons[left.rule, _reason(left)] += 1

    def _changed(self, root: Path, before: Stack, outcome: Outcome) -> None:
        after = before.patched({change.after.path: change.after for change in outcome.changes})
        self.result.counts["cases fixed"] += 1
        self.result.counts["files changed"] += len(outcome.changes)
        declared = _declared(outcome)
        for change in outcome.changes:
            if change.before is not None:  # else a new file, with nothing to keep
                path, texts = change.after.path, (change.before.encode(), change.after.encode())
                self._preserved(path, texts, declared.get(path, set()), after)
        fixed = self._git_apply(outcome)
        if fixed is not None:
            self._second_run(fixed)
            self._ask_compose(root, fixed)
            self._ask_nginx(before, after)

    def _preserved(
        self, path: str, texts: tuple[bytes, bytes], declared: set[Route], after: Stack
    ) -> None:
        for what in preserved.format_changes(*texts):
            self.result.fail(FORMAT, f"{path}: {what}")
        tree = after.tree(path)
        if tree is None:
            for what in preserved.lost_lines(*texts):
                self.result.fail(STRAY, f"{path}: {what}")
            return
        yaml = isinstance(tree, Tree)
        try:
            for what in preserved.lost_comments(*texts, yaml=yaml):
                self.result.fail(COMMENT, f"{path}: {what}")
            for what in preserved.stray_lines(*texts, declared, yaml=yaml):
                self.result.fail(STRAY, f"{path}: {what}")
        except _OTHER_READERS as error:
            self.result.counts["files changed that the other reader cannot read"] += 1
            self.result.notes.append(f"{path}: the other reader: {str(error).splitlines()[0]}")

    def _git_apply(self, outcome: Outcome) -> Path | None:
        place = self.case.put(self.folder / "after")
        self.known.put(place, "")
        patch = diff(outcome).encode()
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, cwd=place, input=patch, capture_output=True, check=False)
        if done.returncode != 0:
            self.result.fail(GIT, done.stderr.decode("utf-8", "replace").strip())
            return None
        for change in outcome.changes:
            if (place / change.after.path).read_bytes() != change.after.encode():
                self.result.fail(GIT, f"{change.after.path} is another text")
        return place

    def _second_run(self, fixed: Path) -> None:
        stack = self._load(fixed)
        if stack is None:
            self.result.fail(AGAIN, "the fixed project cannot be read")
            return
        outcome = fix(stack, self.asked.rules, self.asked.minimum)
        proposed = [one.finding for one in outcome.fixed]
        for finding in [*proposed, *(one.finding for one in outcome.held)]:
            self.result.fail(AGAIN, f"{finding.rule}: {finding.message}")

    def _ask_compose(self, root: Path, fixed: Path) -> None:
        known = compose_verdict.stand_ins(root, self.case.compose)
        for profiles in (True, False):
            before = compose_verdict.verdict(root, self.case.compose, known, profiles=profiles)
            after = compose_verdict.verdict(fixed, self.case.compose, known, profiles=profiles)
            if profiles:
                self.result.counts["fixed projects that Compose took before"] += before.taken
            if before.taken and not after.taken:
                self.result.fail(COMPOSE, after.said)
            elif not before.taken and before.gist != after.gist:
                self.result.counts["fixed projects that Compose refuses, in other words"] += 1
                self.result.notes.append(f"Compose: {before.said} -> {after.said}")

    def _ask_nginx(self, before: Stack, after: Stack | None) -> None:
        later = {one.name: one for one in nginx_verdict.trials(after)} if after else {}
        for trial in nginx_verdict.trials(before):
            self.result.counts["nginx configurations"] += 1
            changed = trial.name in later and later[trial.name].files != trial.files
            if not (changed or self.asked.nginx_all):
                continue
            repairs, said = nginx_verdict.repairs_for(trial, self.folder / "nginx")
            self.result.counts["nginx configurations that pass before"] += not said
            if said:
                sign = "CHANGED " if changed else ""
                self.result.notes.append(f"nginx, before: {sign}{trial.name}: {said}")
            if changed:
                self._compare(later[trial.name], repairs, said)

    def _compare(
        self, trial: nginx_verdict.NginxTrial, repairs: nginx_verdict.Repairs, said: str
    ) -> None:
        self.result.counts["nginx configurations changed"] += 1
        self.result.counts["nginx configurations changed that pass before"] += not said
        after = nginx_verdict.verdict(trial, repairs, self.folder / "nginx-after")
        if after and not said:
            self.result.fail(NGINX, f"{trial.name}: {after}")


def _other_readers() -> tuple[type[Exception], ...]:
    from crossplane.errors import NgxParserBaseException
    from ruamel.yaml.error import YAMLError

    return YAMLError, NgxParserBaseException


_OTHER_READERS: Final = _other_readers()


def _declared(outcome: Outcome) -> dict[str, set[Route]]:
    found: dict[str, set[Route]] = {}
    for one in outcome.fixed:
        for edit in edits_of(one.finding) if one.direct else ():
            found.setdefault(edit.path, set()).update(touch.route for touch in edit.touches)
    return found


def _is_compose(problem: UserError) -> bool:
    return problem.path is not None and preserved.is_yaml(problem.path)


def _reason(finding: Finding) -> str:
    remedy = finding.remedy
    if isinstance(remedy, Fix):
        return f"[{remedy.safety.name}] {remedy.title}"
    return remedy.reason if isinstance(remedy, NoFix) else ""
