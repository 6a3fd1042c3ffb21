from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.stack.stack import Stack
from patcher.stack.wait_edits import condition_edits, wait_edits
from patcher.stack.waits import HEALTHY, STARTED
from patcher.text import Source, splice
from tests.stack.compose_texts import stack

DB = "  db: {image: postgres, healthcheck: {test: pg_isready}}\n"
MORE = "  cache: {image: redis, healthcheck: {test: redis-cli ping}}\n  mailer: {image: x}\n"
STORES = DB + MORE


def after(found: Stack, name: str = "app", added: Mapping[str, str] | None = None) -> Any:
    """Return `depends_on` in compose.yaml after the edits, as plain data."""
    service = found.project.services[name]
    edits = (
        wait_edits(found, service, added, found.project.services)
        if added
        else condition_edits(found, service, found.project.services)
    )
    source = found.files.read("compose.yaml")
    assert source is not None
    text = splice(source.text, [one for one in edits if one.path == "compose.yaml"])
    return parse(Source("compose.yaml", text)).model["services"][name].get("depends_on")


def app(depends_on: str) -> str:
    return f"services:\n{STORES}  app:\n    image: x\n    depends_on: {depends_on}\n"


def waits(**conditions: str) -> dict[str, dict[str, str]]:
    return {name: {"condition": how} for name, how in conditions.items()}


def test_what_is_added_where_nothing_is() -> None:
    found = stack(f"services:\n{STORES}  app:\n    image: x\n")
    assert after(found, added={"db": HEALTHY}) == waits(db=HEALTHY)


def test_a_definition_that_others_share_changes_only_with_them() -> None:
    text = app("&both [db]") + "  worker: {image: x, depends_on: *both}\n"
    found = stack(text)
    assert after(found) == waits(db=HEALTHY)
    with pytest.raises(CannotEdit, match=r"defined here and shared with `services\.worker"):
        condition_edits(found, found.project.services["app"], [])


@pytest.mark.parametrize(
    ("shared", "worker"),
    [
        ("[db]", "depends_on: *both"),
        ("[db]", "<<: *it"),
        ("{db: {condition: service_healthy}}", "depends_on: *both"),
        ("{db: {}}", "<<: *it"),
    ],
)
def test_who_alone_wants_more_gets_it_beside_what_is_shared(shared: str, worker: str) -> None:
    lead = f"x-it: &it\n  depends_on: &both {shared}\nservices:\n{STORES}"
    text = f"{lead}  app: {{image: x, <<: *it}}\n  worker:\n    image: x\n    {worker}\n"
    found = stack(text)
    edits = wait_edits(found, found.project.services["worker"], {"cache": HEALTHY}, ["worker"])
    model = parse(Source("compose.yaml", splice(text, edits))).model
    assert model["services"]["worker"]["depends_on"] == waits(db=HEALTHY, cache=HEALTHY)
    assert model["services"]["app"] == parse(Source("", text)).model["services"]["app"]
    (touch,) = (touch for edit in edits for touch in edit.touches)
    assert touch.route == ("services", "worker", "depends_on")


def test_the_first_wait_goes_where_the_image_is_named_if_all_want_it() -> None:
    lead = f"x-app: &app\n  image: x\nservices:\n{STORES}  app:\n    <<: *app\n"
    found = stack(f"{lead}  worker:\n    <<: *app\n")
    (edit,) = wait_edits(found, found.project.services["app"], {"db": HEALTHY}, ["worker"])
    assert [touch.route[:2] for touch in edit.touches] == [
        ("x-app", "depends_on"),
        ("services", "app"),
        ("services", "worker"),
    ]
    (edit,) = wait_edits(found, found.project.services["app"], {"db": HEALTHY})
    assert [touch.route[1] for touch in edit.touches] == ["app"]


def test_a_wait_that_others_would_take_over_is_refused() -> None:
    text = f"services:\n{STORES}  app: &app {{image: x}}\n  worker: {{<<: *app}}\n"
    found = stack(text)
    with pytest.raises(CannotEdit, match=r"shared through an anchor with `services\.worker`"):
        wait_edits(found, found.project.services["app"], {"db": HEALTHY})
    found = stack(text.replace("<<: *app", "<<: *app, depends_on: [db]"))
    assert wait_edits(found, found.project.services["app"], {"db": HEALTHY})


def test_each_file_s_own_entries_are_rewritten() -> None:
    found = stack(
        app("[db]"), {"compose.override.yaml": "services: {app: {depends_on: [cache]}}\n"}
    )
    edits = condition_edits(found, found.project.services["app"], [])
    assert {one.path for one in edits} == {"compose.yaml", "compose.override.yaml"}


def test_what_a_stronger_file_says_in_full_is_left_alone() -> None:
    override = "services: {app: {depends_on: {db: {condition: service_started}}}}\n"
    found = stack(app("[db]"), {"compose.override.yaml": override})
    assert condition_edits(found, found.project.services["app"], []) == ()


def test_what_comes_in_through_extends_is_rewritten_where_it_is_extended() -> None:
    found = stack(app("[db]") + "  worker: {extends: app}\n")
    services = found.project.services
    assert condition_edits(found, services["worker"], services) == condition_edits(
        found, services["app"], services
    )
    both, wanted = ["app", "worker"], {"mailer": STARTED}
    assert wait_edits(found, services["worker"], wanted, both) == wait_edits(
        found, services["app"], wanted, both
    )


@pytest.mark.parametrize(
    ("worker", "expected"),
    [
        ("{extends: {file: base.yaml, service: base}}", waits(db=HEALTHY)),
        (
            "{extends: {file: base.yaml, service: base}, depends_on: [cache]}",
            waits(cache=HEALTHY, db=HEALTHY),
        ),
    ],
)
def test_what_another_file_extends_is_said_here(worker: str, expected: Any) -> None:
    base = {"base.yaml": "services: {base: {image: x, depends_on: [db, mailer]}}\n"}
    expected = {**expected, **waits(mailer=STARTED)}
    assert after(stack(f"services:\n{STORES}  worker: {worker}\n", base), "worker") == expected


def test_an_heir_alone_waits_for_more_beside_what_it_extends() -> None:
    found = stack(app("[db]") + "  worker: {extends: app}\n")
    edits = wait_edits(found, found.project.services["worker"], {"cache": HEALTHY}, ["worker"])
    assert [touch.route for edit in edits for touch in edit.touches] == [
        ("services", "worker", "depends_on")
    ]


def test_what_another_file_takes_away_stays_away() -> None:
    reset = {"compose.override.yaml": "services: {app: {depends_on: !reset []}}\n"}
    found = stack(app("[db]") + "  worker: {extends: app}\n", reset)
    with pytest.raises(CannotEdit, match=r"compose\.override\.yaml takes its `depends_on` away"):
        wait_edits(found, found.project.services["app"], {"cache": HEALTHY})
    assert after(found, "worker") == waits(db=HEALTHY)


def test_an_heir_says_what_another_file_says_for_the_extended_service_alone() -> None:
    override = "services: {app: {depends_on: {db: {condition: service_started}}}}\n"
    found = stack(app("[db]") + "  worker: {extends: app}\n", {"compose.override.yaml": override})
    edits = condition_edits(found, found.project.services["worker"], found.project.services)
    assert [touch.route[1] for edit in edits for touch in edit.touches] == ["worker"]


def test_an_alias_of_a_service_becomes_a_merge_with_an_entry_of_its_own() -> None:
    lead = f"x-app: &app\n  image: x\n  depends_on: [db]\nservices:\n{STORES}"
    text = f"{lead}  app: *app  # one\n  worker: *app\n"
    found = stack(text)
    edits = wait_edits(found, found.project.services["app"], {"cache": HEALTHY})
    assert splice(text, edits).removeprefix(lead) == (
        "  app:  # one\n    <<: *app\n    depends_on:\n      db:\n"
        "        condition: service_healthy\n      cache:\n        condition: service_healthy\n"
        "  worker: *app\n"
    )
    (touch,) = [touch for edit in edits for touch in edit.touches]
    assert touch.route == ("services", "app", "depends_on")


def test_swarm_refuses_the_long_form() -> None:
    found = stack(app("[db]") + "    deploy: {mode: global}\n")
    with pytest.raises(CannotEdit, match="is for Swarm"):
        condition_edits(found, found.project.services["app"], [])
