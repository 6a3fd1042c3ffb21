"""The first thing that a new user reads: what is here, and what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from patcher.engine.outcome import Outcome
from patcher.errors import visible
from patcher.report.entries import entries_of
from patcher.report.style import Paint
from patcher.report.text import count
from patcher.rules import rule_named
from patcher.stack.compose.discover import NAMES

_SHOWN: Final = 5

Step = tuple[str, str]


def overview(outcome: Outcome, paths: Sequence[str], program: str, paint: Paint) -> str:
    """Return what there is to find in the stacks of the compose files `paths`, and what to type.

    `program` is how each next command begins.
    """
    entries = entries_of(outcome, {})
    where = _some(paths)
    if not entries:
        return f"Nothing to fix in {where}.\n\n{_next(_after(program), paint)}"
    fixed = len(outcome.fixed)
    rules = Counter(one.finding.rule for one in entries).most_common()
    head = f"{count(len(entries), 'finding')} in {where} and what belongs to it"
    table = "".join(_rule(name, number, paint) for name, number in rules)
    steps = _next(_steps(program, rules[0][0], fixed), paint)
    return f"{head}: {_fixable(fixed, len(entries))}\n\n{table}\n{steps}"


def _rule(name: str, number: int, paint: Paint) -> str:
    return f"  {number:>3}  {paint(name, 'bold')}\n       {rule_named(name).summary}\n"


def _fixable(fixed: int, total: int) -> str:
    if fixed == total:
        return "all can be fixed." if total > 1 else "it can be fixed."
    left = total - fixed
    return f"{fixed} can be fixed, {left} {'needs' if left == 1 else 'need'} you."


def _steps(program: str, rule: str, fixed: int) -> list[Step]:
    told = [
        (f"{program} check", "read each finding, with its evidence"),
        (f"hanna-fix explain {rule}", "why it matters, and what its fix does"),
    ]
    if not fixed:
        return told
    diff = (f"{program} --dry-run", "see the fixes as a diff; nothing is written")
    return [diff, *told, (f"{program} apply", "write them into the files, all or none")]


def _after(program: str) -> list[Step]:
    return [
        ("hanna-fix rules", "what it looks for"),
        (f"{program} check --select ALL", "also what is off by default"),
    ]


def nowhere(directory: str, below: Sequence[str], paint: Paint, *, above: bool) -> str:
    """Return where no compose file was found, and how to go on.

    `below` are stacks further down; `above` tells that the directories above were searched, too.
    """
    there = f"{visible(directory)} or above it" if above else visible(directory)
    lines = [
        f"No Docker Compose stack in {there}:",
        f"looked for {', '.join(NAMES)}.",
    ]
    told = [("hanna-fix -C DIR", "look in another directory"), _FILE, _HELP]
    if below:
        lines += ["", f"There are stacks below: {_some(below)}."]
        first = ("hanna-fix -C " + _word(below[0]), "look at one of them")
        told = [first, ("hanna-fix check --recursive", "look at all of them"), _HELP]
    return "\n".join(lines) + "\n\n" + _next(told, paint)


_FILE: Final = ("hanna-fix -f FILE", "name a compose file that is called otherwise")
_HELP: Final = ("hanna-fix --help", "all commands and options")


def _word(path: str) -> str:
    """Return a path as a shell takes it, safe on a terminal."""
    from shlex import quote

    return quote(visible(path))


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = [visible(one) for one in names[:_SHOWN]]
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return ", ".join([*shown, *more])


def _next(steps: Sequence[Step], paint: Paint) -> str:
    width = max(len(visible(command)) for command, _ in steps)
    lines = (
        f"  {paint(f'{visible(command):<{width}}', 'bold')}  {what}\n" for command, what in steps
    )
    return f"Next:\n{''.join(lines)}"
