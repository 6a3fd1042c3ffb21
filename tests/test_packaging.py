"""What is built: the wheel and the source distribution hold what they need, and nothing else.

Built without network, by the build backend of this environment. `.ci/run` installs the wheel, with
its dependencies, into an environment of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from patcher import __version__
from tests.stacks import FIXTURES, ROOT

EXAMPLE = FIXTURES / "stacks" / "hanna" / "before"
INFO = f"hanna_fix-{__version__}.dist-info"


@dataclass(frozen=True)
class Built:
    sdist: Path
    wheel: Path

    def wheel_names(self) -> list[str]:
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.namelist()

    def sdist_names(self) -> list[str]:
        with tarfile.open(self.sdist) as archive:
            return [one.name.partition("/")[2] for one in archive if one.isfile()]

    def metadata(self) -> Message:
        with zipfile.ZipFile(self.wheel) as archive:
            return Parser().parsestr(archive.read(f"{INFO}/METADATA").decode())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the source distribution, and the wheel from what that holds, as an index would."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Built(sdist, wheel)


def test_the_version_comes_from_one_place(built: Built) -> None:
    assert built.metadata()["Version"] == __version__
    assert built.wheel.name == f"hanna_fix-{__version__}-py3-none-any.whl"
    assert built.sdist.name == f"hanna_fix-{__version__}.tar.gz"


def test_the_changelog_tells_of_the_version() -> None:
    text = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    versions = re.findall(r"(?m)^## \[(\d+\.\d+\.\d+)\] - (?:\d{4}-\d\d-\d\d|unreleased)$", text)
    assert versions[0] == __version__
    assert len(versions) == len(re.findall(r"(?m)^## ", text))
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"(?m)^### (.+)$", text)) <= kinds


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    names = built.wheel_names()
    sources = (ROOT / "patcher").rglob("*")
    package = {
        one.relative_to(ROOT).as_posix()
        for one in sources
        if one.is_file() and one.suffix not in (".pyc", ".pyo")
    }
    assert {name for name in names if name.startswith("patcher/")} == package
    others = {name for name in names if not name.startswith("patcher/")}
    data = f"hanna_fix-{__version__}.data/data/share/man/man1/hanna-fix.1"
    assert data in others
    assert f"{INFO}/licenses/docs/LICENSE" in others
    assert all(name == data or name.startswith(f"{INFO}/") for name in others)


def test_the_source_distribution_brings_its_tests(built: Built) -> None:
    names = set(built.sdist_names())
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert {name for name in tracked if name and (ROOT / name).is_file()} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(".venv")]


def test_metadata(built: Built) -> None:
    metadata = built.metadata()
    assert metadata["Name"] == "hanna-fix"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert str(metadata.get_payload()).startswith("# hanna-fix\n")
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])


def test_every_dependency_has_both_bounds(built: Built) -> None:
    metadata = built.metadata()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [
        *metadata.get_all("Requires-Dist", []),
        *project["build-system"]["requires"],
    ]
    for text in requirements:
        requirement = Requirement(text)
        operators = {one.operator for one in requirement.specifier}
        assert operators == {">=", "<"}, text


@pytest.fixture(scope="module")
def unpacked(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(built.wheel) as archive:
        archive.extractall(folder)
    return folder


def run(unpacked: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=unpacked,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_the_wheel_runs(unpacked: Path) -> None:
    where = run(unpacked, "-c", "import patcher; print(patcher.__file__)")
    assert Path(where.strip()) == unpacked / "patcher" / "__init__.py"
    assert run(unpacked, "-m", "patcher", "--version") == f"hanna-fix {__version__}\n"
    diff = run(unpacked, "-m", "patcher", "-C", str(EXAMPLE), "--dry-run")
    assert diff.startswith("diff --git a/docker-compose.yml b/docker-compose.yml\n")


def test_the_wheel_brings_the_review_page(unpacked: Path) -> None:
    page = run(unpacked, "-m", "patcher", "-C", str(EXAMPLE), "diff", "--format", "html")
    for part in ("page.css", "page.js"):
        text = (ROOT / "patcher" / "report" / "html" / part).read_text(encoding="utf-8")
        assert text.strip().splitlines()[-1] in page
