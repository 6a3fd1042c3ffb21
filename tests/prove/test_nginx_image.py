"""The nginx of the stack's own image, asked through a `docker` that notes what it is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patcher.engine.statement import Status
from patcher.finding import Safety
from patcher.prove import nginx_image
from patcher.prove.private import CannotRun, run
from patcher.prove.programs import Programs
from patcher.prove.proof import Prover
from tests.prove.proving import COMPOSE_BIN, HONEST, NGINX_BIN, needs_programs, stack

pytestmark = needs_programs

IMAGE = "sha256:0123"
DOCKER = """\
#!/bin/sh
echo "$*" >> {log}
case $1 in
image) [ "$5" = nginx:1.27 ] && echo {image} && exit; echo 'no such image' >&2; exit 1;;
run)
    while [ "$1" != {image} ]; do
        case $1 in --workdir=*) cd "${{1#--workdir=}}";; esac
        shift
    done
    shift
    {run};;
esac
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return put_docker(tmp_path, monkeypatch, f'exec {NGINX_BIN} -e stderr "$@"')


def put_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "docker.log"
    program = folder / "docker"
    program.write_text(DOCKER.format(log=log, image=IMAGE, run=script))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def private(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir()
    return folder


def test_the_image_that_the_stack_runs_is_asked(log: Path, tmp_path: Path) -> None:
    folder = private(tmp_path)
    rules = HONEST[2:]
    outcome = Prover(
        Programs(folder, str(COMPOSE_BIN)), stack(), rules, Safety.SAFE, folder
    ).prove()
    (statement,) = outcome.proof or ()
    assert statement.status is Status.PROVEN
    assert statement.notes == ()
    inspected, version, *tests = log.read_text().splitlines()
    assert inspected == "image inspect --format={{.Id}} -- nginx:1.27"
    assert version.endswith(f"{IMAGE} -v")
    assert len(tests) == 2
    for line in tests:
        for bound in ("--rm", "--pull=never", "--network=none", "--read-only", "--cap-drop=ALL"):
            assert f" {bound} " in line
        assert f" --volume={folder}:{folder} " in line
        assert line.count("--volume") == 1


def test_a_program_given_by_name_comes_first(log: Path, tmp_path: Path) -> None:
    folder = private(tmp_path)
    programs = Programs(folder, str(COMPOSE_BIN), str(NGINX_BIN))
    Prover(programs, stack(), HONEST[2:], Safety.SAFE, folder).prove()
    assert not log.exists()


def test_an_image_that_is_not_there_is_not_pulled(log: Path, tmp_path: Path) -> None:
    folder = private(tmp_path)
    before = stack(
        "services: {web: {image: 'nginx:9', volumes: ['./site.conf:/etc/nginx/conf.d/a.conf']}}\n"
    )
    programs = Programs(folder, str(COMPOSE_BIN))
    outcome = Prover(programs, before, HONEST[2:], Safety.SAFE, folder).prove()
    assert log.read_text() == "image inspect --format={{.Id}} -- nginx:9\n"
    (statement,) = outcome.proof or ()
    assert statement.status is Status.PROVEN
    assert statement.notes == ("the stack runs nginx:9",)


def test_the_daemon_of_another_machine_is_not_asked(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = private(tmp_path)
    told: list[str | None] = []

    def note(_command: object, _folder: Path, environ: dict[str, str]) -> None:
        told.append(environ.get("DOCKER_HOST"))

    monkeypatch.setattr(nginx_image, "run", note)
    for host in ("tcp://names.invalid:2375", "ssh://names.invalid", "unix:///run/other.sock"):
        monkeypatch.setenv("DOCKER_HOST", host)
        with pytest.raises(AttributeError):
            nginx_image.image_nginx("nginx:1.27", folder)
    assert told == [None, None, "unix:///run/other.sock"]


def test_a_container_that_does_not_end_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = put_docker(tmp_path, monkeypatch, "[ $# -gt 1 ] && sleep 300; echo nginx/1.27.0")
    folder = private(tmp_path)
    found = nginx_image.image_nginx("nginx:1.27", folder)
    assert found is not None
    monkeypatch.setattr(nginx_image, "run", lambda *arguments: run(*arguments, seconds=0.5))
    with pytest.raises(CannotRun, match="docker took too long"):
        nginx_image._in_container(found.docker, folder, (), IMAGE, "-t", "-q")
    *_, started, removed = log.read_text().splitlines()
    name = next(one for one in started.split() if one.startswith("--name="))
    assert removed == f"rm --force {name.removeprefix('--name=')}"


def test_a_daemon_that_fails_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = '[ "$1" = -v ] && exec echo nginx/1.27.0; echo "docker: no space left" >&2; exit 125'
    put_docker(tmp_path, monkeypatch, script)
    folder = private(tmp_path)
    programs = Programs(folder, str(COMPOSE_BIN))
    outcome = Prover(programs, stack(), HONEST[2:], Safety.SAFE, folder).prove()
    (statement,) = outcome.proof or ()
    assert statement.status is Status.UNPROVEN
    assert statement.said == "it ended with status 125: docker: no space left"


def test_a_daemon_that_does_not_see_the_files_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f'mv etc gone; exec {NGINX_BIN} -e stderr "$@"'
    put_docker(tmp_path, monkeypatch, script)
    folder = private(tmp_path)
    programs = Programs(folder, str(COMPOSE_BIN))
    outcome = Prover(programs, stack(), HONEST[2:], Safety.SAFE, folder).prove()
    (statement,) = outcome.proof or ()
    assert statement.status is Status.UNPROVEN
    assert "cannot read the private directory" in statement.said
