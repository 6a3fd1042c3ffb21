"""A compose file of more than 4,000 lines: every fault is fixed, and no other line changes."""

from __future__ import annotations

from patcher.text import Source
from tests.stacks import fixed

STACKS = 60
HEAD = """\
x-app: &app
  image: example/app:1
  logging: {driver: local}  # on every host
services:
"""
SERVICES = """\
  # ---- shop {n} ----
  db-{n}:
    image: postgres:16-alpine
    environment:
      POSTGRES_PASSWORD: "example"
{values}
    volumes: ["./data/{n}:/var/lib/postgresql/data"]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]

  cache-{n}:
    image: redis:7-alpine
    healthcheck:
      test: ["CMD", "redis-cli", "ping"]
  app-{n}:
    <<: *app
    depends_on:
      - db-{n}      # users
      - cache-{n}
"""
TAIL = "networks:\n  default:\n    name: shops\n"


def services(n: int) -> str:
    values = "\n".join(f"      VALUE_{k}: {n * k}  # the {k}. of {n}" for k in range(55))
    return SERVICES.format(n=n, values=values)


def expected(before: list[str]) -> list[str]:
    lines: list[str] = []
    for line in before:
        name, _, comment = line.removeprefix("      - ").partition(" ")
        if line.startswith("      - "):
            lines += [f"      {name}:{' ' * bool(comment)}{comment}"]
            lines += ["        condition: service_healthy"]
        else:
            lines.append(line)
    return lines


def test_every_list_is_rewritten_and_nothing_else() -> None:
    text = HEAD + "".join(map(services, range(STACKS))) + TAIL
    before = text.split("\n")
    assert len(before) > 4_000
    outcome = fixed({"compose.yaml": Source("compose.yaml", text)})
    assert (len(outcome.fixed), outcome.held, outcome.left) == (STACKS, (), ())
    (change,) = outcome.changes
    assert change.after.text.split("\n") == expected(before)
