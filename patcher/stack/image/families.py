"""Image families by name: the table of what is known. Sources: the images' own Dockerfiles.

A family is taken by the whole name, never by a part of it: `someone/redis` on another registry may
contain anything.
"""

from __future__ import annotations

import re
from typing import Final

from patcher.lang.dockerfile import FinalStage
from patcher.stack.image.probes import HEAVY, SLOW, Family
from patcher.stack.image.reference import Flavour, parse_reference
from patcher.stack.image.refusals import own_check, traefik, uncertain
from patcher.stack.image.sql_probes import bitnami_mysql, bitnami_postgres, mariadb, mysql, postgres
from patcher.stack.image.store_probes import (
    bitnami_redis,
    elasticsearch,
    fixed_tcp,
    memcached,
    mongo,
    rabbitmq,
    redis,
)
from patcher.stack.image.tcp_probes import node_tcp, python_tcp, shell_tcp

_ALPINE: Final = Flavour.ALPINE
_PORT: Final = ("PORT",)
_DOTNET: Final = ("ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "URLS")

_FPM: Final = Family("php-fpm", "app", (9000,), shell_tcp)
_APACHE: Final = Family("php-apache", "app", (80,), shell_tcp)
_PHP: Final = Family("php", "app", (), shell_tcp, port_variables=_PORT)
_PHP_APP_FPM: Final = Family("php-fpm", "app", (9000,), shell_tcp, timing=SLOW)
_PHP_APP: Final = Family("php-apache", "app", (80,), shell_tcp, timing=SLOW)

_BY_TAG: Final[dict[str, tuple[tuple[str, Family], ...]]] = {
    "php": (("fpm", _FPM), ("apache", _APACHE), ("", _PHP)),
    "wordpress nextcloud drupal joomla matomo phpmyadmin phpmyadmin/phpmyadmin mediawiki": (
        ("fpm", _PHP_APP_FPM),
        (r"^(?!.*(cli|\$))", _PHP_APP),
        ("", _PHP),
    ),
    # Only tags with `python` in them are made from the python images.
    "ghcr.io/astral-sh/uv": (
        ("python", Family("python", "app", (), python_tcp, port_variables=_PORT)),
    ),
    "mcr.microsoft.com/dotnet/aspnet": (
        (r"^[1-7](\.|-|$)", Family("dotnet", "app", (80,), shell_tcp, port_variables=_DOTNET)),
        (r"^\d", Family("dotnet", "app", (8080,), shell_tcp, port_variables=_DOTNET)),
        ("", Family("dotnet", "app", (), shell_tcp, port_variables=_DOTNET)),
    ),
}

_BY_NAME: Final[dict[str, Family]] = {
    "postgres postgis/postgis mdillon/postgis timescale/timescaledb timescale/timescaledb-ha "
    "pgvector/pgvector ankane/pgvector citusdata/citus supabase/postgres": Family(
        "postgres", "database", (5432,), postgres
    ),
    "bitnami/postgresql bitnamilegacy/postgresql": Family(
        "postgres", "database", (5432,), bitnami_postgres
    ),
    "mysql": Family("mysql", "database", (3306,), mysql, timing=HEAVY),
    "percona percona/percona-server": Family("percona", "database", (3306,), mysql, timing=HEAVY),
    "mariadb": Family("mariadb", "database", (3306,), mariadb, timing=HEAVY),
    "bitnami/mysql bitnamilegacy/mysql": Family(
        "mysql", "database", (3306,), bitnami_mysql, timing=HEAVY
    ),
    "bitnami/mariadb bitnamilegacy/mariadb": Family(
        "mariadb", "database", (3306,), bitnami_mysql, timing=HEAVY
    ),
    "mongo mongodb/mongodb-community-server": Family(
        "mongo", "database", (27017,), mongo, timing=HEAVY
    ),
    "clickhouse/clickhouse-server yandex/clickhouse-server": Family(
        "clickhouse", "database", (8123, 9000), fixed_tcp
    ),
    "redis redis/redis-stack redis/redis-stack-server": Family("redis", "cache", (6379,), redis),
    "valkey/valkey": Family("valkey", "cache", (6379,), redis),
    "eqalpha/keydb": Family("keydb", "cache", (6379,), redis),
    "bitnami/redis bitnamilegacy/redis": Family("redis", "cache", (6379,), bitnami_redis),
    "bitnami/valkey bitnamilegacy/valkey": Family("valkey", "cache", (6379,), bitnami_redis),
    "docker.dragonflydb.io/dragonflydb/dragonfly": Family("dragonfly", "cache", (6379,), own_check),
    "memcached": Family("memcached", "cache", (11211,), memcached),
    "rabbitmq": Family("rabbitmq", "queue", (5672,), rabbitmq, timing=HEAVY),
    "nats": Family("nats", "queue", (4222,), fixed_tcp, flavour=Flavour.BARE),
    "apache/kafka bitnami/kafka bitnamilegacy/kafka confluentinc/cp-kafka wurstmeister/kafka": (
        Family("kafka", "queue", (9092,), uncertain)
    ),
    "elasticsearch docker.elastic.co/elasticsearch/elasticsearch "
    "docker.elastic.co/elasticsearch/elasticsearch-oss opensearchproject/opensearch": Family(
        "elasticsearch", "search", (9200,), elasticsearch, timing=SLOW
    ),
    "minio/minio quay.io/minio/minio": Family("minio", "storage", (9000,), uncertain),
    "nginx openresty/openresty nginxproxy/nginx-proxy jwilder/nginx-proxy": Family(
        "nginx", "proxy", (80,), shell_tcp
    ),
    "nginxinc/nginx-unprivileged ghcr.io/nginxinc/nginx-unprivileged": Family(
        "nginx", "proxy", (8080,), shell_tcp
    ),
    "httpd": Family("httpd", "proxy", (80,), shell_tcp),
    "caddy": Family("caddy", "proxy", (80,), shell_tcp, flavour=_ALPINE),
    "traefik": Family("traefik", "proxy", (8080,), traefik),
    "python continuumio/miniconda3 continuumio/anaconda3": Family(
        "python", "app", (), python_tcp, port_variables=_PORT
    ),
    "tiangolo/uvicorn-gunicorn tiangolo/uvicorn-gunicorn-fastapi tiangolo/meinheld-gunicorn "
    "tiangolo/uvicorn-gunicorn-starlette tiangolo/meinheld-gunicorn-flask tiangolo/uwsgi-nginx "
    "tiangolo/uwsgi-nginx-flask": Family("python", "app", (80,), python_tcp, port_variables=_PORT),
    "node": Family("node", "app", (), node_tcp, port_variables=_PORT),
    "ghost": Family("node", "app", (2368,), node_tcp, timing=SLOW),
    "oven/bun": Family("bun", "app", (), shell_tcp, port_variables=_PORT),
    "denoland/deno": Family("deno", "app", (), shell_tcp, port_variables=_PORT),
    "ruby": Family("ruby", "app", (), shell_tcp, port_variables=_PORT),
    "eclipse-temurin openjdk amazoncorretto adoptopenjdk ibm-semeru-runtimes sapmachine maven "
    "gradle azul/zulu-openjdk azul/zulu-openjdk-alpine": Family(
        "java", "app", (), shell_tcp, timing=SLOW, port_variables=("SERVER_PORT",)
    ),
    "tomcat jetty": Family("java", "app", (8080,), shell_tcp, timing=SLOW),
    "golang": Family("golang", "app", (), shell_tcp, port_variables=_PORT),
    "rust": Family("rust", "app", (), shell_tcp, port_variables=_PORT),
    "elixir erlang": Family("elixir", "app", (), shell_tcp, port_variables=_PORT),
    "perl": Family("perl", "app", (), shell_tcp, port_variables=_PORT),
    "mcr.microsoft.com/dotnet/runtime mcr.microsoft.com/dotnet/runtime-deps "
    "mcr.microsoft.com/dotnet/sdk": Family("dotnet", "app", (), shell_tcp, port_variables=_DOTNET),
    "alpine": Family("alpine", "base", (), shell_tcp, flavour=_ALPINE, port_variables=_PORT),
    "debian ubuntu buildpack-deps": Family("debian", "base", (), shell_tcp, port_variables=_PORT),
    "centos rockylinux almalinux fedora amazonlinux oraclelinux": Family(
        "redhat", "base", (), shell_tcp, port_variables=_PORT
    ),
}

_FAMILIES: Final = {
    name: rows
    for names, rows in [
        *_BY_TAG.items(),
        *((names, (("", family),)) for names, family in _BY_NAME.items()),
    ]
    for name in names.split()
}


def family_of(image: str, stage: FinalStage | None) -> Family | None:
    """Return the family of an image, for a build that of its base; None where it is unknown."""
    reference = parse_reference(stage.image if stage is not None else image)
    for tag, family in _FAMILIES.get(reference.name, ()):
        if re.search(tag, reference.label):
            return family
    return None
