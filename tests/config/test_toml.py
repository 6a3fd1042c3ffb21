from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.config.toml import MAX_CHARACTERS, key_lines, read_table
from patcher.errors import UserError
from patcher.text import Source
from tests.config.texts import config, config_of
from tests.variants import MemoryFiles

TEXT = '''\
# a comment
select = [
  "ALL",  # all of them
]

[network]  # a header
name = "x#y"
[healthcheck.db]
test = """a
[no.header]
b = 1"""
retries = 3
[[tool.other]]
"quoted key" = 1
a . b = { c = 1, d = { e = 2 } }
'''


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_the_line_of_each_key(eol: str) -> None:
    assert dict(key_lines(TEXT.replace("\n", eol))) == {
        ("select",): 2,
        ("network",): 6,
        ("network", "name"): 7,
        ("healthcheck", "db"): 8,
        ("healthcheck", "db", "test"): 9,
        ("healthcheck", "db", "retries"): 12,
        ("tool", "other"): 13,
        ("tool", "other", "quoted key"): 14,
        ("tool", "other", "a"): 15,
        ("tool", "other", "a", "b"): 15,
        ("tool", "other", "a", "b", "c"): 15,
        ("tool", "other", "a", "b", "d"): 15,
        ("tool", "other", "a", "b", "d", "e"): 15,
    }


def test_a_statement_without_end_in_sight_costs_no_time() -> None:
    text = "a = 1\nb = [\n" + "1,\n" * 5_000 + "]\nc = 1\n"
    tomllib.loads(text)
    assert dict(key_lines(text)) == {("a",): 1}


NAMES = st.text("abc-_", min_size=1, max_size=3)
VALUES = st.one_of(st.integers(), st.booleans(), st.lists(st.integers(), max_size=3))


@given(st.lists(st.tuples(NAMES, VALUES, st.integers(0, 2)), unique_by=lambda one: one[0]))
def test_every_key_of_a_written_table_is_found(items: list[tuple[str, Any, int]]) -> None:
    lines: list[str] = []
    expected = {}
    for name, value, blanks in items:
        lines += ["", "# c"][:blanks]
        expected[(name,)] = len(lines) + 1
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        lines.append(f"{name} = {shown}".replace(", ", ",\n  "))
        lines = "\n".join(lines).split("\n")
    assert dict(key_lines("\n".join(lines))) == expected


def table(files: dict[str, str]) -> tuple[str | None, dict[str, Any], tuple[str, ...]]:
    sources = MemoryFiles({path: Source(path, text) for path, text in files.items()})
    found, warnings = read_table(sources)
    if found is None:
        return None, {}, warnings
    return found.source.path, found.data, warnings


SHARED = "[project]\nname = 'x'\n[tool.hanna-fix]\nselect = ['ALL']\n"


def test_own_file_comes_before_pyproject_and_says_so() -> None:
    own = "ignore = []\n"
    assert table({}) == (None, {}, ())
    assert table({"pyproject.toml": SHARED}) == ("pyproject.toml", {"select": ["ALL"]}, ())
    path, data, warnings = table({".hanna-fix.toml": own, "pyproject.toml": SHARED})
    assert (path, data) == (".hanna-fix.toml", {"ignore": []})
    assert warnings == (
        ".hanna-fix.toml and [tool.hanna-fix] in pyproject.toml both hold settings; "
        "using .hanna-fix.toml",
    )


@pytest.mark.parametrize(
    "text", ["[project]\n", "[broken\n", "x" * (MAX_CHARACTERS + 1), "[tool]\na = 'hanna-fix'\n"]
)
def test_a_pyproject_of_others_is_no_matter_of_ours(text: str) -> None:
    assert table({"pyproject.toml": text}) == (None, {}, ())


def test_a_key_of_pyproject_has_its_line() -> None:
    assert config_of({"pyproject.toml": SHARED}).origin(("select",)) == "pyproject.toml:4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", ".hanna-fix.toml:1:6: not valid TOML: Invalid value; correct the line"),
        ("\nb = \r\n", ".hanna-fix.toml:2:5: not valid TOML: Invalid value; correct the line"),
        ("a = 1\na = 1\n", ".hanna-fix.toml:2:6: not valid TOML: Cannot overwrite a value"),
        ("a = " + "[" * 9_000, ".hanna-fix.toml: nested too deeply; flatten it"),
        ("a = " + "1" * 9_000, ".hanna-fix.toml: a number is too long; shorten it"),
        ("#" * (MAX_CHARACTERS + 1), ".hanna-fix.toml: larger than 256 KiB; shorten it"),
    ],
)
def test_what_is_no_toml_is_one_line(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        config(text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_section_that_is_no_table() -> None:
    with pytest.raises(UserError, match=r"`tool\.hanna-fix` must be a table"):
        config_of({"pyproject.toml": "[tool]\nhanna-fix = 1\n"})
