"""Dockerfiles, scripts and package files that want too much, and the bounds of a whole run."""

from __future__ import annotations

import sys

import pytest

from patcher.__main__ import main
from tests.hostile.child import refusal, run
from tests.hostile.conftest import Arena

SCRIPTS = (
    "echo " + "$(" * 30_000, "echo " + "$(" * 15_000 + "x" + ")" * 15_000, "echo " + "$(a)" * 4_500,
    "echo " + "`" * 60_000, "echo " + '"$(' * 20_000, "echo " + "${a:-" * 12_500, "(" * 60_000,
    "a=(" * 20_000, "cat " + "<<E " * 15_000 + "\nx\n", "cat <<E\n" * 7_500,
    "case a in " * 6_000, "if a; then " * 3000, "a b c\n" * 4000, ";" * 60_000,
    "exec " * 12_000, "env A=b " * 7_500, "./w.sh -- " * 2000, "cd a\n" * 12_000,
    "# python manage.py migrate\n" * 2_000, "# " * 30_000, "'" + "a" * 60_000, '"$@" ' * 12_000,
    "a \\\n" * 15_000, "a " + "2>&1 " * 12_000, "eval '" + "eval " * 12_000 + "'", "x\n" * 500_000,
)  # fmt: skip
DOCKERFILES = (
    "FROM x\n" + "RUN a\n" * 20_000, "FROM x\nRUN a " + "\\\n" * 60_000,
    "".join(f"FROM {f's{n - 1}' if n else 'x'} AS s{n}\n" for n in range(3000)),
    "ARG A0=x\n" + "".join(f"ARG A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60)) + "FROM $A59\n",
    "FROM x\nENV A0=x\n" + "".join(f"ENV A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60)),
    "FROM x\nENV A=" + "${A:-" * 20_000 + "\n", "FROM x\nENV A=" + '"\\' * 60_000 + "\n",
    "FROM x\nCMD " + "[" * 200_000, "FROM x\nCMD [" + "1" * 100_000 + "]\n",
    'FROM x\nCMD ["\\ud800", "\\u001b[31m"]\n', "FROM x\nCOPY " + "../" * 60_000 + " /a/\n",
    "FROM x\nCOPY " + "*a" * 20_000 + " /a/\n", "FROM x\n" + "EXPOSE 1-65535\n" * 10_000,
    "FROM x\nEXPOSE " + "9" * 200_000 + "\n", "FROM " + "--a=b " * 20_000 + "x\n",
)  # fmt: skip
PACKAGES = (
    "[" * 100_000, '{"a":' * 100_000, '{"version":' + "1" * 500_000 + "}", '{"version":1e999999}',
    '{"scripts":{"start":"npm run a && npm run a","a":"npm run start; npm run start"}}',
    '{"scripts":{"start":"\\ud800 \\u001b[31m node x.js"}}', '{"scripts":["a"],"dependencies":5}',
    '{"scripts":{' + ",".join(f'"s{n}":"npm run s{n + 1}; npm run s{n + 1}"' for n in range(2000))
    + ',"start":"npm run s0"}}',
)  # fmt: skip
DATABASE = "  db: {image: 'postgres:16'}\n"


def service(number: int, build: str, command: str = "") -> str:
    needs = "depends_on: [db], environment: {DATABASE_URL: 'postgres://db/x'}"
    return f"  s{number}: {{build: {build}, {command} {needs}}}\n"


def test_scripts_are_followed_within_bounds(arena: Arena) -> None:
    lines = [service(n, ".", f"command: sh /app/{n}.sh,") for n in range(len(SCRIPTS))]
    arena.write({f"{n}.sh": text for n, text in enumerate(SCRIPTS)})
    arena.write({"manage.py": "", "requirements.txt": "django\n"})
    arena.write({"Dockerfile": "FROM python:3\nWORKDIR /app\nCOPY . /app\n"})
    arena.write({"compose.yaml": "services:\n" + DATABASE + "".join(lines)})
    assert arena.run("check").status == 1


def test_scripts_that_start_each_other(arena: Arena) -> None:
    arena.write({f"r{n}.sh": f'sh /app/r{n + 1}.sh "$@" "$@"\n' * 50 for n in range(12)})
    arena.write({f"c{n}.sh": f"sh /app/c{(n + 1) % 5}.sh\n" * 50 for n in range(5)})
    arena.write({"s.conf": "command = supervisord -c /app/s.conf\n" * 3000})
    arena.write({"Dockerfile": "FROM python:3\nWORKDIR /app\nCOPY . /app\n", "manage.py": ""})
    commands = ("sh /app/r0.sh a", "sh /app/c0.sh", "supervisord -c /app/s.conf")
    lines = [service(n, ".", f"command: {one},") for n, one in enumerate(commands)]
    arena.write({"compose.yaml": "services:\n" + DATABASE + "".join(lines)})
    assert arena.run("check").status == 1


def test_dockerfiles_are_read_within_bounds(arena: Arena) -> None:
    arena.write({f"Dockerfile{n}": text for n, text in enumerate(DOCKERFILES)})
    lines = [
        service(n, f"{{context: ., dockerfile: Dockerfile{n}}}") for n in range(len(DOCKERFILES))
    ]
    arena.write({"compose.yaml": "services:\n" + DATABASE + "".join(lines)})
    assert arena.run("check").status == 1


def test_package_files_are_read_within_bounds(arena: Arena) -> None:
    for number, text in enumerate(PACKAGES):
        docker = "FROM node:20\nWORKDIR /app\nCOPY . /app\nCMD npm start\n"
        arena.write({f"{number}/package.json": text, f"{number}/Dockerfile": docker})
    lines = [service(n, f"./{n}") for n in range(len(PACKAGES))]
    arena.write({"compose.yaml": "services:\n" + DATABASE + "".join(lines)})
    assert arena.run("check").status == 1


def test_too_many_copied_paths_are_refused(arena: Arena) -> None:
    arena.write({"Dockerfile": "FROM x\n" + "COPY * /a/\n" * 2001})
    arena.write({"compose.yaml": "services:\n" + service(0, ".") + DATABASE})
    assert "mounts and copies more than 2,000 paths" in refusal(arena.run("check"))


def test_too_much_text_in_all_is_refused(arena: Arena) -> None:
    arena.write({f"{n}.env": "#" * (2 << 20) for n in range(33)})
    names = ", ".join(f"{n}.env" for n in range(33))
    arena.write({"compose.yaml": f"services:\n  a: {{image: x, env_file: [{names}]}}\n"})
    arena.write({"compose.yaml": (arena.root / "compose.yaml").read_text() + DATABASE})
    assert "more than 64 Mi characters" in refusal(arena.run("--dry-run"))


def test_a_run_ends_when_its_processor_time_is_used_up(arena: Arena) -> None:
    arena.write({"compose.yaml": "services:\n  a: {image: x}\nx: [" + "~," * 98_000 + "]\n"})
    code = "import patcher.__main__ as m; m.time_limit.MAX_SECONDS = 0.5; m.run()"
    ended = run(arena.root, "apply", program=(sys.executable, "-c", code))
    assert "of processor time" in refusal(ended)
    assert "hanna_network" not in (arena.root / "compose.yaml").read_text()


def test_a_lack_of_memory_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(_name: str) -> None:
        raise MemoryError

    monkeypatch.setattr("patcher.run.rule_named", full)
    assert main(["explain", "x"]) == 2
    assert capfd.readouterr().err.startswith("hanna-fix: not enough memory")
