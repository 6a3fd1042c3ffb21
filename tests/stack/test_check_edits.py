from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.check_edits import check_edits
from patcher.stack.stack import Stack
from patcher.text import Edit
from tests.stack.compose_texts import service, stack

WEB = "  web:\n    image: python\n    command: gunicorn -b :8000\n"
PROXY = "  proxy: {image: x, depends_on: [web]}\n"


def edits(found: Stack, name: str) -> tuple[Edit, ...]:
    probe = found.health_of(name).probe
    assert probe is not None
    return check_edits(found, found.project.services[name], probe)


def test_the_check_is_written_behind_the_last_entry() -> None:
    (edit,) = edits(stack(f"services:\n{WEB}{PROXY}"), "web")
    lines = edit.text.split("\n")
    assert lines[1] == "    healthcheck:"
    assert [line.split(":")[0].strip() for line in lines[2:]] == [
        "test",
        "interval",
        "timeout",
        "retries",
        "start_period",
    ]
    assert [touch.route for touch in edit.touches] == [("services", "web", "healthcheck")]


def test_who_takes_it_over_must_answer_it() -> None:
    heir = "  heir: {extends: web%s}\n"
    with pytest.raises(CannotEdit, match="`heir` takes it over"):
        edits(stack(f"services:\n{WEB}{PROXY}" + heir % ", command: celery worker"), "web")
    own = ', command: celery worker, healthcheck: {test: "true"}'
    assert edits(stack(f"services:\n{WEB}{PROXY}" + heir % own), "web")
    both = PROXY.replace("[web]", "[web, heir]")
    assert edits(stack(f"services:\n{WEB}{both}" + heir % ""), "web")


def test_a_definition_that_is_merged_elsewhere_stays() -> None:
    text = f"services:\n{WEB}{PROXY}".replace("web:", "web: &web") + "  other: {<<: *web}\n"
    with pytest.raises(CannotEdit, match="shared through an anchor"):
        edits(stack(text), "web")


def test_a_one_line_service_gets_a_one_line_check() -> None:
    (edit,) = edits(stack(service("it", "image: redis")), "it")
    assert "\n" not in edit.text
