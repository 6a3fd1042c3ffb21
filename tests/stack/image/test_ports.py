from __future__ import annotations

from dataclasses import replace

import pytest

from patcher.stack.image.families import family_of
from patcher.stack.image.ports import is_own_command, listening_port
from patcher.stack.image.probes import Family, ImageFacts, NoProbe

from .image_facts import built, facts


def port(given: ImageFacts) -> int | str:
    """Return the port, or the reason for none."""
    found = listening_port(given, family(given.image))
    return found.reason if isinstance(found, NoProbe) else found


def family(image: str) -> Family:
    found = family_of(image, None)
    assert found is not None
    return found


def test_what_nginx_asks_comes_first() -> None:
    stage = built("node:20", expose=(3000,), cmd=("node", "server.js"))
    assert port(facts("node:20", proxied=(8080,), ports=(9229,), stage=stage)) == 8080


def test_of_several_asked_ports_the_one_that_something_confirms() -> None:
    asked = facts("python:3", proxied=(8000, 8001))
    assert port(asked) == "it may listen on any of the ports 8000, 8001"
    assert port(replace(asked, command=("daphne", "-p", "8001", "a:b"))) == 8001
    assert port(replace(asked, container_ports=(8000, 9000))) == 8000
    assert port(replace(asked, stage=built("python:3", expose=(8001,)))) == 8001


def test_nginx_and_the_command_contradict_each_other() -> None:
    given = facts("python:3", "gunicorn", "-b", ":8000", "a:b", proxied=(8080,))
    assert port(given) == "nginx asks port 8080, and the command listens on 8000"


def test_the_command_comes_before_expose() -> None:
    stage = built("python:3", expose=(9000,))
    assert port(facts("python:3", "uvicorn", "a:b", "--port", "81", stage=stage)) == 81


def test_two_servers_in_one_command() -> None:
    text = "gunicorn -b :8000 a:b & daphne -p 8001 a:b"
    reason = "it may listen on any of the ports 8000, 8001"
    assert port(facts("python:3", "sh", "-c", text)) == reason
    assert port(facts("python:3", "sh", "-c", text, proxied=(8001,))) == 8001


def test_the_port_variable_comes_before_expose() -> None:
    stage = built("node:20", expose=(3000,), cmd=("node", "a.js"), env={"PORT": "3001"})
    given = facts("node:20", "node", "a.js", stage=stage)
    assert port(given) == 3001
    assert port(replace(given, environment={"PORT": "3002"})) == 3002
    unknown = "its port is set to something that is not known here"
    assert port(replace(given, environment={"PORT": None})) == unknown
    assert port(replace(given, environment={"PORT": "${P}"})) == unknown


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, 8080),
        ({"ASPNETCORE_URLS": "http://+:5000"}, 5000),
        ({"ASPNETCORE_HTTP_PORTS": "5001"}, 5001),
        (
            {"ASPNETCORE_URLS": "http://+:80;https://+:443"},
            "its port is set to something that is not known here",
        ),
    ],
)
def test_dotnet_variables(env: dict[str, str], expected: int | str) -> None:
    assert port(facts("mcr.microsoft.com/dotnet/aspnet:8.0", env=env)) == expected


def test_expose_counts_for_the_images_own_command() -> None:
    stage = built("node:20", expose=(3000,), shell="npm start")
    for command in (
        (),
        ("npm", "start"),
        ("sh", "-c", "npm start"),
        ("/bin/sh", "-c", "npm start"),
    ):
        assert port(facts("node:20", *command, stage=stage)) == 3000


def test_expose_counts_for_a_known_server() -> None:
    stage = built("python:3", expose=(8000,), cmd=("python", "x.py"))
    assert port(facts("python:3", "gunicorn", "-c", "conf.py", "a:b", stage=stage)) == 8000


@pytest.mark.parametrize("command", ["python fetch.py", "./other.sh"])
def test_expose_does_not_count_for_another_command(command: str) -> None:
    stage = built("python:3", expose=(8000,), cmd=("gunicorn", "-b", ":8000", "a:b"))
    given = facts("python:3", *command.split(), stage=stage)
    assert port(given) == "nothing tells which port it listens on"
    assert port(replace(given, container_ports=(7000,))) == 7000


@pytest.mark.parametrize(
    "command",
    ["celery -A a worker", "python manage.py idle_fetcher", "rq worker", "sh -c 'crond -f'"],
)
def test_a_worker_listens_on_no_port_whatever_its_image_exposes(command: str) -> None:
    stage = built("python:3", expose=(8000,), cmd=("gunicorn", "-b", ":8000", "a:b"))
    given = facts("python:3", *command.split(), stage=stage, ports=(8000,), proxied=())
    worker = "its command is a worker or a management command, which listens on no port"
    assert port(given) == worker
    assert port(replace(given, proxied_ports=(8000,))) == worker


def test_a_worker_that_is_the_images_own_command() -> None:
    stage = built("python:3", expose=(8000,), cmd=("celery", "-A", "a", "worker"))
    given = facts("python:3", "celery", "-A", "a", "worker", stage=stage)
    assert isinstance(port(given), str)


def test_published_ports() -> None:
    assert port(facts("node:20", ports=(3000,))) == 3000
    assert port(facts("node:20", ports=(3000, 3000))) == 3000
    several = "it may listen on any of the ports 3000, 9229"
    assert port(facts("node:20", ports=(3000, 9229))) == several


def test_the_familys_port_is_chosen_among_several() -> None:
    assert port(facts("nginx", ports=(443, 80))) == 80
    assert port(facts("nginx", ports=(8080,))) == 8080
    assert port(facts("nginx")) == 80


def test_the_ports_of_an_nginx_configuration() -> None:
    text = (
        "server {\n listen 8080;\n # listen 81;\n listen [::]:8080;\n}\nserver { listen 443 ssl; }"
    )
    assert port(facts("nginx", config=text, ports=(8080,))) == 8080
    assert port(facts("nginx", config=text)) == "it may listen on any of the ports 443, 8080"
    assert port(facts("nginx", config="server { listen 127.0.0.1:8081; }")) == 8081


def test_nothing_known() -> None:
    assert port(facts("node:20")) == "nothing tells which port it listens on"


@pytest.mark.parametrize(("host", "works"), [("127.0.0.1", True), ("10.0.0.5", False)])
def test_the_address(host: str, works: bool) -> None:
    found = port(facts("python:3", "gunicorn", "-b", f"{host}:8000", "a:b"))
    assert found == (8000 if works else "gunicorn listens on one address only")


def test_own_command() -> None:
    stage = built("nginx", cmd=("nginx", "-g", "daemon off;"))
    assert is_own_command(facts("nginx"))
    assert is_own_command(facts("nginx", "--option"))
    assert is_own_command(facts("nginx", "nginx", "-g", "daemon off;", stage=stage))
    assert not is_own_command(facts("nginx", "./other.sh"))
    assert not is_own_command(facts("nginx", "./other.sh", stage=stage))
