"""Fuzz a language layer: `python -m tests.fuzz yaml|nginx|dockerfile [--seconds N] [FILE ...]`.

Seeded from the fixtures, and from the corpus where it is there. Each distinct finding is printed
and left in `build/fuzz/`; with FILEs those are tried and nothing else. Run by hand, for minutes.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["patcher"]):
    from tests.fuzz.targets import TARGETS

ROOT: Final = Path(__file__).parents[2]
SEED_FOLDERS: Final = (ROOT / "fixtures", ROOT.parent / "shared" / "corpus")
SEEDS: Final = {
    "yaml": ("*.yaml", "*.yml"),
    "nginx": ("*.conf", "*.template", "nginx/*"),
    "dockerfile": ("*Dockerfile*",),
}
WORDS: Final = {
    "yaml": (
        ": ", "- ", "? ", "# ", "\n", "\r\n", "\r", "\t", "---\n", "...\n", "<<: *a", "&a ", "*a",
        "!reset ", "!!str ", "|\n", "|+\n", ">-\n", "|2\n", "{a: b}", "[a, b]", "'", '"', "\\",
        "\ufeff", "\x85", "\u2028", "~", "null", "22:22", "%YAML 1.1\n", "  ", "    ", ",", ":",
    ),
    "nginx": (
        ";", "{", "}", "#", '"', "'", "\\", "${", "$a", "\n", "\r\n", "\r", "\t", "(", ")", "if ",
        "a_by_lua_block {", "--[[", "]]", "{{", "{%", "\0", "\ufeff", "server {\n", "resolver ",
    ),
    "dockerfile": (
        "FROM a\n", "FROM a AS b\n", "\\\n", "`\n", "<<E\n", "E\n", "<<-'E'\n", "# escape=`\n",
        "ARG A=", "ENV A=", "$A", "${A:-b}", "${A:+b}", "CMD [", '["a"]', "EXPOSE 1-65535\n",
        "COPY --from=b ", "HEALTHCHECK CMD ", "ONBUILD ", "\r\n", "\t", "'", '"', "\ufeff", "#",
    ),
}  # fmt: skip
MAX_LENGTH: Final = 1024
SLOW: Final = 20
"""Seconds that one input may take, under instrumentation."""


class Recorder:
    """Runs a target and writes down what it raises, once for each place in the code and message."""

    def __init__(self, language: str, folder: Path) -> None:
        self.target = TARGETS[language]
        self.prefix = folder / f"{language}-finding"
        self.places: set[str] = set()

    def __call__(self, data: bytes) -> None:
        try:
            self.target(data)
        except Exception as error:  # whatever it is, it is a finding
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{frame.filename}:{frame.lineno} {str(error)[:60]}"
            if place not in self.places:
                self.places.add(place)
                path = self.prefix.with_name(f"{self.prefix.name}-{len(self.places)}")
                path.write_bytes(data)
                traceback.print_exc()
                sys.stderr.write(f"left in {path}\n")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("language", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    for path in options.files:
        TARGETS[options.language](path.read_bytes())
    if not options.files:
        _fuzz(options.language, options.seconds)


def _fuzz(language: str, seconds: int) -> None:
    folder = ROOT / "build" / "fuzz"
    corpus = folder / language
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(language)):
        (corpus / f"seed-{number}").write_bytes(data)
    words = folder / f"{language}.dict"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS[language]))
    options = {
        "max_total_time": seconds,
        "max_len": MAX_LENGTH,
        "timeout": SLOW,
        "dict": words,
        "artifact_prefix": f"{folder}/{language}-",
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], Recorder(language, folder))
    atheris.Fuzz()


def seeds(language: str) -> Iterator[bytes]:
    """Yield the files of a language, of the fixtures and of the corpus, that are short enough."""
    for folder in SEED_FOLDERS:
        for pattern in SEEDS[language]:
            for path in sorted(folder.rglob(pattern)):
                if path.is_file() and path.stat().st_size <= MAX_LENGTH:
                    yield path.read_bytes()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


if __name__ == "__main__":
    main(sys.argv[1:])
