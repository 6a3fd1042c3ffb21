"""nginx looks service names up at name servers that do not know them.

## What it finds

A `resolver` that run-time lookups of Compose service names go through, and that lists other
servers beside Docker's `127.0.0.11`, or public servers only.

## Why it matters

nginx asks the listed servers in turn and believes the first answer. A public server answers that
`backend` does not exist, and nginx then logs `backend could not be resolved (3: Host not found)`
and sends a 502, although the next lookup may go to Docker's DNS and succeed. Measured with one
server that answers like Docker's and three that answer NXDOMAIN: 24 of 60 requests failed; with
`127.0.0.11` alone none did. This was the cause of the incident.

## What the fix does on the next `up`

It leaves `127.0.0.11` as the only server; all other parameters stay. Docker's DNS forwards names
from outside to the host's servers, so OCSP stapling still resolves. Compose does not recreate a
container because a mounted file changed: restart the nginx service.

## Fix safety

Safe where every dropped server is a public one. Unsafe where one is private: it may know names
that Docker's DNS does not.

## References

- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
- https://docs.docker.com/engine/network/#dns-services
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.rules.base import Rule
from patcher.stack.resolvers import (
    DOCKER_DNS,
    Resolver,
    is_docker,
    is_public,
    next_up,
    resolvers,
    service_names,
    shown,
)
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver that asks the wrong servers for service names."""
    for resolver in resolvers(stack):
        names = service_names(stack, resolver.lookups)
        wrong = [server for server in resolver.servers if not is_docker(server)]
        if not names or not wrong or not resolver.is_known:
            continue
        if not resolver.asks_docker and not all(map(is_public, wrong)):
            continue
        yield RULE.finding(
            "nginx looks Compose service names up at servers that do not know them",
            _evidence(resolver, wrong, names),
            (resolver.placed.location, *(one.placed.location for one in resolver.lookups)),
            _remedy(resolver, wrong),
        )


def _evidence(resolver: Resolver, wrong: list[str], names: list[str]) -> str:
    count = len(resolver.servers)
    turn = f"each lookup goes to the next of these {count} servers; " if count > 1 else ""
    verb = "answers" if len(wrong) == 1 else "answer"
    return (
        f"`{resolver.placed.head}`: {turn}"
        f"{', '.join(wrong)} {verb} that {shown(names)} {_be(names)} not exist"
    )


def _be(names: list[str]) -> str:
    return "does" if len(names) == 1 else "do"


def _remedy(resolver: Resolver, wrong: list[str]) -> Fix | NoFix:
    placed = resolver.placed
    keep = next((server for server in resolver.servers if is_docker(server)), DOCKER_DNS)
    try:
        args = [keep, *resolver.parameters]
        edits = set_args(placed.tree, placed.route[:-1], placed.directive, args)
    except CannotEdit as error:
        by_hand = f"write `resolver {' '.join([keep, *resolver.parameters])};`"
        return NoFix(error.reason, by_hand)
    title = f"ask Docker's DNS alone: drop {', '.join(wrong)}"
    private = [server for server in wrong if not is_public(server)]
    if not private:
        return Fix(title, edits, next_up(resolver.lookups[0]))
    why = f"{', '.join(private)} may know names that Docker's DNS does not"
    return Fix(title, edits, next_up(resolver.lookups[0]), Safety.UNSAFE, why)


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
