"""A project directory, and beside it one that nothing may read or change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.hostile.child import PROGRAM, Ended, is_orderly, run

_READS = ("open", "os.listdir", "os.scandir")
CANARY = "kanarienvogel"


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below `root`, folders included."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@dataclass(frozen=True)
class Arena:
    """`root` is the project; `outside` holds files with CANARY, named as it looks for them."""

    root: Path
    outside: Path
    log: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the project."""
        write(self.root, files)

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run hanna-fix in the project; it must end in order."""
        ended = run(self.root, *arguments, env=env)
        assert not is_orderly(ended)
        return ended

    def here(self, capfd: pytest.CaptureFixture[str], *arguments: str) -> Ended:
        """Run it in this process, where no limits are needed; it must end in order."""
        before = Path.cwd()
        os.chdir(self.root)
        try:
            status = main(arguments)
        finally:
            os.chdir(before)
        out, err = capfd.readouterr()
        ended = Ended(status, out, err, 0, 0)
        assert not is_orderly(ended)
        return ended

    def watched(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run it with every path in the log; it must neither touch nor show what lies outside."""
        before = snapshot(self.outside)
        program = (PROGRAM[0], str(Path(__file__).with_name("watched.py")), str(self.log))
        temporary = self.log.parent / "temporary"
        temporary.mkdir(exist_ok=True)
        own = {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
        ended = run(self.root, *arguments, program=program, env=own)
        assert not is_orderly(ended)
        assert CANARY not in ended.out + ended.err
        assert snapshot(self.outside) == before
        allowed = (self.root, temporary)
        touched = self.log.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        assert any(f"open {self.root}" in line for line in touched)
        for line in touched:
            event, _, path = line.partition(" ")
            ours = any(Path(path).is_relative_to(one) for one in allowed)
            assert ours or (event in _READS and _is_python(path)), line
        self.log.unlink()
        return ended


def _is_python(path: str) -> bool:
    """Whether a path is one that the interpreter and its packages open by themselves."""
    import sys

    own = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[2] / "patcher"))
    return path.startswith((*own, "/usr/lib", "/usr/share", os.devnull))


def snapshot(folder: Path) -> dict[str, object]:
    """Return every path below a folder with its kind, content and time of change."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


@pytest.fixture
def arena(tmp_path: Path) -> Arena:
    outside = tmp_path / "outside"
    write(
        outside,
        {
            "compose.yaml": f"services:\n  {CANARY}: {{image: {CANARY}}}\n",
            "Dockerfile": f"FROM {CANARY}\nCMD {CANARY}\n",
            "nginx.conf": f"events {{}}\nhttp {{ server {{ proxy_pass http://{CANARY}; }} }}\n",
            "site.conf": f"server {{ set $u {CANARY}; proxy_pass http://$u; }}\n",
            "env": f"NAME={CANARY}\nDATABASE_URL=postgres://{CANARY}/x\n",
            "run.sh": f"#!/bin/sh\npython manage.py migrate {CANARY}\n",
            "package.json": f'{{"scripts": {{"start": "{CANARY}"}}}}\n',
            "Dockerfile.d/x": CANARY,
        },
    )
    root = tmp_path / "project"
    root.mkdir()
    return Arena(root, outside, tmp_path / "log")
