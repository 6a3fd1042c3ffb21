"""SARIF: valid by the official schema, edits that give what the fix gives, places in UTF-16."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from patcher.engine.check import check
from patcher.finding import Fix, Location, Safety
from patcher.report import sarif
from patcher.report.entries import Entry, Report
from patcher.rules import all_rules
from patcher.rules.base import Rule
from patcher.text import Edit, Source, Span, splice
from tests.report.reports import FIX, NO_FIX, PROBLEM, came_to, checked, finding, hostile
from tests.report.schemas import sarif_run
from tests.stacks import FIXTURES, stack_of
from tests.variants import Variant, as_written, bom, crlf, read_tree, varied


def run_of(report: Report) -> Any:
    text = sarif.render(report)
    assert text.isascii()
    return sarif_run(text)


def results(report: Report) -> list[Any]:
    found: list[Any] = run_of(report)["results"]
    return found


def test_a_result_has_its_rule_level_place_and_fingerprint() -> None:
    run = run_of(checked(finding(FIX)))
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "resolver-mixed"
    assert "## Why it matters" in rule["help"]["markdown"]
    assert result["level"] == "error"
    assert result["message"]["text"] == "it is bad\nseen"
    assert result["partialFingerprints"] == {"hannaFix/v1": finding(FIX).fingerprint}
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "compose.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 2,
            "startColumn": 3,
            "endLine": 2,
            "endColumn": 6,
            "charOffset": 12,
            "charLength": 3,
        },
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "services.app"}]


def test_a_fix_that_is_not_safe_says_so() -> None:
    (result,) = results(checked(finding(FIX)))
    assert result["fixes"][0]["description"]["text"] == "do it (unsafe: careful)"
    assert result["properties"]["safety"] == "unsafe"


def test_no_machine_is_offered_what_has_no_fix_or_is_only_shown() -> None:
    shown = replace(FIX, safety=Safety.DISPLAY)
    assert not [one for one in results(checked(finding(NO_FIX), finding(shown))) if "fixes" in one]


def test_what_apply_fixed_is_no_result() -> None:
    assert [one["properties"]["status"] for one in results(came_to())] == ["fixed", "held", "left"]
    written = results(came_to(written=True))
    assert [one["properties"]["status"] for one in written] == ["held", "left"]


def test_what_could_not_be_read_is_told() -> None:
    (invocation,) = run_of(checked(problems=(PROBLEM,)))["invocations"]
    assert invocation["executionSuccessful"] is False
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == "not valid; mend it"
    assert note["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 1}


def test_columns_and_offsets_count_utf16_code_units() -> None:
    source = Source("a.yml", "# \U0001f600\nk: \U0001f600\U0001f600 v\n", bom=True)
    start = source.text.index("v")
    place = Location.of(source, Span(start, start + 1), ("k",))
    fix = Fix("do it", (Edit("a.yml", start, start + 1, "w"),), "nothing")
    entry = Entry.found(finding(fix, place=place), {"a.yml": source})
    run = run_of(Report((entry,)))
    assert run["columnKind"] == "utf16CodeUnits"
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    utf16 = source.text[:start].encode("utf-16-le")
    assert region["charOffset"] == len(utf16) // 2 == 13
    assert (region["startLine"], region["startColumn"], region["charLength"]) == (2, 9, 1)
    replaced = result["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]
    assert replaced == region


def test_a_place_that_a_later_pass_found_has_no_end() -> None:
    moved = replace(finding(FIX).where[0], line=1, column=2)
    (result,) = results(checked(finding(FIX, place=moved)))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 2}


def test_a_repository_writes_no_placeholder_no_link_and_no_address() -> None:
    first = results(hostile())[0]
    assert "{{0}}" in first["message"]["text"]
    assert r"\[x\](http" in first["message"]["text"]
    uri = first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("a%20b%1B%5B31m%60%3C/failure%3E")
    assert uri.endswith("/%C3%A9.yml")


def applied(result: Any, sources: Mapping[str, Source]) -> dict[str, str]:
    """Make a result's replacements as a reader of SARIF does: by line and column, in UTF-16."""
    texts: dict[str, str] = {}
    for change in result["fixes"][0]["artifactChanges"]:
        path = change["artifactLocation"]["uri"]
        source = sources.get(path, Source(path, ""))
        units = source.text.encode("utf-16-le")
        for one in reversed(change["replacements"]):
            region = one["deletedRegion"]
            start = offset(source, region["startLine"], region["startColumn"])
            end = offset(source, region["endLine"], region["endColumn"])
            assert start == region["charOffset"]
            assert end - start == region["charLength"]
            new = one.get("insertedContent", {"text": ""})["text"].encode("utf-16-le")
            units = units[: 2 * start] + new + units[2 * end :]
        texts[path] = units.decode("utf-16-le")
    return texts


def offset(source: Source, line: int, column: int) -> int:
    starts = [0, *(one.end() for one in re.finditer("\r\n|\n|\r", source.text))]
    return len(source.text[: starts[line - 1]].encode("utf-16-le")) // 2 + column - 1


@pytest.mark.parametrize("variant", [as_written, crlf, bom])
@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_replacements_give_what_the_edits_give(rule: Rule, variant: Variant) -> None:
    before = read_tree(FIXTURES / "rules" / rule.id / "example" / "before")
    sources = varied(before, variant)
    found = check(stack_of(sources), [rule])
    entries = [Entry.found(one, sources) for one in found]
    for entry, result in zip(entries, results(Report(tuple(entries))), strict=True):
        if not entry.edits:
            assert "fixes" not in result
            continue
        wanted = {
            path: splice(
                sources[path].text if path in sources else "",
                [one for one in entry.edits if one.path == path],
            )
            for path in {one.path for one in entry.edits}
        }
        assert applied(result, sources) == wanted
