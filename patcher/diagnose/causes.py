"""What may have caused a failure, the most likely first, and how to tell one from another.

A log never proves a cause; what the files and the running containers say makes one likelier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from patcher.diagnose.failure import Kind
from patcher.diagnose.join import Joined
from patcher.diagnose.lookups import not_resolved
from patcher.diagnose.possible import NO_WAIT, Possible
from patcher.finding import Finding
from patcher.records import dataclass

_UPSTREAM_RULES: Final = ("unknown-upstream", "unreachable-upstream")


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause, how to tell whether it was the one, and what of the files belongs to it.

    `rules` are those that find it in files, `findings` what they find in these.
    """

    text: str
    tell: str
    rules: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def causes(joined: Joined) -> tuple[Cause, ...]:
    """Return the possible causes of a failure in a stack, the most likely first.

    Those that a finding in the files speaks for come before those that only may be.
    """
    found = [
        (one.sure, Cause(one.text, one.tell, one.rules, joined.related(one.rules)))
        for one in _BY_KIND[joined.subject.kind](joined)
    ]
    sure = [cause for is_sure, cause in found if is_sure and cause.findings]
    return (*sure, *(cause for is_sure, cause in found if not is_sure))


def _no_resolver(joined: Joined) -> Iterator[Possible]:
    host = joined.subject.host
    yield Possible(
        f"no `resolver` is in effect where nginx looks `{host}` up at run time",
        "`nginx -T` in its container shows the configuration that runs",
        ("resolver-missing",),
    )


def _resolver_unreachable(joined: Joined) -> Iterator[Possible]:
    address = joined.subject.address
    yield Possible(
        f"no name server answers at {address}, which a `resolver` names",
        "127.0.0.11 answers only in a container on a network of Compose, not with "
        "`network_mode: host`; others may be down, or behind a firewall",
        ("resolver-mixed",),
    )


def _at_start(joined: Joined) -> Iterator[Possible]:
    host = joined.subject.host
    yield Possible(
        f"nothing in the stack answers to `{host}` on a network of nginx",
        "the finding names the networks and the nearest names",
        _UPSTREAM_RULES,
        sure=True,
    )
    yield Possible(
        f"the container of `{host}` was not running when nginx started; a name without a variable "
        "is looked up at start, and nginx ends where it is not found",
        "nginx starts as soon as the container runs",
        ("static-upstream", *NO_WAIT),
    )


def _refused(joined: Joined) -> Iterator[Possible]:
    address, port = joined.subject.address, joined.subject.port
    service = f"`{joined.service.name}`" if joined.service else "the service"
    yield Possible(
        f"{service} does not listen on port {port}",
        "it then fails always, not only now and then",
        ("upstream-port-mismatch",),
        sure=True,
    )
    yield Possible(
        f"the program of {service} did not listen at that moment: it was still starting, or "
        "had ended",
        "`docker compose logs --timestamps` of it shows when it began to listen; compare the times",
        NO_WAIT,
    )
    yield _stale(joined, f"{address} belonged to another container by then")


def _unreachable(joined: Joined) -> Iterator[Possible]:
    address = joined.subject.address
    gone = f"no container had the address {address} any more: it was stopped, or made again"
    yield _stale(joined, gone)
    yield Possible(
        "a firewall, or networks that are not connected",
        "it then fails always, not only after a restart",
        ("unreachable-upstream",),
    )


def _stale(joined: Joined, text: str) -> Possible:
    at_start = any(not one.at_run_time for one in joined.passes)
    kept = "keeps the address of a literal name until it is reloaded"
    if not at_start:
        kept = "keeps an address for `valid=`, and without it for Docker's 600 s"
    return Possible(
        f"{text}; nginx {kept}",
        "failures that end with `valid=`, or with a reload of nginx, speak for it",
        ("static-upstream",) if at_start else _without_valid(joined),
    )


def _without_valid(joined: Joined) -> tuple[str, ...]:
    """Return the rule for a missing `valid=`; a longer one keeps an old address only longer."""
    is_missing = any(one.valid is None for one in joined.resolvers)
    return ("resolver-cache",) if is_missing else ()


def _connect_failed(joined: Joined) -> Iterator[Possible]:
    yield Possible(
        f"the system of the nginx container refused: {joined.subject.reason}",
        "for a socket: whether its directory is shared, and its program runs; else see connect(2)",
    )


def _answer_timeout(joined: Joined) -> Iterator[Possible]:
    service = f"`{joined.service.name}`" if joined.service else "the upstream"
    yield Possible(
        f"{service} took the request and did not answer in time (`proxy_read_timeout`, 60 s where "
        "none is set)",
        "its own log tells what it was doing; a database without tables or a lock may be behind it",
    )


def _closed(joined: Joined) -> Iterator[Possible]:
    service = f"`{joined.service.name}`" if joined.service else "the upstream"
    yield Possible(
        f"{service} closed the connection before it had answered: a worker crashed, ran out of "
        "memory or time, or the container was stopped",
        "its own log, and `docker inspect` (OOMKilled, RestartCount), tell",
    )


def _no_live(joined: Joined) -> Iterator[Possible]:
    yield Possible(
        f"every server of the upstream group `{joined.subject.host}` had failed shortly before",
        "the failures of its servers, in the same log, tell why",
        ("static-upstream", *NO_WAIT),
    )


_BY_KIND: Final[Mapping[Kind, Callable[[Joined], Iterator[Possible]]]] = {
    Kind.NOT_RESOLVED: not_resolved,
    Kind.NO_RESOLVER: _no_resolver,
    Kind.RESOLVER_UNREACHABLE: _resolver_unreachable,
    Kind.NOT_FOUND_AT_START: _at_start,
    Kind.REFUSED: _refused,
    Kind.UNREACHABLE: _unreachable,
    Kind.CONNECT_TIMEOUT: _unreachable,
    Kind.CONNECT_FAILED: _connect_failed,
    Kind.ANSWER_TIMEOUT: _answer_timeout,
    Kind.CLOSED: _closed,
    Kind.NO_LIVE_UPSTREAMS: _no_live,
}
