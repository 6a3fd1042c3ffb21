"""How the commands make fixes: with the engine alone, or with the real programs asked as well."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from patcher.cli_prove_options import Prove, ProveOptions
from patcher.engine.fix import Choice, fix
from patcher.engine.outcome import Outcome
from patcher.engine.statement import Statement, Status, lacking
from patcher.errors import UserError
from patcher.finding import Safety
from patcher.rules.base import Rule
from patcher.stack.disk import DiskFiles
from patcher.stack.stack import Stack, load

if TYPE_CHECKING:
    from patcher.prove.programs import Programs

Engine = Callable[[Stack, Sequence[Rule], Safety, Choice], Outcome]
"""What makes the fixes of a stack."""


@dataclass(frozen=True, slots=True)
class Proving:
    """The engine with the real programs behind it, in the private directory `folder`."""

    programs: Programs
    folder: Path
    required: bool

    def fix(self, stack: Stack, rules: Sequence[Rule], minimum: Safety, choice: Choice) -> Outcome:
        """Return the fixes that the programs take; raises UserError for what is not proven.

        That is, where proof is required; else the outcome tells what is not.
        """
        from patcher.prove.proof import Prover

        outcome = Prover(self.programs, stack, rules, minimum, self.folder, choice).prove()
        refuse_lacking(outcome, required=self.required)
        return outcome

    def confirm(self, folder: Path, stack: Stack, outcome: Outcome) -> None:
        """Prove an outcome of `stack` again, on the files that are in `folder` now.

        Raises UserError where what was proven is not any more.
        """
        from patcher.prove.proof import Prover

        after = load(DiskFiles(folder), stack.request, stack.settings)
        prover = Prover(self.programs, stack, (), Safety.SAFE, self.folder)
        now = {(one.program, one.subject): one for one in prover.examine(after, outcome.fixed)}
        for was in outcome.proof or ():
            one = now.pop((was.program, was.subject), None)
            if was.is_proven and not (one and one.is_proven):
                raise _not_confirmed(one or replace(was, said="not asked about any more"))
        refuted = next((one for one in now.values() if one.status is Status.REFUTED), None)
        if refuted is not None:
            raise _not_confirmed(refuted)


def _not_confirmed(one: Statement) -> UserError:
    message = f"the written files are not proven: {one.title}: {one.said}"
    return UserError(message, todo="every file is as it was before; look at what it says")


def refuse_lacking(outcome: Outcome, *, required: bool = True) -> None:
    """Raise UserError where proof is required, and a program proves nothing."""
    missing = lacking(outcome.proof or ())
    if required and missing:
        first, *more = missing
        others = f" (and {len(more)} more)" if more else ""
        message = f"not proven: {first.title}: {first.said}{others}"
        raise UserError(message, todo="nothing is written; see `hanna-fix prove`")


@contextmanager
def proving(options: ProveOptions) -> Iterator[Proving | None]:
    """Yield what asks the real programs, None where they are not to be asked.

    What they need lies in a private directory, which is gone afterwards.
    """
    if options.prove is Prove.OFF:
        yield None
        return
    if os.name == "nt":
        raise UserError("--prove does not work on Windows", todo="run it on Linux or macOS")
    from patcher.prove.private import CannotRun, private_directory
    from patcher.prove.programs import Programs

    try:
        with private_directory() as folder:
            programs = Programs(folder, options.compose, options.nginx_bin)
            yield Proving(programs, folder, options.prove is Prove.REQUIRE)
    except CannotRun as error:
        raise UserError(str(error), todo="set TMPDIR to a writable directory") from None


def engine(session: Proving | None) -> Engine:
    """Return what makes the fixes."""
    return fix if session is None else session.fix
