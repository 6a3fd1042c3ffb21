from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.stack.stack import Stack
from patcher.stack.wait_entries import entry_edits, long_form
from patcher.stack.waits import HEALTHY, STARTED
from patcher.text import Edit, Source, splice
from tests.stack.compose_texts import stack

STORES = """\
  db: {image: postgres, healthcheck: {test: pg_isready}}
  cache: {image: redis, healthcheck: {test: redis-cli ping}}
  mailer: {image: x}
"""


def app(depends_on: str) -> str:
    return f"services:\n{STORES}  app:\n    image: x\n    depends_on: {depends_on}\n"


def waits(**conditions: str) -> dict[str, dict[str, str]]:
    return {name: {"condition": how} for name, how in conditions.items()}


def edits(
    found: Stack, name: str = "app", added: Mapping[str, str] | None = None
) -> tuple[Edit, ...]:
    """Return the edits of a service's one definition, which it alone wants to change."""
    (part,) = found.project.services[name].parts
    value = part.get("depends_on")
    assert value is not None
    return entry_edits(found, part, value, added or {}, {name})


def after(found: Stack, name: str = "app", added: Mapping[str, str] | None = None) -> Any:
    """Return `depends_on` after the edits, as plain data."""
    source = found.project.documents[0].tree.source
    text = splice(source.text, edits(found, name, added))
    return parse(Source("compose.yaml", text)).model["services"][name]["depends_on"]


def test_long_form() -> None:
    assert dict(long_form({"db": HEALTHY})) == waits(db=HEALTHY)


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


def test_what_is_shared_is_copied_as_written() -> None:
    lead = "x-it: &it\n  depends_on:\n    db:  # first\n      condition: 'service_healthy'\n"
    text = f"{lead}services:\n{STORES}  app: {{image: y, <<: *it}}\n  worker:\n    <<: *it\n"
    found = stack(text)
    made = edits(found, "worker", {"cache": HEALTHY})
    assert splice(text, made)[len(text) - 1 :] == (
        "\n    depends_on:\n      db:  # first\n        condition: 'service_healthy'\n"
        "      cache:\n        condition: service_healthy\n"
    )


def test_a_tag_on_what_is_shared_is_not_copied() -> None:
    text = f"x-it: &it !override [db]\nservices:\n{STORES}  app: {{image: x, depends_on: *it}}\n"
    found = stack(text + "  worker: {image: x, depends_on: *it}\n")
    with pytest.raises(CannotEdit, match="neither a plain list nor a plain mapping"):
        edits(found)


def test_what_a_merge_key_brings_gets_its_condition_too() -> None:
    text = f"x-it: &it\n  db: {{restart: true}}\n  cache:\nservices:\n{STORES}"
    found = stack(
        f"{text}  app:\n    image: x\n    depends_on:\n      <<: *it\n      mailer: {{}}\n"
    )
    assert after(found) == {
        "db": {"restart": True, "condition": HEALTHY},
        **waits(cache=HEALTHY, mailer=STARTED),
    }


def test_options_that_others_share_are_written_out() -> None:
    lead = f"x-it: &it {{restart: true}}\nservices:\n{STORES}"
    depends_on = "\n    depends_on:\n      db: *it\n      cache: *it\n"
    found = stack(f"{lead}  app:\n    image: x{depends_on}")
    options = {"restart": True, "condition": HEALTHY}
    assert after(found) == {"db": options, "cache": options}
