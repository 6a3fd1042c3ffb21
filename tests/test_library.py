"""The front door: what it returns and raises, that it writes nothing, and that its page is true."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import patcher
from patcher import Fix, Safety, UserError
from tests.stacks import FIXTURES, ROOT

EXAMPLE = FIXTURES / "stacks" / "hanna" / "before"
AFTER = FIXTURES / "stacks" / "hanna" / "after"

_EXAMPLES = re.findall(
    r"(?ms)^```python\n(.*?)^```\n\n```text\n(.*?)^```$",
    (ROOT / "docs" / "library.md").read_text(encoding="utf-8"),
)


@pytest.fixture
def hanna(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "hanna")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_check_returns_the_findings_by_place(hanna: Path) -> None:
    findings = patcher.check(hanna)
    assert len(findings) == 18
    places = [(one.where[0].path, one.where[0].line) for one in findings]
    assert places == sorted(places)


def test_fix_gives_the_reviewed_files_and_writes_none(hanna: Path) -> None:
    before = contents(hanna)
    outcome = patcher.fix(str(hanna))
    assert (len(outcome.fixed), outcome.held, outcome.left) == (18, (), ())
    assert outcome.exit_code == 0
    for change in outcome.changes:
        assert change.after.encode() == (AFTER / change.after.path).read_bytes()
    assert contents(hanna) == before


def test_the_diff_is_that_of_the_command(hanna: Path) -> None:
    command = [sys.executable, "-m", "patcher", "-C", str(hanna), "diff"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert patcher.fix(hanna).diff.encode() == printed


def test_rules_are_selected_and_ignored(hanna: Path) -> None:
    found = patcher.check(
        hanna, select=["resolver-mixed,resolver-cache"], ignore=["resolver-cache"]
    )
    assert {one.rule for one in found} == {"resolver-mixed"}


def test_unsafe_fixes_are_made_only_where_asked(hanna: Path) -> None:
    rule = ["no-database-backup"]
    left = patcher.fix(hanna, select=rule)
    assert left.exit_code == 1
    (remedy,) = (one.remedy for one in left.left)
    assert isinstance(remedy, Fix)
    assert remedy.safety is Safety.UNSAFE
    assert patcher.fix(hanna, select=rule, unsafe=True).exit_code == 0


def test_named_files_are_read(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n"
    (tmp_path / "other.yml").write_text(compose)
    (tmp_path / "site.conf").write_text("resolver 8.8.8.8 127.0.0.11;\n")
    (finding,) = patcher.check(tmp_path, files=["other.yml"], select=["implicit-network"])
    assert finding.where[0].path == "other.yml"
    with pytest.raises(UserError, match="no such file"):
        patcher.check(tmp_path, files=["other.yml"], nginx=["site.conf", "missing.conf"])


def test_the_settings_are_in_effect(hanna: Path) -> None:
    (hanna / ".hanna-fix.toml").write_text('select = ["resolver-timeout"]\n')
    assert {one.rule for one in patcher.check(hanna)} == {"resolver-timeout"}


def test_the_environment_is_not_read(hanna: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_FILE", "missing.yml")
    assert patcher.check(hanna)


def test_every_file_that_cannot_be_read_is_told(hanna: Path) -> None:
    (hanna / "nginx_proxy" / "nginx.conf").write_text("server {\n")
    (hanna / "docker-compose.override.yml").write_text("services: [\n")
    with pytest.raises(UserError) as caught:
        patcher.fix(hanna)
    lines = [str(caught.value), *caught.value.__notes__]
    assert {line.split(":")[0] for line in lines} == {
        "docker-compose.override.yml",
        "nginx_proxy/nginx.conf",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".hanna-fix.journal", ""),
        (".hanna-fix.toml", "[healthcheck.nobody]\ntest = ['CMD', 'true']\n"),
    ],
)
def test_what_the_commands_refuse_is_refused(hanna: Path, name: str, text: str) -> None:
    (hanna / name).write_text(text)
    with pytest.raises(UserError) as caught:
        patcher.check(hanna)
    assert caught.value.path == name
    assert caught.value.todo


def test_an_unknown_rule_and_a_missing_directory_are_refused(hanna: Path) -> None:
    with pytest.raises(UserError, match="resolver-mixed"):
        patcher.check(hanna, select=["resolver-mixd"])
    with pytest.raises(UserError, match="absent"):
        patcher.check(hanna / "absent")


def test_warnings_are_logged(hanna: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.copy(hanna / "docker-compose.yml", hanna / "compose.yml")
    with caplog.at_level(logging.WARNING, "patcher"):
        patcher.check(hanna)
    (record,) = caplog.records
    assert "compose.yml" in record.getMessage()


def test_public_names_are_there_and_load_nothing_before() -> None:
    script = (
        "import sys, patcher\n"
        "loaded = [name for name in sys.modules if name.startswith('patcher.')]\n"
        "assert not loaded, loaded\n"
        "assert dir(patcher) == sorted(patcher.__all__)\n"
        "for name in patcher.__all__: getattr(patcher, name)\n"
        "assert 'patcher.cli' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        patcher.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_page_has_examples() -> None:
    assert len(_EXAMPLES) == 3


@pytest.mark.parametrize(("code", "shown"), _EXAMPLES)
def test_examples_print_what_is_shown(code: str, shown: str, hanna: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=hanna.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == shown
