from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.baseline import Entry, compare, parse, updated, written
from patcher.errors import UserError
from patcher.finding import Finding, Location, NoFix, Severity
from patcher.text import Source, Span

NAME = ".hanna-fix-baseline.json"


def finding(rule: str, message: str = "m", route: str = "a", line: int = 1) -> Finding:
    place = Location("compose.yaml", line, 1, Span(0, 1), ("services", route))
    return Finding(rule, Severity.WARNING, message, "e", (place,), NoFix("r"))


def entry(of: Finding, reason: str = "known") -> Entry:
    return Entry(of.where[0].path, of.rule, of.fingerprint, of.message, reason)


def entries(text: str) -> tuple[Entry, ...]:
    return parse(Source(NAME, text))


A, B, C = finding("a"), finding("b"), finding("c")


def test_known_findings_are_told_from_new_ones() -> None:
    compared = compare([A, B], [entry(A), entry(C)], {"a", "b", "c"})
    assert compared.new == (B,)
    assert compared.known == (entry(A),)
    assert compared.stale == (entry(C),)
    assert compared.others == ()


def test_a_finding_is_known_on_another_line_and_in_other_words() -> None:
    moved = finding("a", message="new words", line=7)
    assert compare([moved], [entry(A)], {"a"}).new == ()


def test_a_second_finding_at_the_same_place_is_new() -> None:
    second = replace(A, message="another")
    compared = compare([second, A], [entry(A)], {"a"})
    assert compared.new == (second,)
    assert compare([second, A], [entry(A), entry(second)], {"a"}).new == ()


def test_nothing_is_known_of_rules_that_did_not_run() -> None:
    compared = compare([A], [entry(A), entry(B)], {"a"})
    assert (compared.stale, compared.others) == ((), (entry(B),))
    assert set(updated(compared, "")) == {entry(A), entry(B)}


def test_entries_keep_their_reason_and_new_ones_get_one() -> None:
    compared = compare([A, B], [entry(A, "old"), entry(C)], {"a", "b", "c"})
    assert set(updated(compared, "  new ")) == {entry(A, "old"), entry(B, "new")}


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_new_finding_needs_a_reason(reason: str) -> None:
    with pytest.raises(UserError, match="1 new, and no reason; say with --reason"):
        updated(compare([A], [], {"a"}), reason)
    assert updated(compare([A], [entry(A)], {"a"}), reason) == (entry(A),)


TEXTS = st.text(max_size=5)


@given(st.lists(st.builds(Entry, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)), st.randoms())
def test_the_file_is_the_same_in_any_order_and_reads_back(found: list[Entry], random: Any) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    text = written(shuffled)
    assert text == written(found)
    assert entries(text) == tuple(sorted(found))
    assert text.isascii()


ENTRY = {"path": "p", "rule": "r", "fingerprint": "f", "message": "m", "reason": "w"}


def test_what_a_later_version_may_add_to_an_entry_is_passed_over() -> None:
    text = json.dumps({"version": 1, "findings": [{**ENTRY, "since": 1}]})
    assert entries(text) == (Entry(**ENTRY),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"{NAME}:1:1: not valid JSON: Expecting value; move the file away"),
        ('{\n  "version": }', f"{NAME}:2:14: not valid JSON"),
        ("[]", f"{NAME}: not a baseline of version 1"),
        ('{"version": 2}', f"{NAME}: not a baseline of version 1"),
        ('{"version": 1}', f"{NAME}: every entry of `findings` must have texts for path, rule,"),
        ('{"version": 1, "findings": [1]}', f"{NAME}: every entry of `findings`"),
        ('{"version": 1, "findings": [{"path": 1}]}', f"{NAME}: every entry of `findings`"),
        ("[" * 100_000, f"{NAME}: not a baseline"),
        ("1" * 5_000, f"{NAME}: not a baseline"),
    ],
)
def test_what_is_no_baseline_is_one_line(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        entries(text)
    assert str(caught.value).startswith(message)
