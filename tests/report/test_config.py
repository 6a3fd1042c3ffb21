from __future__ import annotations

from patcher.report.config import resolved
from patcher.rules import all_rules
from tests.config.texts import config

TEXT = """\
ignore = ["resolver-mixed"]
[network]
name = "{project}_net"
[resolver]
valid = 30
[healthcheck]
retries = 5
[healthcheck.backend]
test = "curl -f $URL"
interval = "9s"
[migrate.commands]
django = "./migrate.sh --all"
[backup]
schedule = "90m"
"""


def told(text: str, name: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.split()[:1] == [name]]


def test_every_setting_with_its_value_and_origin() -> None:
    text = resolved(config(TEXT), (), ())
    for line in (
        "select those on by default default",
        'ignore ["resolver-mixed"] .hanna-fix.toml:1',
        'network.name "{project}_net" .hanna-fix.toml:3',
        'resolver.address "127.0.0.11" default',
        'resolver.valid "30s" .hanna-fix.toml:5',
        "healthcheck.interval as the image needs default",
        "healthcheck.retries 5 .hanna-fix.toml:7",
        'healthcheck.backend.test ["CMD-SHELL", "curl -f $URL"] .hanna-fix.toml:9',
        'healthcheck.backend.interval "9s" .hanna-fix.toml:10',
        'migrate.service "migrate" default',
        'migrate.commands.django ["./migrate.sh", "--all"] .hanna-fix.toml:12',
        'backup.schedule "5400s" .hanna-fix.toml:14',
        "upstreams none default",
    ):
        assert told(text, line.split()[0]) == [line]
    assert "healthcheck.backend.retries" not in text


def test_every_rule_with_why_it_runs() -> None:
    text = resolved(config(TEXT), (), ())
    assert text.count("\nrules\n") == 1
    assert told(text, "resolver-mixed") == ["resolver-mixed off ignore, .hanna-fix.toml:1"]
    assert told(text, "resolver-cache") == ["resolver-cache on default"]
    assert all(told(text, rule.id) for rule in all_rules())


def test_the_command_line_is_told_too() -> None:
    text = resolved(config('select = ["ALL"]\n' + TEXT), ("resolver-cache",), ("resolver-timeout",))
    assert told(text, "select") == ['select ["resolver-cache"] --select']
    assert told(text, "ignore") == [
        'ignore ["resolver-timeout"] --ignore',
        'ignore ["resolver-mixed"] .hanna-fix.toml:2',
    ]
