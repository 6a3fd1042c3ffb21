"""The body of a pull request in Markdown: what, why, evidence, start order, how to roll back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from patcher import __version__
from patcher.finding import Fix
from patcher.records import dataclass
from patcher.report.entries import Entry, Report, StackView, State, details
from patcher.report.markdown import proof, table
from patcher.report.markup import block, code, plain, prose
from patcher.report.mermaid import start_order_chart
from patcher.report.moments import moments
from patcher.report.picture.start_order import StartOrder, start_order
from patcher.report.text import count
from patcher.rules import rule_named

LIMIT: Final = 60_000
"""How many characters a body has at most: GitHub takes 65536."""

_MOST_CHARTS: Final = 5
_MOST_LINES: Final = 200
_MOST_LEFT: Final = 20

_NEXT: Final = "What the next `docker compose up -d` does"
_REVERT: Final = """\
After the merge, in the branch that it went into:

{commands}
The files are then as they were before, and the faults are back. The next
`docker compose up -d --remove-orphans` recreates once more what it recreates for this change, and
removes the services that this change adds; a running nginx reads its files again after
`docker compose restart nginx`. What an `up` in between has done outside of the files stays:
migrations that ran, data in volumes, a network that it made.
"""


@dataclass(frozen=True, slots=True)
class Commits:
    """The commits of the branch by full name, the oldest first, and the one they stand on."""

    base: str
    own: tuple[str, ...]


def body(report: Report, commits: Commits) -> str:
    """Return the body. Everything from the repository is escaped; at most LIMIT characters.

    What is too long is left out from the evidence and the charts, and the body says so.
    """
    tail = [*proof(report), *_next_up(report), *_roll_back(commits), *_by_hand(report), _footer()]
    charts = "".join(_charts(report))
    head = [_what(report), *_why(report)]
    room = LIMIT - sum(map(len, (*head, *tail))) - 2 * (len(head) + len(tail)) - 400
    if len(charts) > room // 2:
        charts = "### Start order\n\nToo large for a picture here.\n"
    evidence = _evidence(report, room - len(charts))
    return "\n".join([*head, evidence, *filter(None, [charts]), *tail])


def _what(report: Report) -> str:
    changed = report.outcome.changes if report.outcome else ()
    files = [code(one.after.path) for one in changed[:_MOST_LINES]]
    more = len(changed) - len(files)
    fixed = count(len(report.of(State.FIXED)), "documented fault")
    verb = "is" if len(report.of(State.FIXED)) == 1 else "are"
    where = ", ".join(files) + (f" and {count(more, 'further file')}" if more else "")
    return (
        f"{fixed} {verb} fixed in {where}.\n\n"
        "Every change was proven before it was committed: the files parse, nothing outside of the "
        "edits changed, each fault is gone, and none as severe has appeared.\n"
    )


def _why(report: Report) -> Iterator[str]:
    rules: dict[str, int] = {}
    for one in report.of(State.FIXED):
        rules[one.finding.rule] = rules.get(one.finding.rule, 0) + 1
    rows = [(name, rule_named(name).summary, str(number)) for name, number in rules.items()]
    yield "### Why\n"
    yield _text_table(rows)


def _text_table(rows: Sequence[tuple[str, str, str]]) -> str:
    head, _, *body = table([("rule", "what is wrong", "fixed"), *rows]).splitlines(keepends=True)
    return "".join([head, "| --- | --- | ---: |\n", *body])


def _evidence(report: Report, room: int) -> str:
    """Return the findings that were fixed, each with its evidence, in at most `room` characters."""
    lines = ["### Evidence\n\n"]
    entries = report.of(State.FIXED)
    for number, one in enumerate(entries):
        told = _entry(one)
        room -= len(told)
        if room < 0:
            lines.append(f"- and {len(entries) - number} more, in the commit's message\n")
            break
        lines.append(told)
    return "".join(lines)


def _entry(entry: Entry) -> str:
    finding = entry.finding
    place = finding.where[0]
    facts = [("evidence", finding.evidence), *details(entry)]
    head = f"- **{finding.rule}** {code(f'{place.path}:{place.line}')}: {prose(finding.message)}\n"
    shown = (f"  - {name}: {prose(told)}\n" for name, told in facts if name != "next up")
    return head + "".join(shown)


def _charts(report: Report) -> Iterator[str]:
    changed = [
        (one, orders)
        for one in report.views
        if len(orders := _orders(one)) > 1 and orders[0][1] != orders[1][1]
    ]
    if not changed:
        return
    yield "### Start order\n\n"
    yield "An arrow leads from what is waited for to what waits. Broken ones are red.\n\n"
    for view, orders in changed[:_MOST_CHARTS]:
        for name, order in orders:
            title = f"{name}, {code(view.folder)}" if view.folder else name
            yield f"{title}:\n\n{block(start_order_chart(order), 'mermaid')}\n"
    if (more := len(changed) - _MOST_CHARTS) > 0:
        yield f"{count(more, 'further stack')} not drawn.\n"


def _orders(view: StackView) -> list[tuple[str, StartOrder]]:
    return [(one.name, start_order(one.stack, one.findings)) for one in moments(view)]


def _next_up(report: Report) -> Iterator[str]:
    rules: dict[str, dict[str, None]] = {}
    for one in report.of(State.FIXED):
        if one.direct and isinstance(one.finding.remedy, Fix):
            rules.setdefault(one.finding.remedy.next_up, {})[one.finding.rule] = None
    lines = [f"- {prose(told)} ({', '.join(names)})\n" for told, names in rules.items()]
    more = len(lines) - _MOST_LINES
    rest = [f"- and {count(more, 'further thing')}\n"] if more > 0 else []
    if lines:
        yield f"### {_NEXT}\n"
        yield "".join([*lines[:_MOST_LINES], *rest])


def _roll_back(commits: Commits) -> Iterator[str]:
    own = commits.own
    revert = own[0][:12] if len(own) == 1 else f"{commits.base[:12]}..{own[-1][:12]}"
    commands = (
        f"git revert --no-edit {revert}  # merged by fast-forward or as it is\n"
        "git revert --no-edit -m 1 MERGE  # merged with a merge commit: its name\n"
        "git revert --no-edit COMMIT  # squashed or rebased: the name of the new commit\n"
    )
    yield "### How to roll back\n"
    yield _REVERT.format(commands=block(commands, "sh"))


def _by_hand(report: Report) -> Iterator[str]:
    for state, heading in ((State.LEFT, "Left to you"), (State.HELD, "Held back by a gate")):
        entries = report.of(state)
        if entries:
            more = len(entries) - _MOST_LEFT
            rest = f"- and {more} more: `hanna-fix diff` lists them\n" if more > 0 else ""
            yield f"### {heading}\n"
            yield "".join([*map(_entry, entries[:_MOST_LEFT]), rest])
    if report.problems:
        yield "### Not read\n"
        yield "".join(f"- {prose(str(one))}\n" for one in report.problems[:_MOST_LEFT])


def _footer() -> str:
    told = plain(f"hanna-fix {__version__}")
    return f"Found and proven by {told}.\n"
