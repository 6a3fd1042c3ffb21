from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.config.load import Config
from patcher.config.schema import ANY, FIELDS, SCHEMA
from patcher.errors import UserError
from patcher.stack.settings import CheckSettings, Figures, Settings
from tests.config.texts import config, config_of

ALL: dict[tuple[str, ...], object] = {
    ("select",): ["ALL"],
    ("ignore",): ["resolver-cache"],
    ("exclude",): ["legacy/"],
    ("upstreams",): "dynamic",
    ("network", "name"): "{project}_net",
    ("resolver", "address"): "10.0.0.2",
    ("resolver", "valid"): "30s",
    ("resolver", "timeout"): 5,
    ("healthcheck", "interval"): "10s",
    ("healthcheck", "timeout"): 3,
    ("healthcheck", "retries"): 4,
    ("healthcheck", "start-period"): "1m",
    ("healthcheck", "web", "port"): 8000,
    ("healthcheck", "web", "path"): "/healthz",
    ("healthcheck", "web", "interval"): "20s",
    ("healthcheck", "db", "test"): ["CMD", "true"],
    ("healthcheck", "db", "timeout"): "9s",
    ("healthcheck", "db", "retries"): 2,
    ("healthcheck", "db", "start-period"): "2m",
    ("migrate", "service"): "schema",
    ("migrate", "commands", "django"): "python manage.py migrate",
    ("migrate", "commands", "rails"): ["bin/rails", "db:migrate"],
    ("backup", "service"): "dumps",
    ("backup", "schedule"): "12h",
    ("backup", "keep-days"): 30,
}
EXPECTED = Settings(
    select=("ALL",),
    ignore=("resolver-cache",),
    exclude=("legacy/",),
    upstreams="dynamic",
    network="{project}_net",
    resolver="10.0.0.2",
    resolver_valid=30,
    resolver_timeout=5,
    figures=Figures("10s", "3s", 4, "1m"),
    checks={
        "db": CheckSettings(("CMD", "true"), figures=Figures(None, "9s", 2, "2m")),
        "web": CheckSettings(port=8000, path="/healthz", figures=Figures("20s")),
    },
    migrate_service="schema",
    migrate_commands={
        "django": ("python", "manage.py", "migrate"),
        "rails": ("bin/rails", "db:migrate"),
    },
    backup_service="dumps",
    backup_schedule=43_200,
    backup_keep_days=30,
)


def written(keys: list[tuple[str, ...]]) -> str:
    return "".join(f"{'.'.join(key)} = {json.dumps(ALL[key])}\n" for key in keys)


def schema_keys(schema: Any, above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if callable(schema):
        return {above}
    return {key for name in schema for key in schema_keys(schema[name], (*above, name))}


@given(st.permutations(list(ALL)))
def test_every_key_in_any_order_gives_the_same_settings(keys: list[tuple[str, ...]]) -> None:
    assert config(written(keys)).settings == EXPECTED


def test_every_key_is_tried_above_and_reaches_the_settings() -> None:
    tried = {
        (*key[:1], ANY, key[2]) if key[:1] == ("healthcheck",) and key[2:] else key for key in ALL
    }
    known = schema_keys(SCHEMA)
    assert {key for key in known if key[:2] != ("migrate", "commands")} <= tried
    assert all(key in FIELDS or key[0] in ("healthcheck", "migrate") for key in known)
    for key in ALL:
        assert config(written([key])).settings != Settings(), key


def test_without_a_file_everything_is_as_by_default() -> None:
    assert config_of({}).settings == Settings()
    assert config("").settings == Settings()
    assert config_of({}).origin(("select",)) == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", ":1: no setting `selct`; did you mean select?"),
        ("[netwrk]\nname = 'ab'", ":1: no setting `netwrk`; did you mean network?"),
        ("[network]\n\nnmae = 'ab'", ":3: no setting `network.nmae`; did you mean network.name?"),
        (
            "[healthcheck.db]\nstart_period = 1",
            ":2: no setting `healthcheck.db.start_period`; "
            "did you mean healthcheck.db.start-period?",
        ),
        (
            "[migrate.commands]\njango = 'x'",
            ":2: no setting `migrate.commands.jango`; did you mean migrate.commands.django?",
        ),
        (
            "[backup]\nzzz = 1",
            ":2: no setting `backup.zzz`; "
            "the settings here are backup.service, backup.schedule, backup.keep-days",
        ),
        ("network = 'ab'", ":1: `network` must be a table; write [network]"),
        ("[network.name]", ":1: `network.name` must be a network name"),
        ("[resolver]\naddress = 'a;b'", ":2: `resolver.address` must be the address or host name"),
        ("select = ['resolver-mixd']", ":1: `select`: no rule `resolver-mixd`; did you mean"),
        (
            "[healthcheck.db]\nport = 1\ntest = 'x'",
            ":2: `healthcheck.db.port` has no use beside `healthcheck.db.test`; leave one out",
        ),
        ('"a\\u001b[31m" = 1', ":1: no setting `a\\x1b[31m`; "),
    ],
)
def test_what_is_no_setting_is_one_line_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        config(text)
    assert str(caught.value).startswith(f".hanna-fix.toml{message}")
    assert "\n" not in str(caught.value)


LINES = st.sampled_from(
    [
        *(f"{'.'.join(key)} = {json.dumps(value)}" for key, value in ALL.items()),
        *(f"[{name}]" for name in ("network", "healthcheck", "healthcheck.db", "migrate.commands")),
        *("name = '", "[", "]", 'test = """', "port = 1", "interval = {a = 1}", "retries = []"),
    ]
)


def read_or_refused(text: str) -> Config | str:
    try:
        return config(text)
    except UserError as error:
        return str(error)


@given(st.lists(st.one_of(LINES, st.text(max_size=9)), max_size=8).map("\n".join))
def test_whatever_the_file_holds_it_gives_settings_or_one_line(text: str) -> None:
    found = read_or_refused(text)
    if isinstance(found, str):
        assert found.isprintable()
        return
    assert all(found.origin(key) != "default" for key in found.given)
    found.refuse_unknown({key[1] for key in found.given if len(key) > 1})


def test_a_check_for_no_service_is_told_with_the_nearest() -> None:
    found = config("[healthcheck]\ninterval = 1\n[healthcheck.backnd]\nport = 80\n")
    found.refuse_unknown(["backnd"])
    with pytest.raises(UserError) as caught:
        found.refuse_unknown(["backend", "db"])
    assert str(caught.value) == (".hanna-fix.toml:4: no service `backnd`; did you mean backend?")
    config("[healthcheck]\ninterval = 1\n").refuse_unknown([])
