from __future__ import annotations

from typing import Any

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import dotted
from patcher.lang.yaml import parse
from patcher.stack.check_edits import check_edits
from patcher.stack.image.probes import Probe
from patcher.stack.stack import Stack
from patcher.text import Edit, Source, splice
from tests.stack.compose_texts import service, stack

WEB = "  web:\n    image: python\n    command: gunicorn -b :8000\n"
PROXY = "  proxy: {image: x, depends_on: [web]}\n"


def probe_of(found: Stack, name: str) -> Probe:
    probe = found.health_of(name).probe
    assert probe is not None
    return probe


def edits(found: Stack, name: str) -> tuple[Edit, ...]:
    return check_edits(found, found.project.services[name], probe_of(found, name)).edits


def model(text: str, name: str) -> Any:
    """Return the services after the edits, as plain data."""
    made = edits(stack(text), name)
    return parse(Source("compose.yaml", splice(text, made))).model["services"]


def routes(made: tuple[Edit, ...]) -> list[str]:
    return [dotted(touch.route) for edit in made for touch in edit.touches]


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


MERGED = f"services:\n{WEB}{PROXY}".replace("web:", "web: &web")


@pytest.mark.parametrize("heir", ["extends: web", "<<: *web"])
def test_who_takes_it_over_and_would_not_answer_has_it_switched_off(heir: str) -> None:
    services = model(f"{MERGED}  heir:\n    {heir}\n    command: celery worker\n", "web")
    assert services["heir"]["healthcheck"] == {"disable": True}
    assert services["web"]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize(
    ("heir", "waits"),
    [
        ("<<: *web", ", heir"),
        ("extends: web", ", heir"),
        ("<<: *web, image: other", ""),
        ("extends: web, image: other", ""),
        ("extends: web, healthcheck: {interval: 9s}", ""),
    ],
)
def test_where_that_is_not_certain_to_be_right_it_is_refused(heir: str, waits: str) -> None:
    text = MERGED.replace("[web]", f"[web{waits}]")
    with pytest.raises(CannotEdit, match="`heir` takes it over"):
        edits(stack(f"{text}  heir: {{{heir}, command: celery worker}}\n"), "web")


@pytest.mark.parametrize("heir", ["extends: web", "<<: *web"])
def test_who_has_a_check_keeps_it(heir: str) -> None:
    own = 'command: celery worker, healthcheck: {test: "true"}'
    made = edits(stack(f"{MERGED}  heir: {{{heir}, {own}}}\n"), "web")
    assert routes(made) == ["services.web.healthcheck"]


@pytest.mark.parametrize("heir", ["{extends: web}", "{<<: *web, restart: always}", "*web"])
def test_who_answers_it_as_well_takes_it_over(heir: str) -> None:
    text = f"{MERGED}  heir: {heir}\n"
    found = check_edits(
        stack(text), stack(text).project.services["web"], probe_of(stack(text), "web")
    )
    assert len(found.edits) == 1
    assert found.users == ("web", "heir")
    assert found.off == ()


def test_who_takes_it_over_from_one_that_has_it_switched_off_has_it_so_too() -> None:
    text = f"{MERGED}  work: &work\n    <<: *web\n    command: celery worker\n"
    services = model(f"{text}  more:\n    <<: *work\n    command: celery beat\n", "web")
    assert services["more"]["healthcheck"] == {"disable": True}
    server = "  more:\n    <<: *work\n    command: gunicorn -b :8000\n"
    with pytest.raises(CannotEdit, match="`work` takes it over"):
        edits(stack(text + server + "  x: {image: x, depends_on: [more]}\n"), "web")


def test_it_goes_where_the_image_is_named_if_all_who_share_it_want_it() -> None:
    lead = "x-app: &app\n  image: python\n  command: gunicorn -b :8000\nservices:\n"
    text = f"{lead}  web: {{<<: *app}}\n  other: {{<<: *app}}\n"
    both = text + "  proxy: {image: x, depends_on: [web, other]}\n"
    (edit,) = edits(stack(both), "web")
    assert routes((edit,)) == [
        "x-app.healthcheck",
        "services.web.healthcheck",
        "services.other.healthcheck",
    ]
    assert edits(stack(both), "other") == (edit,)
    (edit,) = edits(stack(text + PROXY), "web")
    assert routes((edit,)) == ["services.web.healthcheck"]


def test_an_alias_of_what_others_run_otherwise_gets_a_check_of_its_own() -> None:
    lead = "x-app: &app\n  image: python\n  command: gunicorn -b :8000\nservices:\n"
    text = f"{lead}  web: *app\n  work:\n    <<: *app\n    command: celery worker\n{PROXY}"
    made = edits(stack(text), "web")
    assert routes(made) == ["services.web.healthcheck"]
    assert "  web:\n    <<: *app\n    healthcheck:\n" in splice(text, made)


def test_a_one_line_service_gets_a_one_line_check() -> None:
    (edit,) = edits(stack(service("it", "image: redis")), "it")
    assert "\n" not in edit.text
