from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.nginx.upstreams import Upstream, upstreams
from patcher.stack.run_time_pass import (
    MAX_NAME,
    Target,
    Variables,
    by_hand,
    has_own_host,
    literal_target,
    run_time_edits,
)
from patcher.text import splice
from tests.stack.nginx_texts import COMPOSE, nginx_of, site


def first(text: str) -> Upstream:
    return next(upstreams(site(text)))


def in_location(inside: str, path: str = "/api/") -> str:
    return f"server {{ location {path} {{ {inside} }} }}\n"


def after(text: str) -> str:
    found = first(text)
    return splice(text, run_time_edits(found, Variables([found.nginx])))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://app", Target("http://app", "app", "")),
        ("https://app:8443/x/", Target("https://app:8443", "app", "/x/")),
        ("app:9000", Target("app:9000", "app", "")),
        ("grpc://app:50051", Target("grpc://app:50051", "app", "")),
        ("http://app:80?a=b", Target("http://app:80", "app", "?a=b")),
        ("http://app:${PORT}", None),
        ("http://app$request_uri", None),
        ("http://[::1]:80", None),
        ("http://unix:/run/app.sock", None),
    ],
)
def test_what_a_pass_names(written: str, expected: Target | None) -> None:
    text = in_location(f'proxy_pass "{written}"; fastcgi_pass end:1;')
    placed = next(
        one
        for scope in site(text).main.walk()
        for one in scope.directives
        if one.name == "proxy_pass"
    )
    assert literal_target(placed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "shop_app_upstream"),
        ("location /b { proxy_pass http://shop-app:81; }", "shop_app_80_upstream"),
        ("location /b { proxy_pass http://shop-app; }", "shop_app_80_upstream"),
        ("set $x http://shop-app:80;", "shop_app_upstream"),
        ("set $shop_app_upstream http://shop-app:80;", "shop_app_upstream"),
    ],
)
def test_the_name_of_the_variable(text: str, expected: str) -> None:
    target = Target("http://shop-app:80", "shop-app", "")
    own = "location /a { proxy_pass http://shop-app:80; }"
    assert Variables([site(f"server {{ {own} {text} }}\n")]).name_for(target) == expected


def test_a_target_without_a_port_goes_by_its_scheme() -> None:
    text = (
        "server { location / { proxy_pass https://app; } location /b { proxy_pass http://app; } }"
    )
    assert (
        Variables([site(text)]).name_for(Target("https://app", "app", "")) == "app_https_upstream"
    )


@pytest.mark.parametrize(
    "text",
    [
        "map $uri $app_upstream { default a; }",
        "server { add_header A $app_upstream; }",
        "server { set $app_upstream other; set $app_upstream $uri; }",
    ],
)
def test_a_name_that_is_taken(text: str) -> None:
    with pytest.raises(CannotEdit, match="means something else"):
        Variables([site(text + "\n")]).name_for(Target("http://app:80", "app", ""))


def test_a_name_that_is_too_long_for_nginx() -> None:
    """Seen on a real file, where `set` stopped nginx: "could not build variables_hash"."""
    variables = Variables([])
    fits, too_long = "a" * (MAX_NAME - len("_upstream")), "a" * MAX_NAME
    assert len(variables.name_for(Target(f"http://{fits}", fits, ""))) == MAX_NAME
    with pytest.raises(CannotEdit, match="longer than nginx takes"):
        variables.name_for(Target(f"http://{too_long}", too_long, ""))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "proxy_pass http://app:80;",
            "set $app_upstream http://app:80; proxy_pass $app_upstream; "
            "proxy_redirect http://app:80/ /;",
        ),
        (
            "proxy_set_header Host x; proxy_pass http://app:80;",
            "proxy_set_header Host x; set $app_upstream http://app:80; proxy_pass $app_upstream;",
        ),
        (
            "proxy_pass http://app:80/v1/; proxy_redirect default;",
            'set $app_upstream http://app:80; rewrite "(?s)^/api/(.*)$" /v1/$1 break; '
            "proxy_pass $app_upstream; proxy_redirect http://app:80/v1/ /api/;",
        ),
        (
            "break; include none.conf; uwsgi_pass app:3031;",
            "set $app_upstream app:3031; break; include none.conf; uwsgi_pass $app_upstream;",
        ),
        (
            "include none.conf; uwsgi_pass app:3031;",
            "set $app_upstream app:3031; include none.conf; uwsgi_pass $app_upstream;",
        ),
    ],
)
def test_what_is_written(before: str, expected: str) -> None:
    assert after(in_location(before)) == in_location(expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (in_location("grpc_pass grpc://app:80;"), "version of nginx"),
        ("server { location / { if ($a) { proxy_pass http://app:80; } } }\n", "way of its own"),
        (in_location("limit_except GET { deny all; } proxy_pass http://app:80;"), "limit_except"),
        (in_location("proxy_pass http://app:80/; rewrite ^ /x break;"), "rewrites the path"),
        (in_location("proxy_pass http://app:80/; try_files $a =404;"), "rewrites the path"),
        (in_location("proxy_pass http://app:80/?a;"), "something else"),
        (in_location("proxy_pass http://app:80/;", "/a%20b/"), "something else"),
        (in_location("proxy_pass http://app:80/; add_header A $uri;"), "`\\$uri` is used"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        after(text)


def test_a_break_in_an_included_file_is_refused() -> None:
    files = {
        "site.conf": in_location("include conf.d/more.inc; proxy_pass http://app:80;"),
        "more.inc": "break;\n",
    }
    mounts = "      - ./more.inc:/etc/nginx/conf.d/more.inc\n"
    files["compose.yaml"] = COMPOSE.replace("  app:\n", f"{mounts}  app:\n")
    found = next(upstreams(nginx_of(files)))
    with pytest.raises(CannotEdit, match="another file"):
        run_time_edits(found, Variables([found.nginx]))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("proxy_set_header host $host;", True),
        ("proxy_set_header Host $proxy_host;", False),
        ("proxy_set_header X-A b;", False),
        ("", True),
    ],
)
def test_a_host_of_its_own(inside: str, expected: bool) -> None:
    text = in_location(f"{inside} proxy_pass http://app:80;")
    text = text.replace("server {", "server { proxy_set_header Host $host;")
    assert has_own_host(first(text).placed.scope) is expected


def test_the_lines_to_write_by_hand() -> None:
    told = by_hand(first(in_location("proxy_pass http://app:80/;")).placed)
    assert told.startswith("write `set $app_target http://app:80;` at the top of the `server`")
    assert told.endswith("with a `rewrite … break` that passes the path on")
