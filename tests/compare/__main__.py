"""Run hanna-fix and other tools on the same stacks, and print a table for each stack.

The tools are installed from their registries into build/compare, each by itself. The stacks are
fixtures: that of the incident as it is and with CRLF, and one whose services share definitions.
"""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.compare.peers import COMPOSE, PEERS, Peer, installed
from tests.compare.table import Result, table
from tests.compare.trial import Command, complaints, faults, told, written
from tests.corpus.compose_verdict import default_files
from tests.stacks import FIXTURES, ROOT, stack_of
from tests.variants import Variant, as_written, crlf, read_tree

STACKS: dict[str, tuple[Path, Variant]] = {
    "The incident's stack": (FIXTURES / "stacks/hanna/before", as_written),
    "The same with CRLF": (FIXTURES / "stacks/hanna/before", crlf),
    "A stack with anchors and merge keys": (
        FIXTURES / "stacks/shared-definitions/before",
        as_written,
    ),
}
_OURS = [sys.executable, "-m", "patcher"]


def put(source: Path, variant: Variant, folder: Path) -> Path:
    """Write a stack into a new folder; return it."""
    for path, one in read_tree(source).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(variant(one).encode())
    return folder


def command_of(peer: Peer, program: Path, folder: Path) -> Command:
    """Return the commands of a tool with the files that it reads, in a stack's folder."""
    names = default_files(folder) if peer.reads == COMPOSE else nginx_files(folder)
    fix = None if peer.fix is None else [f"{program}", *peer.fix, *names]
    return Command([f"{program}", *peer.check, *names], fix)


def nginx_files(folder: Path) -> list[str]:
    """Return the nginx files that a server starts with; what they include comes with them."""
    stack = stack_of(read_tree(folder))
    return sorted({next(iter(nginx.trees())).source.path for nginx in stack.nginx})


def results(source: Path, variant: Variant, tools: Path, folder: Path) -> Iterator[Result]:
    """Yield what each tool does to a fresh copy of a stack, ours last."""
    for peer in PEERS:
        place = put(source, variant, folder / peer.name)
        command = command_of(peer, installed(peer, tools), place)
        names = peer.rules(json.loads(told(command, place)))
        same = frozenset(peer.same[name] for name in names if name in peer.same)
        tool = f"{peer.name} {peer.version}"
        yield Result(tool, same, len(names) - len(same), written(command, place))
    place = put(source, variant, folder / "ours")
    command = Command([*_OURS, "check", "--format", "json"], [*_OURS, "apply", "--quiet"])
    found = {one["rule"] for one in json.loads(told(command, place))["findings"]}
    yield Result("hanna-fix", frozenset(found), 0, written(command, place))


def main() -> int:
    tools = ROOT / "build" / "compare"
    sys.stdout.write(f"Measured on {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}.\n")
    for name, (source, variant) in STACKS.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            before = put(source, variant, folder / "before")
            if refused := list(complaints(before)):
                raise RuntimeError(f"{name} is refused as it is: {refused}")
            found = table(list(results(source, variant, tools, folder)), faults(before))
        sys.stdout.write(f"\n{name}:\n\n{found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
