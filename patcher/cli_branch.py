"""The command `branch`: options, calls; no logic."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from patcher.cli_options import Interactive, Options, Output, Statistics, Wanted, with_options
from patcher.cli_prove_options import ProveOptions, with_prove

EXAMPLES: Final = """
hanna-fix branch  # commits on fix/hanna, which must be new
hanna-fix branch fix/stack --per-rule --push origin  # a commit a rule, pushed
hanna-fix branch --update --push origin --pr  # open a pull request, or update it
hanna-fix branch -i --body body.md  # choose, and write the request's text
"""


@with_options
@with_prove
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
    proving: ProveOptions,
    options: Options,
) -> None:
    """Commit the fixes on a branch, for review.

    Work tree, index and HEAD stay as they are.
    """
    from patcher.run_branch import BranchRequest
    from patcher.run_branch import branch as run

    request = BranchRequest(name, base, per_rule, interactive, update, push, pr, body)
    wanted = Wanted(output, statistics)
    raise typer.Exit(run(options.over(context.obj), request, proving, wanted))
