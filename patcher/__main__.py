"""Start the program: every failure becomes one line and an exit code."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence

from patcher import __version__, time_limit
from patcher.errors import Bug, LimitError, UserError, brief

EXIT_USER = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130


def run() -> None:
    """Run with the process's arguments, and exit."""
    time_limit.start()
    code = main(sys.argv[1:])
    gc.freeze()  # the process ends: looking for what could be freed takes a tenth of a short run
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run with `argv`; return the exit code: 0, 1 (findings left), 2 (input), 3 (our bug)."""
    if list(argv) == ["--version"]:  # the same answer as the option's, without the import of Typer
        print(f"hanna-fix {__version__}")  # noqa: T201
        return 0
    try:
        return _command(argv)
    except KeyboardInterrupt:  # also while modules are imported
        return _fail("interrupted", EXIT_INTERRUPTED)


def _command(argv: Sequence[str]) -> int:
    gc.disable()  # modules are there to stay: looking among them for garbage takes time
    from typer import Abort
    from typer.exceptions import TyperException
    from typer.main import get_command

    from patcher.cli import app
    from patcher.cli_values import without_pydantic

    gc.enable()
    command = get_command(app)
    without_pydantic(command)
    try:
        result = command(list(argv), prog_name="hanna-fix", standalone_mode=False)
    except (UserError, LimitError) as error:
        return _fail(str(error), EXIT_USER)
    except TyperException as error:
        return _usage(error)
    except Abort:
        return _fail("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader of the output has left; keep the interpreter from flushing into it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except MemoryError:
        return _fail("not enough memory for this project; give a smaller one with -f", EXIT_USER)
    except Exception as error:  # the outermost frame: a bug must not show as a traceback
        return _bug(error, argv)
    if result == EXIT_INTERRUPTED:  # Typer has made a status of the exception
        return _fail("interrupted", EXIT_INTERRUPTED)
    return result if isinstance(result, int) else 0


def _fail(line: str, code: int) -> int:
    print(f"hanna-fix: {line}", file=sys.stderr)  # noqa: T201
    return code


def _usage(error: Exception) -> int:
    """Tell in one line what is wrong with the command line, and where to read on."""
    message = getattr(error, "format_message", error.__str__)()
    plain = brief(message.replace("\n", " ").replace("Value error, ", "").rstrip("."))
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "hanna-fix"
    return _fail(f"{plain[:1].lower()}{plain[1:]}; see `{command} --help`", EXIT_USER)


def _bug(error: Exception, argv: Sequence[str]) -> int:
    if {"-v", "--verbose"} & set(argv):
        traceback.print_exception(error)
    what = str(error) if isinstance(error, Bug) else f"{type(error).__name__}: {error}"
    advice = "please report it with the output of the same command and -v"
    return _fail(f"a bug in hanna-fix: {brief(what)}; {advice}", EXIT_BUG)


if __name__ == "__main__":
    run()
