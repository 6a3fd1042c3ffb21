from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest

from patcher.errors import UserError
from patcher.lang.nginx_crossplane import allowed_in, check_agreement
from patcher.text import Source
from tests.lang.nginx_helpers import LEGAL, fixture, read


def refused(text: str) -> UserError:
    with pytest.raises(UserError) as error:
        read(text)
    return error.value


@pytest.mark.parametrize("name", LEGAL)
def test_the_readers_agree_on_the_legal_fixtures(name: str) -> None:
    tree = fixture(name)
    check_agreement(tree.source, tree.directives)


@pytest.mark.parametrize("other", ["a 1; b { c; }", "a 2; b { c d; }", "a 2; b; c;", "a 2;", ""])
def test_any_difference_is_found(other: str) -> None:
    directives = read("a 2; b { c; }").directives
    with pytest.raises(UserError, match="disagree"):
        check_agreement(Source("x.conf", other), directives)


def test_directives_that_only_crossplane_sees_are_found() -> None:
    with pytest.raises(UserError) as error:
        check_agreement(Source("x.conf", "a 2;\nb;"), read("a 2;").directives)
    assert "`nothing`, to crossplane `b ;`" in error.value.message
    assert error.value.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "a # comment\n b;",
        "a ${b} ${c};",
        "a ${b} ;",
        "a \"b\r\nc\" '\\'' \"\\'\";",
        "if ( $a ) { b; }",
        'if ($a = "b") { c; }',
        "if () { c; }",
        '"if" ($a) { b; }',
        '"#" a; "}" b; "{" c;',
    ],
)
def test_known_habits_of_crossplane_are_no_disagreement(text: str) -> None:
    assert read(text).directives


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        ("a b\u00a0c;", "`a b\u00a0c ;`", "`a b c ;`"),
        ("a b\x0cc;", "`a b\x0cc ;`", "`a b c ;`"),
        ("a;\n# b\rc;", "`nothing`", "`c ;`"),
        ("a ${b}\u00a0c;", "`a ${b}\u00a0c ;`", "`a ${b} c ;`"),
        ("log_by_lua_block{ a; }", "`log_by_lua_block  a;  ;`", "`log_by_lua_block {`"),
    ],
)
def test_disagreements_name_both_readings(text: str, ours: str, theirs: str) -> None:
    message = refused(text).message
    assert ours in message
    assert theirs in message


def test_errors_of_crossplane_name_no_temporary_file() -> None:
    error = refused("a;\nb c}d;")
    assert "crossplane cannot" in error.message
    assert error.line == 2
    assert tempfile.gettempdir() not in str(error)


def test_no_writable_temporary_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    error = refused("no_space_left_test 1;")
    assert "No space left on device" in error.message
    assert "TMPDIR" in error.todo


@pytest.mark.parametrize(
    ("name", "context", "allowed"),
    [
        ("resolver", ("http",), True),
        ("resolver", ("http", "server"), True),
        ("resolver", ("http", "server", "location"), True),
        ("resolver", ("http", "server", "location", "location"), True),
        ("resolver", ("http", "server", "location", "if"), False),
        ("listen", ("http", "upstream"), False),
        ("resolver", ("stream", "server"), True),
        ("resolver", (), False),
        ("set", ("http", "server", "if"), True),
        ("set", ("http", "server", "location", "if"), True),
        ("set", ("http",), False),
        ("server", ("http",), True),
        ("events", (), True),
        ("no_such_directive", ("http",), False),
        ("resolver", ("http", "no_such_block"), False),
    ],
)
def test_where_a_directive_may_stand(name: str, context: tuple[str, ...], allowed: bool) -> None:
    assert allowed_in(name, context) is allowed


def test_importing_the_layer_does_not_import_crossplane() -> None:
    code = "import sys, patcher.lang.nginx; print('crossplane' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
