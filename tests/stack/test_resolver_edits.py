from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.resolver_edits import plan_for, resolver_edits, written
from patcher.stack.settings import Settings
from tests.stack.nginx_texts import stack

SITE = "server { location / { proxy_pass http://app:8000; } }\n"
GOOD = "resolver 127.0.0.11 valid=60s ipv6=off; resolver_timeout 10s;"


def brought(text: str) -> list[str]:
    found = stack({"site.conf": text})
    assert not found.problems
    lookups = [one for one in found.upstreams if not one.at_run_time]
    return [one.text for one in resolver_edits(found, plan_for(found, lookups), lookups)]


def test_a_missing_resolver_is_brought_once() -> None:
    assert [" ".join(text.split()) for text in brought(SITE)] == [GOOD]
    assert [" ".join(text.split()) for text in brought(SITE + SITE)] == [GOOD]


def test_a_good_one_in_effect_is_left() -> None:
    assert brought(f"{GOOD}\n{SITE}") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("resolver 8.8.8.8 valid=60s; resolver_timeout 10s;", "do not know the service"),
        ("resolver 127.0.0.11 8.8.8.8 valid=60s; resolver_timeout 10s;", "do not know"),
        ("resolver 127.0.0.11; resolver_timeout 10s;", "does not keep answers for 60 to 600 s"),
        ("resolver 127.0.0.11 valid=5s; resolver_timeout 10s;", "does not keep answers"),
        ("resolver 127.0.0.11 valid=1h; resolver_timeout 10s;", "does not keep answers"),
        ("resolver 127.0.0.11 valid=60s;", "no fitting `resolver_timeout`"),
        ("resolver 127.0.0.11 valid=60s; resolver_timeout 5s;", "no fitting `resolver_timeout`"),
    ],
)
def test_one_that_the_resolver_rules_would_change_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        brought(f"{text}\n{SITE}")


def test_lookups_without_a_resolver_come_first() -> None:
    other = "server { location / { set $api http://api:3000; proxy_pass $api; } }\n"
    with pytest.raises(CannotEdit, match="resolver-missing"):
        brought(SITE + other)


def test_an_included_file_that_is_there_to_set_one_is_not_doubled() -> None:
    with pytest.raises(CannotEdit, match="not in the project"):
        brought(f"include /config/resolver.conf;\n{SITE}")


def test_the_settings_count() -> None:
    settings = Settings(resolver="192.0.2.53", resolver_valid=30, resolver_timeout=5)
    assert written(settings) == "resolver 192.0.2.53 valid=30s ipv6=off; resolver_timeout 5s;"
