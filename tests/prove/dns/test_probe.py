"""Which locations the real nginx is asked for, by what request, and why others are not."""

from __future__ import annotations

import asyncio

import pytest

from patcher.prove.dns.places import Skipped, survey
from patcher.prove.dns.probe import Found, probe
from patcher.prove.dns.process import NotStarted
from tests.prove.dns.labs import targets, tools
from tests.stack.nginx_texts import COMPOSE


def found(site: str, compose: str = COMPOSE) -> Found:
    of = targets(site, compose)
    visits, skipped = survey(of)
    with tools() as shared:
        result = asyncio.run(probe(shared, of, visits))
    return Found(result.calls, [*skipped, *result.skipped], result.empty)


def asked(result: Found) -> dict[str, str]:
    return {one.place.title: one.path for one in result.calls}


def reasons(skipped: list[Skipped]) -> dict[str, str]:
    return {one.place.title: one.reason for one in skipped}


PROTOCOLS = r"""
upstream group { server app:9000; server app:9001 backup; }
map $uri $mapped { default app:81; }
server {
    set $up app:82;
    location /literal { proxy_pass http://app:83; }
    location /variable { proxy_pass http://$up; }
    location /default { set $bare app; proxy_pass http://$bare; }
    location /port { set $host_ app; set $port_ 80; proxy_pass http://$host_:$port_; }
    location /map { proxy_pass http://$mapped; }
    location /uri { proxy_pass http://app:84$request_uri; }
    location /tls { proxy_pass https://api:8443/x; }
    location ~ \.php$ { try_files $uri =404; fastcgi_pass group; }
    location = /uwsgi { uwsgi_pass app:85; }
    location ^~ /scgi { scgi_pass app:86; }
}
"""


def test_protocols_and_ways_to_name_a_host() -> None:
    result = found(PROTOCOLS)
    assert asked(result) == {
        "location /literal": "/literal",
        "location /variable": "/variable",
        "location /default": "/default",
        "location /port": "/port",
        "location /map": "/map",
        "location /uri": "/uri",
        "location /tls": "/tls",
        r"location ~ \.php$": "/hanna-fix.php",
        "location = /uwsgi": "/uwsgi",
        "location ^~ /scgi": "/scgi",
    }
    assert result.skipped == []


ROUTES = r"""
server {
    listen 80;
    server_name old.example;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    server_name ~^(?<user>\w+)\.a\.example$;
    if ($host = nobody) { return 403; }
    location / { try_files $uri @app; }
    location @app { proxy_pass http://app:81; }
    location = /check { internal; proxy_pass http://api:82; }
    location /private/ { auth_request /check; proxy_pass http://app:81; }
    location ~ ^/(api|v\d+)/items/[^/]+$ { proxy_pass http://api:82; }
    location /if { if ($request_method = GET) { proxy_pass http://api:82; } }
}
server {
    listen 443 ssl;
    server_name b.example;
    location /outer { location /outer/inner { proxy_pass http://app:81; } }
}
"""


def test_routes() -> None:
    result = found(ROUTES)
    assert asked(result) == {
        "location @app of 0.a.example": "/",
        "location /private/ of 0.a.example": "/private/",
        r"location ~ ^/(api|v\d+)/items/[^/]+$ of 0.a.example": "/api/items/0",
        "location /if of 0.a.example": "/if",
        "location /outer/inner of b.example": "/outer/inner",
    }
    assert reasons(result.skipped) == {
        "location = /check of 0.a.example": "nginx answers 404 there, even with every name known"
    }


UNASKED = r"""
server {
    location /ok { proxy_pass http://app:81; }
    location /grpc { grpc_pass grpc://app:82; }
    location /out { proxy_pass https://example.com; }
    location /gone { return 410; proxy_pass http://app:81; }
    location ~ (?=impossible)^/other$ { proxy_pass http://app:81; }
    location /code { access_by_lua_block { ngx.exit(403) } proxy_pass http://app:81; }
}
server { listen unix:/run/x.sock; location / { proxy_pass http://app:81; } }
"""


def test_why_not() -> None:
    result = found(UNASKED)
    assert asked(result) == {"location /ok": "/ok"}
    assert reasons(result.skipped) == {
        "location /grpc": "the stand-ins do not speak what `grpc_pass` does",
        "location /out": "`proxy_pass https://example.com` leads to no service of the stack, "
        "as far as the files tell",
        "location /gone": "nginx answers 410 there, even with every name known",
        "location ~ (?=impossible)^/other$": "no request was found that leads there",
        "location /code": "`access_by_lua_block` would run code of the project",
        "location /": "its server listens on no TCP port",
    }


STREAM = COMPOSE.replace("conf.d/default.conf", "nginx.conf")


def test_stream_is_told() -> None:
    site = "events { } stream { server { listen 1; proxy_pass app:81; } }"
    _, skipped = survey(targets(site, STREAM))
    assert reasons(skipped) == {"server of `stream`": "the lab sends HTTP requests"}


def test_variables_that_nobody_sets_are_empty() -> None:
    result = found('server { location / { if ($geoip_x = "") { proxy_pass http://app:81; } } }')
    assert asked(result) == {"location /": "/"}
    assert result.empty == {"geoip_x"}


def test_the_reason_of_nginx() -> None:
    with pytest.raises(NotStarted, match=r'^pcre2?_compile\(\) failed: .* in "\("'):
        found('server { location ~ "(" { } location / { proxy_pass http://app:81; } }')
