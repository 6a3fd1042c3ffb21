"""Settings made of a text, short to write."""

from __future__ import annotations

from patcher.config.load import Config, read_config
from patcher.text import Source
from tests.variants import MemoryFiles


def config(text: str, pyproject: str | None = None) -> Config:
    """Return what `.hanna-fix.toml` with this text gives."""
    files = {".hanna-fix.toml": text}
    if pyproject is not None:
        files["pyproject.toml"] = pyproject
    return config_of(files)


def config_of(files: dict[str, str]) -> Config:
    return read_config(MemoryFiles({path: Source(path, text) for path, text in files.items()}))
