"""A private place for one nginx of a stack: its files, and stand-ins for what lies elsewhere.

`place` writes them below a directory; nginx, started in it with `main` and `directives()`, reads
and writes nothing outside of it, looks no name up, and opens what the substitutes say and no more.
That holds for the start and for `nginx -t`. Whoever sends requests has to see to addresses that are
made of variables, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from patcher.prove.certificate import CERTIFICATE, KEY, make_certificate
from patcher.prove.nginx_arguments import LOG, Arguments, quoted
from patcher.prove.nginx_copy import Copies
from patcher.prove.nginx_hosts import Substitutes
from patcher.prove.nginx_view import CannotPlace, View
from patcher.stack.nginx.bundled import MAIN_FILES

# Debian, Alpine and the official image all define it in the main file of their own
_USUAL_FORMAT: Final = "main"


@dataclass(frozen=True, slots=True)
class Place:
    """A configuration in place below `root`: the path of its main file, and what it is made of.

    `texts` are the copies by path in the container, those of the project's files alone; two places
    with the same texts and the same `root` are the same configuration. `missing` are the included
    files that the project does not hold, empty here; `certificates` tells whether there are any.
    `left_out` are the directives that the copies lack because the program does not know them.
    """

    view: View
    root: Path
    main: Path
    texts: dict[str, str]
    missing: tuple[str, ...]
    certificates: bool
    left_out: frozenset[str] = frozenset()

    def directives(self, *more: str) -> str:
        """Return what nginx takes with `-g`: the process's own settings, and `more`."""
        return " ".join(f"{one};" for one in (f"pid {quoted(f'{self.root}/nginx.pid')}", *more))

    def original(self, said: str) -> str:
        """Return nginx's words with the project's files in place of their copies."""
        for path in sorted({*self.texts, *self.missing}, key=len, reverse=True):
            source = self.view.source(path)
            said = said.replace(f"{self.root}{path}", source.path if source else path)
        return said.replace(str(self.root), "")


def place(
    view: View,
    root: Path,
    subs: Substitutes,
    pems: Path,
    left_out: frozenset[str] = frozenset(),
) -> Place:
    """Write what one nginx reads below `root`, an empty private directory, and return it.

    Directives named in `left_out` are, unless they are blocks. The stand-in certificate is made in
    the directory `pems` where it is not there yet. Raises CannotPlace where the configuration holds
    what must not be put to nginx, and CannotRun where no certificate can be made.
    """
    arguments = Arguments(view, root, subs, pems / CERTIFICATE, pems / KEY)
    copies = Copies(arguments, left_out)
    if view.main is not None:
        copies.include(view.main, ())
        main, stand_in = view.main, {}
    else:
        main = MAIN_FILES[0]
        stand_in = {main: _main_of_the_image(copies, view.includes)}
    try:
        _write_all(root, copies, {**dict.fromkeys(copies.missing, ""), **stand_in, **copies.texts})
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible name"
        raise CannotPlace(f"its files cannot be copied: {reason.lower()}") from None
    if arguments.needs_certificate and not (pems / KEY).exists():
        make_certificate(pems)
    missing = tuple(sorted(copies.missing))
    place_of_main = Path(f"{root}{main}")
    needs, gone = arguments.needs_certificate, frozenset(copies.gone)
    return Place(view, root, place_of_main, copies.texts, missing, needs, gone)


def _main_of_the_image(copies: Copies, includes: Iterable[str]) -> str:
    """Return a stand-in for the main file that an image brings, by what all of them hold."""
    patterns = [copies.include(pattern, ("http",)) for pattern in includes]
    used = copies.arguments.formats.used - copies.arguments.formats.defined
    formats = f" log_format {_USUAL_FORMAT} '$remote_addr';" if _USUAL_FORMAT in used else ""
    lines = "".join(f" include {quoted(one)};" for one in patterns)
    return f"events {{}} http {{{copies.defaults(set())}{formats}{lines} }}\n"


def _write_all(root: Path, copies: Copies, texts: Mapping[str, str]) -> None:
    for folder in (root / LOG, root / "temporary", *copies.arguments.folders):
        folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        file = Path(f"{root}{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
