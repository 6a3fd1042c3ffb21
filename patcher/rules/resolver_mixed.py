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

It leaves `127.0.0.11` as the only server; all other parameters stay, but for `valid=` where
`127.0.0.11` is new: that is then set as [resolver-cache](resolver-cache.md) would. Docker's DNS
forwards names from outside to the host's servers, so OCSP stapling still resolves. Compose does not
recreate a container because a mounted file changed: restart the nginx service.

## Fix safety

Safe where every dropped server is a public one. Unsafe where one is private: it may know names
that Docker's DNS does not. Unsafe, too, where an nginx without Docker's DNS reads the same file
(`network_mode: host`), and where 127.0.0.11 is new to a file given with `--nginx`.

There is no fix where the servers come from the environment, and where the text stands in a
here-document or in the compose file: it is reported with its place, and what to write there.

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
from patcher.stack.resolver_valid import is_kept_well, kept_seconds, with_valid
from patcher.stack.resolvers import (
    Resolver,
    dns_name,
    is_docker,
    is_public,
    next_up,
    not_edited,
    resolvers,
    service_names,
    shown,
)
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver that asks the wrong servers for service names."""
    for resolver in resolvers(stack):
        names = service_names(stack, resolver.lookups)
        wrong = [server for server in resolver.servers if not resolver.is_dns(server)]
        if not names or not wrong or not resolver.is_known:
            continue
        if not resolver.asks_docker and not all(map(is_public, wrong)):
            continue
        yield RULE.finding(
            "nginx looks Compose service names up at servers that do not know them",
            _evidence(resolver, names),
            resolver.locations,
            _remedy(stack, resolver, wrong),
        )


def _evidence(resolver: Resolver, names: list[str]) -> str:
    head, servers = resolver.placed.head, resolver.servers
    if resolver.asks_docker:
        others = (one for one in servers if not resolver.is_dns(one))
        knows = "knows" if all(map(is_public, others)) else "is sure of"
        own = "Docker's" if is_docker(resolver.dns) else resolver.dns
        turn = f"of {len(servers)} servers, asked in turn, only {own} {knows}"
        return f"`{head}`: {turn} {shown(names)}"
    asked = "a public server, which does" if len(servers) == 1 else "public servers, which do"
    return f"`{head}` asks {asked} not know {shown(names)}"


def _remedy(stack: Stack, resolver: Resolver, wrong: list[str]) -> Fix | NoFix:
    placed = resolver.placed
    keep = next(filter(resolver.is_dns, resolver.servers), resolver.dns)
    args = _args(resolver, keep, stack.settings.resolver_valid)
    by_hand = f"write `resolver {' '.join(args)};`"
    if names := shown(list(resolver.variables)):
        by_hand = f"set {names} so that {keep} alone is left, or {by_hand}"
        return NoFix(f"the servers come from {names} of the environment", by_hand)
    if blocked := not_edited(placed.tree, f"{by_hand} there"):
        return blocked
    try:
        edits = set_args(placed.tree, placed.route[:-1], placed.directive, args)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)
    dns = dns_name(resolver.dns)
    named = dns if dns == resolver.dns else f"{dns}, {resolver.dns}"
    verb = f"ask {dns} alone" if resolver.asks_docker else f"ask {named}"
    title = f"{verb}: drop {', '.join(wrong)}"
    why = _why(stack, resolver, wrong)
    safety = Safety.UNSAFE if why else Safety.SAFE
    return Fix(title, edits, next_up(resolver.lookups, placed.tree.source.path), safety, why)


def _args(resolver: Resolver, keep: str, target: int) -> list[str]:
    """Return the arguments with one server, `keep`.

    Where it is new there, it brings its time to keep answers: what was right for the others is not
    for the services' own name server, and resolver-cache finds nothing before that is asked.
    """
    args, kept = [keep, *resolver.parameters], kept_seconds(resolver)
    if resolver.asks_docker or kept is None or is_kept_well(resolver, target):
        return args
    return with_valid(args, target)


def _why(stack: Stack, resolver: Resolver, wrong: list[str]) -> str:
    if private := [server for server in wrong if not is_public(server)]:
        return f"{', '.join(private)} may know names that {dns_name(resolver.dns)} does not"
    if not is_docker(resolver.dns):
        return ""
    path = resolver.placed.tree.source.path
    for nginx in stack.nginx:
        if not nginx.has_docker_dns and any(tree.source.path == path for tree in nginx.trees()):
            name = nginx.service.name if nginx.service else path
            return f"`{name}` reads the file, too, and has no Docker DNS"
    if not resolver.asks_docker and any(one.nginx.service is None for one in resolver.lookups):
        return "which container reads the file is not known; 127.0.0.11 answers only inside of one"
    return ""


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
