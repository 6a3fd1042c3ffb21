"""What each kind of failure is called, what a log cannot tell of it, and its causes in general."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from patcher.diagnose.causes import Cause
from patcher.diagnose.failure import Kind, Subject
from patcher.diagnose.possible import NO_WAIT

_TITLES: Final[Mapping[Kind, str]] = {
    Kind.NOT_RESOLVED: "`{host}` could not be resolved",
    Kind.NO_RESOLVER: "no resolver is defined to resolve `{host}`",
    Kind.RESOLVER_UNREACHABLE: "the name server {address} could not be asked",
    Kind.NOT_FOUND_AT_START: "nginx did not start: upstream host `{address}` not found",
    Kind.REFUSED: "{address} refused the connection",
    Kind.UNREACHABLE: "{address} could not be reached",
    Kind.CONNECT_TIMEOUT: "{address} did not take the connection in time",
    Kind.CONNECT_FAILED: "connecting to {address} failed",
    Kind.ANSWER_TIMEOUT: "{address} did not answer in time",
    Kind.CLOSED: "{address} closed the connection too early",
    Kind.NO_LIVE_UPSTREAMS: "no server of the upstream group `{address}` is live",
}

_ADDRESS: Final = "which container had the address at that time, and what its program was doing"
_NOT_TOLD: Final[Mapping[Kind, str]] = {
    Kind.NOT_RESOLVED: "which name server answered, and whether the container was running",
    Kind.NO_RESOLVER: "which location was asked",
    Kind.RESOLVER_UNREACHABLE: "which names were looked up",
    Kind.NOT_FOUND_AT_START: "whether the container was late, had ended, or is on another network",
    Kind.ANSWER_TIMEOUT: "what the program was doing",
    Kind.CLOSED: "why the program ended the connection",
    Kind.CONNECT_FAILED: "what its program was doing",
    Kind.NO_LIVE_UPSTREAMS: "why the servers of the group failed",
}

_GENERAL: Final[Mapping[Kind, tuple[Cause, ...]]] = {
    Kind.NOT_RESOLVED: (
        Cause(
            "a server in `resolver` beside Docker's 127.0.0.11 does not know the name: nginx asks "
            "them in turn and believes the first answer",
            "failures between requests that are answered, while the container runs all the time",
            ("resolver-mixed",),
        ),
        Cause(
            "the container was not running: Docker's DNS drops the name of a stopped or restarting "
            "container, and nginx logs the same line",
            "an unbroken run of failures; `docker compose ps -a` shows restarts",
            NO_WAIT,
        ),
    ),
    Kind.NO_RESOLVER: (
        Cause("no `resolver` in effect where a name is looked up", "", ("resolver-missing",)),
    ),
    Kind.RESOLVER_UNREACHABLE: (
        Cause(
            "a server of `resolver` that is down or cannot be reached from nginx",
            "127.0.0.11 answers only in a container on a network of Compose",
            ("resolver-mixed",),
        ),
    ),
    Kind.NOT_FOUND_AT_START: (
        Cause(
            "the container was not running when nginx started, or shares no network with it",
            "nginx starts as soon as the container runs",
            ("static-upstream", *NO_WAIT, "unreachable-upstream", "unknown-upstream"),
        ),
    ),
    Kind.REFUSED: (
        Cause(
            "the program was still starting, had ended, or listens on another port",
            "a wrong port fails always, the others now and then",
            (*NO_WAIT, "upstream-port-mismatch"),
        ),
    ),
    Kind.NO_LIVE_UPSTREAMS: (
        Cause("every server of the group had failed shortly before", "see their own failures"),
    ),
    Kind.CONNECT_FAILED: (
        Cause(
            "the system of the nginx container refused",
            "for a socket: whether its directory is shared, and its program runs; else see "
            "connect(2)",
        ),
    ),
    Kind.ANSWER_TIMEOUT: (Cause("the program was too slow", "its own log tells"),),
    Kind.CLOSED: (Cause("the program crashed, was stopped, or ran out of time", "see its log"),),
}
_GONE: Final = (
    Cause(
        "no container had the address any more: it was stopped, or got another one, and nginx "
        "keeps the old one for a while",
        "failures that end with `valid=`, or with a reload of nginx, speak for it",
        ("resolver-cache", "static-upstream"),
    ),
)


def title(subject: Subject) -> str:
    """Return what failed, in one line."""
    host = subject.host or "an upstream that the line does not tell"
    address = subject.address or host
    parts = [_TITLES[subject.kind].format(host=host, address=address)]
    if subject.code is not None:
        parts.append(f"({subject.code}: {subject.reason})")
    if subject.place:
        parts.append(f"in {subject.place}")
    if subject.server:
        parts.append(f"for the server `{subject.server}`")
    return " ".join(parts)


def pattern(kind: Kind) -> str:
    """Return what such failures have in common, in one line."""
    return _TITLES[kind].format(host="HOST", address="HOST")


def not_told(kind: Kind) -> str:
    """Return what a log cannot tell of such a failure."""
    return _NOT_TOLD.get(kind, _ADDRESS)


def general_causes(kind: Kind) -> tuple[Cause, ...]:
    """Return the causes that such a failure has in general, for a log without a stack."""
    return _GENERAL.get(kind, _GONE)
