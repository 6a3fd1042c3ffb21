"""The cases of the corpus: compose files alone, nginx files alone, and whole stacks.

Nothing of the corpus is ever written into the project: a case is put into a directory of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from patcher.errors import UserError
from patcher.lang.nginx import parse
from patcher.stack.compose.discover import NAMES, OVERRIDES
from patcher.text import Source
from tests.stacks import SHARED

CORPUS: Final = SHARED / "corpus"
KINDS: Final = ("compose", "nginx", "stacks")

# what follows a directive that hands requests on, or `server` in an upstream: a plain host name
_HOST: Final = re.compile(
    r"(?m)^[^#\n]*?\b(?:(?:proxy|grpc|fastcgi|uwsgi|scgi)_pass|set\s+\$\w+|server)\s+"
    r"[\"']?(?:(?:https?|grpcs?)://)?([a-z][a-z0-9_-]*)(?::[0-9$]|[/;\"'])"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One project of the corpus: which files lie where in it, and how it is asked for.

    `root` is the project directory below the place where the files are put.
    """

    kind: str
    name: str
    files: tuple[tuple[str, bytes | Path], ...]
    root: str = ""
    compose: tuple[str, ...] = ()
    nginx: tuple[str, ...] = ()

    def put(self, folder: Path) -> Path:
        """Write the files below `folder`; return the project directory."""
        for name, content in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read_bytes() if isinstance(content, Path) else content)
        return folder / self.root


def cases(kind: str) -> list[Case]:
    """Return the cases of one kind, in a fixed order; none where there is no corpus."""
    return list({"compose": _compose, "nginx": _nginx, "stacks": _stacks}[kind]())


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        if (CORPUS / folder).is_dir():
            yield from sorted((CORPUS / folder).iterdir())


def _compose() -> Iterator[Case]:
    for path in _files("compose", "compose_fixtures"):
        name = path.name.rpartition("~")[2].rpartition("__")[2]
        given = () if name in NAMES else (name,)
        yield Case("compose", path.name, ((f"project/{name}", path),), "project", given)


def _nginx() -> Iterator[Case]:
    for path in _files("nginx", "nginx_fixtures"):
        data = path.read_bytes()
        hosts = sorted(set(_HOST.findall(data.decode("utf-8", "replace"))) - {"nginx", "unix"})
        mount = f"./site.conf:{_target(path.name, data)}:ro"
        site = ("project/site.conf", path)
        mounted = (("project/compose.yaml", _stack_for(hosts, mount)), site)
        yield Case("nginx", f"{path.name} (mounted)", mounted, "project")
        alone = (("project/compose.yaml", _stack_for(hosts, None)), site)
        yield Case("nginx", f"{path.name} (--nginx)", alone, "project", nginx=("site.conf",))


def _stack_for(hosts: list[str], mount: str | None) -> bytes:
    """Return a compose file without a fault, in which each host that the nginx file names runs."""
    health = {"test": ["CMD", "true"]}
    services: dict[str, object] = {
        host: {"image": f"example/{host}", "healthcheck": health} for host in hosts or ["app"]
    }
    if mount is not None:
        waits = {host: {"condition": "service_healthy"} for host in hosts}
        services["nginx"] = {"image": "nginx:1.27", "volumes": [mount], "depends_on": waits}
    networks = {"default": {"name": "stand-in"}}
    return json.dumps({"services": services, "networks": networks}).encode()


def _target(name: str, data: bytes) -> str:
    """Return where the official image would see the file."""
    if name.endswith(".template"):
        return "/etc/nginx/templates/default.conf.template"
    try:
        is_main = parse(Source.decode(name, data)).context == "main"
    except UserError:
        is_main = b"events" in data
    return "/etc/nginx/nginx.conf" if is_main else "/etc/nginx/conf.d/default.conf"


def _stacks() -> Iterator[Case]:
    for repository in _files("stacks"):
        found = sorted(path for path in repository.rglob("*") if path.is_file())
        held = tuple((f"project/{_relative(path, repository)}", path) for path in found)
        composes = [path for path in found if _is_compose(path)]
        defaults = {path.parent: path for path in composes if path.name in NAMES}
        for folder in sorted(defaults):
            below = _relative(folder, repository)
            root = str(PurePosixPath("project", below))
            yield Case("stacks", f"{repository.name}:{below}", held, root)
        for path in composes:
            if path.name in (*NAMES, *OVERRIDES):
                continue
            given = _relative(path, repository)
            yield Case("stacks", f"{repository.name}:-f {given}", held, "project", (given,))
            if first := defaults.get(path.parent):
                both = (_relative(first, repository), given)
                name = f"{repository.name}:-f {both[0]} -f {both[1]}"
                yield Case("stacks", name, held, "project", both)


def _relative(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


def _is_compose(path: Path) -> bool:
    return path.suffix in (".yml", ".yaml") and "compose" in path.name
