"""Redis and its kin, MongoDB, RabbitMQ and memcached.

* Redis with a password answers `redis-cli ping` with NOAUTH and exit status 0, one with
  permissions with NOPERM: alive in both cases. LOADING and a refused connection are not.
  (A server with a password says NOAUTH also while it loads its data set.)
* The MongoDB image initialises with a server on 127.0.0.1; the real one listens on every address.
  So the check asks the container's own name, which Docker puts into HOSTNAME and /etc/hosts. `ping`
  needs no login. `mongosh` came with 5, `mongo` went with 6.
* RabbitMQ: a client that runs before the server writes the Erlang cookie itself, as root, and the
  server then cannot read it and stops (docker-library/rabbitmq issues 318 and 695): the check waits
  for the cookie. `ping` answers before the listeners are open, `check_running` does not.
"""

from __future__ import annotations

from typing import Final

from patcher.stack.image.listening import port_of
from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, make_probe, no_program
from patcher.stack.image.reference import Flavour, flavour_of, parse_reference
from patcher.stack.image.server_words import (
    OPEN,
    local_port,
    options,
    other_command,
    server_words,
    settings,
    unread_file,
)
from patcher.stack.image.tcp_probes import tcp_test

_ALIVE: Final = "2>&1 | grep -qE 'PONG|NOAUTH|NOPERM'"
_PING_NOTE: Final = "pings the server, which may ask for a password: that is an answer, too"
_MONGO_PING: Final = "--quiet --eval \"db.adminCommand('ping')\""
_TLS: Final = ("tlsMode", "sslMode", "mode")
_EVERY: Final = frozenset(["*", "0.0.0.0"])  # noqa: S104 - compared, not bound


def redis(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ping with the family's own client (`redis-cli`, `valkey-cli`, `keydb-cli`)."""
    words = server_words(facts, f"{family.name}-server", "redis-server", "redis-sentinel")
    if words is None:
        return other_command()
    given, text = options(words), settings(facts.config_text)
    sentinel = "sentinel" in given or any("redis-sentinel" in one for one in facts.command)
    named = bool(words) and not words[0].startswith("-")
    refused = unread_file(facts, named, "include" in text)
    port = (
        facts.told_port
        or refused
        or local_port(
            26379 if sentinel else 6379,
            [given.get("port"), text.get("port")],
            [given.get("bind"), text.get("bind")],
        )
    )
    if isinstance(port, NoProbe):
        return port
    moved = f" -p {port}" if port != 6379 else ""
    test = f"{family.name}-cli{moved} ping {_ALIVE}"
    return make_probe(family, ("CMD-SHELL", test), port, _PING_NOTE)


def bitnami_redis(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ping on the port of the Bitnami image's own variable."""
    prefix = family.name.upper()
    if facts.command or facts.variables.get(f"{prefix}_TLS_ENABLED", "no") != "no":
        return other_command()
    name = f"{prefix}_PORT_NUMBER"
    test = f'{family.name}-cli -p "$${{{name}:-6379}}" ping {_ALIVE}'
    number = port_of(facts.variables[name] or "") if name in facts.variables else 6379
    return make_probe(family, ("CMD-SHELL", test), number, _PING_NOTE)


def mongo(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Run `ping` in the shell that the version has, or in the one that is there."""
    words = server_words(facts, "mongod", "mongos")
    if words is None:
        return other_command()
    given, text = options(words), settings(facts.config_text)
    refused = unread_file(facts, bool(given.keys() & {"config", "f"}))
    if any("require" in one.get(key, "") for one in (given, text) for key in _TLS):
        return NoProbe("it takes TLS connections only", "add a health check with the certificates")
    listen = given.get("bind_ip", text.get("bindip"))
    every = listen is None or bool(_EVERY & set(listen.split(",")))
    port = (
        facts.told_port
        or refused
        or local_port(
            27017,
            [given.get("port"), text.get("port")],
            [None if every or listen is None else listen],
        )
    )
    if isinstance(port, NoProbe):
        return port
    own = every and not facts.host_network and "HOSTNAME" not in facts.variables
    host = '"$${HOSTNAME}"' if own else "127.0.0.1"
    rest = f"--host {host} --port {port} {_MONGO_PING}"
    test = " || ".join(f"{shell} {rest}" for shell in _mongo_shells(facts))
    return make_probe(family, ("CMD-SHELL", test), port, "runs the ping command, without login")


def _mongo_shells(facts: ImageFacts) -> tuple[str, ...]:
    reference = parse_reference(facts.image)
    version = (6, 0) if reference.label == "latest" else reference.version
    if version is None or version[0] == 5:
        return ("mongosh", "mongo")
    return ("mongosh",) if version[0] > 5 else ("mongo",)


def rabbitmq(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask whether the node has booted, once the server has written its cookie."""
    if server_words(facts, "rabbitmq-server") is None:
        return other_command()
    version = parse_reference(facts.image).version
    if version is not None and version < (3, 8) and version != (3, 0):  # `3` is the newest 3
        return no_program(facts)
    test = 'test -s "$${HOME}/.erlang.cookie" && rabbitmq-diagnostics -q check_running'
    return make_probe(family, ("CMD-SHELL", test), 5672, "asks whether the node has booted")


def memcached(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask whether the TCP port accepts connections."""
    words = server_words(facts, "memcached")
    if words is None:
        return other_command()
    given = options(words)
    ports = ["0"] if "s" in given else [given.get("p"), given.get("port")]
    port = facts.told_port or local_port(11211, ports, [given.get("l"), given.get("listen")])
    if isinstance(port, NoProbe):
        return port
    return _tcp(facts, family, port)


def elasticsearch(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask whether the HTTP port accepts connections; with or without TLS and login."""
    known = {**settings(facts.config_text), **facts.variables}
    moved = any(name in known for name in ("http.port", "ES_SETTING_HTTP_PORT"))
    hosts = [known[name] for name in ("network.host", "http.host") if name in known]
    if facts.command and server_words(facts, "elasticsearch", "opensearch", "eswrapper") is None:
        return other_command()
    is_open = all(host in OPEN | {"_local_", "_all_"} for host in hosts)
    if not is_open or (moved and facts.told_port is None):
        reason = "its port or address is set to something of its own"
        return NoProbe(reason, "add a health check that asks the address it listens on")
    return _tcp(facts, family, facts.told_port or 9200)


def fixed_tcp(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask the family's first port of an image that runs its own command."""
    if facts.command:
        return other_command()
    return _tcp(facts, family, facts.told_port or family.ports[0])


def _tcp(facts: ImageFacts, family: Family, port: int) -> Probe | NoProbe:
    flavour = flavour_of(parse_reference(facts.image), family.flavour)
    if flavour is Flavour.BARE:
        return no_program(facts)
    note = f"asks whether port {port} accepts connections"
    return make_probe(family, tcp_test(flavour, port), port, note)
