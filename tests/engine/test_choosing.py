"""Choosing fixes one by one: offers, what hangs on what, and that all of it is the real engine."""

from __future__ import annotations

from collections.abc import Callable

from patcher.diff import unified
from patcher.engine.choosing import Choosing, Offer
from patcher.engine.fix import fix
from patcher.engine.outcome import Held, Outcome
from patcher.finding import Safety
from patcher.rules import chosen_rules
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import Source
from tests.engine.liars import COMPOSE, HONEST, PATH, replacing, rule, sets
from tests.stack.compose_texts import stack
from tests.stacks import stack_of

WAITS = """\
services:
  cache:
    image: redis:7
  api:
    image: example/api:1
    depends_on: [cache]
"""
Key = tuple[str, int]


def asked(choosing: Choosing, answer: Callable[[Offer], bool]) -> list[Offer]:
    """Answer every offer; return them."""
    found: list[Offer] = []
    while (one := choosing.next()) is not None:
        assert isinstance(one, Offer)
        found.append(one)
        if answer(one):
            choosing.accept(one)
        else:
            choosing.decline(one)
    return found


def waiting() -> Stack:
    return stack(WAITS)


def of(one: Stack, *rules: Rule, minimum: Safety = Safety.SAFE) -> Choosing:
    return Choosing(one, rules or chosen_rules((), ()), minimum)


def chosen(choosing: Choosing) -> Outcome:
    return fix(choosing.stack, choosing.rules, choosing.minimum, choosing.choice)


def names(offers: list[Offer]) -> list[str]:
    return [one.finding.rule for one in offers]


def test_all_accepted_is_the_same_as_no_question() -> None:
    choosing = of(waiting())
    offers = asked(choosing, lambda _: True)
    assert names(offers) == [
        "implicit-network",
        "missing-healthcheck",
        "unconditional-depends-on",
    ]
    assert chosen(choosing).changes == fix(waiting(), chosen_rules((), ())).changes
    assert [(one.number, one.total) for one in offers] == [(1, 3), (2, 3), (3, 3)]


def test_the_diffs_shown_add_up_to_what_is_written() -> None:
    choosing = of(waiting())
    text: dict[str, str] = {}
    for one in asked(choosing, lambda offer: offer.finding.rule != "implicit-network"):
        if one.finding.rule == "implicit-network":
            continue
        for change in one.changes:
            assert change.before is not None
            assert text.setdefault(change.after.path, change.before.text) == change.before.text
            text[change.after.path] = change.after.text
            assert unified(change.before, change.after)
    assert text == {one.after.path: one.after.text for one in chosen(choosing).changes}


def test_what_needs_a_declined_fix_is_told_and_not_offered() -> None:
    choosing = of(waiting())
    network = choosing.next()
    assert isinstance(network, Offer)
    assert choosing.decline(network) == ()
    check = choosing.next()
    assert isinstance(check, Offer)
    assert check.finding.rule == "missing-healthcheck"
    assert [one.rule for one in choosing.decline(check)] == ["unconditional-depends-on"]
    assert choosing.next() is None
    outcome = chosen(choosing)
    assert (outcome.changes, outcome.fixed, len(outcome.left)) == ((), (), 3)


def test_nothing_accepted_changes_nothing() -> None:
    choosing = of(waiting())
    assert len(asked(choosing, lambda _: False)) == 2
    assert chosen(choosing).changes == ()


def test_the_rest_holds_what_becomes_possible_later() -> None:
    choosing = of(waiting())
    choosing.accept_rest()
    assert choosing.next() is None
    assert chosen(choosing).changes == fix(waiting(), chosen_rules((), ())).changes


def test_the_rest_leaves_what_was_declined() -> None:
    choosing = of(waiting())
    one = choosing.next()
    assert isinstance(one, Offer)
    choosing.decline(one)
    choosing.accept_rest()
    fixed = [other.finding.rule for other in chosen(choosing).fixed]
    assert fixed == ["missing-healthcheck", "unconditional-depends-on"]


def test_what_a_fix_brings_is_told_with_it() -> None:
    text = "postgres:16"
    both = [
        rule(name, text, replacing(text, "postgres:17", sets("db", "image", "postgres:17")))
        for name in ("first", "second")
    ]
    offers = asked(of(stack_of({PATH: Source(PATH, COMPOSE)}), *both), lambda _: True)
    assert names(offers) == ["first"]
    assert [one.rule for one in offers[0].brings] == ["second"]


def test_a_fix_that_a_gate_holds_is_not_offered() -> None:
    liar = rule("liar", "postgres:16", replacing("postgres:16", "mysql:8"))
    choosing = of(stack_of({PATH: Source(PATH, COMPOSE)}), HONEST, liar)
    one = choosing.next()
    assert isinstance(one, Offer)
    choosing.accept(one)
    held = choosing.next()
    assert isinstance(held, Held)
    assert (held.finding.rule, held.gate) == ("liar", "intended")
    assert choosing.next() is None
    assert [one.finding.rule for one in chosen(choosing).fixed] == ["honest"]


def test_rivals_are_decided_on_one_by_one() -> None:
    to = {name: f"{name}:1" for name in ("mysql", "mariadb")}
    rivals = [
        rule(name, "postgres:16", replacing("postgres:16", new, sets("db", "image", new)))
        for name, new in to.items()
    ]
    choosing = of(stack_of({PATH: Source(PATH, COMPOSE)}), *rivals)
    offers = asked(choosing, lambda one: one.finding.rule == "mysql")
    assert "mysql" in names(offers)
    assert "image: mysql:1" in chosen(choosing).changes[0].after.text


def test_unsafe_fixes_are_offered_where_they_are_asked_for() -> None:
    text = "postgres:16"
    edits = replacing(text, "postgres:17", sets("db", "image", "postgres:17"))
    unsafe = rule("unsafe", text, edits, safety=Safety.UNSAFE)
    one = stack_of({PATH: Source(PATH, COMPOSE)})
    assert asked(of(one, unsafe), lambda _: True) == []
    assert names(asked(of(one, unsafe, minimum=Safety.UNSAFE), lambda _: True)) == ["unsafe"]
