"""One service as Compose merges and reads it: every case is read by the real Compose as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.real_compose import needs_compose
from tests.stack.compose.beside import agreed, loaded
from tests.stack.compose_texts import stack

pytestmark = needs_compose

ENV = "S=s t\nP=./p\nN=5\nT=false\n"


def view(folder: Path, service: str, more: str = "") -> dict[str, Any]:
    """Our view of a service, given as a flow mapping's inside, with `b`, `c` and `d` beside it."""
    others = "".join(f"  {name}: {{image: x}}\n" for name in "bcd")
    text = f"services:\n  a: {{{service}}}\n{others}{more}"
    return agreed(folder, {"compose.yaml": text, ".env": ENV, "x.env": "A=2\nB=$S\n"})["a"]


@pytest.mark.parametrize(
    ("service", "attribute", "value"),
    [
        ("image: 'i:${N}'", "image", "i:5"),
        ("image: x, container_name: 'c$N', hostname: h", "container_name", "c5"),
        ("image: x, working_dir: /w/$N", "working_dir", "/w/5"),
        ("image: x, command: a 'b c' $$N $N", "command", ["a", "b c", "$N", "5"]),
        ("image: x, command: ['$S', '$$S']", "command", ["s t", "$S"]),
        ("image: x, command: []", "command", []),
        ("image: x, entrypoint: sh -c 'x && y'", "entrypoint", ["sh", "-c", "x && y"]),
        ("image: x, profiles: [p, '$N']", "profiles", ["5", "p"]),
        ("image: x, environment: ['A=b=c', 'B=', C, N]", "environment",
         {"A": "b=c", "B": "", "C": None, "N": "5"}),
        ("image: x, environment: {A: '$S', B: , N: }", "environment",
         {"A": "s t", "B": None, "N": "5"}),
        ("image: x, env_file: x.env", "environment", {"A": "2", "B": "s t"}),
        ("image: x, env_file: x.env, environment: [A, B=1]", "environment", {"A": None, "B": "1"}),
        ("image: x, env_file: [{path: none.env, required: false}, x.env]", "environment",
         {"A": "2", "B": "s t"}),
        ("image: x, depends_on: [b, c]", "depends_on",
         {"b": "service_started", "c": "service_started"}),
        ("image: x, depends_on: {b: {condition: service_healthy, required: false}}", "depends_on",
         {"b": "service_healthy"}),
        ("image: x, links: [b, 'c:cc'], depends_on: {b: {condition: service_healthy}}",
         "depends_on", {"b": "service_healthy", "c": "service_started"}),
        ("image: x, volumes_from: ['b:ro', 'container:z'], ipc: 'service:c', pid: 'service:d'",
         "depends_on", dict.fromkeys("bcd", "service_started")),
        ("image: x, network_mode: 'service:b'", "depends_on", {"b": "service_started"}),
        ("image: x, network_mode: host", "networks", {}),
        ("image: x, network_mode: none", "network_mode", "none"),
        ("image: x", "networks", {"default": []}),
        ("provider: {type: model}", "networks", {}),
        ("image: x, ports: ['80', '81:82', '127.0.0.1:83:84', '85-87:88-90', '91:92/udp', "
         "'[::1]:93:94', '${N}:95', {target: 96}], expose: [99, '100-101', '102/udp']", "ports",
         {80, 82, 84, 88, 89, 90, 92, 94, 95, 96, 99, 100, 101, 102}),
        ("image: x, volumes: ['./a:/a', '../b:/b', '/c:/c:ro', '$P:/g', './k:/k/', '.:/l:rw,z', "
         "{type: bind, source: ./h, target: /h}, /anonymous, {type: tmpfs, target: /j}]", "mounts",
         {"/a": "a", "/b": None, "/c": None, "/g": "p", "/k": "k", "/l": ".", "/h": "h"}),
        # a letter and a colon: a path of Windows, and a name without a volume
        ("image: x, volumes: ['C:\\x:/y', 'c:/x:/z:ro', 'n:/v']", "mounts",
         {"/y": None, "/z": None}),
        ("build: ./a", "build", ("a", "a/Dockerfile", None, {})),
        ("build: {context: ./b, dockerfile: ../D, target: t, args: {X: 1, Y: , N: }}", "build",
         ("b", "D", "t", {"X": "1", "N": "5"})),
        ("build: {context: ., dockerfile_inline: FROM x}", "build", (".", None, None, {})),
        ("build: {context: 'https://github.com/a/b.git'}", "build", (None, None, None, {})),
        ("build: {context: ../g}", "build", (None, None, None, {})),
        ("image: x, healthcheck: {test: 'curl $$X $N'}", "healthcheck test",
         ["CMD-SHELL", "curl $X 5"]),
        ("image: x, healthcheck: {test: [CMD, '$N']}", "healthcheck test", ["CMD", "5"]),
        ("image: x, healthcheck: {interval: 3s}", "healthcheck test", None),
        ("image: x, healthcheck: {disable: true, test: x}", "health disabled", True),
        ("image: x, healthcheck: {disable: 'yes', test: x}", "health disabled", True),
        ("image: x, healthcheck: {disable: 'false', test: x}", "health disabled", False),
        ("image: x, healthcheck: {disable: '$T', test: x}", "health disabled", False),
        ("image: x, healthcheck: {test: [NONE]}", "health disabled", True),
        ("image: x, deploy: {replicas: '$N'}, develop: {watch: []}, scale: 5", "image", "x"),
    ],
)  # fmt: skip
def test_attribute(service: str, attribute: str, value: Any, tmp_path: Path) -> None:
    assert view(tmp_path, service)[attribute] == value


def test_networks_and_aliases(tmp_path: Path) -> None:
    networks = "networks: {n: {aliases: [z, 'q$N']}, m: , default: }"
    found = view(tmp_path, f"image: x, {networks}", "networks: {n: , m: {external: true}}\n")
    assert found["networks"] == {"default": [], "m": [], "n": ["q5", "z"]}


def test_scalars_as_go_writes_them(tmp_path: Path) -> None:
    numbers = {
        "0755": "493", "0o17": "15", "0x1F": "31", "0b11": "3", "1_000": "1000", "+1": "1",
        "1.50": "1.5", "1.0": "1", ".5": "0.5", "1e3": "1000", "1e5": "100000", "1e6": "1e+06",
        "123456.7": "123456.7", "1234567.5": "1.2345675e+06", "0.0001": "0.0001", "1e-5": "1e-05",
        "12345678901234567890": "12345678901234567890", "-2.5e-9": "-2.5e-09", "0.0": "0",
        "100000000000000000000": "1e+20", "22:22": "22:22", "yes": "yes", "True": "true",
        "'1.50'": "1.50", "~": None,
    }  # fmt: skip
    entries = ", ".join(f"V{index}: {text}" for index, text in enumerate(numbers))
    found = view(tmp_path, f"image: x, environment: {{{entries}}}")
    assert list(found["environment"].values()) == list(numbers.values())


FIRST = """services:
  a:
    image: x
    command: [a]
    entrypoint: [e]
    environment: {A: 1, B: 1}
    ports: ['80:80', '8080']
    expose: [1]
    depends_on: {d: {condition: service_healthy}, e: {condition: service_started}}
    volumes: ['./v:/v', './w:/w/']
    networks: {n1: {aliases: [q]}, n2: }
    healthcheck: {test: [CMD, 'true'], interval: 3s}
    profiles: [p]
    working_dir: /x
    build: {context: ./x, target: t}
  d: {image: x}
  e: {image: x}
networks: {n1: , n2: , n3: }
"""


@pytest.mark.parametrize(
    ("override", "attribute", "value"),
    [
        ("command: b c", "command", ["b", "c"]),
        ("command: , entrypoint: []", "command", None),
        ("working_dir: ", "working_dir", "/x"),
        ("environment: [B=2, C]", "environment", {"A": "1", "B": "2", "C": None}),
        ("environment: {A: !reset null}", "environment", {"B": "1"}),
        ("environment: !override {C: 1}", "environment", {"C": "1"}),
        ("ports: ['81:81'], expose: [2-4]", "ports", {80, 8080, 81, 1, 2, 3, 4}),
        ("ports: !override ['81:81']", "ports", {81, 1}),
        ("ports: !reset []", "ports", {1}),
        ("depends_on: [d]", "depends_on", {"d": "service_started", "e": "service_started"}),
        ("depends_on: {d: !reset null}", "depends_on", {"e": "service_started"}),
        ("volumes: ['./z:/v:ro', {type: bind, source: ./q, target: /w}]", "mounts",
         {"/v": "z", "/w": "q"}),
        ("volumes: ['./z:/v/', /w]", "mounts", {"/v": "z"}),
        ("volumes: !reset []", "mounts", {}),
        ("networks: [n3]", "networks", {"n1": ["q"], "n2": [], "n3": []}),
        ("networks: {n1: !reset null}", "networks", {"n2": []}),
        ("healthcheck: {retries: 3}", "healthcheck test", ["CMD", "true"]),
        ("healthcheck: {disable: true}", "health disabled", True),
        ("healthcheck: !reset null", "healthcheck test", None),
        ("profiles: [q]", "profiles", ["p", "q"]),
        ("build: ./y", "build", ("y", "y/Dockerfile", "t", {})),
    ],
)  # fmt: skip
def test_override(override: str, attribute: str, value: Any, tmp_path: Path) -> None:
    files = {
        "compose.yaml": FIRST,
        "compose.override.yaml": f"services:\n  a: {{{override}}}\n",
    }
    assert agreed(tmp_path, files)["a"][attribute] == value


def test_env_files_of_all_definitions(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {a: {extends: {file: d/c.yaml, service: b}, env_file: y.env}}\n",
        "d/c.yaml": "services: {b: {image: x, env_file: x.env}}\n",
        "d/x.env": "A=1\nB=1\n",
        "y.env": "B=2\nC=$A$P\n",
        ".env": "P=p\n",
    }
    found = agreed(tmp_path, files)["a"]["environment"]
    assert found == {"A": "1", "B": "2", "C": "1p"}


def test_who_wins_for_a_variable_in_an_env_file(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {a: {image: x, env_file: x.env, environment: {B: 9, C: 9}}}\n",
        "x.env": "B=1\nA=$B\nD=$C\n",
        ".env": "C=0\n",
    }
    found = agreed(tmp_path, files)["a"]["environment"]
    assert found == {"A": "9", "B": "9", "C": "9", "D": "0"}


def test_a_check_that_only_looks_switched_off_gives_no_health() -> None:
    """Compose runs NONE as a command, which fails: nothing may be made to wait for it."""
    service = stack("services: {a: {image: x, healthcheck: {test: NONE}}}\n").project.services["a"]
    assert service.health_disabled


def test_links_name_services_for_this_container_alone(tmp_path: Path) -> None:
    text = "services: {a: {image: x, links: [b, 'b:api']}, b: {image: x}, c: {image: x}}\n"
    project = loaded(tmp_path, {"compose.yaml": text}).project
    services = project.services
    assert services["a"].links == {"b": "b", "api": "b"}
    assert project.by_name("api", services["a"]) is services["b"]
    assert project.by_name("api", services["c"]) is None
    assert project.by_name("api") is None
