"""The dialogue of `--interactive`: shows each fix, and takes an answer from standard input."""

from __future__ import annotations

import sys
from typing import Final

from patcher.cli_options import Options
from patcher.engine.choosing import Choosing, Offer
from patcher.engine.fix import Choice
from patcher.engine.outcome import Held
from patcher.errors import UserError, brief
from patcher.finding import Finding
from patcher.output import paint
from patcher.parts import Chooser
from patcher.records import dataclass
from patcher.report import offer as offers
from patcher.report.formats import Format
from patcher.rules import rule_named
from patcher.stack.stack import Stack
from patcher.work import rules_for

_YES: Final = "y"
_NO: Final = "n"
_ALL: Final = "a"
_QUIT: Final = "q"
_EXPLAIN: Final = "e"
_DECISIONS: Final = (_YES, _NO, _ALL, _QUIT)


def asked(options: Options) -> Chooser:
    """Return what asks for each stack which of its fixes are wanted.

    Raises UserError for a format other than text: its report would stand between the questions.
    """
    if options.format is not Format.TEXT:
        todo = "leave --format out; `hanna-fix check` gives a report in any format"
        raise UserError("--interactive is for people", todo=todo)
    return _Dialogue(options).choose


@dataclass
class _Dialogue:
    """The questions of one run, over all its stacks."""

    options: Options
    over: bool = False

    def choose(self, folder: str, stack: Stack) -> Choice:
        """Ask for each fix of a stack; return which are wanted.

        Raises UserError where the input ends before the last question.
        """
        if self.over:
            return _none
        choosing = Choosing(stack, rules_for(stack, self.options), self.options.minimum)
        while not self.over and (one := choosing.next()) is not None:
            if isinstance(one, Held):
                _show(offers.held(one, folder, paint(self.options, error=True)))
            else:
                self._decide(choosing, one, folder)
        return choosing.choice

    def _decide(self, choosing: Choosing, offer: Offer, folder: str) -> None:
        _show(offers.told(offer, folder, paint(self.options, error=True)))
        answer = self._answer(offer)
        if answer == _YES:
            choosing.accept(offer)
        elif answer == _NO:
            _show(offers.lost(choosing.decline(offer), folder))
        elif answer == _ALL:
            choosing.accept_rest()
        else:
            self.over = True

    def _answer(self, offer: Offer) -> str:
        """Ask until one of the decisions is made."""
        while True:
            _show(offers.question(offer, paint(self.options, error=True)))
            answer = _line().strip().lower()[:1]
            if answer in _DECISIONS:
                return answer
            docs = rule_named(offer.finding.rule).docs.strip()
            _show(f"{docs}\n" if answer == _EXPLAIN else offers.KEYS)


def _none(_: Finding) -> bool:
    return False


def _line() -> str:
    """Read a line; shown again where it was not typed on a terminal, so that a log can be read."""
    line = sys.stdin.buffer.readline().decode("utf-8", "replace")
    if not line:
        _show("\n")
        todo = "end with q to write what was accepted"
        raise UserError("the answers ended before the questions: nothing is written", todo=todo)
    if not sys.stdin.isatty():
        _show(f"{brief(line.rstrip())}\n")
    return line


def _show(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
