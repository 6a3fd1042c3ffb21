"""A diagnosis in SARIF 2.1.0: a result for each group of failures, a rule for each kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.diagnose.failure import Kind
from patcher.diagnose.kinds import general_causes, pattern
from patcher.errors import brief
from patcher.finding import Location
from patcher.report import sarif
from patcher.report.diagnosed import NOT_GROUPED, Diagnosed, Result, results, rule_of

_FINGERPRINT: Final = "hannaFixFailure/v1"
_MOST_RELATED: Final = 50


def render(report: Diagnosed) -> str:
    """Return one run; a result without a line of the configuration has no location."""
    found = results(report)
    used = {one.rule for one in found}
    rules = [rule for rule in _rules() if rule["id"] in used]
    order = [rule["id"] for rule in rules]
    level = sarif.LEVELS[report.severity]
    told = [_result(one, order.index(one.rule), level) for one in found]
    return sarif.document(rules, told, report.problems)


def _rules() -> Iterator[sarif.Object]:
    for kind in Kind:
        causes = [
            one.text + (f"; to tell: {one.tell}" * bool(one.tell)) for one in general_causes(kind)
        ]
        yield _rule(rule_of(kind), f"nginx logged: {pattern(kind)}", "\n".join(causes))
    text = "failures beyond the groups that are kept"
    yield _rule(NOT_GROUPED, text, "The log holds very many names; they are only counted.")


def _rule(name: str, short: str, text: str) -> sarif.Object:
    return {"id": name, "shortDescription": {"text": short}, "help": {"text": text}}


def _result(one: Result, index: int, level: str) -> sarif.Object:
    told = [one.title, *(f"{name}: {text}" for name, text in one.facts)]
    related = [_related(*each) for each in one.related[:_MOST_RELATED]]
    return {
        "ruleId": one.rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": sarif.plain("\n".join(map(brief, told)))},
        "occurrenceCount": one.count,
        **({"locations": [_location(one.where)]} if one.where else {}),
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {_FINGERPRINT: one.fingerprint},
    }


def _related(what: str, place: Location) -> sarif.Object:
    return {**_location(place), "message": {"text": sarif.plain(brief(what))}}


def _location(place: Location) -> sarif.Object:
    return sarif.located(place.path, place.line, place.column)
