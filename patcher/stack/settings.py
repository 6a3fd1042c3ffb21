"""What the operator may choose: the values that rules write and compare with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Values with the incident report's remedies as defaults; times in seconds.

    `{project}` in `network` stands for the project's name.
    """

    network: str = "hanna_network"
    resolver: str = "127.0.0.11"
    resolver_valid: int = 60
    resolver_timeout: int = 10
    migrate_service: str = "migrate"
    backup_service: str = "db-backup"
    backup_schedule: int = 86_400
    backup_keep_days: int = 7
