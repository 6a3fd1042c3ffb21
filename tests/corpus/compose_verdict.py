"""What the real Compose says of a project, with what the corpus leaves out put in its place.

Environment files, required variables and the files that an override is meant for are not in the
corpus. What Compose asks for of these gets a stand-in, the same before and after a fix, so that
more projects prove something.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from patcher.stack.compose.discover import NAMES, OVERRIDES
from tests.real_compose import BINARY

STAND_IN: Final = "compose.stand-in.yaml"

_MAX_STAND_INS: Final = 60
_ENV_FILE: Final = re.compile(r"env file (\S+) not found")
_VARIABLE: Final = re.compile(r"required variable (\w+) is missing a value")
_NO_IMAGE: Final = re.compile(r'service "([^"]+)" has neither an image nor a build')
_UNDEFINED: Final = re.compile(r"undefined (network|volume|secret|config) \"?([\w.-]+)")
_NO_FILE: Final = re.compile(r"open (\S+\.ya?ml): no such file")
_NOT_IN_FILE: Final = re.compile(r'service "([^"]+)" not found in (\S+)')
_UNDEFINED_SERVICE: Final = re.compile(r'depends on undefined service "([^"]+)"')


@dataclass
class StandIns:
    """Variables, empty environment files, other compose files with their services, and a model.

    Paths start at the project directory. The model is that of a compose file read before the
    others.
    """

    variables: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    others: dict[str, list[str]] = field(default_factory=dict)
    model: dict[str, dict[str, Any]] = field(default_factory=dict)

    def learn(self, said: str, folder: Path) -> bool:
        """Take up what Compose misses; False where it is nothing new that has a stand-in."""
        if match := _VARIABLE.search(said):
            return _new(self.variables, match[1], "standin")
        if match := _ENV_FILE.search(said):
            path = os.path.relpath(match[1], folder)
            is_new = not path.startswith("..") and path not in self.files
            self.files += [path] if is_new else []
            return is_new
        if match := _NO_FILE.search(said):
            path = os.path.relpath(match[1], folder)
            return not path.startswith("..") and _new(self.others, path, [])
        if match := _NOT_IN_FILE.search(said):
            path = os.path.relpath(folder / match[2], folder)
            other = self.others.get(path, [match[1]])
            is_new = match[1] not in other
            other.append(match[1])
            return is_new
        if match := _NO_IMAGE.search(said) or _UNDEFINED_SERVICE.search(said):
            return _new(self.model.setdefault("services", {}), match[1], {"image": "stand-in"})
        if match := _UNDEFINED.search(said):
            external = {} if match[1] in ("network", "volume") else {"external": True}
            return _new(self.model.setdefault(f"{match[1]}s", {}), match[2], external)
        return False

    def put(self, folder: Path, base: str) -> None:
        """Create the files; the one of the model lies in the directory `base`."""
        for path in self.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).touch()
        for path, names in self.others.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            services = {name: {"image": "stand-in"} for name in names}
            (folder / path).write_text(json.dumps({"services": services}), encoding="utf-8")
        if self.model:
            (folder / base / STAND_IN).write_text(json.dumps(self.model), encoding="utf-8")


def _new(known: dict[str, Any], name: str, value: Any) -> bool:
    is_new = name not in known
    known[name] = value
    return is_new


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether Compose takes the project, and else its words, without the directory's name."""

    taken: bool
    said: str

    @property
    def gist(self) -> str:
        """The words without names: of several like faults Compose names any."""
        return re.sub(r'"[^"]*"|\S*[./]\S*|undefined \w+ \S+', "…", self.said)


def ask(
    folder: Path, files: tuple[str, ...], known: StandIns, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run Compose on the files given, or on those with the default names, stand-ins first."""
    chosen = files or default_files(folder)
    base = os.path.dirname(chosen[0]) if chosen else ""  # noqa: PTH120 - a relative name
    known.put(folder, base)
    if known.model:
        chosen = (os.path.join(base, STAND_IN), *chosen)  # noqa: PTH118
    named = [word for name in chosen for word in ("-f", name)]
    environ = {"HOME": "/home/nobody", "PATH": os.defpath, **known.variables}
    return subprocess.run(
        [str(BINARY), *named, *options],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def default_files(folder: Path) -> tuple[str, ...]:
    """Return the files that Compose takes by itself."""
    main = [name for name in NAMES if (folder / name).is_file()][:1]
    return (*main, *[name for name in OVERRIDES if (folder / name).is_file()][:1])


def verdict(folder: Path, files: tuple[str, ...], known: StandIns, *, profiles: bool) -> Verdict:
    """Ask Compose, all profiles on or none."""
    profile = ["--profile", "*"] if profiles else []
    done = ask(folder, files, known, *profile, "config", "-q")
    said = done.stderr.strip().rpartition("\n")[2].replace(str(folder), ".")
    return Verdict(done.returncode == 0, said.replace(str(folder.parent), ".."))


def stand_ins(folder: Path, files: tuple[str, ...]) -> StandIns:
    """Return the stand-ins that a project needs, and create its files."""
    known = StandIns()
    for _ in range(_MAX_STAND_INS):
        found = verdict(folder, files, known, profiles=True)
        if found.taken or not known.learn(found.said.replace("./", f"{folder}/"), folder):
            break
    return known
