"""A migrate command of the settings: written as given, and known again."""

from __future__ import annotations

import pytest

from patcher.engine.fix import fix
from patcher.finding import Fix
from patcher.rules import rule_named
from patcher.stack.settings import Settings
from patcher.text import Source
from tests.stacks import stack_of

RULES = [rule_named("migrations-never-run")]
FILES = {
    "compose.yaml": (
        "services:\n  db: {image: postgres:16, healthcheck: {test: [CMD, pg_isready]}}\n"
        "  web:\n    build: ./web\n    environment: {DB_HOST: db}\n"
    ),
    "web/Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "shop.wsgi"]\n',
    "web/manage.py": "import django\n",
}
TYPEORM = {
    "web/Dockerfile": 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
    "web/package.json": '{"dependencies": {"typeorm": "1"}}',
    "web/migrations/1.js": "",
}


@pytest.mark.parametrize(
    ("framework", "command", "written", "files"),
    [
        (
            "django",
            ("sh", "-c", "./up.sh $DB_HOST"),
            "command: \"sh -c './up.sh $$DB_HOST'\"\n",
            FILES,
        ),
        ("typeorm", ("npm", "run", "up"), "command: npm run up\n", TYPEORM),
    ],
)
def test_command_of_the_settings(
    framework: str, command: tuple[str, ...], written: str, files: dict[str, str]
) -> None:
    told = Settings(migrate_commands={framework: command}, migrate_service="schema")
    texts = {"compose.yaml": FILES["compose.yaml"], **files}
    sources = {path: Source(path, text) for path, text in texts.items()}
    stack = stack_of(sources, told)
    outcome = fix(stack, RULES)
    assert outcome.held == ()
    (fixed,) = outcome.fixed
    assert isinstance(fixed.finding.remedy, Fix)
    (change,) = outcome.changes
    assert "\n  schema:\n" in change.after.text
    assert written in change.after.text
    assert fix(stack.patched({change.after.path: change.after}), RULES).left == ()


def test_a_command_for_another_framework_changes_nothing() -> None:
    sources = {path: Source(path, text) for path, text in FILES.items()}
    told = Settings(migrate_commands={"rails": ("true",)})
    first, second = (fix(stack_of(sources, one), RULES).changes for one in (told, Settings()))
    assert [one.after for one in first] == [one.after for one in second]
    assert first
