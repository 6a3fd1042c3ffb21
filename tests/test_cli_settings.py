"""Settings, ignore comments and the baseline, through the command line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patcher.__main__ import main
from patcher.baseline import NAME

COMPOSE = """\
services:
  app:
    image: example/app:1
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, text: str, name: str = ".hanna-fix.toml") -> None:
    (folder / name).write_text(text)


def test_settings_decide_what_is_written(project: Path) -> None:
    write(project, '[network]\nname = "{project}_net"\n')
    assert main(["apply", "-q"]) == 0
    assert "    name: shop_net\n" in (project / "compose.yaml").read_text()


def test_settings_lie_in_the_project_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, 'ignore = ["implicit-network"]\n')
    (project / "deep").mkdir()
    write(project / "deep", 'select = ["ALL"]\nnonsense = 1\n')
    monkeypatch.chdir(project / "deep")
    assert main(["check"]) == 0
    assert main(["check", "-C", ".."]) == 0


def test_command_line_over_settings(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(project, 'select = ["resolver-mixed"]\n')
    assert main(["check"]) == 0
    assert main(["check", "--select", "implicit-network"]) == 1
    assert main(["check", "--select", "ALL", "--ignore", "implicit-network"]) == 0
    write(project, 'ignore = ["implicit-network"]\n')
    assert main(["check", "--select", "implicit-network"]) == 0


def test_both_files_are_told(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(project, 'ignore = ["implicit-network"]\n')
    write(project, "[tool.hanna-fix]\nselect = []\n", "pyproject.toml")
    assert main(["check"]) == 0
    assert "both hold settings; using .hanna-fix.toml" in capfd.readouterr().err


@pytest.mark.parametrize("command", [["check"], ["--dry-run"], ["apply"], ["baseline"], ["config"]])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("netwrk = 1\n", ".hanna-fix.toml:1: no setting `netwrk`; did you mean network?"),
        ("[healthcheck.ap]\nport = 1\n", ".hanna-fix.toml:2: no service `ap`; did you mean app?"),
    ],
)
def test_a_bad_setting_is_one_line_and_nothing_is_written(
    project: Path, capfd: pytest.CaptureFixture[str], command: list[str], text: str, line: str
) -> None:
    write(project, text)
    assert main(command) == 2
    out, err = capfd.readouterr()
    assert (out, err) == ("", f"hanna-fix: {line}\n")
    assert (project / "compose.yaml").read_text() == COMPOSE
    assert not (project / NAME).exists()


def test_a_service_of_a_file_that_cannot_be_read_may_exist(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, "[healthcheck.other]\nport = 1\n")
    write(project, "services: [\n", "compose.override.yaml")
    assert main(["check"]) == 2
    assert "no service" not in capfd.readouterr().err
    assert main(["config"]) == 0
    assert capfd.readouterr().err == ""


def test_config_tells_the_settings_where_there_is_no_stack(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, "[healthcheck.other]\nport = 1\n")
    (project / "compose.yaml").unlink()
    assert main(["config", "-C", "."]) == 0
    out, err = capfd.readouterr()
    assert "healthcheck.other.port" in out
    assert err == ""


def test_branch_takes_the_settings_of_the_base_commit(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("HOME", str(tmp_path))

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], capture_output=True, check=True, text=True)
        return done.stdout

    write(project, '[network]\nname = "committed"\n')
    git("init", "-q", "-b", "main")
    git("config", "user.name", "A U Thor")
    git("config", "user.email", "author@example.org")
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    write(project, "nonsense = 1\n")
    assert main(["branch", "fix/x", "-q"]) == 0
    assert "name: committed" in git("show", "fix/x:compose.yaml")


def test_config_prints_settings_and_rules(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(project, 'x = 1\n[tool.hanna-fix.network]\nname = "mine"\n', "pyproject.toml")
    assert main(["config", "--ignore", "resolver-cache"]) == 0
    first = capfd.readouterr()
    lines = [" ".join(line.split()) for line in first.out.splitlines()]
    assert 'network.name "mine" pyproject.toml:3' in lines
    assert "resolver-cache off --ignore" in lines
    assert "resolver-mixed on default" in lines
    assert first.err == ""
    assert main(["config", "--ignore", "resolver-cache"]) == 0
    assert capfd.readouterr() == first
    (project / "compose.yaml").unlink()
    assert main(["config"]) == 0


def test_an_ignored_finding_fails_nothing(project: Path) -> None:
    text = COMPOSE.replace(
        "app:", "app:  # hanna-fix: ignore[implicit-network] shared on purpose", 1
    )
    write(project, text, "compose.yaml")
    assert main(["check"]) == 0
    assert main(["apply", "-q", "--exit-code"]) == 0
    assert (project / "compose.yaml").read_text() == text


def test_baseline_lets_known_findings_pass(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline"]) == 2
    assert capfd.readouterr().err.startswith("hanna-fix: 1 new, and no reason; say with --reason")
    assert main(["baseline", "--reason", "until the move"]) == 0
    assert capfd.readouterr().out == f"{NAME}: 1 finding, 1 new, 0 found no longer\n"
    assert main(["check"]) == 0
    out, err = capfd.readouterr()
    assert out == "no findings\n"
    assert err == "hanna-fix: 1 finding of the baseline left out\n"
    assert main(["check", "-q"]) == 0
    assert capfd.readouterr().err == ""
    text = COMPOSE + "  web:\n    image: example/web\n    depends_on: [app]\n"
    write(project, text, "compose.yaml")
    assert main(["check"]) == 1
    out, _ = capfd.readouterr()
    assert "implicit-network" not in out
    assert "1 finding, 0 with a fix" in out


def test_baseline_forgets_what_is_found_no_longer(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["baseline", "--reason", "known"]) == 0
    first = (project / NAME).read_bytes()
    assert main(["baseline", "--select", "resolver-mixed"]) == 0
    assert (project / NAME).read_bytes() == first
    assert main(["apply", "-q"]) == 0
    capfd.readouterr()
    assert main(["check", "-v"]) == 0
    err = capfd.readouterr().err
    assert "1 entry of the baseline found no longer; `hanna-fix baseline` takes them out" in err
    assert "found no longer: implicit-network compose.yaml: " in err
    assert main(["baseline"]) == 0
    assert capfd.readouterr().out == f"{NAME}: 0 findings, 0 new, 1 found no longer\n"
    assert main(["check"]) == 0
    assert capfd.readouterr().err == ""


def test_baseline_does_not_keep_a_fix_from_being_made(project: Path) -> None:
    assert main(["baseline", "--reason", "known"]) == 0
    assert main(["apply", "-q"]) == 0
    assert "hanna_network" in (project / "compose.yaml").read_text()


def test_baseline_of_another_name(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", "-o", "known.json", "--reason", "known"]) == 0
    assert not (project / NAME).exists()
    assert main(["check"]) == 1
    assert main(["check", "--baseline", "known.json"]) == 0
    capfd.readouterr()
    assert main(["check", "--baseline", "none.json"]) == 2
    assert "none.json: no such file; `hanna-fix baseline -o` writes one" in capfd.readouterr().err


def test_nothing_is_recorded_beside_a_broken_file(project: Path) -> None:
    write(project, "services: [\n", "compose.yaml")
    assert main(["baseline", "--reason", "known"]) == 2
    assert not (project / NAME).exists()


def test_a_broken_baseline_is_one_line(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(project, "{", NAME)
    assert main(["check"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"hanna-fix: {NAME}:1:2: not valid JSON")
    assert err.count("\n") == 1
