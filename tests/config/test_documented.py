"""docs/configuration.md names every setting, and its example is one."""

from __future__ import annotations

import re

from patcher.config.schema import ANY, FIELDS, SCHEMA
from patcher.stack.migrate.frameworks import FRAMEWORKS
from patcher.stack.settings import Settings
from tests.config.texts import config
from tests.stacks import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_example_is_valid_and_holds_every_table() -> None:
    (example,) = re.findall(r"(?ms)^```toml\n(.*?)^```$", PAGE)
    found = config(example)
    assert {key[0] for key in found.given} == set(SCHEMA)
    assert set(FIELDS) <= set(found.given)


def test_every_setting_is_in_a_table_with_its_default() -> None:
    for key, field in FIELDS.items():
        (row,) = re.findall(rf"(?m)^\| `{re.escape('.'.join(key))}` \| (.*) \|$", PAGE)
        default = row.split(" | ")[1].strip("`")
        given = config("" if "`" not in row.split(" | ")[1] else f"{'.'.join(key)} = {default}\n")
        assert getattr(given.settings, field) == getattr(Settings(), field), key


def test_every_setting_of_a_check_is_told() -> None:
    checks = SCHEMA["healthcheck"]
    assert not callable(checks)
    of_a_service = checks[ANY]
    assert not callable(of_a_service)
    told = PAGE[PAGE.index("### Health checks") : PAGE.index("### Migrations")]
    assert all(f"`{name}`" in told for name in of_a_service)


def test_every_framework_is_told() -> None:
    told = PAGE[PAGE.index("### Migrations") : PAGE.index("## What is in effect")]
    assert all(f"`{one.id}`" in told for one in FRAMEWORKS)
