"""The resolver rules on a file given with `--nginx`: which container reads it is not known."""

from __future__ import annotations

import pytest

from patcher.engine.fix import fix
from patcher.finding import Fix, Safety
from patcher.rules import rule_named
from tests.stack.nginx_texts import stack

COMPOSE = "services:\n  app:\n    image: example/app:1.4\n"
PASS = "server { location / { set $app http://app:8000; proxy_pass $app; } }\n"


@pytest.mark.parametrize(
    ("rule", "text", "safety", "expected"),
    [
        ("resolver-mixed", "resolver 127.0.0.11 8.8.8.8;\n", Safety.SAFE, "resolver 127.0.0.11;\n"),
        (
            "resolver-mixed",
            "resolver 8.8.8.8;\n",
            Safety.UNSAFE,
            "resolver 127.0.0.11 valid=60s;\n",
        ),
        (
            "resolver-cache",
            "resolver 127.0.0.11;\n",
            Safety.SAFE,
            "resolver 127.0.0.11 valid=60s;\n",
        ),
    ],
)
def test_named_file(rule: str, text: str, safety: Safety, expected: str) -> None:
    found = stack({"compose.yaml": COMPOSE, "proxy/site.conf": text + PASS}, ("proxy/site.conf",))
    outcome = fix(found, [rule_named(rule)], Safety.UNSAFE)
    (fixed,) = outcome.fixed
    assert isinstance(fixed.finding.remedy, Fix)
    assert fixed.finding.remedy.safety is safety
    assert [one.after.text for one in outcome.changes] == [expected + PASS]


def test_a_new_resolver_in_a_named_file_is_unsafe() -> None:
    files = {"compose.yaml": COMPOSE, "proxy/site.conf": PASS}
    found = stack(files, ("proxy/site.conf",))
    rules = [rule_named("resolver-missing")]
    assert fix(found, rules).changes == ()
    (change,) = fix(found, rules, Safety.UNSAFE).changes
    assert "resolver 127.0.0.11 valid=60s ipv6=off; resolver_timeout 10s; " in change.after.text
