"""A small stack with every kind of broken wait and lookup, and what its pictures say of it."""

from __future__ import annotations

from patcher.engine.check import check
from patcher.finding import Finding
from patcher.report.picture.lookups import Lookup, lookups
from patcher.report.picture.start_order import StartOrder, Wait, start_order
from patcher.rules import all_rules, chosen_rules
from patcher.stack.stack import Stack
from tests.stack.compose_texts import stack

COMPOSE = """\
services:
  db:
    image: postgres:16
  api:
    image: example/api:1
    depends_on: [db]
    environment: {DATABASE_URL: "postgres://u@db/app"}
  worker:
    image: example/worker:1
    environment: {DATABASE_URL: "postgres://u@db/app"}
  proxy:
    image: nginx:1.27
    depends_on:
      api:
        condition: service_healthy
    volumes: ["./default.conf:/etc/nginx/conf.d/default.conf:ro"]
"""
NGINX = """\
resolver 127.0.0.11 8.8.8.8 valid=60s;
resolver_timeout 10s;
server {
  listen 80;
  location / { set $up http://api:8000; proxy_pass $up; }
  location /old { proxy_pass http://apj:8000; }
}
"""


def found(one: Stack, *rules: str) -> tuple[Finding, ...]:
    """Return the findings of the rules on by default, or of those named."""
    return check(one, [rule for rule in all_rules() if rule.id in rules] or chosen_rules((), ()))


def order_of(compose: str, files: dict[str, str] | None = None) -> StartOrder:
    one = stack(compose, files)
    return start_order(one, found(one))


def ways_of(compose: str, nginx: str, *rules: str) -> tuple[Lookup, ...]:
    one = stack(compose, {"default.conf": nginx})
    return lookups(one, found(one, *rules))


def wait(order: StartOrder, service: str, target: str) -> Wait:
    (found,) = (one for one in order.waits if (one.service, one.target) == (service, target))
    return found
