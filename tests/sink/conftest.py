"""Real git repositories, the same on every machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., bytes]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Runs git in a directory with neither the user's nor the machine's configuration."""
    for name in [name for name in os.environ if name.startswith("GIT_") or name == "EMAIL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(directory: Path, *arguments: str) -> bytes:
        done = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.removesuffix(b"\n")

    return run


@pytest.fixture
def project(tmp_path: Path, git: Git) -> Path:
    """A repository with one commit: files with CRLF, a byte order mark, an executable, links."""
    top = tmp_path / "project"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    git(top, "config", "user.name", "A U Thor")
    git(top, "config", "user.email", "author@example.org")
    (top / "sub" / "nginx").mkdir(parents=True)
    (top / "compose.yml").write_bytes(b"services:\n  db: {}\n")
    (top / "crlf.conf").write_bytes(b"\xef\xbb\xbfa;\r\nb;")
    (top / "run.sh").write_bytes(b"#!/bin/sh\n")
    (top / "run.sh").chmod(0o755)
    (top / "sub" / "compose.yml").write_bytes(b"sub: 1\n")
    (top / "sub" / "nginx" / "c.conf").write_bytes(b"c;\n")
    (top / "link.conf").symlink_to("sub/nginx/c.conf")
    (top / "folder").symlink_to("sub/nginx")
    (top / "sub" / "up.yml").symlink_to("../compose.yml")
    (top / "sub" / "in.conf").symlink_to("../sub/nginx/c.conf")
    git(top, "-c", "core.autocrlf=false", "add", "-A")
    git(top, "commit", "-q", "-m", "first")
    return top
