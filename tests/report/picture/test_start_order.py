"""Who waits for whom: conditions as written, broken where a finding says so and only there."""

from __future__ import annotations

from patcher.report.picture.start_order import Condition, start_order
from tests.report.pictured import COMPOSE, NGINX, found, order_of, wait
from tests.stack.compose_texts import stack

ORDER = order_of(COMPOSE, {"default.conf": NGINX})


def rules(faults: object) -> list[str]:
    return [one.rule for one in faults]  # type: ignore[attr-defined]


def test_a_wait_for_the_start_only_is_broken_where_more_is_possible() -> None:
    one = wait(ORDER, "api", "db")
    assert (one.condition, one.broken) == (Condition.STARTED, True)
    assert rules(one.faults) == ["unconditional-depends-on"]
    assert "`api` does not wait until `db` is ready" in one.faults[0].message


def test_a_missing_wait_is_told() -> None:
    one = wait(ORDER, "worker", "db")
    assert one.condition is Condition.NONE
    assert rules(one.faults) == ["missing-depends-on"]


def test_a_wait_for_a_health_that_is_never_reported_is_broken() -> None:
    one = wait(ORDER, "proxy", "api")
    assert one.condition is Condition.HEALTHY
    assert rules(one.faults) == ["missing-healthcheck"]


def test_services_tell_their_health_and_what_is_wrong_with_them() -> None:
    services = {one.name: one for one in ORDER.services}
    assert list(services) == ["db", "api", "worker", "proxy"]
    assert rules(services["db"].faults) == ["missing-healthcheck"]
    assert not services["db"].reports_health
    assert services["worker"].faults == ()


def test_without_findings_nothing_is_broken() -> None:
    order = start_order(stack(COMPOSE, {"default.conf": NGINX}), ())
    assert [one.broken for one in order.waits] == [False, False]
    assert all(one.faults == () for one in order.services)


def test_a_wait_that_cannot_be_more_is_not_broken() -> None:
    compose = "services:\n  app: {image: x, depends_on: [db, odd]}\n  db: {image: redis:7}\n"
    order = order_of(f"{compose}  odd: {{image: example/odd:1}}\n")
    assert wait(order, "app", "db").broken
    assert not wait(order, "app", "odd").broken


def test_jobs_checks_and_links() -> None:
    order = order_of(
        "services:\n"
        "  db: {image: x, healthcheck: {test: [CMD, 'true']}}\n"
        "  job: {image: x, depends_on: {db: {condition: service_healthy}}}\n"
        "  app: {image: x, links: [db], depends_on: {job: "
        "{condition: service_completed_successfully}}}\n"
    )
    assert [(one.name, one.is_job, one.reports_health) for one in order.services] == [
        ("db", False, True),
        ("job", True, False),
        ("app", False, False),
    ]
    assert wait(order, "job", "db").condition is Condition.HEALTHY
    assert wait(order, "app", "job").condition is Condition.COMPLETED
    assert wait(order, "app", "db").condition is Condition.STARTED


def test_a_fault_belongs_to_the_service_of_that_name_alone() -> None:
    one = stack(
        "services:\n  api: {image: x, depends_on: [db]}\n  api2: {image: x, depends_on: [db]}\n"
        "  db: {image: redis:7}\n"
    )
    of_api = [two for two in found(one) if "`api` " in two.message]
    order = start_order(one, of_api)
    assert wait(order, "api", "db").broken
    assert not wait(order, "api2", "db").broken
