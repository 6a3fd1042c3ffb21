from __future__ import annotations

import pytest

from patcher.stack.links import Need
from tests.stack.nginx_texts import COMPOSE, stack

STORES = """\
  db:
    image: postgres:16
    container_name: shop_db
    networks: {default: {aliases: [primary]}}
  cache:
    image: redis:7
"""


def pairs(files: dict[str, str]) -> list[tuple[str, str]]:
    return [(one.service, one.target) for one in stack(files).needs]


def app_with(environment: str, more: str = "") -> dict[str, str]:
    app = f"services:\n  app:\n    image: example/app\n    environment:\n{environment}{more}"
    return {"compose.yaml": app + STORES}


def test_nginx_needs_what_it_hands_requests_to() -> None:
    text = "server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n"
    evidence = "`proxy_pass http://app:8000` in site.conf:3"
    assert stack({"site.conf": text}).needs == (Need("proxy", "app", evidence),)


def test_nginx_needs_what_it_looks_up_at_run_time_and_its_groups() -> None:
    text = """
        upstream pool { server api:3000; }
        server { location / { proxy_pass http://pool; } }
        server { location / { proxy_pass http://app:8000$uri; } }
    """
    assert sorted(pairs({"site.conf": text})) == [("proxy", "api"), ("proxy", "app")]


def test_nginx_needs_neither_itself_nor_strangers() -> None:
    text = """
        server { location /a { proxy_pass http://proxy:81; } location /b { proxy_pass http://x; } }
        server { location /c { proxy_pass http://192.0.2.7; } }
    """
    assert pairs({"site.conf": text}) == []


def test_nginx_on_the_host_network_knows_no_service_names() -> None:
    compose = COMPOSE.replace("1.27-alpine", "1.27-alpine\n    network_mode: host")
    text = "server { location / { proxy_pass http://app:8000; } }"
    assert pairs({"compose.yaml": compose, "site.conf": text}) == []


def test_nginx_in_anothers_network_namespace_knows_them() -> None:
    compose = COMPOSE.replace("1.27-alpine", "1.27-alpine\n    network_mode: service:api")
    text = "server { location / { proxy_pass http://app:8000; } }"
    assert pairs({"compose.yaml": compose, "site.conf": text}) == [("proxy", "app")]


@pytest.mark.parametrize(
    "setting",
    [
        "DB_HOST: db",
        "DB_HOST: db:5432",
        "POSTGRES_SERVER: shop_db",
        "PGHOST_HOST: primary",
        "DATABASE_URL: postgres://user:pass@db:5432/shop",
        "ANYTHING: postgres://db/shop",
        "DSN: user:pass@tcp(db:3306)/shop",
    ],
)
def test_an_app_needs_the_database_that_it_names(setting: str) -> None:
    assert pairs(app_with(f"      {setting}\n")) == [("app", "db")]


@pytest.mark.parametrize(
    "setting",
    [
        "DB_NAME: db",
        "NOTE: the db is slow",
        "DB_HOST: db.example.com",
        "DATABASE_URL: postgres://user:db@other/shop",
        "DATABASE_URL: postgres://mydb/shop",
        "DB_HOST:",
    ],
)
def test_an_app_needs_nothing_that_it_does_not_name(setting: str) -> None:
    assert pairs(app_with(f"      {setting}\n")) == []


def test_the_evidence_names_the_variable_not_its_value() -> None:
    (need,) = stack(app_with("      DATABASE_URL: postgres://user:secret@db/shop\n")).needs
    assert need.evidence == "`DATABASE_URL` in its environment names `db`"


def test_an_env_file_of_its_own_counts_and_a_shared_one_does_not() -> None:
    other = "  other:\n    image: example/other\n    env_file: app.env\n"
    app = "services:\n  app:\n    image: example/app\n    env_file: app.env\n"
    env = {"app.env": "CACHE_URL=redis://cache:6379/0\n"}
    assert pairs({"compose.yaml": app + STORES, **env}) == [("app", "cache")]
    assert pairs({"compose.yaml": app + other + STORES, **env}) == []


def test_a_store_is_no_app() -> None:
    compose = "services:\n  cache:\n    image: redis\n    environment: {DB_HOST: db}\n"
    assert pairs({"compose.yaml": compose + STORES.partition("  cache:")[0]}) == []
