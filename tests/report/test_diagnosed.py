"""Groups of failures as results: the line they come from, and a fingerprint that lasts."""

from __future__ import annotations

from dataclasses import replace

from patcher.diagnose.failure import Group, Subject
from patcher.report.diagnosed import Result, results
from tests.report.diagnoses import BY_DIRECTIVE, KNOWN, LOOKUP, NOWHERE, diagnosed, explained, group


def one_of(of: Group) -> Result:
    (result,) = results(diagnosed(explained(of)))
    return result


def test_the_place_is_that_of_the_likeliest_cause_else_of_the_directive() -> None:
    by_rule, by_directive, nowhere = results(diagnosed(KNOWN, BY_DIRECTIVE, NOWHERE))
    assert by_rule.where is not None
    assert (by_rule.where.path, by_rule.where.line) == ("compose.yaml", 2)
    assert [what for what, _ in by_rule.related] == ["directive: `proxy_pass $u`", "service: `app`"]
    assert by_directive.where is not None
    assert (by_directive.where.path, by_directive.where.line) == ("nginx.conf", 7)
    assert (nowhere.where, nowhere.related) == (None, ())


def test_places_are_below_the_prefix() -> None:
    (result,) = results(diagnosed(KNOWN, prefix="deploy/shop"))
    places = [result.where, *(place for _, place in result.related)]
    assert all(one is not None and one.path.startswith("deploy/shop/") for one in places)


def test_the_fingerprint_is_of_what_failed_where() -> None:
    mark = one_of(group()).fingerprint
    assert one_of(group(count=40)).fingerprint == mark
    at_line = replace(LOOKUP, place="/etc/nginx/nginx.conf:5")
    moved = replace(LOOKUP, place="/etc/nginx/nginx.conf:9")
    assert one_of(group(at_line)).fingerprint == one_of(group(moved)).fingerprint
    others = [
        replace(LOOKUP, host="db"),
        replace(LOOKUP, port=80),
        replace(LOOKUP, code=2),
        replace(LOOKUP, server="shop"),
        Subject(NOWHERE.group.subject.kind, "app", code=3, reason="Host not found"),
    ]
    marks = {one_of(group(other)).fingerprint for other in others}
    assert len(marks | {mark}) == 6


def test_what_is_only_counted_is_a_result_too() -> None:
    *_, last = results(diagnosed(KNOWN, others=5))
    assert (last.rule, last.title) == (
        "nginx/not-grouped",
        "failures beyond the first 1000 groups, 5 times",
    )
