from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.nginx.upstreams import upstreams
from patcher.stack.start_time_pass import start_time_edits
from patcher.text import splice
from tests.stack.nginx_texts import site


def after(text: str) -> str:
    nginx = site(text)
    lookups = [one for one in upstreams(nginx) if one.host == "app"]
    return splice(text, start_time_edits(lookups, [nginx]))


def server(text: str) -> str:
    return f"server {{ {text} }}\n"


LOCATION = "location / { proxy_pass http://app:80; }"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("set $a http://app:80; location / { proxy_pass $a; }", LOCATION),
        ("set $a app; location / { proxy_pass http://$a:80; }", LOCATION),
        ("set $a app; set $p 80; location / { proxy_pass http://${a}:${p}; }", LOCATION),
        (
            "set $x 1; set $a app; add_header X $x; location / { proxy_pass http://$a:80; }",
            f"set $x 1; add_header X $x; {LOCATION}",
        ),
        (
            "set $a app; location / { proxy_pass http://$a:80; add_header X $a; }",
            "set $a app; location / { proxy_pass http://app:80; add_header X $a; }",
        ),
        (
            "location / { set $a app; proxy_pass http://$a; } "
            "location /b { set $a app; fastcgi_pass $a:9000; }",
            "location / { proxy_pass http://app; } location /b { fastcgi_pass app:9000; }",
        ),
    ],
)
def test_names_are_written_out(before: str, expected: str) -> None:
    assert after(server(before)) == server(expected)


@pytest.mark.parametrize(
    "text",
    [
        "set $a http://app; location / { set $a http://other; } location /b { proxy_pass $a; }",
        "set $a http://app; if ($b) { set $a http://other; } location / { proxy_pass $a; }",
        "location / { if ($b) { set $a http://app; } proxy_pass $a; }",
        "location ~ (?<a>.*) { set $a http://app; proxy_pass $a; }",
        "set $a http://app; auth_request_set $a $b; location / { proxy_pass $a; }",
    ],
)
def test_more_than_one_value_is_refused(text: str) -> None:
    with pytest.raises(CannotEdit, match="more than one value"):
        after(server(text))


def test_a_table_is_refused() -> None:
    with pytest.raises(CannotEdit, match="more than one value"):
        after("map $b $a { default app; }\n" + server("location / { proxy_pass http://$a; }"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("set $b app; set $a http://$b; location / { proxy_pass $a; }", "while nginx runs"),
        ("set $a http://app/; location / { proxy_pass $a; }", "has a path"),
        ("set $a app; location / { proxy_pass http://$a/x; }", "has a path"),
    ],
)
def test_what_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        after(server(text))
