"""What the lab's nginx.conf is made of (render.py writes it)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from patcher.prove.dns.hosts import Hosts
from patcher.prove.dns.resolver import NameServers
from patcher.stack.nginx.scopes import Nginx

PLACE: Final = "X-Hanna-Fix-Place"
"""The header of an answer that holds the number of the location that gave it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What nginx stands on: its private directory, its address, and where the certificate is."""

    folder: Path
    address: str
    shared: Path

    @property
    def nothing(self) -> Path:
        """A directory that does not exist: no file is found below it, wherever a path leads."""
        return self.folder / "nothing"


@dataclass(frozen=True)
class Config:
    """What the lab's nginx.conf is made of; `empty` are variables that nothing in it sets."""

    nginx: Nginx
    ground: Ground
    hosts: Hosts
    name_servers: NameServers
    empty: frozenset[str] = frozenset()
