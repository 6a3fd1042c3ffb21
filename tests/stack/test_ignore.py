from __future__ import annotations

import pytest

from patcher.finding import Location
from patcher.stack.ignore import Ignore
from patcher.stack.stack import Stack
from patcher.text import Span
from tests.stack import nginx_texts
from tests.stack.compose_texts import stack

IGNORE = "# hanna-fix: ignore[some-rule]"


def only(text: str) -> Ignore:
    (found,) = stack(text).ignores
    return found


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# hanna-fix: ignore[a] why", ("a",), "why"),
        ("#hanna-fix:ignore[a,b] why not", ("a", "b"), "why not"),
        ("## hanna-fix:  ignore [ a , b ] - why -", ("a", "b"), "why"),
        ("# hanna-fix: ignore[a]: why", ("a",), "why"),
        ("# note  # hanna-fix: ignore[a] why", ("a",), "why"),
        ("# hanna-fix: ignore[a]", ("a",), ""),
        ("# hanna-fix: ignore[a] # ", ("a",), "#"),
    ],
)
def test_a_comment(comment: str, rules: tuple[str, ...], reason: str) -> None:
    found = only(f"services:\n  it: {{image: x}}  {comment}\n")
    assert (found.rules, found.reason, found.line, found.is_readable) == (rules, reason, 2, True)


@pytest.mark.parametrize(
    "rest", ["", " ignore", " ignore a", " ignore[", " ignore[]", " ingore[a]"]
)
def test_a_comment_that_names_no_rule(rest: str) -> None:
    found = only(f"services:\n  it: {{image: x}}  # hanna-fix:{rest}\n")
    assert (found.rules, found.is_readable) == ((), False)


@pytest.mark.parametrize(
    "text",
    [
        'services:\n  it: {image: "x # hanna-fix: ignore[a] b"}\n',
        "services:\n  it:\n    command: |\n      # hanna-fix: ignore[a] b\n",
        "services:\n  it: {image: x}  # hanna-fix made this\n",
        "services:\n  it: {image: x}  # see ahanna-fix: ignore[a] b\n",
    ],
)
def test_what_is_no_comment_to_us(text: str) -> None:
    assert stack(text).ignores == ()


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([IGNORE, "  it:"], 3),
        ([IGNORE, "  # another", "  it:"], 4),
        (["  # another", IGNORE, "  it:"], 4),
        ([IGNORE, "", "  it:"], None),
        ([f"  it:  {IGNORE}"], 2),
    ],
)
def test_the_line_that_a_comment_is_about(lines: list[str], line: int | None, eol: str) -> None:
    text = eol.join(["services:", *lines, "    image: x", ""])
    assert only(text).line == line


def test_a_comment_at_the_end_is_about_no_line() -> None:
    assert only(f"services:\n  it: {{image: x}}\n{IGNORE}").line is None


def place(of: Stack, path: str, words: str) -> Location:
    tree = of.tree(path)
    assert tree is not None
    start = tree.source.text.index(words)
    return Location.of(tree.source, Span(start, start + len(words)), ())


@pytest.mark.parametrize(
    ("before", "behind", "words", "meant"),
    [
        ("  # hanna-fix: ignore[a] b\n", "", "it:", True),
        ("", "", "it:", False),
        ("  # hanna-fix: ignore[a] b\n", "", "image", False),
        ("", "  # hanna-fix: ignore[a] b", "command", True),
        ("", "  # hanna-fix: ignore[a] b", "two", True),
        ("", "  # hanna-fix: ignore[other] b", "two", False),
    ],
)
def test_a_comment_silences_what_is_found_on_its_line_or_under_its_key(
    before: str, behind: str, words: str, meant: bool
) -> None:
    text = (
        f"services:\n{before}  it:\n    image: x\n    command:{behind}\n      - one\n      - two\n"
    )
    found = stack(text)
    assert found.is_ignored("a", place(found, "compose.yaml", words)) == meant


def test_a_comment_is_about_its_own_file() -> None:
    files = {"compose.override.yaml": "services:\n  it: {user: '1'}  # hanna-fix: ignore[a] b\n"}
    found = stack("services:\n  it: {image: x}\n", files)
    assert not found.is_ignored("a", place(found, "compose.yaml", "it"))
    assert found.is_ignored("a", place(found, "compose.override.yaml", "user"))


def test_a_comment_in_nginx() -> None:
    conf = "# hanna-fix: ignore[a] b\nserver { listen 80; }\nserver { listen 81; }\n"
    found = nginx_texts.stack({"site.conf": conf})
    (comment,) = found.ignores
    assert comment.line == 2
    assert found.is_ignored("a", place(found, "site.conf", "listen 80"))
    assert not found.is_ignored("a", place(found, "site.conf", "listen 81"))


@pytest.mark.parametrize("rule", ["invalid-ignore", "unused-ignore"])
def test_what_is_said_of_comments_is_not_silenced_by_one(rule: str) -> None:
    found = stack(f"services:\n  it: {{image: x}}  # hanna-fix: ignore[{rule}] b\n")
    assert not found.is_ignored(rule, place(found, "compose.yaml", "it"))


def test_equal_comments_have_routes_of_their_own() -> None:
    text = f"services:\n  a: {{image: x}}  {IGNORE}\n  b: {{image: x}}  {IGNORE}\n"
    assert len({one.location.route for one in stack(text).ignores}) == 2
