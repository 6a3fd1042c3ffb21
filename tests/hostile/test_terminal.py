"""Names and values with terminal escapes: none reaches a screen, the written files stay exact."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.child import PROGRAM, refusal, unsafe_on_a_screen
from tests.hostile.conftest import Arena

# colour, OSC 8 link, OSC 52 clipboard, a C1 escape, bidi override, line separator, zero width
EVIL = "a\x1b[31m\x1b]8;;http://x\x07\x1b]52;c;QQ==\x07\x9b2J\u202e\u2028\u200b\r\x7fb"
YAML_EVIL = "".join(f"\\u{ord(char):04x}" if not " " <= char <= "~" else char for char in EVIL)
FILE = EVIL.replace("/", "")

STACK = f"""\
services:
  app:
    image: "{YAML_EVIL}"
    command: ["{YAML_EVIL}"]
    container_name: "{YAML_EVIL}"
    profiles: ["{YAML_EVIL}"]
    depends_on: [db, "{YAML_EVIL}x"]
    environment: {{DB_HOST: db, "{YAML_EVIL}": "{YAML_EVIL}"}}
  web:
    image: nginx:1.27
    volumes: ['./n:/etc/nginx/conf.d']
    depends_on: [app]
  db:
    image: postgres:16
    # kept as it is: \u202e\u2066\u200b
networks:
  "{YAML_EVIL}": {{}}
"""
NGINX = """\
server {
  resolver 127.0.0.11 8.8.8.8; # \x1b[31m\x9b2J\u202e
  set $u db;
  location / { proxy_pass http://$u:80\x1b[31m\u202e; }
  location /db { proxy_pass http://$u:80; }
}
"""


@pytest.fixture
def evil(arena: Arena) -> Arena:
    arena.write({"compose.yaml": STACK, "n/a\x1b]0;x\x07\n\u202e.conf": NGINX})
    arena.write({"n/b.conf": NGINX})
    return arena


def test_no_escape_in_the_findings(evil: Arena) -> None:
    ended = evil.run("check", "-v", "--color", "always")
    assert ended.status == 1
    assert not unsafe_on_a_screen(ended.out)
    assert "\\x1b[31m" in ended.out


def test_no_escape_in_the_summary_and_exact_bytes_in_the_diff(evil: Arena) -> None:
    before = (evil.root / "n/b.conf").read_bytes()
    ended = evil.run("--dry-run", "--unsafe", "-v", "--color", "always")
    assert not unsafe_on_a_screen(ended.err)
    assert "\\x1b[31m" in ended.err
    patch = evil.root.parent / "fix.patch"
    patch.write_bytes(ended.out.encode("utf-8", "surrogateescape"))
    subprocess.run(["git", "apply", str(patch)], cwd=evil.root, check=True)
    assert (evil.root / "n/b.conf").read_bytes() != before
    assert "\x1b[31m\x9b2J\u202e" in (evil.root / "n/b.conf").read_text()


def test_no_escape_in_the_questions(
    evil: Arena, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"n\ny\n" * 20 + b"q\n")))
    ended = evil.here(capfd, "apply", "-i", "--unsafe", "--color", "always")
    assert ended.status == 0, ended.err
    assert ended.err.count("Make this fix") > 3
    assert not unsafe_on_a_screen(ended.err)
    assert "\\x1b[31m" in ended.err


@pytest.mark.parametrize("arguments", [["--dry-run"], ["check"]])
def test_no_escape_on_a_terminal(evil: Arena, arguments: list[str]) -> None:
    shown = on_a_terminal(evil.root, *arguments)
    assert not unsafe_on_a_screen(shown.replace("\r\n", "\n"))
    assert "\\x1b[31m" in shown


def on_a_terminal(directory: Path, *arguments: str) -> str:
    """Run hanna-fix with all its output on a pseudo terminal; return what that shows."""
    ours, theirs = pty.openpty()
    command = [*PROGRAM, *arguments]
    process = subprocess.Popen(command, cwd=directory, stdout=theirs, stderr=theirs)
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 1 << 16):
            parts.append(part)
    except OSError:  # how Linux tells that the other side is closed
        pass
    os.close(ours)
    assert process.wait() in (0, 1)
    return b"".join(parts).decode()


REFUSED = {
    "yaml": {"compose.yaml": f'services:\n  "{YAML_EVIL}": 5\n'},
    "duplicate": {"compose.yaml": f'services:\n  "{YAML_EVIL}": {{}}\n  "{YAML_EVIL}": {{}}\n'},
    "raw": {"compose.yaml": f"services:\n  {EVIL}: {{}}\n"},
    "env": {"compose.yaml": "services: {a: {image: x}}\n", ".env": f"COMPOSE_FILE={EVIL}.yml\n"},
    "include": {"compose.yaml": f'include: ["./{YAML_EVIL}"]\nservices: {{a: {{image: x}}}}\n'},
    "extends": {
        "compose.yaml": f'services: {{a: {{extends: {{file: "{YAML_EVIL}", service: x}}}}}}\n'
    },
    "nginx": {
        "compose.yaml": "services: {a: {image: nginx, volumes: ['./n:/etc/nginx/conf.d']}}\n",
        f"n/{FILE}.conf": f"server {{ {EVIL}\n}}",
    },
    "stage": {
        "compose.yaml": f'services: {{a: {{build: {{context: ., target: "{YAML_EVIL}"}}}}}}\n',
        "Dockerfile": f"FROM x AS {EVIL}\n",
    },
    "heredoc": {
        "compose.yaml": "services: {a: {build: .}}\n",
        "Dockerfile": "FROM x\nRUN <<E\x1b[31m\u202e\nx\n",
    },
    "latin": {"compose.yaml": b"services: {a: {image: \x9b31m}}\n"},
    "service": {"compose.yaml": f'services: {{"{YAML_EVIL}": {{image: x}}}}\n'},
    "tag": {"compose.yaml": "services: {a: !<\x1b[31m> {image: x}}\n"},
    "anchor": {"compose.yaml": "services: {a: *a\u202e\u200b}\n"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_escape_in_a_refusal(arena: Arena, capfd: pytest.CaptureFixture[str], name: str) -> None:
    arena.write(REFUSED[name])  # type: ignore[arg-type]
    refusal(arena.here(capfd, "--dry-run"))


@pytest.mark.parametrize(
    "arguments",
    [["check", "--select", EVIL], ["explain", EVIL], [EVIL], ["check", f"--{EVIL}"],
     ["check", "-f", EVIL], ["check", "-C", EVIL], ["diff", "-q", "-o", f"none/{EVIL}"],
     ["branch", EVIL], ["branch", "--base", EVIL], ["check", "--nginx", EVIL],
     ["check", "--color", EVIL]],
)  # fmt: skip
def test_no_escape_of_an_argument(
    arena: Arena, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    arena.write({"compose.yaml": "services: {a: {image: x}}\n"})
    subprocess.run(["git", "init", "-q"], cwd=arena.root, check=True)
    if arguments[:2] in (["check", "--nginx"], ["check", "-f"]):
        ended = arena.here(capfd, *arguments)
        assert ended.status == 2
    else:
        refusal(arena.here(capfd, *arguments))


def test_file_names_that_are_no_utf8_or_very_long(arena: Arena) -> None:
    arena.write({"compose.yaml": STACK})
    names = [b"\xff\x9b\xfe.conf", b"\n.conf", b"x" * 250 + b".conf", b"\xed\xa0\x80.conf"]
    arena.write({f"n/{os.fsdecode(name)}": NGINX for name in names})
    shown = arena.run("check")
    assert "\\udcff" in shown.out
    assert not unsafe_on_a_screen(shown.out)
    patch = arena.root.parent / "fix.patch"
    ended = arena.run("--dry-run")
    patch.write_bytes(ended.out.encode("utf-8", "surrogateescape"))
    subprocess.run(["git", "apply", "--check", str(patch)], cwd=arena.root, check=True)
    assert arena.run("apply").status == 0
    for name in names:
        written = (arena.root / "n" / os.fsdecode(name)).read_text()
        assert "resolver 127.0.0.11 valid=60s" in written
