"""Ways out of the project: nothing outside is read, listed, shown or changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.child import refusal
from tests.hostile.conftest import CANARY, Arena


def ways(arena: Arena, name: str) -> list[str]:
    """Return every way from the project to the file `name` outside; makes the links it needs."""
    root, goal = arena.root, arena.outside / name
    links = {
        f"link-{name}": goal,
        f"relative-{name}": Path("..", "outside", name),
        f"chain-{name}": Path(f"chain2-{name}"),
        f"chain2-{name}": goal,
        f"loop-{name}": Path(f"loop-{name}"),
        f"dangling-{name}": arena.outside / "none",
        "folder": arena.outside,
        "up": Path(".."),
        "proc": Path("/proc/self/root"),
    }
    for link, target in links.items():
        if not (root / link).is_symlink():
            (root / link).symlink_to(target)
    return [
        f"../outside/{name}",
        f"./../project/../outside/{name}",
        str(goal),
        f"~/{name}",
        f"./folder/{name}",
        f"./folder/../outside/{name}",
        f"./up/outside/{name}",
        f"./proc{goal}",
        *(f"./{link}" for link in links if link.endswith(name)),
    ]


def services(entries: list[str]) -> str:
    head = "services:\n  app: {image: 'postgres:16'}\n"
    return head + "".join(f"  s{index}: {entry}\n" for index, entry in enumerate(entries))


def mounts(arena: Arena) -> dict[str, str]:
    target = "/etc/nginx/nginx.conf"
    short = [f"{{image: nginx, volumes: ['{way}:{target}']}}" for way in ways(arena, "nginx.conf")]
    long = [
        f"{{image: nginx, volumes: [{{type: bind, source: '{way}', target: {target}}}]}}"
        for way in ways(arena, "nginx.conf")
    ]
    return {"compose.yaml": services(short + long)}


def mounted_folders(arena: Arena) -> dict[str, str]:
    folders = ["..", "../outside", str(arena.outside), "./folder", "./up/outside", "/etc", "/proc"]
    entries = [f"{{image: nginx, volumes: ['{one}:/etc/nginx/conf.d']}}" for one in folders]
    ways(arena, "site.conf")
    return {"compose.yaml": services(entries)}


def env_files(arena: Arena) -> dict[str, str]:
    found = ways(arena, "env")
    entries = [f"{{image: x, env_file: ['{way}']}}" for way in found]
    entries += [f"{{image: x, env_file: [{{path: '{way}', required: false}}]}}" for way in found]
    return {"compose.yaml": services(entries)}


def includes_of_compose(arena: Arena) -> dict[str, str]:
    found = [way for way in ways(arena, "compose.yaml") if way.startswith(("..", "/", "~", "./.."))]
    lines = "".join(f"  - {way}\n  - {{path: {way}, env_file: {way}}}\n" for way in found)
    return {"compose.yaml": services([]) + "include:\n" + lines}


def extends(arena: Arena) -> dict[str, str]:
    found = [way for way in ways(arena, "compose.yaml") if way.startswith(("..", "/", "~", "./.."))]
    entries = [f"{{extends: {{file: '{way}', service: {CANARY}}}}}" for way in found]
    return {"compose.yaml": services(entries).replace(CANARY, "x")}


def builds(arena: Arena) -> dict[str, str]:
    files = [f"{{build: {{context: ., dockerfile: '{way}'}}}}" for way in ways(arena, "Dockerfile")]
    contexts = ["..", "../outside", str(arena.outside), "./folder", "./up/outside", "~", "/"]
    return {"compose.yaml": services(files + [f"{{build: '{one}'}}" for one in contexts])}


def copies(arena: Arena) -> dict[str, str]:
    lines = "".join(f"COPY {way} /app/\n" for way in ways(arena, "run.sh"))
    lines += "COPY folder/*.sh /app/\nCOPY * /all/\nCOPY ../outside/* /app/\n"
    command = "".join(f"RUN true\nCMD sh /app/{Path(way).name}\n" for way in ways(arena, "run.sh"))
    return {
        "compose.yaml": services(["{build: .}", "{build: ., command: sh /all/link-run.sh}"]),
        "Dockerfile": "FROM python:3\nWORKDIR /app\n" + lines + command,
    }


def nginx_includes(arena: Arena) -> dict[str, str]:
    found = ["/etc/passwd", "/proc/self/environ", *ways(arena, "site.conf")]
    lines = "".join(f"  include {way};\n" for way in found)
    lines += "  include conf.d/*;\n  include conf.d/*/*.conf;\n  include ../../../../outside/*;\n"
    return {
        "compose.yaml": services(
            ["{image: nginx, volumes: ['./n.conf:/etc/nginx/nginx.conf', '.:/etc/nginx/conf.d']}"]
        ),
        "n.conf": "events {}\nhttp {\n" + lines + "}\n",
    }


def scripts(arena: Arena) -> dict[str, str]:
    ways(arena, "package.json")
    (arena.root / "package.json").symlink_to(arena.outside / "package.json")
    found = [f"{{image: node, volumes: ['.:/app'], working_dir: /app, command: sh {way}}}"
             for way in ways(arena, "run.sh")]  # fmt: skip
    found.append("{image: node, volumes: ['.:/app'], working_dir: /app, command: npm start}")
    return {"compose.yaml": services(found)}


def own_env(arena: Arena) -> dict[str, str]:
    (arena.root / ".env").symlink_to(arena.outside / "env")
    return {"compose.yaml": services(["{image: '$NAME', command: '$NAME'}"])}


def config_files(arena: Arena) -> dict[str, str]:
    found = ways(arena, "env")
    lines = "".join(f"  c{index}: {{file: '{way}'}}\n" for index, way in enumerate(found))
    return {"compose.yaml": services([]) + "configs:\n" + lines + "secrets:\n" + lines}


@pytest.mark.parametrize(
    "build",
    [
        mounts,
        mounted_folders,
        env_files,
        includes_of_compose,
        extends,
        builds,
        copies,
        nginx_includes,
        scripts,
        own_env,
        config_files,
    ],
)
def test_nothing_outside_is_read(arena: Arena, build: Callable[[Arena], dict[str, str]]) -> None:
    arena.write(build(arena))
    arena.watched("check", "-v")


@pytest.mark.parametrize("build", [mounts, nginx_includes, own_env])
def test_nothing_outside_is_written(arena: Arena, build: Callable[[Arena], dict[str, str]]) -> None:
    arena.write(build(arena))
    arena.watched("apply", "--unsafe", "-v")


@pytest.mark.parametrize("link", ["include", "extends"])
def test_a_compose_file_behind_a_link_out_is_none(arena: Arena, link: str) -> None:
    ways(arena, "compose.yaml")
    text = {
        "include": services([]) + "include: [./link-compose.yaml]\n",
        "extends": services([f"{{extends: {{file: folder/compose.yaml, service: {CANARY[:3]}}}}}"]),
    }
    arena.write({"compose.yaml": text[link]})
    assert "no such file" in refusal(arena.watched("--dry-run"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["-f", "../outside/compose.yaml"],
        ["-f", "/etc/passwd"],
        ["-f", "link-compose.yaml"],
        ["-f", "folder/compose.yaml"],
        ["-f", "loop-compose.yaml"],
        ["--nginx", "../outside/nginx.conf"],
        ["--nginx", "folder/nginx.conf"],
    ],
)
def test_names_given_that_lead_out_are_refused(arena: Arena, arguments: list[str]) -> None:
    ways(arena, "compose.yaml")
    arena.write({"compose.yaml": services([])})
    refusal(arena.watched("--dry-run", *arguments))


@pytest.mark.parametrize("way", ["../outside/compose.yaml", "folder/compose.yaml", "/etc/passwd"])
def test_compose_file_in_env_cannot_lead_out(arena: Arena, way: str) -> None:
    ways(arena, "compose.yaml")
    arena.write({"compose.yaml": services([]), ".env": f"COMPOSE_FILE={way}\n"})
    refusal(arena.watched("--dry-run"))


def test_the_compose_file_itself_may_be_no_link_out(arena: Arena) -> None:
    (arena.root / "compose.yaml").symlink_to(arena.outside / "compose.yaml")
    refusal(arena.watched("apply"))


def test_a_link_inside_stays_and_its_file_is_written(arena: Arena) -> None:
    inside = arena.root / "real.yaml"
    inside.write_text(services(["{image: x}"]))
    (arena.root / "compose.yaml").symlink_to(inside)
    assert arena.run("apply").status == 0
    assert "hanna_network" in inside.read_text()
    assert (arena.root / "compose.yaml").is_symlink()
