"""The resolver of the settings in place of Docker's."""

from __future__ import annotations

import pytest

from patcher.engine.fix import fix
from patcher.finding import Fix, Safety
from patcher.rules import rule_named
from patcher.stack.settings import Settings
from patcher.text import Source
from tests.stack.nginx_texts import COMPOSE
from tests.stacks import stack_of

PASS = "server { location / { set $app http://app:8000; proxy_pass $app; } }\n"
TOLD = Settings(resolver="10.89.0.1", resolver_valid=30, resolver_timeout=5)


def outcome(rule: str, conf: str, compose: str = COMPOSE, told: Settings = TOLD) -> str:
    texts = {"compose.yaml": compose, "site.conf": conf + PASS}
    sources = {path: Source(path, text) for path, text in texts.items()}
    result = fix(stack_of(sources, told), [rule_named(rule)])
    return "".join(one.after.text for one in result.changes).replace(PASS, "")


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("resolver-mixed", "resolver 10.89.0.1 8.8.8.8;\n", "resolver 10.89.0.1;\n"),
        ("resolver-mixed", "resolver 8.8.8.8 10.89.0.1:53;\n", "resolver 10.89.0.1:53;\n"),
        ("resolver-mixed", "resolver 8.8.8.8;\n", "resolver 10.89.0.1 valid=30s;\n"),
        ("resolver-mixed", "resolver 127.0.0.11 8.8.8.8;\n", ""),
        ("resolver-cache", "resolver 10.89.0.1;\n", "resolver 10.89.0.1 valid=30s;\n"),
        ("resolver-cache", "resolver 10.89.0.1 valid=30s;\n", ""),
        ("resolver-cache", "resolver 127.0.0.11;\n", ""),
        (
            "resolver-timeout",
            "resolver 10.89.0.1;\n",
            "resolver 10.89.0.1;\nresolver_timeout 5s;\n",
        ),
        ("resolver-timeout", "resolver 10.89.0.1;\nresolver_timeout 5s;\n", ""),
    ],
)
def test_settings_are_what_rules_write_and_compare_with(rule: str, before: str, after: str) -> None:
    assert outcome(rule, before) == after


def test_a_missing_resolver_is_that_of_the_settings() -> None:
    added = "resolver 10.89.0.1 valid=30s ipv6=off; resolver_timeout 5s;"
    assert added in outcome("resolver-missing", "")


def test_messages_name_the_resolver_of_the_settings() -> None:
    texts = {"compose.yaml": COMPOSE, "site.conf": "resolver 10.89.0.1 8.8.8.8;\n" + PASS}
    sources = {path: Source(path, text) for path, text in texts.items()}
    (fixed,) = fix(stack_of(sources, TOLD), [rule_named("resolver-mixed")]).fixed
    assert "only 10.89.0.1 knows `app`" in fixed.finding.evidence
    assert isinstance(fixed.finding.remedy, Fix)
    assert fixed.finding.remedy.title == "ask 10.89.0.1 alone: drop 8.8.8.8"
    assert fixed.finding.remedy.safety is Safety.SAFE
