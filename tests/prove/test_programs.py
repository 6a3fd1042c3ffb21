from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from patcher.prove import compose_program, nginx_program
from patcher.prove.certificate import CERTIFICATE, KEY, make_certificate
from patcher.prove.private import CannotRun, environment, run
from tests.prove.proving import needs_programs


def put(folder: Path, name: str, prints: str, status: int = 0) -> str:
    """Write a program that prints something."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any of the programs."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(compose_program, "_PLUGINS", ())
    monkeypatch.setattr(compose_program, "wheel", lambda: None)
    monkeypatch.setattr(nginx_program, "wheel", lambda: None)
    monkeypatch.setattr(nginx_program, "_SBIN", str(tmp_path / "sbin"))
    return tmp_path


def test_a_machine_without_programs_says_what_to_do(empty: Path) -> None:
    with pytest.raises(CannotRun, match=r"no Docker Compose found; install .* --compose PATH"):
        compose_program.find_compose(None, empty)
    with pytest.raises(CannotRun, match=r"no nginx found; install .* --nginx-bin PATH"):
        nginx_program.find_nginx(None, empty)


def test_the_users_own_plugin_is_found_before_the_search_path(empty: Path) -> None:
    on_path = put(empty / "path", "docker-compose", "2.30.1")
    assert str(compose_program.find_compose(None, empty).path) == on_path
    plugins = empty / "home/.docker/cli-plugins"
    plugins.mkdir(parents=True)
    plugin = put(plugins, "docker-compose", "v2.40.3-desktop.1")
    found = compose_program.find_compose(None, empty)
    assert (str(found.path), found.version) == (plugin, "2.40.3-desktop.1")


def test_the_wheels_own_script_is_not_taken(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(empty / "path", "docker-compose", "2.40.3")
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(empty / "path"))
    with pytest.raises(CannotRun, match="no Docker Compose found"):
        compose_program.find_compose(None, empty)


def test_an_old_compose_is_not_asked(empty: Path) -> None:
    path = put(empty / "path", "docker-compose", "1.29.2")
    with pytest.raises(CannotRun, match=r"is version 1\.29\.2, and 2 or later is needed"):
        compose_program.find_compose(path, empty)


def test_an_old_nginx_is_not_asked(empty: Path) -> None:
    path = put(empty / "path", "nginx", "nginx version: nginx/1.18.0")
    with pytest.raises(CannotRun, match=r"is version 1\.18\.0, and 1\.19\.5 or later is needed"):
        nginx_program.find_nginx(path, empty)


def test_an_nginx_outside_of_the_search_path_is_found(empty: Path) -> None:
    path = put(empty / "sbin", "nginx", "nginx version: openresty/1.27.1.2")
    found = nginx_program.find_nginx(None, empty)
    assert (str(found.path), found.version) == (path, "1.27.1")


def test_the_second_program_is_asked_where_the_first_is_none(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty / "path", "nginx", "no version", 1)
    wheel = put(empty / "wheel", "nginx", "nginx version: nginx/1.31.3")
    monkeypatch.setattr(nginx_program, "wheel", lambda: Path(wheel))
    assert nginx_program.find_nginx(None, empty).version == "1.31.3"


@needs_programs
@pytest.mark.parametrize("with_openssl", [True, False])
def test_the_certificate_is_one_that_nginx_loads(
    with_openssl: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_openssl:
        pytest.importorskip("trustme")
        monkeypatch.setattr("shutil.which", lambda _: None)
    make_certificate(tmp_path)
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; server {{ listen unix:s ssl;"
        f" ssl_certificate {tmp_path}/{CERTIFICATE}; ssl_certificate_key {tmp_path}/{KEY}; }} }}"
    )
    options = ("-t", "-e", "stderr", "-p", f"{tmp_path}/", "-c", str(conf))
    done = run((str(nginx_program.wheel()), *options), tmp_path, environment(tmp_path))
    assert done.status == 0, done.errors


def test_without_openssl_and_trustme_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(CannotRun, match=r"install openssl, or hanna-fix\[prove\]"):
        make_certificate(tmp_path)
