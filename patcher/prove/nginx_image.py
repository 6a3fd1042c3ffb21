"""The nginx of the image that a stack runs, where a Docker daemon has it: nothing is ever pulled.

Its container has no network, no capability, a read-only file system, and of this machine the
private directory alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from patcher.prove.nginx_hosts import SOCKETS
from patcher.prove.nginx_place import Place
from patcher.prove.nginx_program import version_in
from patcher.prove.private import CannotRun, Done, environment, run

_BOUNDS: Final = (
    "--pull=never",
    "--network=none",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=512m",
    "--pids-limit=64",
)


@dataclass(frozen=True, slots=True)
class ImageNginx:
    """The nginx in a local image, which `image` names by its identifier.

    `docker` is the client; `folder` is the private directory that containers see, all others not.
    """

    docker: Path
    folder: Path
    image: str
    version: str
    is_own: bool = True

    def test(self, place: Place) -> Done:
        """Run `nginx -t` on a configuration in its private place; raises CannotRun."""
        root = os.geteuid() == 0
        directives = place.directives(*(("user root",) if root else ()))
        options = ("-t", "-p", f"{place.root}/", "-c", str(place.main), "-g", directives)
        # sockets do not work in a directory that a virtual machine shares
        owner = f"uid={os.geteuid()},gid={os.getegid()}"
        mounts = (
            f"--volume={self.folder}:{self.folder}",
            f"--tmpfs={self.folder / SOCKETS}:mode=0700,{owner}",
            f"--workdir={place.root}",
        )
        done = _in_container(self.docker, self.folder, mounts, self.image, *options)
        if f'open() "{place.main}" failed' in done.errors:
            raise CannotRun("its container cannot read the private directory; give --nginx-bin")
        return done


def image_nginx(image: str, folder: Path) -> ImageNginx | None:
    """Return the nginx of an image; None where no daemon answers, or it has no such image.

    `folder` is a private directory.
    """
    found = shutil.which("docker")
    if found is None or not image or "$" in image:
        return None
    docker = Path(found)
    try:
        done = _ask(docker, folder, "image", "inspect", "--format={{.Id}}", "--", image)
        identifier = done.output.strip()
        if done.status != 0 or not identifier.startswith("sha256:"):
            return None
        version = version_in(_in_container(docker, folder, (), identifier, "-v"))
    except CannotRun:
        return None
    return None if version is None else ImageNginx(docker, folder, identifier, version)


def _in_container(
    docker: Path, folder: Path, mounts: tuple[str, ...], image: str, *arguments: str
) -> Done:
    name = f"hanna-fix-{secrets.token_hex(8)}"
    user = f"--user={os.geteuid()}:{os.getegid()}"
    options = ("--rm", f"--name={name}", *_BOUNDS, user, *mounts, "--entrypoint=nginx")
    try:
        return _ask(docker, folder, "run", *options, image, *arguments)
    except BaseException:
        # the client is gone, its container may not be
        with contextlib.suppress(CannotRun):
            _ask(docker, folder, "rm", "--force", name)
        raise


def _ask(docker: Path, folder: Path, *arguments: str) -> Done:
    host = os.environ.get("DOCKER_HOST", "")
    # another machine's daemon sees no directory of this one
    more = {"DOCKER_HOST": host} if host.startswith("unix://") else {}
    return run((docker, *arguments), folder, environment(folder, **more))
