"""`diagnose` with `--format`, `-o` and `--statistics`, from the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from patcher.__main__ import main
from patcher.report.formats import FROM_REPOSITORY, Format
from tests.report.html.pages import Page
from tests.report.schemas import sarif_run

LINE = "2025/11/21 11:12:43 [error] 22#22: *42 {} could not be resolved (3: Host not found)\n"
COMPOSE = """\
services:
  web:
    image: nginx:1.27
    volumes: [./nginx.conf:/etc/nginx/nginx.conf:ro]
  app:
    image: example/app:1
"""
NGINX = """\
events {}
http {
    resolver 127.0.0.11 8.8.8.8 valid=10s;
    server {
        set $app app:80;
        location / { proxy_pass http://$app; }
    }
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack below the top of a repository, with a log of two groups beside it."""
    for name in ("COMPOSE_FILE", "NO_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)
    (folder / "nginx.conf").write_text(NGINX)
    (folder / "error.log").write_text(LINE.format("app") * 2 + LINE.format("other"))
    monkeypatch.chdir(folder)
    return folder


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["diagnose", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


@pytest.mark.parametrize("form", list(Format))
def test_each_format_printed_and_in_a_file(
    project: Path, capfd: pytest.CaptureFixture[str], form: Format
) -> None:
    code, out, err = run(capfd, "error.log", "--format", form)
    assert (code, err) == (1, "")
    assert "could not be resolved" in out
    assert run(capfd, "error.log", "--format", form, "-o", "report") == (1, "", "")
    assert (project / "report").read_text(encoding="utf-8") == out
    if form is Format.JUNIT:
        fromstring(out.encode())
    elif form is Format.SARIF:
        assert [one["occurrenceCount"] for one in sarif_run(out)["results"]] == [2, 1]
    elif form is Format.HTML:
        assert len(Page(out).all("article", "finding")) == 2


@pytest.mark.parametrize("form", sorted(FROM_REPOSITORY))
def test_pipelines_get_paths_from_the_top_of_the_repository(
    project: Path, capfd: pytest.CaptureFixture[str], form: Format
) -> None:
    out = run(capfd, "error.log", "--format", form)[1]
    assert "deploy/nginx.conf" in out
    assert "deploy/" not in run(capfd, "error.log", "--format", "json")[1]


@pytest.mark.parametrize("form", [one for one in Format if one is not Format.TEXT])
def test_what_cannot_be_read_is_in_the_report(
    project: Path, capfd: pytest.CaptureFixture[str], form: Format
) -> None:
    (project / "compose.override.yaml").write_text("services: [\n")
    code, out, err = run(capfd, "error.log", "--format", form)
    assert code == 2
    assert "compose.override.yaml" in err
    assert "compose.override.yaml" in out


def test_a_job_gets_its_summary(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = project / "summary.md"
    page.write_text("# The step before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    assert run(capfd, "error.log", "--format", "json")[0] == 1
    assert page.read_text() == "# The step before\n"
    assert run(capfd, "error.log", "--format", "github")[0] == 1
    assert page.read_text().startswith(
        "# The step before\n## hanna-fix: 3 failures in 2 groups\n\n| failures | what failed |"
    )
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/page.md")
    code, out, err = run(capfd, "none.log", "--format", "github")
    assert (code, out) == (2, "")
    assert err == "hanna-fix: none/page.md: cannot be written: no such file or directory\n"


def test_allowed_failures_are_warnings(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "error.log", "--max-failures", "3", "--format", "github")
    assert code == 0
    assert [line.partition(" ")[0] for line in out.splitlines()] == ["::warning", "::warning"]


def test_statistics(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "error.log", "--statistics")
    assert code == 1
    assert out.splitlines()[:4] == [
        "kind          failures  groups",
        "not-resolved         3       2",
        "",
        "3 failures in 2 groups",
    ]
    told = json.loads(run(capfd, "error.log", "--statistics", "--format", "json")[1])
    assert told["statistics"] == [{"kind": "not-resolved", "failures": 3, "groups": 2}]
    assert len(told["groups"]) == 2
    assert "statistics" not in json.loads(run(capfd, "error.log", "--format", "json")[1])


def test_no_failures_are_an_empty_report(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "error.log").write_text("")
    assert run(capfd, "error.log", "--format", "github") == (0, "", "")
    assert run(capfd, "error.log", "--format", "gitlab") == (0, "[]\n", "")
    assert 'name="no failures"' in run(capfd, "error.log", "--format", "junit")[1]
    assert run(capfd, "error.log", "--statistics")[1] == "no failures\n"


def test_followed_failures_are_printed_and_the_report_is_written(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.TextIOWrapper(io.BytesIO(LINE.format("app").encode()))
    monkeypatch.setattr(sys, "stdin", log)
    code, out, _ = run(capfd, "--follow", "-o", "report")
    assert (code, out) == (
        1,
        "2025/11/21 11:12:43 `app` could not be resolved (3: Host not found) [1]\n",
    )
    assert (project / "report").read_text().startswith("once `app` could not be resolved")
