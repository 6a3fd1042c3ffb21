from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.stack.stack import Stack
from patcher.stack.waits import HEALTHY, STARTED, condition_for, health_seen, wait_edits
from patcher.text import Source, splice
from tests.stack.compose_texts import stack

DB = "  db: {image: postgres, healthcheck: {test: pg_isready}}\n"
MORE = "  cache: {image: redis, healthcheck: {test: redis-cli ping}}\n  mailer: {image: x}\n"
STORES = DB + MORE
CHECK = {"compose.override.yaml": "services:\n  db: {healthcheck: {test: pg_isready}}\n"}


def after(found: Stack, name: str = "app", added: Mapping[str, str] | None = None) -> Any:
    """Return `depends_on` in compose.yaml after the edits, as plain data."""
    service = found.project.services[name]
    edits = wait_edits(found, service, added or {}, found.project.services)
    source = found.files.read("compose.yaml")
    assert source is not None
    text = splice(source.text, [one for one in edits if one.path == "compose.yaml"])
    return parse(Source("compose.yaml", text)).model["services"][name].get("depends_on")


def app(depends_on: str) -> str:
    return f"services:\n{STORES}  app:\n    image: x\n    depends_on: {depends_on}\n"


def waits(**conditions: str) -> dict[str, dict[str, str]]:
    return {name: {"condition": how} for name, how in conditions.items()}


@pytest.mark.parametrize(
    "text", ["[db, mailer]", "\n      - db\n      - mailer", "\n    - 'db' # first\n    - mailer"]
)
def test_a_list_becomes_a_mapping(text: str) -> None:
    assert after(stack(app(text))) == waits(db=HEALTHY, mailer=STARTED)


def test_conditions_that_are_written_stay() -> None:
    text = "{db: {condition: service_started}, cache: {restart: true}, mailer: {}}"
    assert after(stack(app(text))) == {
        "db": {"condition": STARTED},
        "cache": {"restart": True, "condition": HEALTHY},
        "mailer": {"condition": STARTED},
    }


def test_null_counts_as_left_out() -> None:
    found = after(stack(app("\n      db:\n      cache: # soon\n      mailer: ~")))
    assert found == waits(db=HEALTHY, cache=HEALTHY, mailer=STARTED)


@pytest.mark.parametrize("text", ["[db]", "{db: {condition: service_healthy}}", "\n      - db"])
def test_what_is_added_comes_last(text: str) -> None:
    found = after(stack(app(text)), added={"mailer": STARTED})
    assert found == waits(db=HEALTHY, mailer=STARTED)
    assert list(found) == ["db", "mailer"]


def test_what_is_added_where_nothing_is() -> None:
    found = stack(f"services:\n{STORES}  app:\n    image: x\n")
    assert after(found, added={"db": HEALTHY}) == waits(db=HEALTHY)


def test_a_definition_that_others_share_changes_only_with_them() -> None:
    text = app("&both [db]") + "  worker: {image: x, depends_on: *both}\n"
    found = stack(text)
    assert after(found) == waits(db=HEALTHY)
    with pytest.raises(CannotEdit, match="shared through an anchor"):
        wait_edits(found, found.project.services["app"], {})


def test_each_file_s_own_entries_are_rewritten() -> None:
    found = stack(
        app("[db]"), {"compose.override.yaml": "services: {app: {depends_on: [cache]}}\n"}
    )
    edits = wait_edits(found, found.project.services["app"], {})
    assert {one.path for one in edits} == {"compose.yaml", "compose.override.yaml"}


def test_what_a_stronger_file_says_in_full_is_left_alone() -> None:
    override = "services: {app: {depends_on: {db: {condition: service_started}}}}\n"
    found = stack(app("[db]"), {"compose.override.yaml": override})
    assert wait_edits(found, found.project.services["app"], {}) == ()


def test_what_comes_in_through_extends_is_not_rewritten_here() -> None:
    found = stack(app("[db]") + "  worker: {extends: app}\n")
    with pytest.raises(CannotEdit, match="`worker` inherits `depends_on` through `extends`"):
        wait_edits(found, found.project.services["worker"], {})


def test_swarm_refuses_the_long_form() -> None:
    found = stack(app("[db]") + "    deploy: {mode: global}\n")
    with pytest.raises(CannotEdit, match="is for Swarm"):
        wait_edits(found, found.project.services["app"], {})


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
    found = stack(app("[nobody]"))
    assert condition_for(found, "nobody", found.project.documents[0].tree) == STARTED


@pytest.mark.parametrize(
    "heir", ["{<<: *web, command: celery worker}", "{extends: web, command: a}"]
)
def test_a_check_that_cannot_be_added_is_not_waited_for(heir: str) -> None:
    server = "{image: python, command: gunicorn -b :8000}"
    text = app("[web, db]") + f"  web: &web {server}\n  worker: {heir}\n"
    assert after(stack(text)) == waits(web=STARTED, db=HEALTHY)
