"""What trips readers of nginx files up, crossplane among them."""

from __future__ import annotations

from pathlib import Path

import crossplane
import pytest

from patcher.errors import UserError
from patcher.lang.nginx import parse
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directive
from patcher.lang.nginx_tree import walk
from patcher.text import Source
from tests.lang.nginx_helpers import comments, find, proven, read


def crossplane_takes(text: str, folder: Path) -> bool:
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8", newline="")
    found = crossplane.parse(str(path), single=True, check_ctx=False, check_args=False)
    return not found["errors"]


def test_includes_of_the_host_are_not_followed(tmp_path: Path) -> None:
    """crossplane would read them, from the machine that the check runs on."""
    other = tmp_path / "other.conf"
    other.write_text("listen 80;\n")
    tree = read(f"include {other};\ninclude /etc/*.conf;\n")
    assert [each.name.value for _, each in walk(tree)] == ["include", "include"]


@pytest.mark.parametrize("text", ["\ufeffa;", 'a "b"c;'])
def test_what_crossplane_takes_and_nginx_does_not_is_refused(text: str, tmp_path: Path) -> None:
    assert crossplane_takes(text, tmp_path)
    with pytest.raises(UserError):
        parse(Source("x.conf", text.removeprefix("\ufeff"), bom=text.startswith("\ufeff")))


@pytest.mark.parametrize("text", ["a b}c;", "a_by_lua_block { x = [[ { ]] }"])
def test_what_nginx_takes_and_crossplane_does_not_is_named_as_such(
    text: str, tmp_path: Path
) -> None:
    assert not crossplane_takes(text, tmp_path)
    with pytest.raises(UserError, match="nginx's own rules can read this file, crossplane cannot"):
        read(text)


@pytest.mark.parametrize("end", ["# last", "#", "# last\r", "a; # last"])
def test_a_comment_on_an_unterminated_last_line_is_kept(end: str) -> None:
    tree = read(f"x;\n{end}")
    assert comments(tree) == ["#" + end.partition("#")[2]]
    assert proven(tree, add_directive(tree, (), "y", ["1"], after=find(tree, "x")[1])) == (
        f"x;\ny 1;\n{end}"
    )


def test_comments_between_arguments_stay_between_them() -> None:
    tree = read("resolver 127.0.0.11 # Docker's\n  8.8.8.8 # why\n  valid=5s # short\n  ;\n")
    route, resolver = find(tree, "resolver")
    edits = set_args(tree, route, resolver, ["127.0.0.11", "valid=5s"])
    assert proven(tree, edits) == (
        "resolver 127.0.0.11 # Docker's\n  # why\n  valid=5s # short\n  ;\n"
    )


def test_a_newline_inside_quotes_stays_one() -> None:
    tree = read("add_header X 'one\n  two';\nb;\n")
    assert find(tree, "add_header")[1].values == ("X", "one\n  two")
    assert proven(tree, add_directive(tree, (), "y", [], after=find(tree, "b")[1])) == (
        "add_header X 'one\n  two';\nb;\ny;\n"
    )


def test_crlf_is_kept_line_by_line() -> None:
    tree = read("a 1;\r\nb 'x\r\ny' # c\r\n  2;\r\n")
    edits = set_args(tree, (), find(tree, "b")[1], ["x\r\ny", "3"])
    assert proven(tree, edits) == "a 1;\r\nb 'x\r\ny' # c\r\n  3;\r\n"


def test_template_variables_are_words_as_written() -> None:
    tree = read("listen ${PORT};\nserver_name ${A}.${B} x${C}y;\nset $d '${E}';\n")
    assert [each.values for _, each in walk(tree)] == [
        ("${PORT}",),
        ("${A}.${B}", "x${C}y"),
        ("$d", "${E}"),
    ]
