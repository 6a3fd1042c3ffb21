"""One experiment's set-up: name servers, stand-ins and an nginx, on addresses of their own."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from patcher.errors import UserError
from patcher.prove.dns.client import Answer, ask
from patcher.prove.dns.config import Config, Ground
from patcher.prove.dns.hosts import Hosts
from patcher.prove.dns.name_servers import DOCKER_TTL, like_docker, name_server, nxdomain
from patcher.prove.dns.places import Door
from patcher.prove.dns.process import running
from patcher.prove.dns.render import render
from patcher.prove.dns.resolver import NameServers, others
from patcher.prove.dns.stand_in import StandIns
from patcher.prove.dns.targets import Targets
from patcher.prove.dns.zone import Block, Zone


@dataclass(frozen=True, slots=True)
class Tools:
    """What all experiments share; `folder` is the private directory, with the certificate."""

    program: Path
    folder: Path
    server_tls: ssl.SSLContext
    client_tls: ssl.SSLContext
    scale: int


@dataclass(frozen=True)
class Bench:
    """A set-up; nothing runs in it but the name servers until it is told to."""

    tools: Tools
    config: Config
    stand_ins: StandIns

    @asynccontextmanager
    async def nginx(self, port: int) -> AsyncIterator[None]:
        """Run nginx, which looks literal names up at this moment; raises NotStarted."""
        ground = self.config.ground
        async with running(
            self.tools.program, ground.folder, render(self.config), (ground.address, port)
        ):
            yield

    async def ask(self, door: Door, path: str) -> Answer:
        """Send a request to nginx."""
        return await ask(self.config.ground.address, door, path, self.tools.client_tls)

    def log(self) -> str:
        """Return nginx's error log so far."""
        path = self.config.ground.folder / "error.log"
        return path.read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def bench(
    tools: Tools, targets: Targets, *, healthy: bool = False, empty: frozenset[str] = frozenset()
) -> AsyncIterator[Bench]:
    """Set up an experiment, and take all of it down when the block ends.

    With `healthy` every name server knows the services. Raises UserError where the system refuses,
    such as an address to listen on.
    """
    block = Block()
    folder = tools.folder / block.prefix.rstrip(".")
    zone = Zone(targets.named if healthy else targets.answered)
    stand_ins = StandIns(zone, block, targets.ports, tools.server_tls)
    try:
        folder.mkdir()
        async with AsyncExitStack() as open_:
            servers = await _name_servers(open_, tools, targets, zone, block.dns, healthy=healthy)
            open_.push_async_callback(stand_ins.down)
            ground = Ground(folder, block.nginx, tools.folder)
            hosts = Hosts(targets, zone, block.nobody)
            yield Bench(tools, Config(targets.nginx, ground, hosts, servers, empty), stand_ins)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        todo = "it needs the addresses of 127.0.0.0/8 on loopback, as Linux has them"
        raise UserError(f"the DNS lab cannot be set up: {reason}", todo=todo) from None


async def _name_servers(
    open_: AsyncExitStack,
    tools: Tools,
    targets: Targets,
    zone: Zone,
    address: str,
    *,
    healthy: bool,
) -> NameServers:
    """Start the name servers; they run until `open_` is closed."""
    dns = targets.stack.settings.resolver
    known = like_docker(zone, max(1, DOCKER_TTL // tools.scale))
    docker = await open_.enter_async_context(name_server(address, known))
    rest = {
        name: await open_.enter_async_context(name_server(address, nxdomain))
        for name in others(targets.nginx, dns)
    }
    return NameServers(address, docker, rest, dns, tools.scale, healthy)
