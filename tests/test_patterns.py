"""Patterns are compiled at their first use, and are patterns then."""

import re
import subprocess
import sys
from unittest.mock import Mock

import pytest

from patcher.patterns import regex


def test_it_does_what_the_compiled_pattern_does() -> None:
    quick, compiled = regex(r"(?P<word>a+)|B", re.IGNORECASE), re.compile(r"a+|b", re.IGNORECASE)
    assert [one.group() for one in quick.finditer("xaAb")] == compiled.findall("xaAb")
    assert quick.sub("-", "xab") == "x--"
    assert quick.groupindex == {"word": 1}
    assert quick.fullmatch("aaa")


def test_it_is_compiled_once_and_only_when_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = Mock(side_effect=re.compile)
    monkeypatch.setattr("patcher.patterns.re.compile", compiler)
    quick = regex("x")
    assert not compiler.called
    assert quick.match("x")
    assert quick.match("xx")
    assert compiler.call_count == 1


def test_every_pattern_of_the_program_is_valid() -> None:
    code = (
        "import importlib, pkgutil, patcher\n"
        "from patcher.patterns import regex\n"
        "for one in pkgutil.walk_packages(patcher.__path__, 'patcher.'):\n"
        "    module = importlib.import_module(one.name)\n"
        "    [value.pattern for value in vars(module).values() if type(value) is regex]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
