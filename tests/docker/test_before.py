"""The incident: the stack as it is, from an empty volume."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.docker.stack import Stack, eventually

pytestmark = pytest.mark.docker

_UNRESOLVED = "{} could not be resolved (3: Host not found)"


@pytest.fixture(scope="module")
def first(folder: Stack, figures: list[str]) -> list[str]:
    """The stack is up; the answers to the first requests, one a second."""
    folder.compose("up", "--detach")
    answers = folder.ask("/api/orders/", 12, pause=1)
    told = ", ".join(f"{status}: {count}" for status, count in Counter(answers).items())
    figures.append(f"before: {len(folder.tables())} tables; first {len(answers)} answers: {told}")
    return answers


def test_database_stays_empty(folder: Stack, first: list[str]) -> None:
    assert folder.tables() == []
    eventually(
        lambda: 'relation "orders_order" does not exist' in folder.logs("email_idle_fetcher"), 30
    )


def test_no_request_is_answered(first: list[str]) -> None:
    # while the backend starts nginx has nobody to ask; then the backend has no tables
    assert set(first) <= {"502", "500"}
    assert first[0] == "502"


@pytest.mark.parametrize(
    ("path", "name"), [("/api/orders/", "backend"), ("/", "hanna-management-frontend")]
)
def test_names_are_not_resolved_now_and_then(
    folder: Stack, first: list[str], path: str, name: str, figures: list[str]
) -> None:
    # The servers are asked in turn: at the latest when the first answer is no longer kept (`valid`)
    # a public one is asked.
    kept = int(folder.setting(r"valid=(\d+)s"))

    answers: list[str] = []

    def logged() -> int:
        answers.extend(folder.ask(path, 20, pause=0.2))
        return folder.logs("nginx").count(_UNRESOLVED.format(name))

    lines = eventually(logged, kept + 30)
    figures.append(f"before: {lines} lines `{_UNRESOLVED.format(name)}`, {len(answers)} requests")


def test_diagnosis_sees_the_containers_and_the_empty_database(
    folder: Stack, first: list[str]
) -> None:
    told = folder.diagnosis()
    assert "now: `backend` is running, started " in told
    assert "database `db` has no tables" in told
    assert "rule: migrations-never-run at docker-compose.yml:" in told


def test_fixes_are_proven_with_the_nginx_of_the_image_that_the_stack_runs(
    folder: Stack, first: list[str]
) -> None:
    version = folder.compose("exec", "-T", "nginx", "sh", "-c", "nginx -v 2>&1")
    number = version.strip().removeprefix("nginx version: nginx/")
    told = folder.hanna_fix("prove")
    assert f"proven nginx {number}, nginx: passes before and after\n" in told
    assert "proven Docker Compose " in told
