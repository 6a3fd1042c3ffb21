"""The ports that a service is certain to listen on, all of them, and where that is written.

`patcher.stack.image.ports` chooses the one port to probe, by weaker evidence too. Here a port that
is left out would make a working stack look wrong, so anything unclear gives no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items
from patcher.stack.facts import Facts
from patcher.stack.image.listening import Listener, listeners, port_of
from patcher.stack.image.reference import parse_reference
from patcher.stack.image.server_table import SERVERS
from patcher.stack.nginx.bundled import KNOWN_FOLDERS
from patcher.stack.nginx.scopes import Nginx, Placed
from patcher.stack.nginx.variables import expanded
from patcher.stack.stack import Stack
from patcher.stack.start.commands import is_server
from patcher.stack.start.trace import Trace, trace
from patcher.stack.start.wrappers import normalise, unwrap

# servers whose default port nothing but their own words moves; `manage.py runserver` is not among
# them, because Flask-Script's listens on 5000
_FIXED_DEFAULT: Final = frozenset(["uvicorn", "daphne", "http.server"])
# servers that open further ports by settings of their own
_OPEN_MORE: Final = frozenset(["uwsgi", "puma", "java", "dotnet", "streamlit", "celery"])
_LISTEN: Final = regex(r"(?:(?:\[[^\]]*\]|[^:\[\]]*):)?(\d{1,5})")
_HOST: Final = regex(r"(?=.*[A-Za-z.*])[\w.*-]+|\[[^\]]*\]")
_DEFAULT_SITE: Final = "/etc/nginx/conf.d/default.conf"
# where nginx listens without a `listen`: as root, and as another user
_NO_LISTEN: Final = frozenset([80, 8000])

# images that listen where their own settings say, and where those are; the ones that are changed
# by a program (`sed`, a template) say nothing
_SETTINGS: Final = {
    "nginx": (regex(r"nginx|nginxinc/nginx-unprivileged"), ("/etc/nginx", "/docker-entry")),
    "httpd": (regex(r"httpd"), ("/usr/local/apache2/conf",)),
    "php-fpm": (regex(r"php|wordpress"), ("/usr/local/etc/php-fpm",)),
    "php-apache": (regex(r"php|wordpress"), ("/etc/apache2",)),
}
_CHANGES_SETTINGS: Final = regex(r"(?i)sed\b|listen|nginx|apache2/|a2en|fpm\.d|fpm\.conf|<<")


@dataclass(frozen=True, slots=True)
class KnownPorts:
    """All ports that a service listens on; `source` says what tells them."""

    ports: tuple[int, ...]
    source: str


def known_ports(stack: Stack, service: Service) -> KnownPorts | None:
    """Return the ports of a service; None unless all of them are known.

    A service whose network others use has their ports, too.
    """
    others = stack.project.services.values()
    if any(one.network_mode == f"service:{service.name}" for one in others):
        return None
    facts = stack.facts[service.name]
    if facts.start.command is not None or facts.start.entrypoint is not None:
        found = _told(trace(facts.start), facts)
        if found is not None or not _runs_own(facts):
            return found
    nginx = next((one for one in stack.nginx if one.service is service), None)
    return _image(facts) if nginx is None else _configured(nginx, facts)


def is_declared(stack: Stack, service: Service, port: int) -> bool:
    """Tell whether `expose`, `ports` or the Dockerfile's EXPOSE names a port: it may be there."""
    stage = stack.facts[service.name].stage
    return port in service.container_ports or (stage is not None and port in stage.expose)


def is_published_as(service: Service, port: int) -> bool:
    """Tell whether `port` is one of the host, which `ports:` leads to another of the service."""
    texts = (
        (value.text(item.get("published")), value.text(item.get("target")))
        if isinstance(item, dict)
        else _outer(value.text(item))
        for value in service.values("ports")
        for item in items(value)
    )
    return any(outer == str(port) != inner for outer, inner in texts)


def _outer(text: str) -> tuple[str, str]:
    outer, _, inner = text.rpartition(":")
    return outer.rpartition(":")[2], inner.partition("/")[0]


def _told(found: Trace, facts: Facts) -> KnownPorts | None:
    """Return the ports of the servers that a start runs, None where any of them is not clear."""
    servers: list[Listener] = []
    for step in found.steps:
        if not step.live:
            continue
        plain = normalise(unwrap(step.words).words)
        own = [one for one in listeners(step.words, facts.environment) if one.program == plain[0]]
        if plain[0] in SERVERS and own:
            if not all(_is_clear(one, plain) for one in own):
                return None
            servers += own
        elif own or _is_server(step.words, found):
            return None
    ports = tuple(sorted({one.port for one in servers if one.port}))
    if not ports or found.unread:
        return None
    names = dict.fromkeys(f"`{one.program}`" for one in servers)
    return KnownPorts(ports, f"{', '.join(names)} in its command")


def _is_server(words: tuple[str, ...], found: Trace) -> bool:
    """Whether a command is a server of which no port is known; `npm start` is what it starts."""
    calls = words[0] in ("npm", "yarn", "pnpm", "bun", "supervisord")
    return is_server(words) and not (calls and len(found.steps) > 1)


def _is_clear(server: Listener, words: tuple[str, ...]) -> bool:
    if not server.readable or server.port is None or server.program in _OPEN_MORE:
        return False
    if server.program == "daphne" and {"-e", "--endpoint"} & set(words):
        return False
    return server.program in _FIXED_DEFAULT or str(server.port) in " ".join(words[1:])


def _runs_own(facts: Facts) -> bool:
    """Whether a start runs the program of a web server's image."""
    programs = {normalise(unwrap(facts.words).words)[:1]}
    return programs <= {("nginx",), ("httpd-foreground",), ("apache2-foreground",), ("php-fpm",)}


def _image(facts: Facts) -> KnownPorts | None:
    """Return the ports that an image's own settings name, where nothing changes these."""
    family = facts.family
    if family is None or family.name not in _SETTINGS or "$" in facts.base_image:
        return None
    names, folders = _SETTINGS[family.name]
    if not names.fullmatch(parse_reference(facts.base_image).name) or "-c" in facts.words:
        return None
    changed = any(_meets(path, folder) for path in _targets(facts) for folder in folders)
    runs = facts.stage.runs if facts.stage is not None else ()
    if changed or any(_CHANGES_SETTINGS.search(run) for run in runs) or _moves(facts):
        return None
    return KnownPorts(family.ports, f"the image `{facts.base_image}`")


def _moves(facts: Facts) -> bool:
    return any("PORT" in name or "LISTEN" in name for name in facts.service.environment)


def _targets(facts: Facts) -> Iterator[str]:
    """Yield what is put into the container: mounts, volumes, configs, copies."""
    for key in ("volumes", "configs", "secrets"):
        for value in facts.service.values(key):
            for item in items(value):
                text = item.get("target", "") if isinstance(item, dict) else item
                yield from value.text(text).split(":")
    yield from (copy.destination for copy in facts.stage.copies) if facts.stage else ()


def _meets(path: str, folder: str) -> bool:
    """Whether a path is in a folder, is such a folder's name's begin, or holds it."""
    return path.startswith(folder) or folder.startswith(path.rstrip("/") + "/")


def _configured(nginx: Nginx, facts: Facts) -> KnownPorts | None:
    """Return the ports of the `listen` directives, None where one may not be in the project."""
    scopes = list(nginx.main.walk())
    if any(scope.unread for scope in scopes):
        return None
    found: set[int | None] = set()
    files: dict[str, None] = {}
    for scope in scopes:
        if scope.kind != "server" or not scope.pieces:
            continue
        files[scope.pieces[0].tree.source.path] = None
        listens = [one for one in scope.directives if one.name == "listen" and one.args]
        found |= {port for one in listens for port in _listened(one, nginx)}
        found |= set() if listens else _NO_LISTEN
    if None in found or not found:
        return None
    ports = {port for port in found if port}
    if _has_default_site(nginx, facts):
        ports |= set(facts.family.ports if facts.family else ())
    return KnownPorts(tuple(sorted(ports)), f"`listen` in {', '.join(files)}")


def _listened(placed: Placed, nginx: Nginx) -> Iterator[int | None]:
    for text in expanded(placed.args[0], placed.scope, nginx.environment):
        match = _LISTEN.fullmatch(text)
        if text.startswith("unix:"):
            continue
        if match is not None:
            yield port_of(match[1])
        else:
            yield 80 if _HOST.fullmatch(text) else None


def _has_default_site(nginx: Nginx, facts: Facts) -> bool:
    """Whether the image's own site may be read beside those of the project."""
    if facts.container.host_path(_DEFAULT_SITE) is not None:
        return False
    includes = [one for scope in nginx.main.walk() for one in scope.directives]
    patterns = [one.args[0] for one in includes if one.name == "include" and one.args]
    has_main = any(scope.pieces for scope in nginx.main.walk() if scope.kind == "main")
    return not has_main or any(pattern.rpartition("/")[0] in KNOWN_FOLDERS for pattern in patterns)
