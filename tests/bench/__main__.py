"""Measure the program beside its floor and its peers: `python -m tests.bench`.

Every figure is a ratio of one run, beside its goal. Needs `pip install -e '.[bench]'`; the first
run installs the program and its peers below `build/bench`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from patcher import __version__
from tests.bench.figure import Figure, lines
from tests.bench.figures import FIGURES, Bench
from tests.bench.programs import own
from tests.stacks import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status: 0, whatever the figures are."""
    options = _parser().parse_args(arguments)
    bench = Bench(options.place or own(), options.repeat, options.largest)
    figures: list[Figure] = []
    data = _data(figures, bench)
    for name in options.only or FIGURES:
        sys.stderr.write(f"measuring {name}\n")
        figures += FIGURES[name](bench)
        data = _data(figures, bench)
        if options.json:  # after each group, as all of them take a quarter of an hour
            options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines(data["figures"])) + "\n")
    if options.plot:
        from tests.bench.plot import draw

        draw(data, options.plot)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=FIGURES, help="this group of figures; repeat"
    )
    parser.add_argument("--repeat", type=int, default=11, help="runs of each command (11)")
    parser.add_argument("--largest", type=int, default=10_000, help="the largest size (10000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE, too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them into FILE (SVG)")
    parser.add_argument(
        "--place", type=Path, metavar="VENV", help="measure the program of this environment"
    )
    return parser


def _data(figures: Sequence[Figure], bench: Bench) -> dict[str, Any]:
    return {
        "version": __version__,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "stack": str(bench.incident.relative_to(ROOT.parent)),
        "repeat": bench.repeat,
        "figures": [one.as_data() for one in figures],
    }


if __name__ == "__main__":
    sys.exit(main())
