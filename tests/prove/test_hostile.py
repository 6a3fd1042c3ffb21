"""Repositories that want nginx or Compose to read, write or run something of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.engine.outcome import Outcome
from patcher.engine.statement import Status
from tests.prove.proving import (
    COMPOSE,
    SITE,
    in_server,
    in_service,
    needs_programs,
    proven,
    said,
    stack,
)

pytestmark = needs_programs

NGINX_FIX = (in_server("keepalive_timeout", "5s", "6s"),)
COMPOSE_FIX = (in_service("app", "image", "example/app:1", "example/app:2", "example/app:2"),)

# nginx would fail, or leave something, if it opened what these name
CONTAINED = {
    "include": "include OUT/broken.conf;",
    "include by a pattern": "include OUT/*.conf;",
    "include by steps": "include ../../../../../../../../OUT/broken.conf;",
    "error log": "error_log OUT/new.log;",
    "access log": "access_log OUT/new.log;",
    "log by name": "access_log syslog:server=names.invalid combined;",
    "error log by name": "error_log syslog:server=names.invalid;",
    "certificate": "ssl_certificate OUT/broken.conf; ssl_certificate_key OUT/broken.conf;",
    "key of an engine": "listen 443 ssl; ssl_certificate x; ssl_certificate_key engine:x:y;",
    "other certificates": "ssl_client_certificate OUT/broken.conf; ssl_trusted_certificate OUT/x;",
    "files with secrets": "ssl_dhparam OUT/broken.conf; ssl_password_file OUT/broken.conf;",
    "more files": "ssl_crl OUT/broken.conf; ssl_session_ticket_key OUT/broken.conf;",
    "commands of OpenSSL": "ssl_conf_command VerifyCAFile OUT/broken.conf;",
    "temporary files": "client_body_temp_path OUT/new 1 2;",
    "temporary files by a variable": "proxy_temp_path $/../../../../../../../../OUT/new;",
    "a socket": "listen unix:OUT/new.sock;",
    "a port": "listen 1;",
    "an address by name": "listen names.invalid:80;",
    "a name": "location /x { proxy_pass http://names.invalid:80; }",
    "a name of FastCGI": "location /x { fastcgi_pass names.invalid:9000; }",
    "a name server by name": "resolver names.invalid;",
    "a real address by name": "set_real_ip_from names.invalid;",
}
OUTSIDE_OF_THE_SERVER = {
    "group": "upstream g { server names.invalid:80; }",
    "cache": "proxy_cache_path OUT/new keys_zone=z:1m;",
    "zone with a name": "upstream g { zone g 64k; server names.invalid; }",
    "map": "map $uri $x { include OUT/broken.conf; }",
}
# what makes nginx run something, or what nobody knows: it is not asked at all
REFUSED = {
    "perl": "location /p { perl 'sub { }'; }",
    "lua": "location /l { content_by_lua_block { os.execute('true') } }",
    "njs": "js_import OUT/x.js;",
    "another module": "quickjs_load OUT/x;",
}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "broken.conf").write_text("this is no configuration {\n")
    (folder / "nginx.conf").write_text("neither is this }\n")
    return folder


def asked(site: str, outside: Path, tmp_path: Path, **more: str) -> Outcome:
    """Put a site to nginx; nothing may have come or gone outside."""
    before = sorted(outside.iterdir())
    private = tmp_path / "private"
    private.mkdir()
    texts = {path: text.replace("OUT", str(outside)) for path, text in more.items()}
    outcome = proven(stack(COMPOSE, site.replace("OUT", str(outside)), **texts), NGINX_FIX, private)
    assert sorted(outside.iterdir()) == before
    return outcome


@pytest.mark.parametrize("name", CONTAINED)
def test_nginx_stays_inside(name: str, outside: Path, tmp_path: Path) -> None:
    site = SITE.replace("listen 80;", CONTAINED[name])
    outcome = asked(site, outside, tmp_path)
    assert said(outcome)["nginx"] == (Status.PROVEN, "passes before and after")


@pytest.mark.parametrize("name", OUTSIDE_OF_THE_SERVER)
def test_nginx_stays_inside_of_the_http_block(name: str, outside: Path, tmp_path: Path) -> None:
    outcome = asked(f"{OUTSIDE_OF_THE_SERVER[name]}\n{SITE}", outside, tmp_path)
    assert said(outcome)["nginx"] == (Status.PROVEN, "passes before and after")


MAIN = """\
user nobody; pid OUT/new.pid; worker_processes 1;
load_module OUT/evil.so; env SECRET; working_directory OUT; lock_file OUT/new.lock;
error_log OUT/new.log;
events { debug_connection names.invalid; }
http { include conf.d/*.conf; }
"""


def test_the_process_has_its_own_settings(outside: Path, tmp_path: Path) -> None:
    mount = "      - ./site.conf:/etc/nginx/conf.d/default.conf:ro\n"
    compose = COMPOSE.replace(mount, f"{mount}      - ./main.conf:/etc/nginx/nginx.conf:ro\n")
    private = tmp_path / "private"
    private.mkdir()
    main = MAIN.replace("OUT", str(outside))
    before = sorted(outside.iterdir())
    outcome = proven(stack(compose, SITE, **{"main.conf": main}), NGINX_FIX, private)
    assert said(outcome)["nginx"] == (Status.PROVEN, "passes before and after")
    assert sorted(outside.iterdir()) == before


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_of_the_repository_is_run(name: str, outside: Path, tmp_path: Path) -> None:
    outcome = asked(SITE.replace("listen 80;", REFUSED[name]), outside, tmp_path)
    status, what = said(outcome)["nginx"]
    assert status is Status.UNPROVEN
    assert "(site.conf:3)" in what


def test_a_file_that_is_data_in_one_place_and_directives_in_another(
    outside: Path, tmp_path: Path
) -> None:
    mounts = """\
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
      - ./two.inc:/etc/nginx/two.inc:ro
"""
    compose = COMPOSE.replace("      - ./site.conf:/etc/nginx/conf.d/default.conf:ro\n", mounts)
    site = f"map $uri $x {{ include two.inc; }}\ninclude two.inc;\n{SITE}"
    private = tmp_path / "private"
    private.mkdir()
    hostile = stack(compose, site, **{"two.inc": f"error_log {outside}/new.log;\n"})
    outcome = proven(hostile, NGINX_FIX, private)
    assert said(outcome)["nginx"][0] is Status.UNPROVEN
    assert "included in blocks of two kinds" in said(outcome)["nginx"][1]
    assert not (outside / "new.log").exists()


def test_a_block_within_data_is_not_put_to_nginx(outside: Path, tmp_path: Path) -> None:
    site = f"map $uri $x {{ a {{ }} error_log OUT/new.log; }}\n{SITE}"
    outcome = asked(site, outside, tmp_path)
    assert said(outcome)["nginx"][1] == "a block within data (site.conf:1)"


def test_a_value_of_the_environment_is_not_shown(tmp_path: Path) -> None:
    compose = COMPOSE.replace(
        "./site.conf:/etc/nginx/conf.d/default.conf:ro",
        "./site.conf:/etc/nginx/templates/default.conf.template:ro",
    ).replace('restart: "no"', 'restart: "no"\n    environment: {LIMIT: hunter2}')
    site = SITE.replace("client_max_body_size 1m", "client_max_body_size ${LIMIT}")
    site = site.replace("1m", "${LIMIT}")
    outcome = proven(stack(compose, site), NGINX_FIX, tmp_path)
    status, what = said(outcome)["nginx"]
    assert status is Status.FAILED_BEFORE
    assert what.endswith("in site.conf:5")
    assert "hunter2" not in what


OUTSIDE_OF_THE_PROJECT = {
    "env_file": "services: {app: {env_file: OUT}}",
    "env_file above": "services: {app: {env_file: ../../../../../OUT}}",
    "env_file in long form": "services: {app: {env_file: [{path: OUT, required: false}]}}",
    "label_file": "services: {app: {label_file: OUT}}",
    "extends": "services: {app: {extends: {file: OUT, service: x}}}",
    "include": "include: [OUT]\nservices: {app: {restart: always}}",
    "include with an env file": "include: [{path: more.yaml, env_file: OUT}]\nservices: {}",
    "a repository": "include: ['https://names.invalid/x.git']\nservices: {app: {restart: always}}",
    "an artifact": "include: ['oci://names.invalid/x:1']\nservices: {app: {restart: always}}",
}


@pytest.mark.parametrize("name", OUTSIDE_OF_THE_PROJECT)
def test_compose_reads_nothing_outside(name: str, outside: Path, tmp_path: Path) -> None:
    other = OUTSIDE_OF_THE_PROJECT[name].replace("OUT", f"{outside}/broken.conf")
    more = {"compose.override.yaml": other, "more.yaml": "services: {x: {image: y}}\n"}
    private = tmp_path / "private"
    private.mkdir()
    outcome = proven(stack(COMPOSE, SITE, **more), COMPOSE_FIX, private)
    status, what = said(outcome)["Docker Compose"]
    assert status is Status.UNPROVEN, what
    assert "names a file that is not looked at" in what or "is not in the project" in what


def test_values_of_variables_are_used_and_never_shown(tmp_path: Path) -> None:
    compose = COMPOSE.replace('restart: "no"', "mem_limit: ${LIMIT:?}\n    restart: ${MISSING:?}")
    secret = {".env": "LIMIT=hunter2\nCOMPOSE_FILE=compose.yaml\n"}
    outcome = proven(stack(compose, SITE, **secret), COMPOSE_FIX, tmp_path)
    status, what = said(outcome)["Docker Compose"]
    assert status is Status.FAILED_BEFORE
    assert "may hold values of .env" in what
    assert "hunter2" not in what
    assert not any(
        b"hunter2" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
