"""The command line: options, calls, exit codes; no logic."""

from __future__ import annotations

from typing import Annotated

import typer

from patcher import __version__, cli_prove, run, run_check
from patcher.cli_options import Options, with_options
from patcher.cli_prove_options import ProveOptions, with_prove

app = typer.Typer(
    name="hanna-fix",
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hanna-fix {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
@with_options
@with_prove
def main(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff; write nothing.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    *,
    proving: ProveOptions,
    options: Options,
) -> None:
    """Find documented faults in a Docker Compose stack behind nginx, and write proven fixes.

    Begin with `hanna-fix --dry-run`: the diff goes to standard output, the summary to standard
    error, and nothing is written.
    """
    context.obj = options
    if context.invoked_subcommand is None:
        if not dry_run:
            raise typer.BadParameter("give --dry-run or a command: check, diff, apply, branch")
        raise typer.Exit(run.diff(options.checked(), proving))
    if proving != ProveOptions():
        raise typer.BadParameter("--prove and its programs go behind the command")
    if dry_run:
        raise typer.BadParameter("--dry-run goes without a command: it is what `diff` does")


@app.command()
@with_options
def check(
    context: typer.Context,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="FILE", help="Known findings, in a file of its own."),
    ] = None,
    *,
    options: Options,
) -> None:
    """List the findings; exit with 1 where there are any that the baseline does not hold."""
    raise typer.Exit(run_check.check(options.over(context.obj), baseline))


@app.command()
@with_options
@with_prove
def diff(
    context: typer.Context,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write the diff there.")
    ] = None,
    *,
    proving: ProveOptions,
    options: Options,
) -> None:
    """Print the fixes as one diff that `git apply` takes; write nothing."""
    raise typer.Exit(run.diff(options.over(context.obj), proving, output))


@app.command()
@with_options
@with_prove
def apply(context: typer.Context, *, proving: ProveOptions, options: Options) -> None:
    """Write the fixes into the files: all of them or none."""
    raise typer.Exit(run.apply(options.over(context.obj), proving))


@app.command()
@with_options
@with_prove
def branch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The branch to create.")] = "fix/hanna",
    base: Annotated[
        str, typer.Option("--base", metavar="REV", help="The commit to start from.")
    ] = "HEAD",
    per_rule: Annotated[
        bool, typer.Option("--per-rule", help="One commit a rule, each a valid stack.")
    ] = False,
    push: Annotated[
        str | None, typer.Option("--push", metavar="REMOTE", help="Push the branch there.")
    ] = None,
    *,
    proving: ProveOptions,
    options: Options,
) -> None:
    """Commit the fixes on a new branch; work tree, index and HEAD stay as they are."""
    wanted = run.BranchRequest(name, base, per_rule, push)
    raise typer.Exit(run.branch(options.over(context.obj), wanted, proving))


@app.command()
@with_options
def baseline(
    context: typer.Context,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why the new findings are accepted.")
    ] = "",
    *,
    options: Options,
) -> None:
    """Record today's findings with a reason, so that `check` fails for new ones only."""
    raise typer.Exit(run_check.baseline(options.over(context.obj), output, reason))


@app.command()
@with_options
def config(context: typer.Context, *, options: Options) -> None:
    """Print the settings, where each comes from, and which rules are on and why."""
    raise typer.Exit(run.config(options.over(context.obj)))


app.command("prove")(cli_prove.prove)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="A rule's id.")]) -> None:
    """Print what a rule finds, why it matters, and what its fix does."""
    raise typer.Exit(run.explain(rule))


@app.command()
def rules() -> None:
    """List the rules."""
    raise typer.Exit(run.rules())
