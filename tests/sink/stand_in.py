"""Stand-ins for `gh` and `glab`: they log what they are asked, and answer as they are told."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = """\
#!{python}
import json, os, sys
arguments = sys.argv[1:]
method = arguments[arguments.index("--method") + 1]
path = arguments[arguments.index("--method") + 2]
asked = {{
    "arguments": arguments,
    "stdin": sys.stdin.read(),
    "cwd": os.getcwd(),
    "git": sorted(name for name in os.environ if name.startswith("GIT_")),
}}
with open({log!r}, "a") as log:
    log.write(json.dumps(asked) + "\\n")
answers = json.load(open({answers!r}))
answer = answers.get(f"{{method}} {{path.partition('?')[0]}}")
if answer is None:
    sys.exit("some words\\n" + "{name}: Not Found (HTTP 404)")
print(answer if isinstance(answer, str) else json.dumps(answer))
"""


@dataclass(frozen=True)
class StandIn:
    """A program that was put into a directory of its own."""

    program: Path

    @classmethod
    def made(cls, folder: Path, name: str, answers: dict[str, Any]) -> StandIn:
        """Make the program `name`; `answers` are by method and path, without the query."""
        folder.mkdir(exist_ok=True)
        program = folder / name
        told = {"log": str(folder / "log"), "answers": str(folder / "answers"), "name": name}
        program.write_text(_SCRIPT.format(python=sys.executable, **told))
        program.chmod(0o755)
        (folder / "answers").write_text(json.dumps(answers))
        return cls(program)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What it was asked, in order."""
        log = self.program.with_name("log")
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def requests(self) -> list[tuple[str, str, Any]]:
        """Method, path and the body that was sent, in order."""
        return [
            (*one["arguments"][4:6], json.loads(one["stdin"]) if one["stdin"] else None)
            for one in self.asked
        ]
