"""What the lab makes in an engine: how it is known again, and how it is removed."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from tests.docker.programs import LabError, docker

PREFIX: Final = "hannalab_"
LABEL: Final = "hannalab"

# in the order in which they can be removed
_LIST: Final = {
    "container": ("ps", "--all", "--quiet", "--filter", f"name={PREFIX}"),
    "network": ("network", "ls", "--quiet", "--filter", f"name={PREFIX}"),
    "volume": ("volume", "ls", "--quiet", "--filter", f"name={PREFIX}"),
    "image": ("images", "--quiet", "--filter", f"label={LABEL}"),
}
_REMOVE: Final = {
    "container": ("rm", "--force", "--volumes"),
    "network": ("network", "rm"),
    "volume": ("volume", "rm"),
    "image": ("rmi", "--force"),
}


def leftovers(*kinds: str) -> dict[str, list[str]]:
    """Return the ids of what is there of the lab by kind, of these kinds or of all."""
    found = {kind: docker(*_LIST[kind]) for kind in kinds or _LIST}
    return {kind: sorted(set(ids)) for kind, ids in found.items() if ids}


def sweep() -> None:
    """Remove everything of the lab, running or not. Raises LabError where something stays."""
    for kind, ids in leftovers("container", "network", "volume").items():
        docker(*_REMOVE[kind], *ids)
    _sweep_images()


def _sweep_images() -> None:
    before: dict[str, list[str]] = {}
    while (found := leftovers("image")) != before:
        before = found
        # one that others are built on can go when they are gone, in the next round
        with suppress(LabError):
            docker(*_REMOVE["image"], *found.get("image", []))
    if found:
        raise LabError(f"images of the lab stay: {' '.join(found['image'])}")
