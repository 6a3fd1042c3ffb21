"""`--recursive`: every stack below a directory, told and written from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.stacks import ROOT

COMPOSE = "services:\n  app:\n    image: example/app:1\n"
NAMED = COMPOSE + "\nnetworks:\n  default:\n    name: shop_network\n    driver: bridge\n"
NGINX = (
    "resolver 127.0.0.11 8.8.8.8;\nserver { location / { set $u api; proxy_pass http://$u; } }\n"
)
PROXY = """\
services:
  api:
    image: example/api:1
    networks: [web]
  proxy:
    image: nginx:1.25
    networks: [web]
    depends_on: [api]
    volumes:
      - {}:/etc/nginx/conf.d/default.conf
networks:
  web:
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"shop/compose.yaml": COMPOSE, "blog/docker-compose.yml": COMPOSE})
    return tmp_path


def test_the_diff_is_told_from_the_directory_above(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dry-run", "--recursive"]) == 0
    out, err = capfd.readouterr()
    assert [line for line in out.splitlines() if line.startswith("+++")] == [
        "+++ b/blog/docker-compose.yml",
        "+++ b/shop/compose.yaml",
    ]
    assert "fixed implicit-network shop/compose.yaml:2:3\n" in err
    assert err.endswith("2 fixed, 0 held, 0 left (2 files)\n")
    done = subprocess.run(["git", "apply"], input=out.encode(), cwd=fleet, check=False)
    assert done.returncode == 0
    assert (fleet / "shop/compose.yaml").read_text() == NAMED
    assert main(["check", "--recursive"]) == 0


def test_apply_writes_every_stack(fleet: Path) -> None:
    assert main(["apply", "--recursive", "-q", "-C", str(fleet)]) == 0
    assert (fleet / "shop/compose.yaml").read_text() == NAMED
    assert (fleet / "blog/docker-compose.yml").read_text() == NAMED.replace("shop", "blog")


def test_a_broken_stack_does_not_stop_the_others(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(fleet, {"bad/compose.yaml": "services: [\n"})
    assert main(["apply", "--recursive", "-q"]) == 2
    _, err = capfd.readouterr()
    assert err.startswith("hanna-fix: bad/compose.yaml:2:1: not valid YAML: ")
    assert len(err.splitlines()) == 1
    assert (fleet / "shop/compose.yaml").read_text() == NAMED
    assert main(["check", "--recursive"]) == 2
    out, _ = capfd.readouterr()
    assert out.splitlines() == [
        "stack  findings  with a fix  not read",
        "bad           0           0         1",
        "blog          0           0         0",
        "shop          0           0         0",
        "",
        "no findings",
    ]


def test_packages_hidden_directories_and_links_are_not_entered(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (fleet / "again").symlink_to(fleet / "shop")
    others = ("node_modules/x", ".cache/y", "lib/vendor/z")
    write(fleet, {f"{name}/compose.yaml": COMPOSE for name in others})
    assert main(["check", "--recursive"]) == 1
    out, _ = capfd.readouterr()
    assert out.endswith("2 findings, 2 with a fix\n")


def test_a_table_tells_what_came_of_each_stack(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(fleet, {"shop/b/compose.yaml": COMPOSE + "    depends_on: [other]\n  other: {}\n"})
    write(fleet, {"bad/compose.yaml": "services: [\n"})
    assert main(["--dry-run", "--recursive"]) == 2
    _, err = capfd.readouterr()
    start = err.index("stack ")
    assert err[start:].splitlines()[:7] == [
        "stack   fixed  held  left  not read",
        "bad         0     0     0         1",
        "blog        1     0     0         0",
        "shop        1     0     0         0",
        "shop/b      1     0     1         0",
        "",
        "3 fixed, 0 held, 1 left (3 files)",
    ]


@pytest.mark.parametrize("repository", [True, False])
def test_what_git_ignores_is_no_stack(
    fleet: Path, capfd: pytest.CaptureFixture[str], repository: bool
) -> None:
    if repository:
        subprocess.run(["git", "init", "-q"], cwd=fleet, check=True)
    kept = {"build/keep/compose.yaml": COMPOSE, "generated/compose.yaml": COMPOSE}
    write(fleet, {**kept, ".gitignore": "build/\n", "generated/.gitignore": "compose.yaml\n"})
    assert main(["check", "--recursive"]) == 1
    assert capfd.readouterr().out.endswith("2 findings, 2 with a fix\n")


def test_a_bar_is_for_a_terminal_only(fleet: Path) -> None:
    def watched(**environ: str) -> tuple[str, str]:
        """Run with a terminal as standard error; return standard output, and what it shows."""
        ours, theirs = os.openpty()
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM")}
        process = subprocess.Popen(
            [sys.executable, "-m", "patcher", "check", "--recursive", "--color", "never"],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**kept, "TERM": "xterm", "PYTHONPATH": str(ROOT), **environ},
        )
        os.close(theirs)
        shown = b"".join(iter(lambda: read(ours), b""))
        os.close(ours)
        out, _ = process.communicate()
        return out.decode(), shown.decode()

    def read(terminal: int) -> bytes:
        try:
            return os.read(terminal, 1 << 16)
        except OSError:  # the last that had it open has ended
            return b""

    out, shown = watched()
    assert "/2" in shown
    assert out.endswith("2 findings, 2 with a fix\n")
    assert watched(CI="true") == (out, "")
    assert watched(TERM="dumb") == (out, "")


def test_an_included_file_is_part_of_the_stack_that_includes_it(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(fleet, {"compose.yaml": "include: [shop/compose.yaml]\n" + COMPOSE.replace("app", "top")})
    assert main(["check", "--recursive"]) == 1
    out, _ = capfd.readouterr()
    places = [line.split()[2] for line in out.splitlines() if line.startswith("warning")]
    files = [place.split(":")[0] for place in places]
    assert files == ["shop/compose.yaml", "blog/docker-compose.yml"]


def test_a_file_that_two_stacks_change_is_changed_by_one_on_top_of_the_other(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nested = PROXY.format("./site.conf")
    files = {"compose.yaml": PROXY.format("./in/site.conf"), "in/compose.yaml": nested}
    write(fleet, {**files, "in/site.conf": NGINX})
    assert main(["--dry-run", "--recursive", "--select", "resolver-mixed,resolver-cache"]) == 0
    out, _ = capfd.readouterr()
    assert out.count("+++ b/in/site.conf") == 1
    assert "+resolver 127.0.0.11 valid=60s;" in out
    done = subprocess.run(["git", "apply"], input=out.encode(), cwd=fleet, check=False)
    assert done.returncode == 0
    assert main(["check", "--recursive", "--select", "resolver-mixed,resolver-cache"]) == 0


def test_a_branch_holds_every_stack(
    fleet: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Operator")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "operator@example.org")
    git = ("git", "-C", str(fleet))
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "as it is"], check=True)
    assert main(["branch", "--recursive", "-q"]) == 0
    assert main(["branch", "by-rule", "--per-rule", "--recursive", "-q"]) == 0
    capfd.readouterr()
    for name in ("fix/hanna", "by-rule"):
        shown = [*git, "show", f"{name}:shop/compose.yaml"]
        assert subprocess.run(shown, capture_output=True, check=True).stdout.decode() == NAMED
    log = [*git, "log", "--format=%s", "main..by-rule"]
    subjects = subprocess.run(log, capture_output=True, check=True).stdout.decode().split("\n")
    assert subjects[:2] == ["Fix implicit-network in shop", "Fix implicit-network in blog"]


def test_names_of_one_stack_do_not_go_with_it(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for option in ("-f", "--nginx"):
        assert main(["check", "--recursive", option, "shop/compose.yaml"]) == 2
        assert f"{option} names files of one stack" in capfd.readouterr().err


def test_no_stack_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--recursive"]) == 2
    assert capfd.readouterr().err.startswith("hanna-fix: no compose file below: looked for ")


def test_json_tells_problems_beside_findings(
    fleet: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(fleet, {"bad/compose.yaml": "services: [\n"})
    assert main(["check", "--recursive", "--format", "json"]) == 2
    told = json.loads(capfd.readouterr().out)
    assert [one["path"] for one in told["problems"]] == ["bad/compose.yaml"]
    assert len(told["findings"]) == 2


def test_many_stacks_are_told_as_one_process_tells_them(
    fleet: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several processes: the same findings, warnings and problems, in the same order."""
    for number in range(40):
        write(fleet, {f"s{number:02}/compose.yaml": COMPOSE})
    write(fleet, {"s07/compose.yaml": "services: [\n", "s11/docker-compose.yml": COMPOSE})
    write(fleet, {"s20/inner/compose.yaml": COMPOSE, "s21/.hanna-fix.toml": "x = 1\n"})
    told = []
    for processors in (1, 2):
        monkeypatch.setattr("patcher.work.processors", lambda count=processors: count)
        assert main(["check", "--recursive"]) == 2
        told.append(capfd.readouterr())
    assert told[0] == told[1]
    assert "s20/inner/compose.yaml" in told[0].out
    assert "s07/compose.yaml:2:1: not valid YAML" in told[0].err


def test_a_missing_c_parser_is_told_to_who_asks_for_more(
    fleet: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patcher.work.has_c_parser", lambda: False)
    main(["check", "--recursive", "-v"])
    _, err = capfd.readouterr()
    assert err.startswith("hanna-fix: ruamel.yaml's C parser is not there")
    main(["check", "--recursive"])
    assert "C parser" not in capfd.readouterr().err
