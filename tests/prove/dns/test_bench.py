"""An experiment's set-up: what it lets out, what it serves, and what it leaves."""

from __future__ import annotations

import asyncio
import re

from patcher.prove.dns.bench import bench
from patcher.prove.dns.client import Answer
from patcher.prove.dns.places import Door, survey
from tests.prove.dns.labs import targets, tools

HOSTILE = """
server { location / { set $up 192.0.2.1; proxy_pass http://$up; } }
server { listen 81; location / { set $up unix:/run/docker.sock; proxy_pass http://$up:/; } }
server { listen 82; location / { set $up [2001:db8::1]; proxy_pass http://$up; } }
server { listen 83; location / { rewrite ^ /../../../../../../../../etc/passwd break; } }
server { listen 84; location / { try_files /../../../../../../../etc/passwd =404; } }
server { listen 85; location / { proxy_pass http://app:81; } }
"""


async def _asked(site: str, *ports: int) -> tuple[list[Answer], str]:
    """Return the answers at these ports, and nginx's log."""
    with tools() as shared:
        async with bench(shared, targets(site)) as one:
            await one.stand_ins.up()
            async with one.nginx(ports[0]):
                doors = [Door(port, tls=False, host="a.example") for port in ports]
                return [await one.ask(door, "/") for door in doors], one.log()


def test_no_connection_leaves_the_machine() -> None:
    answers, log = asyncio.run(_asked(HOSTILE, 20080, 20081, 20082))
    assert [answer.answered for answer in answers] == [False, False, False]
    assert all(answer.status >= 500 for answer in answers)
    refused = re.findall(r"bind\(127\.0\.0\.1\) failed|connect\(\) to \S+ failed \(22", log)
    assert len(refused) == 3, log


def test_no_file_outside_is_found() -> None:
    answers, log = asyncio.run(_asked(HOSTILE, 20083, 20084))
    assert [answer.status for answer in answers] == [404, 404]
    assert "nothing/../" in log


def test_a_service_moves_to_an_address_that_it_never_had() -> None:
    addresses = asyncio.run(_moved())
    assert len(set(addresses)) == 3


async def _moved() -> list[str]:
    with tools() as shared:
        async with bench(shared, targets(HOSTILE)) as one:
            found = []
            for step in (one.stand_ins.up, one.stand_ins.move, one.stand_ins.move):
                await step()
                found.append(one.stand_ins.zone.addresses["app"])
            await one.stand_ins.down()
            assert one.stand_ins.zone.addresses == {}
            return found


NETWORKS = """\
services:
  proxy:
    image: nginx:1.27-alpine
    networks: [front]
    volumes:
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
  app:
    image: example/app:1.4
    networks: {front: {aliases: [web]}}
  api:
    image: example/api:3
    networks: [back]
networks: {front: {}, back: {}}
"""


def test_names_are_answered_on_shared_networks_alone() -> None:
    of = targets("server { location / { proxy_pass http://app:81; } }", NETWORKS)
    assert [of.answered(name) for name in ("app", "web", "api", "nobody")] == [
        "app",
        "app",
        None,
        None,
    ]
    assert of.named("api") == "api"
    assert [len(visit.places) for visit in survey(of)[0]] == [1]
