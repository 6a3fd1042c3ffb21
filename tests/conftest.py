"""How many examples hypothesis tries: the same few in every run, or by hand many new ones.

`pytest tests/lang --hypothesis-profile=long` is the long run.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "short",
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "long", settings.get_profile("short"), max_examples=2000, derandomize=False
)
settings.load_profile("short")
