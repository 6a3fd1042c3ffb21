"""The lab as a whole, on real nginx: the incident before and after, and other stacks."""

from __future__ import annotations

import pytest

from patcher.engine.fix import fix
from patcher.finding import Safety
from patcher.prove.dns.lab import cases, run
from patcher.prove.dns.result import Pace, Results, Run, Scenario, Stage, Trial
from patcher.rules import chosen_rules
from tests.prove.dns.labs import targets
from tests.stack.nginx_texts import COMPOSE
from tests.stack.nginx_texts import stack as stack_of_texts
from tests.stacks import FIXTURES, stack_of
from tests.variants import read_tree

# `valid=60s` is a second here; a restart is watched for four
FAST = Pace(scale=60, steady=60, restart=240, absent=60)
HOST_NOT_FOUND = "could not be resolved (3: Host not found)"
REFUSED = "connect() failed (111: Connection refused)"
LOCATIONS = [
    "location / of dashboard.example.com",
    "location /media/ of backend.example.com",
    "location /ws/ of backend.example.com",
    "location / of backend.example.com",
    "location / of example.com",
]


class Counted:
    """Progress that is counted."""

    def __init__(self) -> None:
        self.planned = 0
        self.done = 0

    def plan(self, requests: int) -> None:
        self.planned += requests

    def tick(self) -> None:
        self.done += 1


def seen(results: Results, stage: Stage, scenario: Scenario) -> Run:
    (trial,) = (one for one in results.trials if one.stage is stage)
    assert trial.cannot is None
    (found,) = (one for one in trial.runs if one.scenario is scenario)
    return found


def test_the_incident() -> None:
    stack = stack_of(read_tree(FIXTURES / "stacks" / "hanna" / "before"))
    outcome = fix(stack, chosen_rules((), ()), Safety.SAFE)
    fixed = stack.patched({one.after.path: one.after for one in outcome.changes})
    progress = Counted()
    results = run(cases("", stack, fixed), None, FAST, progress)
    for trial in results.trials:
        assert [place.title for place in trial.asked] == LOCATIONS
        assert trial.skipped == ()
    check_steady(results)
    check_restart(results)
    check_absent(results)
    counted = sum(one.requests for trial in results.trials for one in trial.runs)
    assert progress.planned == progress.done == counted == 2 * (60 + 240 + 60)


def check_steady(results: Results) -> None:
    before = seen(results, Stage.BEFORE, Scenario.STEADY)
    assert before.requests == 60
    assert before.failed > 0
    assert before.errors == {HOST_NOT_FOUND: before.failed}
    after = seen(results, Stage.AFTER, Scenario.STEADY)
    assert (after.requests, after.failed, after.errors) == (60, 0, {})
    assert not results.fails


def check_restart(results: Results) -> None:
    after = seen(results, Stage.AFTER, Scenario.RESTART)
    assert after.found_again is not None
    # on a busy machine the answer may have expired before the services move: then nothing fails
    assert after.errors == ({REFUSED: after.failed} if after.failed else {})


def check_absent(results: Results) -> None:
    before = seen(results, Stage.BEFORE, Scenario.ABSENT)
    assert before.errors == {HOST_NOT_FOUND: before.failed}
    assert before.failed > 0
    after = seen(results, Stage.AFTER, Scenario.ABSENT)
    assert (after.requests, after.failed, after.refused) == (60, 0, None)


def test_names_that_are_looked_up_at_start() -> None:
    (trial,) = tried("server { location / { proxy_pass http://app:8000; } }")
    assert trial.stage is Stage.NOW
    steady, restart, absent = trial.runs
    assert (steady.failed, steady.errors) == (0, {})
    assert (restart.answered, restart.found_again) == (0, None)
    assert restart.errors == {REFUSED: restart.requests}
    assert absent.refused == 'host not found in upstream "app"'
    assert (absent.requests, absent.found_again) == (0, None)


def tried(site: str, compose: str = COMPOSE) -> tuple[Trial, ...]:
    found = stack_of_texts({"compose.yaml": compose, "site.conf": site})
    pace = Pace(scale=60, steady=12, restart=60, absent=12)
    return run(cases("", found, found), None, pace, Counted()).trials


GROUP = """
resolver 127.0.0.11 valid=60s ipv6=off;
upstream group { zone group 64k; server app:8000 resolve; }
server { location / { proxy_pass http://group; } }
"""


def test_a_group_whose_servers_are_looked_up_at_run_time() -> None:
    (trial,) = tried(GROUP)
    steady, _, absent = trial.runs
    assert (steady.failed, steady.errors) == (0, {})
    assert absent.refused is None


def test_no_resolver() -> None:
    site = "server { location / { set $up http://app:81; proxy_pass $up; } }"
    results = Results("", FAST, tried(site))
    (trial,) = results.trials
    steady = trial.runs[0]
    assert steady.errors == {"no resolver defined to resolve": steady.requests}
    assert results.fails


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ("resolver $DNS;", "site.conf:1: `resolver $DNS`: the name servers are not in the files"),
        ('server { location ~ "(" { } }', "pcre"),
    ],
)
def test_what_cannot_be_tried(site: str, reason: str) -> None:
    site = f"{site}\nserver {{ location / {{ proxy_pass http://app:81; }} }}"
    (trial,) = tried(site)
    assert trial.cannot is not None
    assert trial.cannot.startswith(reason)
    assert Results("", FAST, (trial,)).fails


def test_an_nginx_without_a_location_to_ask_is_no_case() -> None:
    of = targets("server { location / { return 204; } }")
    assert cases("", of.stack, of.stack) == []
