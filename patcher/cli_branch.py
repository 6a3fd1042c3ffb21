"""The command `branch`: options, calls; no logic."""

from __future__ import annotations

from typing import Annotated

import typer

from patcher.cli_options import Interactive, Options, Output, Statistics, Wanted, with_options
from patcher.run_branch import BranchRequest
from patcher.run_branch import branch as run


@with_options
def branch(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The branch to create.")
    ] = "fix/hanna",
    base: Annotated[
        str, typer.Option("--base", metavar="REV", help="The commit to start from.")
    ] = "HEAD",
    per_rule: Annotated[
        bool, typer.Option("--per-rule", help="One commit a rule, each a valid stack.")
    ] = False,
    interactive: Interactive = False,
    update: Annotated[
        bool, typer.Option("--update", help="Make a branch of ours anew, if it is there.")
    ] = False,
    push: Annotated[
        str | None, typer.Option("--push", metavar="REMOTE", help="Push the branch there.")
    ] = None,
    pr: Annotated[
        bool, typer.Option("--pr", help="Open or update its pull request, with gh or glab.")
    ] = False,
    body: Annotated[
        str | None,
        typer.Option("--body", metavar="FILE", help="Write the request's text there; - prints it."),
    ] = None,
    output: Output = None,
    statistics: Statistics = False,
    *,
    options: Options,
) -> None:
    """Commit the fixes on a branch, for review.

    Work tree, index and HEAD stay as they are.
    """
    request = BranchRequest(name, base, per_rule, interactive, update, push, pr, body)
    raise typer.Exit(run(options.over(context.obj), request, Wanted(output, statistics)))
