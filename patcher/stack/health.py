"""Whether a service can report health: it does, it will after a fix, or it cannot be made to."""

from __future__ import annotations

from dataclasses import dataclass

from patcher.stack.facts import Facts
from patcher.stack.image import NoProbe, Probe


@dataclass(frozen=True, slots=True)
class Health:
    """`known`: a health check is there. `comes`: one is missing, and `probe` is certain to work.

    Else `no_probe` says why none can be added; `disabled`: the operator switched checks off.
    """

    known: bool = False
    probe: Probe | None = None
    no_probe: NoProbe | None = None
    disabled: bool = False

    @property
    def comes(self) -> bool:
        """Whether a health check is missing and can be added."""
        return self.probe is not None


def health_of(
    facts: Facts, proxied_ports: tuple[int, ...], nginx_text: str | None, *, needed: bool
) -> Health:
    """Return a service's health; `needed` tells whether anything waits for or proxies to it.

    Only a needed service gets a check, so only there one `comes`.
    """
    service = facts.service
    if service.health_disabled:
        return Health(disabled=True)
    if service.get("healthcheck") is not None:
        return Health(known=True)
    if facts.stage is not None and facts.stage.healthcheck is not None:
        return Health(known=True)
    if not needed:
        return Health()
    probe = facts.probe(proxied_ports, nginx_text)
    return Health(no_probe=probe) if isinstance(probe, NoProbe) else Health(probe=probe)
