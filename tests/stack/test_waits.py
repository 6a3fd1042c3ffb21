from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.waits import HEALTHY, STARTED, condition_for, health_seen, weak_waits
from tests.stack.compose_texts import stack

DB = "  db: {image: postgres, healthcheck: {test: pg_isready}}\n"
CHECK = {"compose.override.yaml": "services:\n  db: {healthcheck: {test: pg_isready}}\n"}


def test_a_check_that_is_to_come_is_waited_for() -> None:
    found = stack("services:\n  db: {image: postgres}\n  app: {image: x, depends_on: [db]}\n")
    tree = found.project.documents[0].tree
    with pytest.raises(CannotEdit, match="`db` gets its health check first"):
        condition_for(found, "db", tree)


def test_a_check_of_a_later_file_cannot_be_relied_on() -> None:
    text = "services:\n  db: {image: postgres}\n  app: {image: x, depends_on: [db]}\n"
    found = stack(text, CHECK)
    base, override = (document.tree for document in found.project.documents)
    assert condition_for(found, "db", base) == STARTED
    assert condition_for(found, "db", override) == HEALTHY
    doubt = health_seen(found, "db", base).doubt
    assert doubt is not None
    assert "compose.yaml may be used without it" in doubt.reason


def test_a_check_of_the_same_file_in_another_document_counts() -> None:
    text = "services:\n  app: {image: x, depends_on: [db]}\n---\nservices:\n" + DB
    found = stack(text)
    assert condition_for(found, "db", found.project.documents[0].tree) == HEALTHY


def test_a_name_that_is_no_service_is_started() -> None:
    found = stack(f"services:\n{DB}  app: {{image: x, depends_on: [nobody]}}\n")
    assert condition_for(found, "nobody", found.project.documents[0].tree) == STARTED


@pytest.mark.parametrize(
    "heir", ["{<<: *web, command: celery worker}", "{extends: web, command: a}"]
)
def test_a_check_that_cannot_be_added_is_not_waited_for(heir: str) -> None:
    server = "{image: python, command: gunicorn -b :8000}"
    text = f"services:\n{DB}  app: {{image: x, depends_on: [web, db, worker]}}\n"
    found = stack(f"{text}  web: &web {server}\n  worker: {heir}\n")
    tree = found.project.documents[0].tree
    assert condition_for(found, "web", tree) == STARTED
    assert condition_for(found, "db", tree) == HEALTHY


def test_waits_that_could_be_more() -> None:
    found = stack(
        "services:\n  app: {image: x, depends_on: [db, odd]}\n"
        "  sure: {image: x, depends_on: {db: {condition: service_started}}}\n"
        "  odd: {image: example/odd:1}\n" + DB
    )
    services = found.project.services
    assert list(weak_waits(found, services["app"])) == ["db"]
    assert weak_waits(found, services["sure"]) == {}
