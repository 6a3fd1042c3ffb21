"""The command `diagnose`: reports, exit codes, one clear line for bad input, and following."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.logs import CASES, LOGS, diagnosed, reports
from tests.stacks import FIXTURES, ROOT

HANNA = FIXTURES / "stacks" / "hanna" / "before"
LOG = LOGS / "hanna" / "error.log"
LINE = (
    "2025/11/21 11:12:{:02} [error] 22#22: *42 backend could not be resolved (3: Host not found)\n"
)
CLEAN = '10.0.0.1 - - [21/Nov/2025:11:12:43 +0000] "GET / HTTP/1.1" 200 5\n'
DEADLINE = 60


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reports_are_as_reviewed(case: Path) -> None:
    for name, report in reports(diagnosed(case)).items():
        assert report == (case / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_of_a_log_acts_on_a_terminal_or_a_page(case: Path) -> None:
    for name, report in reports(diagnosed(case)).items():
        assert all(char.isprintable() or char == "\n" for char in report), name
    assert "<b>" not in reports(diagnosed(case))["report.md"].replace("\\<b\\>", "")


def test_the_incident(capfd: pytest.CaptureFixture[str]) -> None:
    """The mixed resolver is named with its line, beside the other cause and how to tell."""
    assert main(["diagnose", str(LOG), "-C", str(HANNA)]) == 1
    out, err = capfd.readouterr()
    assert (out, err) == ((LOGS / "hanna" / "report.txt").read_text(encoding="utf-8"), "")
    block = out.split("\n\n")[0]
    likely, possible = block.split("    also possible: ")
    assert "rule: resolver-mixed at nginx_proxy/nginx.conf:5:1" in likely
    assert "was not running" in possible
    assert "RestartCount" in possible


@pytest.mark.parametrize(
    ("form", "name"), [("markdown", "report.md"), ("json", "report.json"), ("text", "report.txt")]
)
def test_every_format(form: str, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = [] if form == "markdown" else ["--format", form]
    after = ["--format", form] if form == "markdown" else []
    assert main([*before, "diagnose", *after, "-C", str(HANNA), str(LOG)]) == 1
    out = capfd.readouterr().out
    wanted = (LOGS / "hanna" / name).read_text(encoding="utf-8")
    if form == "json":
        told, kept = json.loads(out), json.loads(wanted)
        assert told["hanna_fix"]
        assert {**told, "hanna_fix": "..."} == kept
    else:
        assert out == wanted


def test_without_a_stack_the_log_alone_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", str(LOG)]) == 1
    out, err = capfd.readouterr()
    assert "no compose file was read" in out
    assert "docker-compose.yml" not in out
    assert err == ""


def test_files_standard_input_and_gzip_are_one_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_text(LINE.format(1))
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(LINE.format(2).encode() * 2))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINE.format(3).encode())))
    assert main(["diagnose", "a.log", "b.log.gz", "-"]) == 1
    out = capfd.readouterr().out
    assert out.startswith("4 times `backend` could not be resolved (3: Host not found)\n")
    assert "seen: 2025/11/21 11:12:01 to 2025/11/21 11:12:03\n" in out


def test_a_log_without_failures(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.log").write_text(CLEAN)
    assert main(["diagnose", "a.log"]) == 0
    assert capfd.readouterr().out == "no failures\n"
    assert main(["diagnose", "a.log", "--format", "markdown"]) == 0
    assert capfd.readouterr().out == "No failures.\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--max-failures", "2"], 1),
        (["--max-failures", "3"], 0),
        (["--since", "2025/11/21 11:12:02", "--max-failures", "1"], 1),
        (["--since", "2025/11/21 11:12:02", "--max-failures", "2"], 0),
        (["--since", "1d"], 0),
    ],
)
def test_exit_codes(
    arguments: list[str], code: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_text("".join(LINE.format(second) for second in (1, 2, 3)))
    assert main(["diagnose", "a.log", "--quiet", *arguments]) == code
    assert capfd.readouterr() == ("", "")


BAD = {
    "no such file": (["diagnose", "none.log"], "none.log: cannot be read"),
    "a directory": (["diagnose", "."], "cannot be read: is a directory"),
    "cut gzip": (["diagnose", "cut.gz"], "cut.gz: cannot be read: compressed file ended"),
    "twice -": (["diagnose", "-", "-"], "standard input can be read once"),
    "since": (["diagnose", "a.log", "--since", "soon"], "--since does not understand 'soon'"),
    "window": (["diagnose", "a.log", "--window", "5"], "--window goes with --follow"),
    "window alone": (["diagnose", "a.log", "--follow", "--window", "5"], "--max-failures"),
    "follow since": (["diagnose", "a.log", "--follow", "--since", "5m"], "--since does not go"),
    "follow markdown": (
        ["diagnose", "none.log", "--follow", "--format", "markdown"],
        "--follow does not go with --format markdown; use text or json",
    ),
    "follow both": (["diagnose", "a.log", "-", "--follow"], "files or standard input, not both"),
    "follow nothing": (["diagnose", "none.log", "--follow"], "none.log: cannot be read"),
    "no stack there": (["diagnose", "a.log", "-C", "."], "no compose file here"),
    "recursive": (["--recursive", "diagnose", "a.log"], "not with --recursive"),
    "no place": (["diagnose", "none.log", "-o", "none/report"], "none/report: cannot be written"),
    "counts": (["--format", "junit", "diagnose", "none.log", "--statistics"], "does not go with"),
    "negative": (["diagnose", "a.log", "--max-failures", "-1"], "--max-failures"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(
    arguments: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_text(LINE.format(1))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(LINE.format(1).encode())[:-9])
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_file_of_the_stack_that_cannot_be_read_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  a: {image: nginx:1.27}\n")
    (tmp_path / "compose.override.yaml").write_text("services: [\n")
    (tmp_path / "a.log").write_text(LINE.format(1))
    assert main(["diagnose", "a.log"]) == 2
    out, err = capfd.readouterr()
    assert "1 failure in 1 group" in out
    assert "compose.override.yaml" in err


# --- following, in a process of its own ---


class Following:
    """`diagnose --follow` in a process; what it prints is read from a file."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.output = folder / "output"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "patcher", "diagnose", "--follow", *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    @property
    def told(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def until(self, is_so: Callable[[], bool], do: Callable[[], None] = lambda: None) -> None:
        """Repeat `do` until something is so."""
        end = time.monotonic() + DEADLINE
        while not is_so():
            assert time.monotonic() < end, self.told
            do()
            time.sleep(0.05)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Callable[..., Following]]:
    started: list[Following] = []

    def start(*arguments: str) -> Following:
        started.append(Following(tmp_path, list(arguments)))
        return started[-1]

    yield start
    for one in started:
        one.close()


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_following_through_rotation_until_interrupted(
    tmp_path: Path, following: Callable[..., Following]
) -> None:
    log = tmp_path / "error.log"
    log.write_text(LINE.format(0))
    one = following("error.log")
    # only what comes later counts, and when it has begun is not known
    one.until(lambda: "11:12:01" in one.told, lambda: append(log, LINE.format(1)))
    log.rename(tmp_path / "error.log.1")
    log.write_text(LINE.format(2))
    one.until(lambda: "11:12:02 `backend` could not be resolved" in one.told)
    log.write_text("")
    one.until(lambda: "11:12:03" in one.told, lambda: append(log, LINE.format(3)))
    one.process.send_signal(signal.SIGINT)
    assert one.process.wait(DEADLINE) == 1
    assert "11:12:00" not in one.told
    assert "    seen: 2025/11/21 11:12:01 to 2025/11/21 11:12:03\n" in one.told
    assert one.told.count(" in 1 group\n") == 1


def test_following_ends_above_the_limit(
    tmp_path: Path, following: Callable[..., Following]
) -> None:
    log = tmp_path / "error.log"
    log.write_text("")
    one = following("error.log", "--max-failures", "2", "--window", "3600", "--format", "json")
    one.until(lambda: one.process.poll() is not None, lambda: append(log, LINE.format(1)))
    assert one.process.returncode == 1
    *events, summary = map(json.loads, one.told.splitlines())
    assert [event["total"] for event in events] == [1, 2, 3]
    assert (summary["event"], summary["total"], summary["too_many"]) == ("summary", 3, True)


@pytest.mark.parametrize(("limit", "code"), [([], 1), (["--max-failures", "30"], 0)])
def test_standard_input_is_followed_to_its_end(
    limit: list[str], code: int, following: Callable[..., Following]
) -> None:
    one = following("-", "--rate", "3", *limit)
    text = "".join(LINE.format(second) for second in range(30))
    one.process.communicate(text.encode(), timeout=DEADLINE)
    assert one.process.returncode == code
    printed = one.told.count(" `backend` could not be resolved (3: Host not found) [")
    assert 3 <= printed < 30
    assert "failures more, not printed\n" in one.told
    assert "30 times `backend`" in one.told


def test_sigterm_ends_it_with_the_summary(
    tmp_path: Path, following: Callable[..., Following]
) -> None:
    log = tmp_path / "error.log"
    log.write_text("")
    one = following("error.log", "--max-failures", "999999")
    one.until(lambda: "11:12:01" in one.told, lambda: append(log, LINE.format(1)))
    one.process.terminate()
    assert one.process.wait(DEADLINE) == 0
    assert " in 1 group\n" in one.told
