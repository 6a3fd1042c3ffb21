"""The pages of the site: those of docs/, and what they link to elsewhere in the repository.

The site stands alone. A link that leads out of docs/ is made to lead to a page that shows the file,
or every file of the folder, as it is in the repository.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from tests.site.links import is_outward, links, relinked

REPOSITORY = "repository"
_README = "README.md"
# the pages themselves are what one looks for
_NOT_SEARCHED = "---\nsearch:\n  exclude: true\n---\n"
_LANGUAGES = {".py": "python", ".yml": "yaml", ".yaml": "yaml", ".conf": "nginx", ".sh": "sh"}


def pages(root: Path) -> dict[str, str]:
    """Return the text of every page by its path in the site."""
    texts = {place: (root / place).read_text(encoding="utf-8") for place in _written(root)}
    found = {_in_site(place): _page(place, text) for place, text in texts.items()}
    for place, text in texts.items():
        for outside in _outside(place, text):
            if outside not in texts:
                found[_in_site(outside)] = _shown(root, outside)
    return found


def files(root: Path) -> dict[str, Path]:
    """Return the pictures and other files beside the pages by their path in the site."""
    docs = root / "docs"
    return {
        path.relative_to(docs).as_posix(): path
        for path in sorted(docs.rglob("*"))
        if path.is_file() and path.suffix != ".md"
    }


def _written(root: Path) -> list[str]:
    found = (path.relative_to(root).as_posix() for path in sorted((root / "docs").rglob("*.md")))
    return [*found, _README]


def _in_site(place: str) -> str:
    """Return where the page for a path of the repository is in the site."""
    if place.startswith("docs/"):
        return place.removeprefix("docs/")
    # `README.md` would be taken for the index of its folder
    return f"{REPOSITORY}/{'readme' if place == _README else place}.md"


def _outside(place: str, text: str) -> list[str]:
    targets = [_target(place, link) for link in links(text) if not _stays(link)]
    return [target for target in targets if not target.startswith("docs/")]


def _page(place: str, text: str) -> str:
    def target(link: str) -> str:
        if _stays(link):
            return link
        led, anchor = _in_site(_target(place, link)), link.partition("#")[1:]
        return posixpath.relpath(led, posixpath.dirname(_in_site(place))) + "".join(anchor)

    return relinked(text, target)


def _stays(link: str) -> bool:
    return is_outward(link) or link.startswith("#")


def _target(place: str, link: str) -> str:
    path = link.partition("#")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), path))


def _shown(root: Path, place: str) -> str:
    path = root / place
    if path.is_file():
        return f"{_NOT_SEARCHED}# {path.name}\n\n`{place}`\n\n{_fenced(path)}"
    inside = (one for one in sorted(path.rglob("*")) if one.is_file())
    parts = (f"## {one.relative_to(path).as_posix()}\n\n{_fenced(one)}" for one in inside)
    return f"{_NOT_SEARCHED}# {path.name}\n\n`{place}`\n\n" + "\n".join(parts)


def _fenced(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
    language = _LANGUAGES.get(path.suffix, "text")
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"
