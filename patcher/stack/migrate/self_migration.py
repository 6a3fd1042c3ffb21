"""Applications that migrate by themselves when they start: seen by what their sources call.

A search for the documented calls of each framework, bounded in files and depth; tests and files
named like tools are left out unless something imports or starts them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.stack.start.start import Start, Step, read_file
from patcher.text import Source, Span

_CALLS: Final = {
    "python": regex(
        r"call_command\(\s*['\"](migrate|migrate_schemas)['\"]|\bcommand\.upgrade\("
        r"|['\"]alembic['\"]\s*,[^\n]{0,200}['\"]upgrade['\"]|['\"]manage\.py['\"]\s*,\s*['\"]migrate['\"]"
        r"|(system|run|call|Popen)\(\s*f?['\"][^'\"\n]{0,200}(alembic upgrade|manage\.py migrate"
        r"|flask db upgrade)|from flask_migrate import[^\n]{0,200}\bupgrade\b|\.create_all\("
        r"|create_all\)"
    ),
    "node": regex(
        r"(migrationsRun|synchronize)['\"]?\s*:\s*(?!false)\w|\.runMigrations\(|\bmigrate\.latest\("
        r"|\b(\w*[sS]equelize|db|models?|connection|database)\.sync\(|\bUmzug\b|getMigrator\(\)|getSchemaGenerator\(\)|\.migrator\.up\("
        r"|drizzle-orm/[\w-]+/migrator|prisma['\", \[]+(migrate|db)['\", ]+(deploy|push|dev)"
        r"|(sequelize|sequelize-cli)['\", \[]+db:migrate"
    ),
    "ruby": regex(r"MigrationContext|DatabaseTasks\.migrate|ActiveRecord::Migrator"),
    "php": regex(r"Artisan::call\(\s*['\"]migrate"),
    "elixir": regex(r"Ecto\.Migrator"),
}
_SUFFIXES: Final = {
    "python": (".py",),
    "node": (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts"),
    "ruby": (".rb",),
    "php": (".php",),
    "elixir": (".ex", ".exs"),
}
_SKIPPED: Final = regex(
    r"node_modules|vendor|tests?|__tests__|spec|e2e|static|public|assets|docs|migrations?|venv"
    r"|\..*|frontend|client|__pycache__|site-packages|cypress|priv"
)
_TEST: Final = regex(r"test_.*|.*_test\..*|.*\.(spec|test)\..*|conftest\.py|tests\.py")
_TOOL: Final = regex(r"(?i).*(migrat|seed|reset|sync|setup|init_?db|create).*|release\.exs?")
_IMPORT: Final = regex(r"\b(import|from|require)\b")
_MAX_IMPORT: Final = 500
_MAX_FILES: Final = 400
_MAX_FOLDERS: Final = 200
_MAX_DEPTH: Final = 6


def self_migration(
    start: Start, family: str, steps: tuple[Step, ...], programs: tuple[Source, ...]
) -> tuple[Source, Span] | None:
    """Return where the application's own code migrates at start, as source and character span.

    `programs` are the files that the start runs: searched whatever their names.
    """
    calls = _CALLS.get(family)
    if calls is None:
        return None
    started = {source.path for source in programs}
    words = {word for step in steps for word in step.words}
    texts = [*programs, *_sources(start, _SUFFIXES[family])]
    for source in texts:
        match = calls.search(source.text)
        if match and (source.path in started or _reached(source, words, texts)):
            return source, Span(match.start(), match.end())
    return None


def _reached(source: Source, words: set[str], texts: list[Source]) -> bool:
    """Tell whether a start may run the file: no tool, or a tool that a command or import names."""
    name = posixpath.basename(source.path)
    stem = name.partition(".")[0]
    if "/management/commands/" in f"/{source.path}":
        return stem in words
    if not _TOOL.fullmatch(name):
        return True
    return any(_imports(other.text, stem) for other in texts if other.path != source.path)


def _imports(text: str, stem: str) -> bool:
    return any(
        stem in line and _IMPORT.search(line)
        for line in text.splitlines()
        if len(line) <= _MAX_IMPORT
    )


def _sources(start: Start, suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Yield the application's source files, nearest to the working directory first."""
    folders = [(start.workdir or "/", 0)]
    files = 0
    for visited, (folder, depth) in enumerate(folders):
        if visited >= _MAX_FOLDERS or folder == "/":
            return
        for name in start.files.list_dir(folder):
            path = posixpath.join(folder, name)
            if name.endswith(suffixes):
                source = None if _TEST.fullmatch(name) else read_file(start, path)
                files += 1
                if source is not None:
                    yield source
            elif "." not in name and depth < _MAX_DEPTH and not _SKIPPED.fullmatch(name):
                folders.append((path, depth + 1))
            if files >= _MAX_FILES:
                return
