"""What the operator may choose: the values that rules write and compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from patcher.records import dataclass

Upstreams = Literal["dynamic", "direct"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of health checks, times as Compose durations; None is what fits the image."""

    interval: str | None = None
    timeout: str | None = None
    retries: int | None = None
    start_period: str | None = None

    def over(self, other: Figures) -> Figures:
        """Return these figures, with those of `other` where they say nothing."""
        return Figures(
            self.interval or other.interval,
            self.timeout or other.timeout,
            self.retries or other.retries,
            self.start_period or other.start_period,
        )


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What the operator says of one service's health check: that makes it certain.

    `test` is Compose's list form (`CMD` or `CMD-SHELL` first) with dollar signs as the container
    sees them, empty where it is left to the image. `path` asks for HTTP instead of a connection.
    """

    test: tuple[str, ...] = ()
    port: int | None = None
    path: str | None = None
    figures: Figures = Figures()

    @property
    def says_what(self) -> bool:
        """Whether more than figures is said."""
        return bool(self.test or self.port or self.path)


@dataclass(frozen=True, slots=True)
class Settings:
    """Values with the incident report's remedies as defaults; times in seconds.

    `{project}` in `network` stands for the project's name. `resolver` is the name server that
    knows the services. `upstreams` is the policy for proxied names: looked up at run time
    ("dynamic") or when nginx starts ("direct"); None is none. `checks` are by service, and
    `migrate_commands` by framework id, as words. `exclude` holds globs of files that are neither
    edited nor reported; `select` and `ignore` hold rule ids.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    upstreams: Upstreams | None = None
    network: str = "hanna_network"
    resolver: str = "127.0.0.11"
    resolver_valid: int = 60
    resolver_timeout: int = 10
    figures: Figures = Figures()
    checks: Mapping[str, CheckSettings] = field(default_factory=dict)
    migrate_service: str = "migrate"
    migrate_commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    backup_service: str = "db-backup"
    backup_schedule: int = 86_400
    backup_keep_days: int = 7

    def check(self, service: str) -> CheckSettings:
        """Return what is said of a service's check, with the general figures where it has none."""
        own = self.checks.get(service, CheckSettings())
        return replace(own, figures=own.figures.over(self.figures))
