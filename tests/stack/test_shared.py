from __future__ import annotations

from patcher.stack.shared import maker, service_at, users_of
from patcher.stack.stack import Stack
from tests.stack.compose_texts import stack

TEXT = """\
x-app: &app
  image: x
x-quiet: &quiet
  restart: always
services:
  web: &web
    <<: [*quiet, *app]
  worker:
    <<: *web
    image: y
  copy: *web
"""


def names(found: Stack, name: str) -> list[str]:
    service = found.project.services[name]
    users = users_of(found, service.home.tree, maker(service))
    assert users is not None
    return [one.name for one in users]


def test_what_a_service_is_made_of_is_where_its_image_is_named() -> None:
    found = stack(TEXT)
    worker = found.project.services["worker"]
    assert maker(worker) is worker.home.mapping
    assert names(found, "web") == names(found, "copy") == ["web", "worker", "copy"]
    assert names(found, "worker") == ["worker"]


def test_a_definition_that_shows_elsewhere_has_no_list_of_users() -> None:
    found = stack(TEXT + "configs: {one: *app}\n")
    web = found.project.services["web"]
    assert users_of(found, web.home.tree, maker(web)) is None


def test_a_route_leads_to_the_service_whose_first_definition_stands_there() -> None:
    override = {"compose.override.yaml": "services: {web: {image: z}}\n"}
    found = stack(TEXT, override)
    first, second = (document.tree for document in found.project.documents)
    assert service_at(found, first, ("services", "web")) is found.project.services["web"]
    assert service_at(found, second, ("services", "web")) is None
    assert service_at(found, first, ("services", "nobody")) is None
    assert service_at(found, first, ()) is None
