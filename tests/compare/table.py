"""What the comparison found, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.compare.trial import Written

_MEASURES = (
    "faults found", "other rules that find", "faults gone", "lines", "comments lost",
    "lines that lose CRLF", "Compose and nginx", "second run",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One tool on one stack: which of our rules its findings are, and how many more it has."""

    tool: str
    faults: frozenset[str]
    others: int
    written: Written | None


def table(results: Sequence[Result], documented: frozenset[str]) -> str:
    """Return the results on one stack, a column for each tool, against the faults that it has."""
    columns = [_cells(one, documented) for one in results]
    tools = ["", *(one.tool for one in results)]
    rows = [tools, ["---"] * len(tools), *zip(_MEASURES, *columns, strict=True)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(result: Result, documented: frozenset[str]) -> tuple[str, ...]:
    found = f"{len(result.faults & documented)} of {len(documented)}"
    return (found, str(result.others), *_of_fix(result.written, documented))


def _of_fix(written: Written | None, documented: frozenset[str]) -> tuple[str, ...]:
    if written is None:
        return ("writes nothing", *("",) * 5)
    if written.failed and not written.added + written.removed:
        return ("traceback, writes nothing", *("",) * 5)
    return (
        "" if written.refused else f"{len(documented - written.left)} of {len(documented)}",
        f"+{written.added} -{written.removed}",
        str(written.comments_lost),
        str(written.crlf_lost),
        written.refused or "take it",
        f"changes {written.again} more" if written.again else "silent",
    )
