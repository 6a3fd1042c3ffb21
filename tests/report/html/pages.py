"""Pages to look at: made of stacks, and read back as a browser would."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser

from patcher.engine.check import check
from patcher.engine.fix import fix
from patcher.engine.many import merged, moved
from patcher.errors import UserError
from patcher.finding import Safety
from patcher.report.entries import Entry, Report, StackView, entries_of, merged_entries
from patcher.report.html import render
from patcher.rules import chosen_rules
from patcher.stack.stack import Stack
from tests.stacks import FIXTURES, stack_of
from tests.variants import read_tree

_VOID = frozenset({"meta", "br", "col", "input"})


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page, in order; raises where tags are not closed in turn."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.source = [], [], text
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open[-1].name}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, name: str, look: str = "") -> list[Element]:
        """Return the elements of a name, and of a class where one is given."""
        return [
            one
            for one in self.elements
            if one.name == name and (not look or look in one.attributes.get("class", "").split())
        ]

    def one(self, name: str, look: str = "") -> Element:
        (found,) = self.all(name, look)
        return found


def hidden(text: str) -> set[str]:
    """Return the characters of a text that nobody sees or that turn its direction."""
    categories = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {char for char in text if unicodedata.category(char) in categories} - {"\t", "\n"}


def stacked(one: Stack, folder: str = "", minimum: Safety = Safety.SAFE) -> StackView:
    outcome = fix(one, chosen_rules((), ()), minimum)
    entries = entries_of(moved(outcome, folder), {})
    return StackView(folder, one, entries, outcome)


def report_of(*stacks: StackView, problems: tuple[UserError, ...] = ()) -> Report:
    outcomes = (moved(one.outcome, one.folder) for one in stacks if one.outcome is not None)
    entries = merged_entries(one.entries for one in stacks)
    return Report(entries, problems, merged(outcomes), views=stacks)


def checked(one: Stack) -> Report:
    found = check(one, chosen_rules((), ()))
    entries = tuple(Entry.found(each, {}) for each in found)
    return Report(entries, views=(StackView("", one, entries, found=found),))


def hanna() -> Report:
    return report_of(stacked(stack_of(read_tree(FIXTURES / "stacks" / "hanna" / "before"))))


def page_of(report: Report) -> Page:
    return Page(render(report))
