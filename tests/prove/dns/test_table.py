"""The results for people and for programs."""

from __future__ import annotations

import json

from patcher.prove.dns.document import document
from patcher.prove.dns.places import Place, Skipped
from patcher.prove.dns.result import Pace, Results, Run, Scenario, Stage, Trial
from patcher.prove.dns.table import table

PLACE = Place(1, "location / of a.example", "site.conf", 7)
ODD = Place(2, "location /\x1b[31m", "site.conf", 9)
SKIPPED = Skipped(ODD, "no request was found that leads there")


def run(scenario: Scenario, stage: Stage, answered: int, **more: object) -> Run:
    errors = {"could not be resolved (3: Host not found)": 60 - answered} if answered < 60 else {}
    return Run(scenario, stage, 60, answered, errors, **more)  # type: ignore[arg-type]


BEFORE = Trial(
    "service nginx",
    Stage.BEFORE,
    (PLACE,),
    (SKIPPED,),
    (
        run(Scenario.STEADY, Stage.BEFORE, 46),
        run(Scenario.RESTART, Stage.BEFORE, 20),
        Run(Scenario.ABSENT, Stage.BEFORE, 0, 0, {"x": 1}, refused='host not found in "app"'),
    ),
)
AFTER = Trial(
    "service nginx",
    Stage.AFTER,
    (PLACE,),
    (SKIPPED,),
    (
        run(Scenario.STEADY, Stage.AFTER, 60),
        run(Scenario.RESTART, Stage.AFTER, 30, found_again=61.7),
        run(Scenario.ABSENT, Stage.AFTER, 60, found_again=0.3),
    ),
    ("`include /etc/nginx/extra.conf`",),
    ("geoip_x",),
)
OTHER = Trial("service other", Stage.NOW, cannot="a reason \x1b[0m")
RESULTS = Results("1.31.3", Pace(), (BEFORE, AFTER, OTHER))

EXPECTED = """\
nginx 1.31.3 on loopback; a second of the lab stands for 6 seconds of the stack

service nginx: 1 of 2 proxied locations asked
                             requests  answered  failed  found again
steady
  before                           60        46      14
       14x could not be resolved (3: Host not found)
  after                            60        60       0
restart with new addresses
  before                           60        20      40  not within 100 s
       40x could not be resolved (3: Host not found)
  after                            60        30      30  after 62 s
       30x could not be resolved (3: Host not found)
not there when nginx starts
  before                            0         0       0
      nginx does not start: host not found in "app"
  after                            60        60       0  after 0 s
not asked:
  location /\\x1b[31m (site.conf:9): no request was found that leads there
not in the project, so not in the lab: `include /etc/nginx/extra.conf`
left empty, because nothing that the lab runs sets them: $geoip_x

service other: 0 of 0 proxied locations asked
  now: cannot be tried: a reason \\x1b[0m
"""


def test_table() -> None:
    assert table(RESULTS) == EXPECTED


def test_document() -> None:
    told = json.loads(document(RESULTS))
    assert (told["format"], told["nginx"], told["scale"]) == (1, "1.31.3", 6)
    before, after, other = told["trials"]
    assert before["asked"] == [
        {"location": "location / of a.example", "path": "site.conf", "line": 7}
    ]
    assert before["not_asked"][0]["reason"] == SKIPPED.reason
    assert after["scenarios"][1] == {
        "scenario": "restart with new addresses",
        "requests": 60,
        "answered": 30,
        "failed": 30,
        "found_again": 61.7,
        "not_started": None,
        "errors": {"could not be resolved (3: Host not found)": 30},
    }
    assert after["not_read"] == ["`include /etc/nginx/extra.conf`"]
    assert after["empty_variables"] == ["geoip_x"]
    assert other["cannot"] == "a reason \x1b[0m"


def test_a_failure_after_the_fixes_counts() -> None:
    assert RESULTS.fails
    assert not Results("", Pace(), (BEFORE, AFTER)).fails
    failing = Trial("x", Stage.NOW, runs=(run(Scenario.STEADY, Stage.NOW, 59),))
    assert Results("", Pace(), (failing,)).fails
