"""Servers by program name: how their words tell the port. Source: each program's own `--help`."""

from __future__ import annotations

from typing import Final

from patcher.records import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    """The options of one server.

    `binds` take `host:port`, `ports` a port, `hosts` an address; `elsewhere` are options after
    which the default port does not count (a settings file, a socket). Any of `verbs` must be among
    the words, if there are some. `variable` names the environment variable that moves the default.
    """

    default: int | None = None
    binds: frozenset[str] = frozenset()
    ports: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    positional: bool = False
    variable: str = ""


def _server(
    default: int | None = None,
    *,
    binds: str = "",
    ports: str = "",
    hosts: str = "",
    elsewhere: str = "",
    verbs: str = "",
    positional: bool = False,
    variable: str = "",
) -> Server:
    return Server(
        default,
        frozenset(binds.split()),
        frozenset(ports.split()),
        frozenset(hosts.split()),
        frozenset(elsewhere.split()),
        frozenset(verbs.split()),
        positional,
        variable,
    )


GENERIC: Final = _server(binds="--bind --listen", ports="--port --http-port --http.port")
"""For any other program; `-p` is left out, since it may mean anything."""

# Where these listen, their settings say, or the family's default.
_OWN_SETTINGS: Final = _server()
_DEFAULT_ONLY: Final = (
    *("nginx", "nginx-debug", "openresty", "httpd", "httpd-foreground", "apache2-foreground"),
    *("caddy", "php-fpm", "catalina.sh"),
)

SERVERS: Final[dict[str, tuple[Server, ...]]] = {
    # Without an address gunicorn takes PORT, or 127.0.0.1, where no other container reaches it: so
    # it has a gunicorn.conf.py, whose port is not known.
    "gunicorn": (_server(binds="-b --bind", elsewhere="-c --config", variable="PORT"),),
    "uvicorn": (
        _server(
            8000, ports="--port", hosts="--host", elsewhere="--uds --fd", variable="UVICORN_PORT"
        ),
    ),
    "daphne": (
        _server(
            8000,
            ports="-p --port",
            hosts="-b --bind",
            elsewhere="-u --unix-socket -e --endpoint --fd",
        ),
    ),
    "hypercorn": (_server(8000, binds="-b --bind", elsewhere="-c --config"),),
    "granian": (_server(8000, ports="--port", hosts="--host", variable="GRANIAN_PORT"),),
    "waitress-serve": (
        _server(8080, binds="--listen", ports="--port", hosts="--host", elsewhere="--unix-socket"),
    ),
    "uwsgi": (_server(binds="--http --http-socket --socket -s --http11-socket"),),
    "manage.py": (
        _server(8000, positional=True, verbs="runserver runserver_plus"),
        _server(ports="-p --port", hosts="-h --host", verbs="run run_gunicorn runsslserver"),
    ),
    "flask": (
        _server(5000, ports="-p --port", hosts="-h --host", verbs="run", variable="FLASK_RUN_PORT"),
    ),
    "fastapi": (_server(8000, ports="--port", hosts="--host", verbs="run dev"),),
    "http.server": (_server(8000, positional=True, hosts="-b --bind"),),
    "streamlit": (_server(8501, ports="--server.port", hosts="--server.address", verbs="run"),),
    "celery": (_server(5555, ports="--port", hosts="--address", verbs="flower"),),
    # config/puma.rb may name another port.
    "puma": (_server(binds="-b --bind", ports="-p --port"),),
    "rails": (
        _server(3000, ports="-p --port", hosts="-b --binding", verbs="s server", variable="PORT"),
    ),
    "rackup": (_server(9292, ports="-p --port", hosts="-o --host"),),
    "artisan": (
        _server(8000, ports="--port", hosts="--host", verbs="serve", variable="SERVER_PORT"),
    ),
    "php": (_server(binds="-S", verbs="-S"),),
    "next": (
        _server(3000, ports="-p --port", hosts="-H --hostname", verbs="start dev", variable="PORT"),
    ),
    "serve": (_server(3000, binds="-l --listen -p --port", variable="PORT"),),
    "http-server": (_server(8080, ports="-p --port", hosts="-a", variable="PORT"),),
    "vite": (_server(ports="--port", hosts="--host"),),
    "java": (_server(ports="--server.port -Dserver.port", variable="SERVER_PORT"),),
    "dotnet": (_server(binds="--urls"),),
    **dict.fromkeys(_DEFAULT_ONLY, (_OWN_SETTINGS,)),
}
