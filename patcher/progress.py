"""A bar on the terminal while many stacks are worked on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from patcher.cli_options import Options
from patcher.errors import visible
from patcher.output import paint


@contextmanager
def watched(folders: Sequence[str], options: Options) -> Iterator[Iterable[str]]:
    """Give the directories back, with a bar on standard error where somebody watches.

    The bar is gone at the end, also where an error ends the work.
    """
    if len(folders) > 1 and not options.quiet and is_watched(sys.stderr.isatty(), os.environ):
        yield from _with_bar(folders, paint(options, error=True).on)
    else:
        yield folders


def is_watched(terminal: bool, environ: Mapping[str, str]) -> bool:
    """Tell whether a bar makes sense: on a terminal that can move, and not in a pipeline's log."""
    return terminal and environ.get("TERM") != "dumb" and not environ.get("CI")


def _with_bar(folders: Sequence[str], colors: bool) -> Iterator[Iterable[str]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    # the description is text of the repository: no markup
    columns = (MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}", markup=False))
    console = Console(stderr=True, no_color=not colors, highlight=False)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(folders))

        def told() -> Iterator[str]:
            for folder in folders:
                progress.update(task, description=visible(folder or "."))
                yield folder
                progress.advance(task)

        yield told()
