"""nginx files that want too much time or memory."""

from __future__ import annotations

import pytest

from patcher.stack.files import MAX_BYTES
from tests.hostile.child import refusal
from tests.hostile.conftest import Arena

STACK = """\
services:
  web:
    image: nginx:1.27
    volumes: ['./n:/etc/nginx/conf.d', './nginx.conf:/etc/nginx/nginx.conf']
  a: {image: x}
"""
GOOD = "server { resolver 8.8.8.8 127.0.0.11; set $u a; location / { proxy_pass http://$u:80; } }\n"


@pytest.fixture
def proxy(arena: Arena) -> Arena:
    main = "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n"
    arena.write({"compose.yaml": STACK, "nginx.conf": main, "n/a.conf": GOOD})
    return arena


HALF = MAX_BYTES // 2 - 200
TOO_MUCH = {
    "blocks": ("a { " * 10_000 + "}" * 10_000, "nest more than 200 deep"),
    "open blocks": ("a { " * 300_000, "nest more than 200 deep"),
    "directives": ("a b;\n" * (MAX_BYTES // 5), "more than 300,000 words and marks"),
    "marks": (";" * HALF, "no directive stands before it"),
    "a long word": ("a" * HALF, ""),
    "an open quote": ('"' + "a" * HALF, ""),
    "backslashes": ("a " + "\\" * HALF, ""),
    "dollars": ("a " + "$" * HALF + ";", ""),
    "braced dollars": ("a " + "${" * (HALF // 2) + ";", ""),
    "open Lua": ("content_by_lua_block { " + "--[==[ x " * (HALF // 9) + "}", ""),
    "open Lua brackets": ("content_by_lua_block { " + "[=" * (HALF // 2) + "}", ""),
    "a template": ("a {{ x }};", "template"),
    "nul": ("a \0;", "NUL"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_is_refused_in_one_line(proxy: Arena, name: str) -> None:
    text, message = TOO_MUCH[name]
    proxy.write({"n/b.conf": text})
    line = refusal(proxy.run("--dry-run"))
    assert line.startswith("hanna-fix: n/b.conf:")
    assert message in line


def test_large_files_are_read_within_the_bounds(proxy: Arena) -> None:
    location = "location / { content_by_lua_block {\n"
    proxy.write(
        {
            "n/map.conf": "map $x $m {\n" + "".join(f"k{n} v{n};\n" for n in range(5_000)) + "}\n",
            "n/use.conf": "server {\n" + "location / { proxy_pass http://$m; }\n" * 50 + "}\n",
            "n/lua.conf": "server {\n" + location + "{}\n" * 40_000 + "}}\n}\n",
            "n/equals.conf": "server {\n" + location + "-- [" + "=" * 200_000 + "\n}}\n}\n",
            "n/blank.conf": "\r\n" * 300_000,
            "n/args.conf": "server { resolver 127.0.0.11 " + "8.8.8.8 " * 5000 + "; }\n",
        }
    )
    assert proxy.run("check").status == 1


def test_variables_that_name_each_other(proxy: Arena) -> None:
    doubled = "".join(f"set $v{n} $v{n + 1}$v{n + 1};\n" for n in range(60))
    either = "".join(f"if ($x) {{ set $w{n} a; }}\nset $w{n} $w{n + 1}$x;\n" for n in range(60))
    circle = "set $a $b$b; set $b $a$a; set $c $c$c;\n"
    long = "".join(f"set $l{n} {f'$l{n + 1}' * 500};\n" for n in range(30))
    uses = "".join(
        f"location /{n} {{ proxy_pass http://${n}; }}\n" for n in ("v0", "w0", "a", "l0")
    )
    proxy.write({"n/b.conf": "server {\n" + doubled + either + circle + long + uses + "}\n"})
    assert proxy.run("--dry-run", "--unsafe").status == 0


class TestIncludes:
    def test_circles_end(self, proxy: Arena) -> None:
        proxy.write(
            {
                "n/b.conf": "include conf.d/c.inc;" * 20 + "include conf.d/b.conf;",
                "n/c.inc": "include conf.d/d.inc;" * 20,
                "n/d.inc": "include conf.d/c.inc;" * 20,
            }
        )
        assert proxy.run("check").status == 1

    def test_that_fan_out_are_refused(self, proxy: Arena) -> None:
        fan = {f"n/{n}.inc": f"include conf.d/{n + 1}.inc;\n" * 3 for n in range(9)}
        proxy.write({**fan, "n/9.inc": "a b;\n", "n/b.conf": "include conf.d/0.inc;\n" * 3})
        assert "nginx has more than 1000 includes" in refusal(proxy.run("--dry-run"))

    def test_of_many_files_are_refused(self, proxy: Arena) -> None:
        proxy.write({f"n/g/{n}.inc": "a b;" for n in range(1001)})
        proxy.write({"n/b.conf": "include conf.d/g/*.inc;\n"})
        assert "nginx has more than 1000 includes" in refusal(proxy.run("--dry-run"))

    def test_of_one_large_file_many_times_are_refused(self, proxy: Arena) -> None:
        proxy.write({"n/big.inc": "deny 1.2.3.4;\n" * 20_000})
        proxy.write({"n/b.conf": "include conf.d/big.inc;\n" * 500})
        line = refusal(proxy.run("--dry-run"))
        assert "directives" in line

    def test_by_patterns_that_take_long_are_refused(self, proxy: Arena) -> None:
        proxy.write({f"n/{n}/{m}/x.inc": "a b;" for n in range(12) for m in range(12)})
        proxy.write({"n/" + "a" * 200 + f"{n}.inc": "a b;" for n in range(30)})
        patterns = "include conf.d/*/*/*/*;\ninclude conf.d/[a-z]*/*/*/*/*/*;\n" * 100
        patterns += f"include conf.d/{'*a' * 30}*b;\n"
        proxy.write({"n/b.conf": patterns})
        assert proxy.run("check").status in (1, 2)

    def test_that_nest_blocks_too_deep_are_refused(self, proxy: Arena) -> None:
        nested = "a{" * 150 + "include conf.d/c.inc;" + "}" * 150
        proxy.write({"n/b.conf": nested, "n/c.inc": "a{" * 150 + "}" * 150})
        assert "nest more than 200 deep" in refusal(proxy.run("--dry-run"))
