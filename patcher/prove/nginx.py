"""Every nginx of a stack put to `nginx -t`, before and after: it must take what it took before."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from patcher.engine.statement import Statement, Status
from patcher.prove.nginx_hosts import SOCKETS, for_test
from patcher.prove.nginx_place import Place, place
from patcher.prove.nginx_view import CannotPlace, View, views
from patcher.prove.nginx_words import is_known
from patcher.prove.private import CannotRun, Done
from patcher.stack.stack import Stack

PROGRAM: Final = "nginx"

_PREFIX: Final = re.compile(r"^(?:nginx: |\d{4}/\d\d/\d\d [\d:]+ )?\[emerg\] (?:\d+#\d+: )?")
_QUOTED: Final = re.compile(r'"([^"]*)"')
# what this build is without; the stack's own may have it
_UNKNOWN: Final = re.compile(r'unknown directive "(\w+)"')
_MAX_LACKS: Final = 20
_LACKS: Final = re.compile(
    r'unknown directive "|parameter requires|is not supported|ngx_\w+_module'
)
_SHOWN: Final = 300


class Tester(Protocol):
    """An nginx that can be asked."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def is_own(self) -> bool:
        """Whether it is of the image that the stack runs."""

    def test(self, place: Place) -> Done:
        """Run `nginx -t` on a configuration in its private place; raises CannotRun."""


@dataclass
class NginxProof:
    """Asks nginx, in the private directory `folder`; `tester` finds the program for a view.

    A configuration that was asked about is not asked about again.
    """

    tester: Callable[[View], Tester]
    folder: Path
    _said: dict[object, str] = field(default_factory=dict)
    _lacks: set[str] = field(default_factory=set)

    def examine(self, before: Stack, after: Stack) -> Iterator[Statement]:
        """Yield what nginx says of each configuration that the fixes change."""
        old = {one.name: one for one in views(before)}
        for view in views(after):
            try:
                statement = self._compared(old.get(view.name), view)
            except (CannotPlace, CannotRun) as error:
                statement = Statement(PROGRAM, "", view.name, Status.UNPROVEN, str(error))
            if statement is not None:
                yield statement

    def _compared(self, old: View | None, new: View) -> Statement | None:
        if old is not None and self._state(old) == self._state(new):
            return None
        tester = self.tester(new)
        was = None if old is None else self._ask_before(tester, old)
        now = self._ask(tester, new)
        status, said = _judged(was, now, is_own=tester.is_own)
        with self._placed(new, tester) as placed:
            notes = tuple(_notes(placed, tester))
        return Statement(PROGRAM, tester.version, new.name, status, said, notes)

    @contextmanager
    def _placed(self, view: View, tester: Tester | None = None) -> Iterator[Place]:
        left_out = self._lacks if tester and not tester.is_own else ()
        root, sockets = self.folder / "nginx", self.folder / SOCKETS
        try:
            for one in (root, sockets):
                one.mkdir()
            yield place(view, root, for_test(), self.folder, frozenset(left_out))
        finally:
            for one in (root, sockets):
                shutil.rmtree(one, ignore_errors=True)

    def _state(self, view: View) -> object:
        with self._placed(view) as placed:
            return _state(placed)

    def _ask_before(self, tester: Tester, view: View) -> str:
        """Ask, and leave out of all copies what another nginx than the stack's own lacks."""
        for _ in range(_MAX_LACKS):
            said = self._ask(tester, view)
            match = None if tester.is_own else _UNKNOWN.match(said)
            if match is None or match[1] in self._lacks:
                break
            self._lacks.add(match[1])
        return said

    def _ask(self, tester: Tester, view: View) -> str:
        """Return nothing where nginx takes the configuration, else its first complaint."""
        with self._placed(view, tester) as placed:
            key = (view.name, _state(placed))
            if key not in self._said:
                done = tester.test(placed)
                if done.status not in (0, 1):
                    last = (done.errors.splitlines() or [""])[-1]
                    raise CannotRun(f"it ended with status {done.status}: {last[:_SHOWN]}")
                self._said[key] = "" if done.status == 0 else _complaint(placed, done.errors)
            return self._said[key]


def _state(placed: Place) -> object:
    return frozenset(placed.texts.items()), placed.missing


def _complaint(placed: Place, errors: str) -> str:
    """Return what nginx refuses, told by the project's files.

    A quoted word that is in none of them, and no directive, may be the value of a variable, and is
    not shown.
    """
    lines = placed.original(errors).splitlines()
    line = next((one for one in lines if "[emerg]" in one), (lines or ["no words"])[-1])
    sources = [source.text for path in placed.texts if (source := placed.view.source(path))]

    def shown(match: re.Match[str]) -> str:
        known = is_known(match[1].partition(" ")[0]) or any(match[1] in text for text in sources)
        return match[0] if known else '"..."'

    return _QUOTED.sub(shown, _PREFIX.sub("", line))[:_SHOWN]


def _judged(was: str | None, now: str, *, is_own: bool) -> tuple[Status, str]:
    """Tell what it means that nginx said `was` before (None: it was not there), and `now` after."""
    if not now:
        healed = f"passes, and failed before: {was}"
        return Status.PROVEN, healed if was else "passes before and after"
    if not is_own and _LACKS.search(was or now):
        return Status.UNPROVEN, f"the nginx that is here lacks something: {was or now}"
    if was == "":
        return Status.REFUTED, f"nginx took the configuration before, and now: {now}"
    return Status.FAILED_BEFORE, f"failed before the fix as well: {was or now}"


def _notes(placed: Place, tester: Tester) -> Iterator[str]:
    if placed.left_out:
        yield f"left out, because this nginx lacks it: {', '.join(sorted(placed.left_out))}"
    if placed.view.image and not tester.is_own:
        yield f"the stack runs {placed.view.image}"
    if placed.certificates:
        yield "certificates are stand-ins"
    if placed.missing:
        yield f"empty, because not in the project: {', '.join(placed.missing)}"
