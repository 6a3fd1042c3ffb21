"""Image references, and what their names tell about the programs inside.

Sources: the distribution project's reference grammar (`[registry/]repository[:tag][@digest]`), and
the tag conventions of the Docker Official Images.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass

_VARIABLE: Final = regex(r"\$\{[^}]*\}|\$\w+")
_HUBS: Final = frozenset(["docker.io", "index.docker.io", "registry.hub.docker.com"])
_MIRRORS: Final = ("public.ecr.aws/docker/", "mirror.gcr.io/")
_BARE: Final = regex(r"distroless|chiseled|wolfi|nanoserver|windowsservercore|busybox|scratch")
_BARE_REGISTRIES: Final = frozenset(["cgr.dev", "dhi.io"])
_VERSION: Final = regex(r"(?:pg|v)?(\d+)(?:\.(\d+))?(?=$|[.\-+_])")


class Flavour(Enum):
    """Which of the two programs that can test a TCP port are certain to be in an image.

    ALPINE: busybox `nc -z`. BASH: `bash`, whose `/dev/tcp` connects; every Debian, Ubuntu and Red
    Hat base has it, slim ones too (it is essential there), while their `/bin/sh` and `nc` do not
    serve. EITHER: one of both, and a shell to find out. BARE: neither is certain.
    """

    ALPINE = auto()
    BASH = auto()
    EITHER = auto()
    BARE = auto()


@dataclass(frozen=True, slots=True)
class Reference:
    """One image reference; parts as written, `$NAME` in them where a variable is not known."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def name(self) -> str:
        """The name that families go by: Docker Hub's registry, mirrors and `library/` left out."""
        full = f"{self.registry}/{self.repository}"
        for mirror in _MIRRORS:
            full = full.removeprefix(mirror)
        if self.registry in _HUBS:
            full = self.repository
        return full.removeprefix("library/")

    @property
    def label(self) -> str:
        """The tag in lower case, `latest` where none is given, `$` where only a digest is."""
        if self.tag is None:
            return "latest" if self.digest is None else "$"
        return _VARIABLE.sub("$", self.tag).lower()

    @property
    def version(self) -> tuple[int, int] | None:
        """Major and minor version that the tag starts with (`16-alpine`: 16, 0); None if unknown.

        `pg16` and `v2.9` have one, `latest` and `alpine3.19` do not.
        """
        match = _VERSION.match(self.label)
        return None if match is None else (int(match[1]), int(match[2] or 0))


def parse_reference(image: str) -> Reference:
    """Read an image reference. Never raises; text that is no reference becomes a repository."""
    text = image.strip()
    # Of equal length, so that places found in one text are valid in the other.
    masked = _VARIABLE.sub(lambda match: "x" * len(match[0]), text)
    at = masked.find("@")
    digest = text[at + 1 :] if at >= 0 else None
    end = at if at >= 0 else len(text)
    colon = masked.rfind(":", masked.rfind("/", 0, end) + 1, end)
    tag = text[colon + 1 : end] if colon >= 0 else None
    registry, repository = _split(text[: colon if colon >= 0 else end])
    return Reference(registry, repository, tag, digest)


def _split(name: str) -> tuple[str, str]:
    """Return registry and repository: the first part is a host with a dot, a port or localhost."""
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost") and "$" not in first:
        return first, rest if first not in _HUBS or "/" in rest else f"library/{rest}"
    return "docker.io", name if slash or "$" in name else f"library/{name}"


def flavour_of(reference: Reference, usual: Flavour) -> Flavour:
    """Return the flavour of an image; `usual` is what its repository has where no tag says else."""
    text = f"{reference.repository}:{reference.label}".lower()
    if reference.registry in _BARE_REGISTRIES or _BARE.search(text):
        return Flavour.BARE
    if "alpine" in text:
        return Flavour.ALPINE
    if "$" in text and usual is not Flavour.BARE:
        return Flavour.EITHER
    return usual
