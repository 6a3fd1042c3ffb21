"""Experiments for tests: a small stack behind one nginx file, and the tools to run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from patcher.prove.dns.bench import Tools
from patcher.prove.dns.config import Config, Ground
from patcher.prove.dns.hosts import Hosts
from patcher.prove.dns.lab import make_tools
from patcher.prove.dns.render import render
from patcher.prove.dns.resolver import NameServers
from patcher.prove.dns.targets import Targets
from patcher.prove.dns.zone import Zone
from patcher.prove.nginx_program import find_nginx
from patcher.prove.private import private_directory
from tests.stack.nginx_texts import COMPOSE, stack


def targets(site: str, compose: str = COMPOSE) -> Targets:
    """Return what one file in `conf.d`, of the service `proxy`, hands requests to."""
    loaded = stack({"compose.yaml": compose, "site.conf": site})
    assert list(loaded.problems) == []
    return Targets(loaded, loaded.nginx[0])


def rendered(
    site: str,
    addresses: Mapping[str, str] | None = None,
    *,
    healthy: bool = False,
    compose: str = COMPOSE,
) -> str:
    """Return the lab's configuration for a file, with services at these addresses.

    The name server like Docker's is at port 5300, the one in place of 8.8.8.8 at 5400.
    """
    of = targets(site, compose)
    folder = Path("/lab")
    servers = NameServers("127.9.9.2", 5300, {"8.8.8.8": 5400}, "127.0.0.11", 10, healthy)
    ground = Ground(folder, "127.9.9.1", folder)
    hosts = Hosts(of, Zone(of.answered, dict(addresses or {})), "127.9.9.3")
    return render(Config(of.nginx, ground, hosts, servers))


@contextmanager
def tools(scale: int = 60) -> Iterator[Tools]:
    """Yield what experiments share, in a private directory of their own."""
    with private_directory() as folder:
        yield make_tools(find_nginx(None, folder).path, folder, scale)
