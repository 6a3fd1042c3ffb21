"""nginx -> resolver -> service -> network, broken where a finding says so and only there."""

from __future__ import annotations

from patcher.report.picture.lookups import When
from tests.report.pictured import COMPOSE, NGINX, ways_of

PROXY = "  proxy: {image: nginx:1.27, volumes: ['./default.conf:/etc/nginx/conf.d/default.conf']"


def server(location: str, before: str = "") -> str:
    return f"{before}\nserver {{ listen 80; location / {{ {location} }} }}\n"


def compose(api: str = "image: x", proxy: str = "", more: str = "") -> str:
    return f"services:\n  api: {{{api}}}\n{PROXY}{proxy}}}\n{more}"


def test_a_public_server_breaks_a_lookup_and_docker_s_does_not() -> None:
    api, _ = ways_of(COMPOSE, NGINX)
    assert (api.nginx, api.host, api.port, api.service) == ("proxy", "api", 8000, "api")
    assert (api.when, api.place) == (When.RUN_TIME, "default.conf:5")
    assert api.resolver is not None
    assert (api.resolver.place, api.resolver.words) == ("default.conf:1", "valid=60s timeout=10s")
    docker, public = api.resolver.servers
    assert (docker.address, docker.knows, docker.faults) == ("127.0.0.11", True, ())
    assert (public.address, public.knows) == ("8.8.8.8", False)
    assert [one.rule for one in public.faults] == ["resolver-mixed"]
    assert api.broken
    assert [one.rule for one in api.every_fault] == ["resolver-mixed"]


def test_an_unknown_name_is_broken() -> None:
    _, wrong = ways_of(COMPOSE, NGINX)
    assert (wrong.host, wrong.service, wrong.when) == ("apj", "", When.START)
    assert [one.rule for one in wrong.faults] == ["unknown-upstream"]


def test_a_missing_resolver() -> None:
    text = server("set $up http://api:8000; proxy_pass $up;")
    (one,) = ways_of(compose(), text)
    assert one.resolver is None
    assert [fault.rule for fault in one.no_resolver] == ["resolver-missing"]
    assert one.broken


def test_an_unreachable_service_and_its_networks() -> None:
    networks = "networks: {inner: {}, outer: {name: edge}}\n"
    text = compose("image: x, networks: [inner]", ", networks: [outer]", networks)
    (one,) = ways_of(text, server("proxy_pass http://api:8000;"))
    assert [fault.rule for fault in one.faults] == ["unreachable-upstream"]
    assert [(on.key, on.name, on.shared) for on in one.networks] == [("inner", "", False)]


def test_a_shared_network_has_its_own_name() -> None:
    text = compose(more="networks: {default: {name: edge}}\n")
    (one,) = ways_of(text, server("proxy_pass http://api:8000;"))
    assert [(on.key, on.name, on.shared) for on in one.networks] == [("default", "edge", True)]
    assert not one.broken


def test_a_lookup_at_start_is_broken_where_the_rule_is_asked() -> None:
    text = server("proxy_pass http://api:8000;")
    assert not ways_of(compose(), text)[0].broken
    (one,) = ways_of(compose(), text, "static-upstream")
    assert [fault.rule for fault in one.faults] == ["static-upstream"]


def test_an_address_is_not_looked_up() -> None:
    (one,) = ways_of(compose(), server("proxy_pass http://10.0.0.9:80;"))
    assert (one.when, one.resolver, one.broken) == (When.NEVER, None, False)


def test_each_way_is_told_once() -> None:
    text = "proxy_pass http://api:8000; } location /b { proxy_pass http://api:8000;"
    assert len(ways_of(compose(), server(text))) == 1


def test_values_of_the_environment_are_not_printed() -> None:
    proxy = (
        "  proxy: {image: nginx:1.27, environment: {HIDDEN: s3cret.example.org}, volumes: "
        "['./default.conf:/etc/nginx/templates/default.conf.template']}\n"
    )
    text = server("set $up http://${HIDDEN}:8000; proxy_pass $up;", "resolver 127.0.0.11;")
    ways = ways_of(f"services:\n{proxy}", text)
    assert [one.host for one in ways] == ["a host that the environment names"]
