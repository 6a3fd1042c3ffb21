"""`.env` texts, each read by the real Compose as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patcher.stack.compose.dotenv import parse_env, parse_raw
from tests.real_compose import needs_compose
from tests.stack.compose.beside import agreed

# no text here holds a variable without a value: Compose makes it empty, we leave it as written
TEXTS = [
    "A=1\nB=2\n",
    "A='x y'\nB=\"x y\"\nC=x y\n",
    "A=\"x\\ny\"\nB='x\\ny'\nC=x\\ny\n",
    "A=\"a'b\"\nB='a\"b'\nC=a'b\"c\n",
    "A='a\\'b'\nB=\"a\\\"b\"\n",
    "A=\"\\r\\n\\t\\f\\v\\a\\b\\\\\"\nB=\\r\nC='\\n'\n",
    "A=a # c\nB=a#c\nC=x\t# not a comment\nD= #x\nE=x #\n",
    "A=\"a\" # c\nB='a'# c\nC=\"x # y\"\nD='x' # it's\n",
    "export A=1\nexport\tB = 2\n  C=3\nD =4\nE= 5\n",
    "A: 1\nB:1\nC==1\nD=:1\nE=x=y\n",
    "A=\nB=''\nC=\"\"\nD=  \n",
    "A.b=1\nA-b=2\n1A=3\nA[0]=4\n",
    "B=1\nA=$B\nC=${B}x\nD='$B'\nE=\"$B-y\"\nF=${B}${B}\n",
    "B=\nA=${B:-d}\nC=${B-d}\nD=${B:+d}\nE=${B+d}\n",
    "B=1\nA=${B:+d}\nC=${U:-d}\nD=${U-d}\nE=${U:+d}\nF=${U:-${B}}\nG=${B:?e}\nH=${U:-x y}\n",
    'B=1\nA="\\$B"\nC="\\${B}"\nD=$$B\nE="$$B"\nF=a$\n',
    "B='$C'\nC=1\nA=$B\n",
    "A=\"several\nlines\"\nB='several\nlines'\nC=3\n",
    "A=1\r\nB='x'\r\nC=x # c\r\nD=\r\n\r\nE=5\r\n",
    'A="several\r\nlines"\r\nB=2\r\n',
    "A=1\rB=2\nC=3\n",
    "# c\n\n # c\nA=1\nA=2\n",
    "\u00a0A=1\nB\u00a0=1\nC=1\u00a0\n",
    'A=é\nB="x\ty"\nC=[x]\nD=`x`\nE=$(x)\nF=1;2\nG=~\nH=0755\n',
    'A="a\\zb"\nB="\\u0041"\nC=a\\\nD=x\\ y\nE=\\\\x\n',
    'A=1\nB="last"',
]


@needs_compose
@pytest.mark.parametrize("text", TEXTS)
def test_read_as_compose_reads_it(text: str, tmp_path: Path) -> None:
    files = {"compose.yaml": "services: {a: {image: x, env_file: x.env}}\n", "x.env": text}
    view = agreed(tmp_path, files)
    assert view["a"]["environment"] == parse_env(text) != {}


def test_a_variable_without_a_value_stays_as_it_is_written() -> None:
    assert parse_env('A=$B\nC="${B}"\nD=${B:?e}\n') == {"A": "$B", "C": "${B}", "D": "${B:?e}"}


def test_lines_that_assign_nothing_are_skipped() -> None:
    assert parse_env("A\nexport B\ny z\n=x\nC=1\n") == {"C": "1"}


def test_quotes_that_nothing_closes_are_characters() -> None:
    assert parse_env("A=\"un\nB='un\nC=1\n") == {"A": '"un', "B": "'un", "C": "1"}


def test_who_wins_for_a_variable() -> None:
    text = "B=own\nA=$B\nC=$O\nD=$E\n"
    outer, earlier = {"O": "outer", "E": "outer"}, {"B": "earlier", "E": "earlier"}
    found = parse_env(text, outer, earlier)
    assert found == {"B": "own", "A": "own", "C": "outer", "D": "outer"}
    assert parse_env("A=$B\n", {}, earlier) == {"A": "earlier"}


@needs_compose
def test_raw(tmp_path: Path) -> None:
    text = "A='x' # c\nB=$A\n\n# c\n D=1\nE\nF= x \nG=a=b\nH=\nI=x\r\n"
    compose = {"services": {"a": {"image": "x", "env_file": [{"path": "x.env", "format": "raw"}]}}}
    view = agreed(tmp_path, {"compose.yaml": json.dumps(compose), "x.env": text})
    assert view["a"]["environment"] == parse_raw(text)
    assert view["a"]["environment"]["A"] == "'x' # c"
