"""A diagnosis in SARIF: valid by the official schema, a rule for each kind."""

from __future__ import annotations

from typing import Any

from patcher.report import diagnosis_sarif
from patcher.report.diagnosed import Diagnosed, results
from tests.report.diagnoses import KNOWN, NOWHERE, diagnosed, hostile
from tests.report.schemas import sarif_run


def run_of(report: Diagnosed) -> Any:
    text = diagnosis_sarif.render(report)
    assert text.isascii()
    return sarif_run(text)


def test_a_group_is_a_result_with_its_rule_places_and_count() -> None:
    report = diagnosed(KNOWN)
    run = run_of(report)
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == result["ruleId"] == "nginx/not-resolved"
    assert rule["shortDescription"]["text"] == "nginx logged: `HOST` could not be resolved"
    assert "believes the first answer" in rule["help"]["text"]
    assert (result["level"], result["occurrenceCount"]) == ("error", 2)
    message = result["message"]["text"]
    assert message.startswith("`app` could not be resolved (3: Host not found), 2 times\nseen: ")
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "compose.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 3},
    }
    related = [one["message"]["text"] for one in result["relatedLocations"]]
    assert related == ["directive: `proxy_pass $u`", "service: `app`"]
    mark = results(report)[0].fingerprint
    assert result["partialFingerprints"] == {"hannaFixFailure/v1": mark}


def test_a_result_without_a_place_has_no_location() -> None:
    run = run_of(diagnosed(NOWHERE, others=3))
    assert [one["ruleId"] for one in run["results"]] == ["nginx/no-resolver", "nginx/not-grouped"]
    assert not [one for one in run["results"] if {"locations", "relatedLocations"} & set(one)]


def test_every_result_names_its_rule_by_index() -> None:
    run = run_of(diagnosed(NOWHERE, KNOWN, others=1))
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_failures_that_are_allowed_are_warnings() -> None:
    (result,) = run_of(diagnosed(KNOWN, too_many=False))["results"]
    assert result["level"] == "warning"


def test_without_failures_there_is_no_result() -> None:
    assert run_of(diagnosed())["results"] == []


def test_a_log_writes_no_placeholder_no_link_and_no_address() -> None:
    run = run_of(hostile())
    (result,) = run["results"]
    texts = [result["message"], *(one["message"] for one in result["relatedLocations"])]
    for one in texts:
        assert "{0}" not in one["text"].replace("{{0}}", "")
        assert "[x](" not in one["text"].replace(r"\[x\](", "")
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("a%20b%1B%5B31m%60%3C/failure%3E")
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 2
    assert run["invocations"][0]["executionSuccessful"] is False
