"""Build the site into build/site: `python -m tests.site`. Needs the extra `docs`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.site.navigation import navigation
from tests.site.pages import files, pages
from tests.site.structure import differences
from tests.stacks import ROOT

BUILD = ROOT / "build" / "docs"


def gather(root: Path, folder: Path) -> Path:
    """Write the pages and the configuration into a folder of their own; return the latter."""
    shutil.rmtree(folder, ignore_errors=True)
    texts = pages(root)
    for place, text in texts.items():
        _made(folder / "pages" / place).write_text(text, encoding="utf-8")
    for place, path in files(root).items():
        shutil.copyfile(path, _made(folder / "pages" / place))
    shutil.copyfile(root / ".mkdocs.yml", folder / "base.yml")
    configuration = folder / "mkdocs.yml"
    # JSON is YAML
    told = {"INHERIT": "base.yml", "nav": navigation(texts)}
    configuration.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return configuration


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def main() -> int:
    configuration = gather(ROOT, BUILD)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(configuration)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    site = ROOT / "build" / "site"
    done = subprocess.run([*command, "-d", str(site)], env=environment, check=False)
    if done.returncode:
        return done.returncode
    wrong = list(differences(pages(ROOT), site))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
