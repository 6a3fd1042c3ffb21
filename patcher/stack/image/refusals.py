"""Families that have no check certain to work, or only under a condition; and Traefik's."""

from __future__ import annotations

from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, make_probe
from patcher.stack.image.reference import parse_reference


def traefik(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Call `traefik healthcheck`, where the command line turns `--ping` on and leaves its defaults.

    The subcommand reads the same options as the server, and asks port 8080 by default
    (doc.traefik.io, CLI & Ping).
    """
    words = [word.lower() for word in facts.command]
    version = parse_reference(facts.image).version
    moved = ("--ping.", "--entrypoints.traefik.", "--configfile")
    on = "--ping" in words or "--ping=true" in words
    if on and (version or (2, 0)) >= (2, 0) and not any(word.startswith(moved) for word in words):
        test = ("CMD", "traefik", "healthcheck", "--ping")
        return make_probe(family, test, 8080, "asks Traefik's own ping endpoint")
    return NoProbe(
        "Traefik answers health checks only with `--ping` on its command line",
        "add `--ping` to the command",
    )


def own_check(_facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Refuse, because the image brings a HEALTHCHECK of its own."""
    return NoProbe(
        f"the image of {family.name} brings a health check of its own",
        "wait for it with `service_healthy`",
    )


def uncertain(_facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Refuse, because releases differ in what they contain."""
    return NoProbe(
        f"which programs the image of {family.name} has depends on its release",
        "add the check that its documentation gives for this release",
    )
