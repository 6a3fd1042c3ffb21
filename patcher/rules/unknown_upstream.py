"""nginx hands requests to a name that nothing in the stack answers to.

## What it finds

A host in `proxy_pass` (or another pass directive) or in an `upstream` block that is no service,
container name, hostname, alias or link of the stack, and no `extra_hosts` entry of the nginx
service.

It says nothing where the name may be known elsewhere: a name with a dot, an address, `localhost`, a
name made of a service's (`shop-app-1`), a placeholder in capitals, a service of another compose
file in the same directory. Nor where nginx is on an external network, or one with a name of its own
that other stacks can join; where it has name servers, search domains or an `/etc/hosts` of its own;
where it shares no network with another service; and where a file of the project cannot be read.

## Why it matters

nginx does not start with a literal name that it cannot look up (`host not found in upstream`), so
one wrong name takes every site of the proxy down. A name in a variable is looked up for each
request, each of which ends with 502.

## What the fix does on the next `up`

There is no fix: which service is meant, only the operator knows. The report names the nearest ones.

## Fix safety

Nothing is written.

## References

- https://docs.docker.com/engine/network/#dns-services
- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from patcher.finding import Finding, Fixable, Location, NoFix, Severity
from patcher.patterns import regex
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.reach import (
    has_own_lookup,
    is_generated,
    is_whole,
    names_beside,
    neighbours,
    network_owner,
    networks_of,
    own_hosts,
)
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack

# `BACKEND_HOST` is put in by a script when the container starts
_NAME: Final = regex(r"(?!.*[A-Z]{2})[A-Za-z0-9_-]+")


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each unknown name that an nginx hands requests to."""
    if stack.problems or not is_whole(stack.project):
        return
    found: dict[str, list[Upstream]] = {}
    known: dict[str, list[Service]] = {}
    for nginx in stack.nginx:
        owner = _owner(stack, nginx)
        used = [one for one in stack.upstreams if one.nginx is nginx] if owner else []
        if owner is None or not used:
            continue
        near, names = neighbours(stack.project, owner), _names(stack, nginx, owner)
        for one in used:
            if one.host.lower() not in names and _may_be_a_service(one):
                found.setdefault(one.host.lower(), []).append(one)
                known.setdefault(one.host.lower(), near)
    elsewhere = names_beside(stack) if found else set()
    for host, lookups in found.items():
        if host not in elsewhere and not is_generated(stack.project, host):
            yield _finding(lookups, known[host])


def _owner(stack: Stack, nginx: Nginx) -> Service | None:
    """Return the service whose networks nginx uses, None where it may know names from elsewhere."""
    owner = network_owner(stack.project, nginx.service) if nginx.service else None
    if nginx.service is None or owner is None or not neighbours(stack.project, owner):
        return None
    if has_own_lookup(nginx.service) or has_own_lookup(owner):
        return None
    networks = networks_of(stack.project, owner)
    is_open = any(one.external or one.name not in (None, stack.network_name) for one in networks)
    return None if is_open else owner


def _names(stack: Stack, nginx: Nginx, owner: Service) -> set[str]:
    """Return every name, in lower case, that an nginx may ask: of services, groups, and its own."""
    scopes = nginx.main.walk()
    groups = {one.args[0].lower() for one in scopes if one.kind == "upstream" and one.args}
    services = stack.project.services.values()
    names = {name.lower() for one in services for name in one.names}
    return {"localhost", *groups, *own_hosts(owner), *names}


def _may_be_a_service(upstream: Upstream) -> bool:
    is_srv = any(arg.startswith("service=") for arg in upstream.placed.args)
    return _NAME.fullmatch(upstream.host) is not None and upstream.is_name and not is_srv


def _finding(used: list[Upstream], known: list[Service]) -> Finding:
    host, first = used[0].host, used[0]
    places, services = _places(used), shown([one.name for one in known])
    more = f" and {len(places) - 1} more like it" if len(places) > 1 else ""
    effect = (
        "each such request ends with 502"
        if all(one.at_run_time for one in used)
        else "nginx does not start"
    )
    named = f"`{host}`" if first.is_written else "a host that the environment names"
    return RULE.finding(
        f"nginx hands requests to {named}, which is no name of the stack: {effect}",
        f"`{first.placed.head}`{more}; services on its networks: {services}",
        places,
        NoFix("which service is meant is not known", _by_hand(first, known)),
    )


def _places(used: list[Upstream]) -> tuple[Location, ...]:
    return tuple({one.placed.key: one.placed.location for one in used}.values())


def _by_hand(first: Upstream, known: list[Service]) -> str:
    names = dict.fromkeys(name for one in known for name in (one.name, *sorted(one.names)))
    near = get_close_matches(first.host, names, 3, 0.7)
    if near:
        return f"did you mean {shown(near)}?"
    alias = f"the alias `{first.host}`" if first.is_written else "that name as an alias"
    return f"name a service, or give the one that is meant {alias}"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.NEVER, check)
