from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from patcher.engine.statement import Status
from patcher.finding import Finding, Fix, Safety, Severity
from patcher.prove.programs import Programs
from patcher.prove.proof import Prover
from patcher.rules import chosen_rules
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import ABSENT, Touch
from tests.prove.proving import (
    COMPOSE,
    COMPOSE_BIN,
    HONEST,
    NGINX_BIN,
    SITE,
    in_server,
    in_service,
    names,
    needs_programs,
    proven,
    replacing,
    said,
    stack,
)
from tests.stacks import FIXTURES, stack_of
from tests.variants import read_tree

pytestmark = needs_programs

REFUSED_BY_COMPOSE = in_service("web", "restart", '"no"', "[7]", [7])
UNSEEN_BY_COMPOSE = replacing(
    "compose-version",
    "compose.yaml",
    "services:\n  web:",
    'version: "3"\nservices:\n  "web":',
    ("version",),
    "3",
)
REFUSED_BY_NGINX = in_server("send_timeout", "5s", "5x")


def test_the_incident_is_proven(tmp_path: Path) -> None:
    before = stack_of(read_tree(FIXTURES / "stacks/hanna/before"))
    programs = Programs(tmp_path, str(COMPOSE_BIN), str(NGINX_BIN))
    outcome = Prover(programs, before, chosen_rules((), ()), Safety.SAFE, tmp_path).prove()
    assert outcome.held == ()
    assert len(outcome.fixed) == 18
    assert [(one.program, one.subject, one.status) for one in outcome.proof or ()] == [
        ("Docker Compose", "", Status.PROVEN),
        ("nginx", "nginx", Status.PROVEN),
    ]


def test_honest_fixes_are_proven(tmp_path: Path) -> None:
    outcome = proven(stack(), HONEST, tmp_path)
    assert names(outcome) == ({one.id for one in HONEST}, set())
    assert {status for status, _ in said(outcome).values()} == {Status.PROVEN}


def test_nothing_is_left_in_the_private_directory_but_the_certificate(tmp_path: Path) -> None:
    proven(stack(), HONEST, tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"certificate.pem", "key.pem", "nothing.env"}


@pytest.mark.parametrize(
    ("liar", "gate", "saw"),
    [
        (REFUSED_BY_COMPOSE, "compose takes it", "restart"),
        (UNSEEN_BY_COMPOSE, "compose takes it", "`version` was declared to change"),
        (REFUSED_BY_NGINX, "nginx takes it", '"send_timeout" directive invalid value'),
    ],
    ids=lambda value: value.id if isinstance(value, Rule) else "",
)
def test_a_fix_that_a_program_refuses_is_found_and_held(
    liar: Rule, gate: str, saw: str, tmp_path: Path
) -> None:
    outcome = proven(stack(), [*HONEST, liar], tmp_path)
    assert names(outcome) == ({one.id for one in HONEST}, {liar.id})
    (held,) = outcome.held
    assert held.gate == gate
    assert saw in held.saw
    assert {status for status, _ in said(outcome).values()} == {Status.PROVEN}


def test_several_liars_are_all_held(tmp_path: Path) -> None:
    liars = [REFUSED_BY_NGINX, REFUSED_BY_COMPOSE, UNSEEN_BY_COMPOSE]
    outcome = proven(stack(), [*liars, *HONEST], tmp_path)
    assert names(outcome) == ({one.id for one in HONEST}, {one.id for one in liars})


def test_a_fix_that_another_one_makes_possible_is_held_alone(tmp_path: Path) -> None:
    later = in_server("keepalive_timeout", "6s", "6x")
    later = replace(later, check=partial(_as_info, later), severity=Severity.INFO)
    outcome = proven(stack(), [*HONEST, later], tmp_path)
    assert names(outcome) == ({one.id for one in HONEST}, {later.id})


def _as_info(rule: Rule, stack: Stack) -> Iterator[Finding]:
    """Find it as a trifle: the gates let a fix bring up nothing worse."""
    return (replace(one, severity=Severity.INFO) for one in rule.check(stack))


def test_nginx_is_told_with_the_projects_own_file_and_line(tmp_path: Path) -> None:
    outcome = proven(stack(), [*HONEST, REFUSED_BY_NGINX], tmp_path)
    (held,) = outcome.held
    assert held.saw.endswith("invalid value in site.conf:6")


def test_what_failed_before_is_not_blamed_on_the_fixes(tmp_path: Path) -> None:
    broken = stack(
        COMPOSE.replace('restart: "no"', "restart: [7]"),
        SITE.replace("listen 80;", "listen 80;\n    error_page oops /;"),
    )
    outcome = proven(broken, HONEST, tmp_path)
    assert names(outcome) == ({one.id for one in HONEST}, set())
    compose, nginx = said(outcome)["Docker Compose"], said(outcome)["nginx"]
    assert compose[0] is nginx[0] is Status.FAILED_BEFORE
    assert compose[1].startswith("failed before the fix as well: ")
    assert nginx[1] == ('failed before the fix as well: invalid value "oops" in site.conf:4')


def test_a_fix_may_heal_what_failed_before(tmp_path: Path) -> None:
    broken = stack(COMPOSE.replace('"no"', "[7]"), SITE.replace("timeout 5s", "timeout 5x", 1))
    rules = [
        in_service("web", "restart", "[7]", "always", "always"),
        in_server("keepalive_timeout", "5x", "5s"),
    ]
    outcome = proven(broken, rules, tmp_path)
    assert {status for status, _ in said(outcome).values()} == {Status.PROVEN}
    assert "and refused it before" in said(outcome)["Docker Compose"][1]
    assert "and failed before" in said(outcome)["nginx"][1]


def test_only_what_changes_is_asked_about(tmp_path: Path) -> None:
    assert set(said(proven(stack(), HONEST[:1], tmp_path))) == {"Docker Compose"}
    assert set(said(proven(stack(), HONEST[2:], tmp_path))) == {"nginx"}
    outcome = proven(stack(), [], tmp_path)
    assert outcome.proof == ()


def test_without_the_programs_nothing_is_proven_and_nothing_held(tmp_path: Path) -> None:
    outcome = proven(stack(), HONEST, tmp_path, compose="/none/compose", nginx="/none/nginx")
    assert names(outcome) == ({one.id for one in HONEST}, set())
    found = said(outcome)
    assert {status for status, _ in found.values()} == {Status.UNPROVEN}
    assert found["nginx"][1] == "/none/nginx cannot be run: no such file or directory"


def test_a_program_that_is_another_one_proves_nothing(tmp_path: Path) -> None:
    outcome = proven(stack(), HONEST, tmp_path, compose="/bin/true", nginx="/bin/true")
    found = said(outcome)
    assert found["Docker Compose"][1] == "/bin/true is no Docker Compose that tells its version"
    assert found["nginx"][1] == "/bin/true is no nginx that tells its version"


@pytest.mark.parametrize(
    "lines",
    [
        "mem_limit: ${FIRST:?}\n    shm_size: ${SECOND:?}",
        'volumes: ["${FIRST}:/data", "${SECOND}:/more"]',
        "read_only: ${FIRST}\n    init: ${SECOND:?}",
    ],
)
def test_what_has_no_value_gets_a_stand_in(lines: str, tmp_path: Path) -> None:
    compose = COMPOSE.replace("image: example/app:1", f"image: example/app:1\n    {lines}")
    outcome = proven(stack(compose), HONEST[:1], tmp_path)
    (statement,) = outcome.proof or ()
    assert statement.status is Status.PROVEN, statement.said
    assert statement.notes == ("stand-ins for FIRST, SECOND",)


def test_a_missing_env_file_is_no_fault(tmp_path: Path) -> None:
    compose = COMPOSE.replace("  app:\n", "  app:\n    env_file: [secret.env]\n")
    outcome = proven(stack(compose), HONEST[:1], tmp_path)
    assert said(outcome)["Docker Compose"][0] is Status.PROVEN


def test_an_env_file_that_a_variable_names_is_left_alone(tmp_path: Path) -> None:
    compose = COMPOSE.replace("  app:\n", "  app:\n    env_file: ['${FILE:-.env}']\n")
    outcome = proven(stack(compose), HONEST[:1], tmp_path)
    (statement,) = outcome.proof or ()
    assert statement.status is Status.PROVEN
    assert statement.notes == ("variables as written, because one names an env file",)


def test_what_another_nginx_lacks_is_left_out_and_told(tmp_path: Path) -> None:
    site = SITE.replace("location / {", "location /status { stub_status; }\n    location / {")
    outcome = proven(stack(site=site), HONEST[2:], tmp_path)
    (statement,) = outcome.proof or ()
    assert statement.status is Status.PROVEN
    assert statement.notes[0] == "left out, because this nginx lacks it: stub_status"


def test_what_another_nginx_lacks_is_no_fault_of_a_fix(tmp_path: Path) -> None:
    route = ("server[0]", "stub_status")
    lacking = replacing("status", "site.conf", "send_timeout 5s;", "stub_status;", route, ((),))
    gone = Touch(("server[0]", "send_timeout"), ABSENT)
    lacking = replace(lacking, check=partial(_also, lacking, gone))
    outcome = proven(stack(), [lacking], tmp_path)
    assert names(outcome) == ({"status"}, set())
    status, what = said(outcome)["nginx"]
    assert status is Status.UNPROVEN
    assert what.startswith("the nginx that is here lacks something: unknown directive")


def _also(rule: Rule, touch: Touch, stack: Stack) -> Iterator[Finding]:
    """Declare one more change."""
    for one in rule.check(stack):
        assert isinstance(one.remedy, Fix)
        (edit,) = one.remedy.edits
        edits = (replace(edit, touches=(*edit.touches, touch)),)
        yield replace(one, remedy=replace(one.remedy, edits=edits))
