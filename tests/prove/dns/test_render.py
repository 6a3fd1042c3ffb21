"""The lab's configuration: nothing in it leads out, and it routes as the stack's own."""

from __future__ import annotations

import re

import pytest

from patcher.errors import UserError
from patcher.lang.nginx import parse
from patcher.lang.nginx_tree import walk
from patcher.text import Source
from tests.prove.dns.labs import rendered
from tests.stack.nginx_texts import COMPOSE

APP = {"app": "127.9.9.10"}


def lines(text: str, name: str) -> list[str]:
    """Return the directives of one name as written."""
    tree = parse(Source("lab.conf", text))
    found = [one for _, one in walk(tree) if one.name.value == name]
    return [" ".join((one.name.value, *one.values)) for one in found]


LEADS_OUT = """
load_module modules/evil.so;
access_log syslog:server=192.0.2.1;
error_log /var/log/evil.log debug;
include /etc/passwd;
ssl_stapling on;
ssl_trusted_certificate /etc/shadow;
proxy_cache_path /var/cache/evil keys_zone=a:1m;
server {
    listen 192.0.2.1:8080;
    root /etc;
    auth_basic_user_file /etc/shadow;
    ssl_certificate /etc/evil.pem;
    location / {
        alias /etc/;
        proxy_store /etc/cron.d/evil;
        proxy_bind 192.0.2.2;
        client_body_temp_path /evil;
        proxy_pass http://app:81;
    }
    location /out { proxy_pass http://192.0.2.3:99/x; }
    location /name { proxy_pass https://evil.example/x; }
    location /socket { proxy_pass http://unix:/run/docker.sock:/x; }
}
"""


def test_nothing_that_leads_out_is_left() -> None:
    text = rendered(LEADS_OUT, APP)
    assert "evil" not in text
    assert "/etc" not in text
    assert "192.0.2" not in text
    assert "docker.sock" not in text
    assert lines(text, "proxy_bind") == ["proxy_bind 127.0.0.1"]
    assert lines(text, "root") == ["root /lab/nothing"]


def test_what_is_no_service_leads_to_where_nobody_listens() -> None:
    assert lines(rendered(LEADS_OUT, APP), "proxy_pass") == [
        "proxy_pass http://127.9.9.10:20081",
        "proxy_pass http://127.9.9.3:20099/x",
        "proxy_pass https://127.9.9.3:20443/x",
        "proxy_pass http://127.9.9.3:9",
    ]


def test_a_name_that_docker_does_not_know_cannot_be_asked_for() -> None:
    (line,) = lines(rendered("server { location / { proxy_pass http://app:8000; } }"), "proxy_pass")
    host = re.sub(r"^proxy_pass http://(.*):8000$", r"\1", line)
    assert host.startswith("app.")
    assert max(map(len, host.split("."))) > 63


ROUTING = r"""
map $uri $up { default app:81; ~^/api api:82; "a b;{}" "c\"d"; }
split_clients $remote_addr $side { 50% app:81; * api:82; }
upstream back { zone z 9g; least_conn; keepalive 4; server app:81 weight=2 max_conns=3; }
server {
    listen 80 default_server;
    listen [::]:80 default_server ipv6only=on;
    listen 443 ssl http2;
    listen 443 quic reuseport;
    server_name a.example *.b.example;
    if (!-f $request_filename) { set $x http://api; }
    if ($http_x = "a b") { return 403; }
    error_page 502 /50x.html;
    error_page 404 = @app;
    location / { try_files $uri @app; }
    location ~* "\.(php|x{2})$" { try_files $uri =404; fastcgi_pass back; }
    location @app { set $h api; proxy_pass http://$h; }
    location /up { limit_except GET { proxy_pass http://$up/; } proxy_pass http://back/y; }
}
"""


def test_routing_stays() -> None:
    text = rendered(ROUTING, {"app": "127.9.9.10", "api": "127.9.9.11"})
    assert lines(text, "proxy_pass") == [
        "proxy_pass http://$h:20080",
        "proxy_pass http://$up/",
        "proxy_pass http://back/y",
    ]
    assert lines(text, "fastcgi_pass") == ["fastcgi_pass back"]
    assert lines(text, "try_files") == ["try_files $uri @app"]
    assert lines(text, "error_page") == ["error_page 404 = @app"]
    assert lines(text, "set") == ["set $x http://api:20080", "set $h api"]
    assert lines(text, "if") == ["if (!-f /lab/nothing)", "if ($http_x = a b )"]
    assert "location ~* \\.(php|x{2})$" in lines(text, "location")
    assert [one for one in lines(text, "server") if one != "server"] == [
        "server 127.9.9.10:20081 weight=2"
    ]
    assert lines(text, "zone") == ["zone z 256k"]


def test_tables_stay() -> None:
    text = rendered(ROUTING)
    assert lines(text, "default") == ["default app:20081"]
    assert lines(text, "~^/api") == ["~^/api api:20082"]
    assert lines(text, "a b;{}") == ['a b;{} c"d']
    assert lines(text, "50%") == ["50% app:20081"]


def test_servers_listen_on_the_lab_alone_and_once_a_port() -> None:
    assert lines(rendered(ROUTING), "listen") == [
        "listen 127.9.9.1:20080 default_server",
        "listen 127.9.9.1:20443 ssl",
    ]


MIXED = "resolver 127.0.0.11 8.8.8.8 valid=30s ipv6=off status_zone=x; resolver_timeout 5s;"


def test_name_servers_are_the_labs() -> None:
    text = rendered(MIXED)
    expected = "resolver 127.9.9.2:5300 127.9.9.2:5400 ipv6=off valid=3s"
    assert lines(text, "resolver") == [expected]
    assert lines(text, "resolver_timeout") == ["resolver_timeout 5s"]


def test_a_time_is_at_least_a_second() -> None:
    (line,) = lines(rendered("resolver 127.0.0.11:53 valid=2s;"), "resolver")
    assert line == "resolver 127.9.9.2:5300 valid=1s"


def test_all_name_servers_know_everything_where_that_is_asked() -> None:
    assert lines(rendered(MIXED, healthy=True), "resolver") == [
        "resolver 127.9.9.2:5300 ipv6=off valid=3s"
    ]
    assert lines(rendered("", healthy=True), "resolver") == ["resolver 127.9.9.2:5300"]
    assert lines(rendered(""), "resolver") == []


def test_name_servers_that_are_not_in_the_files() -> None:
    with pytest.raises(UserError, match=r"site.conf:1: `resolver \$DNS`"):
        rendered("resolver $DNS;")


TEMPLATE = COMPOSE.replace(
    "./site.conf:/etc/nginx/conf.d/default.conf",
    "./site.conf:/etc/nginx/templates/default.conf.template",
).replace(
    "    image: nginx:1.27-alpine\n",
    "    image: nginx:1.27-alpine\n    environment:\n"
    '      NAMES: "a.example b.example"\n'
    '      EVIL: "x; } load_module evil.so; {"\n'
    "      UP: app\n",
)


def test_the_environment_is_filled_in_and_ends_no_word() -> None:
    site = """server {
        server_name $NAMES; set $x "${EVIL}"; location / { proxy_pass http://${UP}:81; }
    }"""
    text = rendered(site, APP, compose=TEMPLATE)
    assert lines(text, "server_name") == ["server_name a.example b.example"]
    assert lines(text, "set") == ["set $x x; } load_module evil.so; {"]
    assert lines(text, "load_module") == []
    assert lines(text, "proxy_pass") == ["proxy_pass http://127.9.9.10:20081"]


def test_a_host_that_is_named_literally_is_not_looked_up_from_a_variable() -> None:
    site = """server {
        set $up app:81;
        location / { proxy_pass http://$up; }
        location /x { proxy_pass http://app:81; }
    }"""
    assert lines(rendered(site, APP), "set") == ["set $up 127.9.9.10:20081"]


def test_a_server_that_is_looked_up_at_run_time_keeps_its_name() -> None:
    site = "upstream g { zone g 64k; resolver 127.0.0.11; server app:81 resolve; server app; }"
    found = lines(rendered(site, APP), "server")
    assert found == ["server app:20081 resolve", "server 127.9.9.10:20080"]
