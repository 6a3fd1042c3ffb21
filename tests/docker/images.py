"""The images of the lab: root file systems of Debian's packages, and a Dockerfile on each.

With a cache directory a root file system is kept there under a digest of what it is made of, and
used again until that changes.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.docker.leftovers import LABEL
from tests.docker.programs import COMPOSE, compose_environment, docker, run
from tests.stacks import FIXTURES

LAB: Final = FIXTURES / "docker"
IMAGES: Final = LAB / "images"
_SUITE: Final = "bookworm"
_BOOTSTRAP: Final = (
    "mmdebstrap",
    "--quiet",
    "--format=tar",
    "--variant=essential",
    *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "locale", "man")),
)


def build(cache: Path | None) -> None:
    """Build the images in the engine that DOCKER_HOST names. Raises LabError."""
    names = sorted(path.parent.name for path in IMAGES.glob("*/packages.txt"))
    with _folder(cache) as folder, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: _import(name, folder), names))
    run([COMPOSE, "build"], folder=IMAGES, environment=compose_environment())


@contextmanager
def _folder(cache: Path | None) -> Iterator[Path]:
    if cache is None:
        with tempfile.TemporaryDirectory(prefix="hannalab-") as folder:
            yield Path(folder)
    else:
        cache.mkdir(parents=True, exist_ok=True)
        yield cache


def _import(name: str, folder: Path) -> None:
    packages = (IMAGES / name / "packages.txt").read_text(encoding="utf-8").split()
    command = [*_BOOTSTRAP, f"--include={','.join(packages)}", _SUITE]
    digest = hashlib.sha256("\n".join(command).encode()).hexdigest()[:16]
    tar = folder / f"{name}-{digest}.tar"
    if not tar.exists():
        part = tar.with_suffix(".part")
        try:
            run([*command, str(part)])
            part.rename(tar)
        finally:
            part.unlink(missing_ok=True)
    # whatever is built on it inherits the label
    docker("import", "--change", f"LABEL {LABEL}=1", str(tar), f"hannalab-rootfs:{name}")
