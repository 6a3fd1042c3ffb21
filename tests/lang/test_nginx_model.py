from __future__ import annotations

import pytest

from patcher.lang.nginx_model import apply_touches, plain, same
from patcher.text import ABSENT, Touch
from tests.lang.nginx_helpers import read

OLD = "http { a 1; a 2; b; server { a 3; c; } server { a 4; } log_by_lua_block { x } }"
IN_HTTP = ("http[0]", "a")


def holds(new: str, *touches: Touch) -> bool:
    return same(apply_touches(plain(read(OLD)), touches), plain(read(new)))


def test_plain_model() -> None:
    assert plain(read("a 1 '2 3'; b { c; } log_by_lua_block { x }")) == (
        ("a", ("1", "2 3"), None),
        ("b", (), (("c", (), None),)),
        ("log_by_lua_block", (), " x "),
    )


def test_nothing_declared_and_nothing_changed() -> None:
    assert holds(OLD.replace("; ", ";\n\t# comment\n"))


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("a 1;", "a 1 1;"),
        OLD.replace("a 1;", "a '1 ';"),
        OLD.replace("a 1;", ""),
        OLD.replace("a 1; a 2;", "a 2; a 1;"),
        OLD.replace("b;", "b; b;"),
        OLD.replace("b;", "b {}"),
        OLD.replace("a 1; a 2; b;", "b; a 1; a 2;"),
        OLD.replace("c; }", "} c;"),
        OLD.replace("server { a 3; c; }", "server { c; a 3; }"),
        OLD.replace("server { a 3; c; } server { a 4; }", "server { a 4; } server { a 3; c; }"),
        OLD.replace("{ x }", "{ y }"),
        OLD + " z;",
    ],
)
def test_undeclared_changes_are_seen(new: str) -> None:
    assert new != OLD
    assert not holds(new)
    assert not holds(new, Touch(("http[0]", "other"), ABSENT))


def test_declared_changes() -> None:
    assert holds(OLD.replace("a 1;", "a x;"), Touch(IN_HTTP, (("x",), ("2",))))
    assert holds(OLD.replace("a 1; a 2;", ""), Touch(IN_HTTP, ABSENT))
    assert holds(OLD.replace("b;", "b; e 1 2;"), Touch(("http[0]", "e"), (("1", "2"),)))
    assert holds(OLD + " e;", Touch(("e",), ((),)))
    assert holds(OLD.replace("a 4", "a 5"), Touch(("http[0]", "server[1]", "a"), (("5",),)))


@pytest.mark.parametrize(
    ("new", "touch"),
    [
        (OLD, Touch(IN_HTTP, ABSENT)),
        (OLD, Touch(IN_HTTP, (("2",), ("1",)))),
        (OLD.replace("a 1;", "a x;"), Touch(IN_HTTP, (("x",),))),
        (OLD.replace("a 1; a 2; b;", "b; c; a x;"), Touch(IN_HTTP, (("x",),))),
        (OLD.replace("a 4", "a 5"), Touch(("http[0]", "server[0]", "a"), (("5",),))),
        (
            OLD.replace("a 3", "a 5").replace("a 4", "a 5"),
            Touch(("http[0]", "server[0]", "a"), (("5",),)),
        ),
    ],
)
def test_changes_other_than_the_declared_one_are_seen(new: str, touch: Touch) -> None:
    assert not holds(new, touch)


def test_touching_the_name_of_a_block_does_not_hide_its_contents() -> None:
    touch = Touch(("http[0]", "server"), (("x",), ()))
    renamed = OLD.replace("server { a 3", "server x { a 3")
    assert holds(renamed, touch)
    assert not holds(renamed.replace("a 3", "a 9"), touch)
    assert not holds(OLD.replace("server { a 4; }", ""), Touch(("http[0]", "server"), ((),)))
    inside = Touch(("http[0]", "server[0]", "a"), (("9",),))
    assert holds(renamed.replace("a 3", "a 9"), touch, inside)


def test_touching_the_name_of_a_lua_block_does_not_hide_its_code() -> None:
    touch = Touch(("http[0]", "log_by_lua_block"), ((),))
    assert holds(OLD, touch)
    assert not holds(OLD.replace("{ x }", "{ y }"), touch)


def test_the_last_of_two_touches_counts() -> None:
    new = OLD.replace("a 1;", "a y;")
    one, other = Touch(IN_HTTP, (("x",), ("2",))), Touch(IN_HTTP, (("y",), ("2",)))
    assert holds(new, one, other)
    assert not holds(new, other, one)


@pytest.mark.parametrize("route", [("http[1]", "a"), ("http", "a"), ("http[0]", "b[0]", "a")])
def test_touches_that_lead_nowhere(route: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        apply_touches(plain(read(OLD)), [Touch(route, ABSENT)])
