"""The Docker lab: `python -m tests.docker`.

Builds the images, runs the tests marked `docker`, and removes all that was made. It uses the Docker
daemon that answers; with `--own-daemon` it starts one apart from everything, and ends it.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.docker.daemon import daemon
from tests.docker.images import build
from tests.docker.leftovers import leftovers, sweep
from tests.docker.programs import LabError, UnavailableError
from tests.stacks import ROOT

_TESTS = [sys.executable, "-m", "pytest", "-m", "docker", "tests/docker"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the status of the tests, 2 where the lab cannot run, 130 if interrupted."""
    options, more = _parser().parse_known_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with daemon(own=options.own_daemon):
            return _clean() if options.clean else _lab(options, more)
    except UnavailableError as error:
        _show(f"the Docker lab is left out: {error}")
        return 0 if options.if_possible else 2
    except LabError as error:
        _show(f"the Docker lab: {error}")
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.docker", description=__doc__, epilog="Other arguments are pytest's."
    )
    parser.add_argument(
        "--own-daemon", action="store_true", help="start a daemon of the lab's own, as root"
    )
    parser.add_argument(
        "--keep-images",
        type=Path,
        metavar="DIR",
        help="keep the root file systems in DIR, and use them while their packages are the same",
    )
    parser.add_argument("--clean", action="store_true", help="only remove what a killed run left")
    parser.add_argument(
        "--if-possible", action="store_true", help="exit with 0 where it cannot run"
    )
    return parser


def _lab(options: argparse.Namespace, more: list[str]) -> int:
    if leftovers():
        raise LabError("another one runs, or was killed: `--clean` removes what it left")
    try:
        _show("building the images")
        build(options.keep_images)
        return _run_tests(more)
    finally:
        # a daemon of the lab's own ends with all that is in it
        if not options.own_daemon:
            _clean()


def _clean() -> int:
    sweep()
    _show(f"left in Docker: {leftovers() or 'nothing'}")
    return 0


def _run_tests(more: list[str]) -> int:
    # in a group of its own: an interrupt of the terminal must reach it once, from here
    process = subprocess.Popen([*_TESTS, *more], cwd=ROOT, process_group=0)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
