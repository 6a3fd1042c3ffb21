"""`--format`, `-o` and `--statistics`, from the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from patcher.__main__ import main
from patcher.report.formats import Format
from tests import formats
from tests.report.schemas import our_report, sarif_run
from tests.stacks import FIXTURES

HANNA = FIXTURES / "stacks" / "hanna"
COMPOSE = "services:\n  app:\n    image: example/app:1\n"
BROKEN = "services:\n  app: [\n"
COMMANDS = ["check", "diff", "apply", "branch"]
MACHINES = [one for one in Format if one is not Format.TEXT]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with its stack in a directory below the top."""
    for name in ("COMPOSE_FILE", "NO_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "deploy" / "shop"
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(COMPOSE)
    names = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*names, "commit", "-q", "-m", "The stack"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    for key, value in (("user.name", "Operator"), ("user.email", "operator@example.org")):
        subprocess.run(["git", "config", key, value], cwd=tmp_path, check=True)
    monkeypatch.chdir(folder)
    return folder


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capfd.readouterr()
    return code, out, err


def test_goldens() -> None:
    held = {path.name: path.read_text(encoding="utf-8") for path in (HANNA / "formats").iterdir()}
    assert formats.told(HANNA) == held, "read `python -m tests.golden stacks/hanna`"


@pytest.mark.parametrize("chosen", MACHINES)
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_speaks_each_format(
    project: Path, capfd: pytest.CaptureFixture[str], command: str, chosen: Format
) -> None:
    code, out, err = run(capfd, command, "--format", chosen, "-q")
    assert code == (1 if command == "check" else 0)
    assert err == ""
    assert "\x1b" not in out
    gone = command == "apply" and chosen in (Format.GITLAB, Format.SARIF)
    assert ("implicit-network" in out) is not gone
    if chosen is Format.JSON:
        our_report(out)
    if chosen is Format.SARIF:
        assert len(sarif_run(out)["results"]) == (0 if command == "apply" else 1)
    if chosen is Format.JUNIT:
        fromstring(out.encode())


@pytest.mark.parametrize("chosen", list(Format))
@pytest.mark.parametrize("command", COMMANDS)
def test_a_report_into_a_file_is_the_one_that_is_printed(
    project: Path, capfd: pytest.CaptureFixture[str], command: str, chosen: Format
) -> None:
    words = [command, "--format", chosen, *(["-q"] if command == "diff" else [])]
    before = (project / "compose.yaml").read_text()
    _, out, err = run(capfd, *words)
    (project / "compose.yaml").write_text(before)
    again = ["fix/again"] if command == "branch" else []
    _, printed, told = run(capfd, command, *again, *words[1:], "-o", "report")
    written = (project / "report").read_text()
    assert written == (err if command in ("apply", "branch") and chosen is Format.TEXT else out)
    assert told == ""
    assert printed == "" or printed.startswith("fix/again: ")


def test_an_unwritable_file(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capfd, "check", "--format", "sarif", "-o", "none/report")
    assert (code, out) == (2, "")
    assert err == "hanna-fix: none/report: cannot be written: no such file or directory\n"


@pytest.mark.parametrize("command", ["apply", "branch"])
def test_nothing_is_written_where_the_report_cannot_be(
    project: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    before = (project / "compose.yaml").read_text()
    assert run(capfd, command, "-o", "none/report")[0] == 2
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/page.md")
    code, out, err = run(capfd, command, "--format", "github")
    assert (code, out) == (2, "")
    assert err == "hanna-fix: none/page.md: cannot be written: no such file or directory\n"
    assert (project / "compose.yaml").read_text() == before
    branches = subprocess.run(["git", "branch", "--list", "fix/*"], capture_output=True, check=True)
    assert branches.stdout == b""


@pytest.mark.parametrize("chosen", [Format.SARIF, Format.GITHUB, Format.GITLAB, Format.JUNIT])
def test_pipelines_get_paths_from_the_top_of_the_repository(
    project: Path, capfd: pytest.CaptureFixture[str], chosen: Format
) -> None:
    assert "deploy/shop/compose.yaml" in run(capfd, "check", "--format", chosen)[1]
    assert "deploy/" not in run(capfd, "check", "--format", "json")[1]


def test_many_stacks_in_one_report(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "api").mkdir()
    (project / "api" / "compose.yaml").write_text(COMPOSE)
    (project / "bad").mkdir()
    (project / "bad" / "compose.yaml").write_text(BROKEN)
    code, out, _ = run(capfd, "check", "--recursive", "--format", "sarif")
    assert code == 2
    found = sarif_run(out)
    places = [one["locations"][0]["physicalLocation"] for one in found["results"]]
    assert [one["artifactLocation"]["uri"] for one in places] == [
        "deploy/shop/compose.yaml",
        "deploy/shop/api/compose.yaml",
    ]
    (note,) = found["invocations"][0]["toolExecutionNotifications"]
    uri = note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "deploy/shop/bad/compose.yaml"
    document = our_report(run(capfd, "diff", "--recursive", "--format", "json")[1])
    assert [one["path"] for one in document["files"]] == ["api/compose.yaml", "compose.yaml"]


def test_a_job_gets_its_summary(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = project / "summary.md"
    page.write_text("# The step before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    assert run(capfd, "check", "--format", "json")[0] == 1
    assert page.read_text() == "# The step before\n"
    assert run(capfd, "check", "--format", "github")[0] == 1
    assert page.read_text().startswith("# The step before\n## hanna-fix: 1 finding, 1 with a fix\n")


def test_statistics(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "check", "--statistics")
    assert code == 1
    assert out.splitlines() == [
        "rule              findings  with a fix",
        "implicit-network         1           1",
        "",
        "1 finding, 1 with a fix",
    ]
    _, out, err = run(capfd, "diff", "--statistics")
    assert out.startswith("diff --git")
    assert "implicit-network      1     0     0\n" in err
    counts = our_report(run(capfd, "check", "--statistics", "--format", "json")[1])["statistics"]
    assert [one["rule"] for one in counts] == ["implicit-network"]


@pytest.mark.parametrize("command", COMMANDS)
def test_statistics_have_no_place_in_some_formats(
    project: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    before = (project / "compose.yaml").read_text()
    code, out, err = run(capfd, command, "--statistics", "--format", "gitlab")
    assert (code, out) == (2, "")
    assert "it goes with --format json, markdown, text" in err
    assert (project / "compose.yaml").read_text() == before


def test_a_baseline_leaves_out_of_every_format(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(capfd, "baseline", "--reason", "known")[0] == 0
    code, out, _ = run(capfd, "check", "--format", "gitlab")
    assert (code, json.loads(out)) == (0, [])
