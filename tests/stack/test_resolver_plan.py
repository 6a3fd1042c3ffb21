from __future__ import annotations

from patcher.stack.resolver_plan import ResolverPlan
from patcher.stack.resolvers import run_time_lookups
from tests.stack.nginx_texts import COMPOSE, stack

PASS = "set $up http://app:8000; proxy_pass $up;"
SERVER = f"server {{ listen 80; location / {{ {PASS} }} }}\n"
TWO = "  second:\n    image: nginx\n    volumes: ['./second.conf:/etc/nginx/nginx.conf']\n"
FOLDER = COMPOSE.replace("./site.conf:/etc/nginx/conf.d/default.conf:ro", "./d:/etc/nginx/conf.d")
Place = tuple[str, str, tuple[str | int, ...]]


def places(files: dict[str, str]) -> list[Place | None]:
    """Kind, path and route of the place for each lookup of the stack."""
    found = stack(files)
    assert not found.problems
    plan, lookups = ResolverPlan(found.nginx), list(run_time_lookups(found))
    for nginx in found.nginx:
        plan.serve([one for one in lookups if one.nginx is nginx])
    chosen = [plan.place_for(one) for one in lookups]
    return [
        (place[0].kind, place[1].tree.source.path, place[1].route) if place else None
        for place in chosen
    ]


def test_the_server_of_a_single_lookup() -> None:
    assert places({"site.conf": SERVER}) == [("server", "site.conf", ("server[0]",))]


def test_http_for_two_servers_of_a_fragment() -> None:
    assert places({"site.conf": SERVER + SERVER}) == [("http", "site.conf", ())] * 2


def test_the_block_of_a_main_file() -> None:
    compose = COMPOSE.replace("conf.d/default.conf", "nginx.conf")
    text = f"events {{}} http {{ {SERVER}{SERVER} }}"
    expected = ("http", "site.conf", ("http[0]",))
    assert places({"compose.yaml": compose, "site.conf": text}) == [expected] * 2


def test_the_first_file_that_leads_to_a_lookup() -> None:
    files = {"d/0.conf": "gzip on;", "d/1.conf": SERVER, "d/2.conf": SERVER}
    assert places({"compose.yaml": FOLDER, **files}) == [("http", "d/1.conf", ())] * 2


def test_the_block_around_an_included_file() -> None:
    compose = COMPOSE.replace(":ro\n", ":ro\n      - ./d:/etc/nginx/d\n")
    files = {"site.conf": "server { include d/*; }", "d/a": f"location / {{ {PASS} }}"}
    assert places({"compose.yaml": compose, **files}) == [("server", "site.conf", ("server[0]",))]


def test_no_lookup_and_no_place() -> None:
    assert places({"site.conf": "server { listen 80; }"}) == []


def second(text: str, compose: str = COMPOSE) -> dict[str, str]:
    mount = TWO.replace("['", "['./site.conf:/etc/nginx/shared.conf', './d:/etc/nginx/d', '")
    return {"compose.yaml": compose + mount, "second.conf": text}


def test_none_where_another_reader_has_a_resolver() -> None:
    other = "events {} http { resolver 10.0.0.2; include shared.conf; }"
    lookups_of_both = places({**second(other), "site.conf": SERVER})
    assert lookups_of_both == [None, None]


def test_servers_where_the_file_is_read_twice_in_one_context() -> None:
    other = "events {} http { include shared.conf; include shared.conf; }"
    found = places({**second(other), "site.conf": SERVER + SERVER})
    servers = [("server", "site.conf", (f"server[{n}]",)) for n in (0, 1)]
    assert found == servers * 3


def test_one_resolver_for_a_context_however_many_readers() -> None:
    other = "events {} http { include d/2.conf; }"
    files = {**second(other, FOLDER), "d/1.conf": SERVER, "d/2.conf": SERVER}
    in_server = ("server", "d/2.conf", ("server[0]",))
    assert places(files) == [("http", "d/1.conf", ()), in_server, in_server]
