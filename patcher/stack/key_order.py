"""The order of entries that different fixes add to one mapping, whichever of them comes first."""

from __future__ import annotations

from typing import Final

BEFORE: Final = {"depends_on": "healthcheck", "volumes": "networks"}
"""What is added goes before the other where that is the last entry; all else goes to the end."""
