"""The remedy: the same stack after `hanna-fix apply`, from an empty volume."""

from __future__ import annotations

import time

import pytest

from tests.docker.stack import Stack, eventually

pytestmark = pytest.mark.docker

_REQUESTS = 60
_MARGIN = 10


@pytest.fixture(scope="module")
def mended(folder: Stack) -> Stack:
    folder.hanna_fix("apply", "--quiet")
    return folder


@pytest.fixture(scope="module")
def first(mended: Stack, figures: list[str]) -> list[str]:
    """The stack is up; the answers to the first requests, without a pause."""
    mended.compose("up", "--detach")
    answers = mended.ask("/api/orders/", _REQUESTS) + mended.ask("/", _REQUESTS)
    good = answers.count("200")
    figures.append(f"after: {len(mended.tables())} tables; {good} of {len(answers)} answered")
    return answers


def test_first_up_makes_the_tables(mended: Stack, first: list[str]) -> None:
    assert {"django_migrations", "orders_order"} <= set(mended.tables())
    assert mended.containers()["migrate"] == ("exited", "")


def test_every_request_is_answered_from_the_start(mended: Stack, first: list[str]) -> None:
    assert first == ["200"] * 2 * _REQUESTS
    assert "could not be resolved" not in mended.logs("nginx")


def test_every_service_reports_health(mended: Stack, first: list[str]) -> None:
    states = mended.containers()
    for name in ("db", "redis", "backend", "hanna-management-frontend"):
        assert states[name] == ("running", "healthy"), name
    for name in ("celery_worker", "email_idle_fetcher", "nginx"):
        assert states[name][0] == "running", name


def test_an_order_goes_all_the_way(mended: Stack, first: list[str]) -> None:
    assert mended.ask("/api/orders/", 1, form="customer=Rudo") == ["200"]
    confirmed = "SELECT 1 FROM orders_order WHERE customer = 'Rudo' AND confirmed"
    eventually(lambda: mended.sql(confirmed), 30)


def test_migrations_run_again_without_harm(mended: Stack, first: list[str]) -> None:
    before = mended.tables()
    mended.compose("up", "--detach")
    assert mended.tables() == before
    assert mended.ask("/api/orders/", 12) == ["200"] * 12


def test_diagnosis_finds_no_fault(mended: Stack, first: list[str]) -> None:
    told = mended.diagnosis()
    assert f"database `db` has {len(mended.tables())} tables" in told
    assert "rule: " not in told


def test_recreated_backend_is_found_within_valid(
    mended: Stack, first: list[str], figures: list[str]
) -> None:
    kept = int(mended.setting(r"valid=(\d+)s"))
    old = mended.address("backend")
    mended.ask("/api/orders/", 8)
    mended.compose("rm", "--stop", "--force", "backend")
    # something else gets the old address
    mended.compose("run", "--detach", "--no-deps", "client")
    mended.compose("up", "--detach")
    listening = time.monotonic()
    assert mended.address("backend") != old
    # each worker of nginx keeps an answer of its own
    eventually(lambda: set(mended.ask("/api/orders/", 16)) == {"200"}, kept + _MARGIN)
    found = time.monotonic() - listening
    figures.append(f"a backend with a new address is found after {found:.0f} s (valid={kept}s)")
