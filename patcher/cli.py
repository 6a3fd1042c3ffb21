"""The command line: options, calls, exit codes; no logic."""

from __future__ import annotations

from typing import Annotated

import typer

from patcher import __version__, cli_prove
from patcher.cli_branch import EXAMPLES as BRANCH_EXAMPLES
from patcher.cli_branch import branch
from patcher.cli_diagnose import EXAMPLES, diagnose
from patcher.cli_help import REPORT, App, Group
from patcher.cli_options import (
    Interactive,
    Options,
    Output,
    Statistics,
    Wanted,
    posix,
    rule_names,
    with_options,
)
from patcher.cli_prove_options import ProveOptions, with_prove

app = App(
    name="hanna-fix",
    cls=Group,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hanna-fix {__version__}")
        raise typer.Exit


def _refuse_proving(proving: ProveOptions, where: str) -> None:
    if proving != ProveOptions():
        raise typer.BadParameter(f"--prove and its programs go {where}")


@app.callback(
    invoke_without_command=True,
    epilog="""
hanna-fix  # what there is to find here, and what to type next
hanna-fix --dry-run > fix.patch && git apply fix.patch  # review, then apply
""",
)
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

    Without a command it says what there is to find, and what to type next. Only `apply`, `branch`
    and `baseline` write anything.
    """
    context.obj = options
    if context.invoked_subcommand is None:
        from patcher import run, run_overview

        if dry_run:
            raise typer.Exit(run.diff(options.checked(), proving))
        _refuse_proving(proving, "with --dry-run or a command")
        raise typer.Exit(run_overview.overview(options.checked()))
    _refuse_proving(proving, "behind the command")
    if dry_run:
        raise typer.BadParameter("--dry-run goes without a command: it is what `diff` does")


@app.command(
    epilog="""
hanna-fix check  # every finding, with its evidence
hanna-fix check --select resolver-mixed  # one rule
hanna-fix check --format sarif -o hanna-fix.sarif  # for code scanning
hanna-fix check --recursive --statistics  # counts, over a whole repository
"""
)
@with_options
def check(
    context: typer.Context,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="FILE", help="Known findings, in a file of its own."),
    ] = None,
    output: Output = None,
    statistics: Statistics = False,
    *,
    options: Options,
) -> None:
    """List the findings.

    Exits with 1 where there are any that the baseline does not hold.
    """
    from patcher import run_check

    wanted = Wanted(output, statistics)
    raise typer.Exit(run_check.check(options.over(context.obj), posix(baseline), wanted))


@app.command(
    epilog="""
hanna-fix diff -o fix.patch && git apply fix.patch  # review, then apply
hanna-fix diff --unsafe  # with fixes that may change more
hanna-fix diff --format markdown  # for a pull request
"""
)
@with_options
@with_prove
def diff(
    context: typer.Context,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the diff or report there.",
            rich_help_panel=REPORT,
        ),
    ] = None,
    statistics: Statistics = False,
    *,
    proving: ProveOptions,
    options: Options,
) -> None:
    """Print the fixes as one diff.

    `git apply` takes it. Nothing is written.
    """
    from patcher import run

    raise typer.Exit(run.diff(options.over(context.obj), proving, Wanted(output, statistics)))


@app.command(
    epilog="""
hanna-fix apply --exit-code  # status 1 where something is left to you
hanna-fix apply --select resolver-mixed,resolver-cache  # these rules only
hanna-fix apply -i  # one fix at a time
"""
)
@with_options
@with_prove
def apply(
    context: typer.Context,
    interactive: Interactive = False,
    output: Output = None,
    statistics: Statistics = False,
    *,
    proving: ProveOptions,
    options: Options,
) -> None:
    """Write the fixes into the files.

    All of them or none. A run that was cut off is undone first.
    """
    from patcher import run

    wanted = Wanted(output, statistics)
    given = options.over(context.obj)
    raise typer.Exit(run.apply(given, proving, wanted, interactive=interactive))


app.command(epilog=BRANCH_EXAMPLES)(branch)


@app.command(
    epilog="""
hanna-fix baseline --reason "known, ticket 42"  # from now on check fails for others
"""
)
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
    """Accept the findings of today.

    They are recorded with a reason, and `check` fails for new ones only.
    """
    from patcher import run_check

    raise typer.Exit(run_check.baseline(options.over(context.obj), posix(output), reason))


@app.command(
    epilog="""
hanna-fix config  # settings, with their origin
hanna-fix config --select ALL  # which rules would run
"""
)
@with_options
def config(context: typer.Context, *, options: Options) -> None:
    """Print the settings and their origin.

    And which rules are on, and why.
    """
    from patcher import run

    raise typer.Exit(run.config(options.over(context.obj)))


app.command("prove", epilog=cli_prove.EXAMPLES)(cli_prove.prove)


@app.command(
    epilog="""
hanna-fix explain resolver-mixed  # what, why, and what its fix does
"""
)
def explain(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="A rule's id.", autocompletion=rule_names)
    ],
) -> None:
    """Explain a rule.

    What it finds, why it matters, and what its fix does.
    """
    from patcher import run

    raise typer.Exit(run.explain(rule))


@app.command(
    epilog="""
hanna-fix rules  # all of them, one a line
"""
)
def rules() -> None:
    """List the rules."""
    from patcher import run

    raise typer.Exit(run.rules())


app.command(epilog=EXAMPLES)(diagnose)
