"""Every promise over every real file: `python -m tests.corpus`.

Exit status 1 where a figure whose goal is 0 is another number.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from patcher.finding import Safety
from tests.corpus.cases import CORPUS, KINDS, Case, cases
from tests.corpus.figures import Figures, model_lines
from tests.corpus.model import compare
from tests.corpus.trial import Asked, run

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit status."""
    options = _parser().parse_args(arguments)
    if not CORPUS.is_dir():
        sys.stderr.write(f"no corpus at {CORPUS}\n")
        return 2
    kinds = [options.only] if options.only else list(KINDS)
    chosen = {kind: [one for one in cases(kind) if options.match in one.name] for kind in kinds}
    return _model(options, chosen) if options.model else _figures(options, chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--unsafe", action="store_true", help="make the unsafe fixes, too")
    parser.add_argument(
        "--select", action="append", default=[], metavar="RULE", help="only these rules, or ALL"
    )
    parser.add_argument("--only", choices=KINDS, help="one kind of cases")
    parser.add_argument("--match", default="", metavar="TEXT", help="cases with TEXT in their name")
    parser.add_argument("--model", action="store_true", help="compare our model with Compose's")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE, too")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("-v", "--verbose", action="store_true", help="list the cases, too")
    return parser


def _figures(options: argparse.Namespace, chosen: dict[str, list[Case]]) -> int:
    asked = Asked(Safety.UNSAFE if options.unsafe else Safety.SAFE, tuple(options.select))
    tables = {}
    for kind, some in chosen.items():
        table = tables[kind] = Figures()
        for result in _mapped(partial(run, asked=asked), some, options.jobs):
            table.add(result)
        _show(f"== {kind} ==", *table.lines(verbose=options.verbose), "")
    if options.json:
        data = {kind: table.as_json() for kind, table in tables.items()}
        options.json.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return int(any(table.failed for table in tables.values()))


def _model(options: argparse.Namespace, chosen: dict[str, list[Case]]) -> int:
    some = [one for kind, found in chosen.items() if kind != "nginx" for one in found]
    found = _mapped(compare, some, options.jobs)
    _show(*model_lines(found, verbose=options.verbose))
    return int(any(one.differ for one in found))


def _show(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _mapped(call: Callable[[Case], T], some: list[Case], jobs: int) -> list[T]:
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(call, some, chunksize=4))


if __name__ == "__main__":
    sys.exit(main())
