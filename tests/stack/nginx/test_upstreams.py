from __future__ import annotations

import pytest

from patcher.stack.nginx.upstreams import Upstream, upstreams
from tests.stack.nginx_texts import COMPOSE, nginx_of, site

Seen = tuple[str, int | None, bool]


def seen(text: str) -> list[Seen]:
    """Host, port and whether it is looked up at run time, of a server with `text` in it."""
    return [_seen(one) for one in upstreams(site(f"server {{ {text} }}"))]


def _seen(one: Upstream) -> Seen:
    return one.host, one.port, one.at_run_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("proxy_pass http://app;", ("app", 80, False)),
        ("proxy_pass https://app;", ("app", 443, False)),
        ("proxy_pass http://app:8000/path/;", ("app", 8000, False)),
        ("proxy_pass 'http://app:8000';", ("app", 8000, False)),
        ("proxy_pass http://app?a=b;", ("app", 80, False)),
        ("grpc_pass grpcs://app;", ("app", 443, False)),
        ("fastcgi_pass php:9000;", ("php", 9000, False)),
        ("uwsgi_pass uwsgi://app:3031;", ("app", 3031, False)),
        ("memcached_pass cache:11211;", ("cache", 11211, False)),
        ("proxy_pass http://app:8000$request_uri;", ("app", 8000, True)),
        ("proxy_pass http://app$request_uri;", ("app", 80, True)),
        ("proxy_pass http://app${request_uri};", ("app", 80, True)),
        ("proxy_pass http://app:8000$1$is_args$args;", ("app", 8000, True)),
        ("proxy_pass http://app:8000/$1;", ("app", 8000, True)),
        ("proxy_pass $scheme://app:8443;", ("app", 8443, True)),
        ("proxy_pass ${scheme}://app;", ("app", None, True)),
        ("set $up app; proxy_pass http://$up:8000;", ("app", 8000, True)),
        ("set $up http://app:8000; location / { proxy_pass $up; }", ("app", 8000, True)),
        ("set $h app; set $up $h:8000; proxy_pass http://$up/x;", ("app", 8000, True)),
        ("set $up app:9000; fastcgi_pass ${up};", ("app", 9000, True)),
        ("proxy_pass http://192.0.2.7:8000;", ("192.0.2.7", 8000, False)),
        ("proxy_pass http://[2001:db8::7]:8000;", ("[2001:db8::7]", 8000, False)),
    ],
)
def test_one_host(text: str, expected: Seen) -> None:
    assert seen(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "proxy_pass http://unix:/run/app.sock;",
        "proxy_pass http://unix:/run/app.sock:/path/;",
        "fastcgi_pass unix:/run/php.sock;",
        "set $up unix:/run/php.sock; fastcgi_pass $up;",
        "proxy_pass http://$host;",
        "proxy_pass $http_x_to;",
        "proxy_pass http://app-$1:8000;",
        "proxy_pass http://app$suffix;",
        "proxy_pass http://app:$port;",
        "proxy_pass http://app:999999;",
        "set $up $up; proxy_pass http://$up;",
        "set $a $b; set $b $a; proxy_pass http://$a;",
        "proxy_pass http://${HOST}:8000;",
    ],
)
def test_no_host_that_the_files_tell(text: str) -> None:
    assert seen(text) == []


def test_addresses_are_no_names() -> None:
    text = (
        "server { location /a { proxy_pass http://[::1]; } location /b { proxy_pass http://a; } }"
    )
    assert [one.is_name for one in upstreams(site(text))] == [False, True]


def test_an_inner_set_takes_the_place_of_an_outer_one() -> None:
    text = "set $up a:1; location / { set $up b:2; proxy_pass http://$up; }"
    assert seen(text) == [("b", 2, True)]


def test_a_set_in_an_if_is_one_more_value() -> None:
    text = "set $up a:1; location / { if ($x) { set $up b:2; } proxy_pass http://$up; }"
    assert seen(text) == [("a", 1, True), ("b", 2, True)]


def test_a_name_that_begins_like_another_is_another() -> None:
    assert seen("set $back app; set $b $backend; set $backend $back:80; proxy_pass http://$b;") == [
        ("app", 80, True)
    ]


@pytest.mark.parametrize(
    "table",
    [
        "map $uri $up { hostnames; default app:8000; ~^/x api:3000; include more.map; }",
        "geo $up { ranges; default app:8000; 10.0.0.0-10.0.0.255 api:3000; }",
        "geo $remote_addr $up { default app:8000; 10.0.0.0/8 api:3000; }",
        'split_clients "$remote_addr" $up { 10% api:3000; * app:8000; }',
    ],
)
def test_tables_give_all_their_values(table: str) -> None:
    text = table + " server { location / { proxy_pass http://$up; } }"
    assert [_seen(one) for one in upstreams(site(text))] == [
        ("api", 3000, True),
        ("app", 8000, True),
    ]


def test_values_that_multiply_are_given_up() -> None:
    maps = "".join(
        f"map $uri ${name} {{ {' '.join(f'{n} {name}{n};' for n in range(40))} }}" for name in "abc"
    )
    assert not list(upstreams(site(maps + "server { proxy_pass http://$a$b$c; }")))


def test_values_that_grow_are_given_up() -> None:
    sets = "".join(f"set $v{n} {f'$v{n + 1}' * 50};" for n in range(9))
    assert seen(f"{sets} set $v9 app; proxy_pass http://$v0;") == []


GROUP = "upstream grp { server app:8000; server 192.0.2.7 backup; server unix:/run/a.sock; }"
SERVERS = [("app", 8000, False), ("192.0.2.7", 80, False)]


@pytest.mark.parametrize("name", ["grp", "GRP"])
def test_a_group_is_no_host(name: str) -> None:
    text = f"{GROUP} server {{ set $up {name}; location / {{ proxy_pass http://$up; }} }}"
    assert [_seen(one) for one in upstreams(site(text))] == SERVERS


def test_a_variable_with_a_port_does_not_lead_to_a_group() -> None:
    text = f"{GROUP} server {{ set $up grp; location / {{ proxy_pass http://$up:81; }} }}"
    assert [_seen(one) for one in upstreams(site(text))] == [*SERVERS, ("grp", 81, True)]


def test_server_resolve_is_a_lookup_at_run_time() -> None:
    text = "upstream grp { zone grp 64k; server app:8000 resolve; server api; }"
    assert [_seen(one) for one in upstreams(site(text))] == [
        ("app", 8000, True),
        ("api", 80, False),
    ]


def test_what_another_directive_names_is_not_looked_up_again() -> None:
    text = (
        "location /a { proxy_pass http://app:8000; } set $up http://APP:8000/x;"
        "location /b { proxy_pass $up; } location /c { proxy_pass http://app:9000$request_uri; }"
    )
    assert seen(text) == [("app", 8000, False), ("APP", 8000, False), ("app", 9000, True)]


def test_a_server_of_a_group_does_not_make_its_name_known() -> None:
    text = f"{GROUP} server {{ location / {{ proxy_pass http://app:8000$request_uri; }} }}"
    assert [_seen(one) for one in upstreams(site(text))][-1] == ("app", 8000, True)


def test_the_environment_is_put_in_before_nginx_starts() -> None:
    compose = COMPOSE.replace(
        "    volumes:",
        "    environment: {HOST: app, PORT: 8000}\n    env_file: more.env\n    volumes:",
        1,
    )
    text = (
        "upstream grp { server ${HOST}:${PORT}; }"
        "server { location /a { proxy_pass http://${HOST}:${PORT}/$MORE/$UNKNOWN/; }"
        "location /b { proxy_pass http://$HOST:1$request_uri; }"
        "location /c { set $up ${OTHER}:2; proxy_pass http://$up; } }"
    )
    files = {"compose.yaml": compose, "site.conf": text, "more.env": "OTHER=api\nMORE=v1\n"}
    assert [_seen(one) for one in upstreams(nginx_of(files))] == [
        ("app", 8000, False),
        ("app", 8000, False),
        ("app", 1, True),
        ("api", 2, True),
    ]


def test_stream_servers_pass_on_too() -> None:
    compose = COMPOSE.replace("conf.d/default.conf", "nginx.conf")
    text = "events {} stream { server { listen 5432; proxy_pass db:5432; } }"
    found = upstreams(nginx_of({"compose.yaml": compose, "site.conf": text}))
    assert [_seen(one) for one in found] == [("db", 5432, False)]
