"""The recipes of docs/pipelines.md, by the file name in the first comment of each block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from tests.stacks import ROOT

_BLOCK: Final = re.compile(r"(?ms)^```(?:yaml|bash)\n((?:#!.*?\n)?# (\S+).*?)^```$")
_EXPRESSION: Final = re.compile(r"\$\{\{ ([\w.]+) \}\}")
_KNOWN: Final = {
    "vars.HANNA_FIX": "hanna-fix==0.1.0",
    "github.token": "token-of-the-job",
    "secrets.FLEET_TOKEN": "token-of-the-fleet",
    "matrix.repository": "example/shop",
}


@dataclass(frozen=True)
class Step:
    """A command as a host runs it, with the variables that the recipe sets."""

    name: str
    run: str
    environment: dict[str, str]


def recipes() -> dict[str, str]:
    """Return the text of each recipe by its file name."""
    text = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    return {name: body for body, name in _BLOCK.findall(text)}


def parsed(name: str) -> Any:
    """Return a YAML recipe as plain data, read as YAML 1.2: `on` is a string."""
    return YAML(typ="safe", pure=True).load(recipes()[name])


def github_steps(name: str) -> Iterator[Step]:
    """Yield the commands of a workflow, in order, with every expression filled in."""
    for job in parsed(name)["jobs"].values():
        for step in job["steps"]:
            if "run" in step:
                given = {**job.get("env", {}), **step.get("env", {})}
                environment = {key: _filled(value) for key, value in given.items()}
                yield Step(step["name"], _filled(step["run"]), environment)


def gitlab_steps(name: str) -> Iterator[Step]:
    """Yield the commands of a pipeline, in order."""
    for job in parsed(name).values():
        for command in (*job["before_script"], *job["script"]):
            yield Step(command, command, {"HANNA_FIX": _KNOWN["vars.HANNA_FIX"]})


def _filled(text: str) -> str:
    return _EXPRESSION.sub(lambda match: _KNOWN[match[1]], text)
