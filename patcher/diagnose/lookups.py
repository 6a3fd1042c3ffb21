"""Why nginx could not look a name up while it ran.

nginx asks the servers of `resolver` in turn, one a lookup, and believes the first answer. Measured
with nginx 1.31 and two servers of which one knows the names: 10 of 20 lookups failed, whether the
other answered 2 (server failure), 3 (no such name) or 5 (refused). Where one does not answer, nginx
asks the next after 5 s (ngx_resolver.c: `resend_timeout`): beside a silent server every second
lookup failed with `resolver_timeout 5s`, and took 5 s with 10s. Docker's DNS drops the name of a
container that does not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.diagnose.join import Joined
from patcher.diagnose.possible import NO_WAIT, Possible
from patcher.stack.resolvers import Resolver, dns_name

_NOT_FOUND: Final = 3
_TIMED_OUT: Final = 110


def not_resolved(joined: Joined) -> Iterator[Possible]:
    """Yield what may have caused `… could not be resolved`."""
    host, code = joined.subject.host, joined.subject.code
    if joined.subject.is_ocsp:
        yield _ocsp(host)
        return
    yield Possible(
        f"nothing in the stack answers to `{host}` on a network of nginx",
        "the finding names the networks and the nearest names",
        ("unknown-upstream", "unreachable-upstream"),
        sure=True,
    )
    yield from (_mixed(one, host, code) for one in joined.resolvers if _others(one))
    if not joined.passes:
        yield _from_elsewhere(joined)
    elif code == _NOT_FOUND:
        yield _not_running(host) if joined.services else _no_service(host)
    elif joined.resolvers:
        yield _dns_trouble(joined, code)


def _mixed(resolver: Resolver, host: str, code: int | None) -> Possible:
    outside, count = _others(resolver), len(resolver.servers)
    others, is_one = ", ".join(outside), len(outside) == 1
    asked = f"nginx asks {count} name servers in turn" if count > 1 else "nginx asks"
    what = {
        _NOT_FOUND: f"{asked} and believes the first answer: {others} "
        f"{'answers' if is_one else 'answer'} that `{host}` does not exist",
        _TIMED_OUT: f"{asked} and goes on to the next only after 5 s without an answer: where "
        f"{others} cannot be reached, the time may be up before {dns_name(resolver.dns)} is asked",
    }.get(
        code or 0,
        f"{asked} and believes the first answer, also a refusal or an error: {others} "
        f"{'does' if is_one else 'do'} not know `{host}`",
    )
    return Possible(
        what,
        "failures between requests that are answered, while the container runs all the time",
        ("resolver-mixed",) if code != _TIMED_OUT else ("resolver-mixed", "resolver-timeout"),
        sure=True,
    )


def _others(resolver: Resolver) -> list[str]:
    return [one for one in resolver.servers if not resolver.is_dns(one)]


def _not_running(host: str) -> Possible:
    return Possible(
        f"the container of `{host}` was not running: Docker's DNS drops the name of a stopped or "
        "restarting container, and nginx logs the same line",
        "an unbroken run of failures; `docker compose ps -a` and `docker inspect` (RestartCount, "
        "StartedAt) show whether it stopped at that time",
        NO_WAIT,
    )


def _no_service(host: str) -> Possible:
    return Possible(
        f"no service that the files tell is called `{host}`",
        "`docker compose config --services` lists them; another project may run it",
    )


def _dns_trouble(joined: Joined, code: int | None) -> Possible:
    dns = dns_name(joined.resolvers[0].dns)
    if code == _TIMED_OUT:
        return Possible(
            f"{dns} did not answer in time: a busy machine, Docker being restarted, or an nginx "
            "that it does not serve (`network_mode: host`)",
            "failures of all names at the same moment",
            ("resolver-timeout",),
        )
    return Possible(
        f"{dns} could not ask the name servers of the host, which it does for names that it does "
        "not know",
        "the name is no service, or its container was not running; outside names fail, too",
        NO_WAIT,
    )


def _from_elsewhere(joined: Joined) -> Possible:
    return Possible(
        f"nothing in the nginx files that are read hands requests to `{joined.subject.host}`: the "
        "log is older than the files or of another nginx, or clients choose the name "
        "(`proxy_pass http://$host`)",
        "`nginx -T` in its container shows the configuration that runs",
    )


def _ocsp(host: str) -> Possible:
    return Possible(
        f"nginx wanted to ask `{host}` whether a certificate was revoked (OCSP stapling); no "
        "request of a client fails because of that",
        "Docker's DNS forwards outside names, so it needs no public server in `resolver`",
    )
