"""Images: the health check that is certain to work in a service's container, or why there is none.

A wrong check makes `docker compose up` fail for every service that waits, so what is not certain
gets none. Pure: the facts come in, nothing is read or run.
"""

from __future__ import annotations

from dataclasses import replace

from patcher.errors import visible
from patcher.stack.image.families import family_of
from patcher.stack.image.http_probes import http
from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, no_program
from patcher.stack.image.reference import Flavour, Reference, flavour_of, parse_reference

__all__ = [
    "Family",
    "ImageFacts",
    "NoProbe",
    "Probe",
    "Reference",
    "family_of",
    "parse_reference",
    "probe_for",
]


def probe_for(facts: ImageFacts) -> Probe | NoProbe:
    """Return the health check for a service, with `$$` where Compose would interpolate.

    No environment value but a port number gets into it.
    """
    if facts.stage is not None:
        facts = replace(facts, image=facts.stage.image)
    family = family_of(facts.image, facts.stage)
    if family is not None:
        return _of_family(facts, family)
    reference = parse_reference(facts.image)
    if flavour_of(reference, Flavour.EITHER) is Flavour.BARE:
        return no_program(facts)
    return NoProbe(
        f"what the image {visible(reference.name)} contains is not known",
        "add a health check with a program that the image has",
    )


def _of_family(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    if facts.told_path is not None:
        return http(facts, family, facts.told_path)
    probe = family.build(facts, family)
    if facts.told_port is None or isinstance(probe, NoProbe) or probe.port == facts.told_port:
        return probe
    reason = f"the check of {family.name} does not ask the port of the settings"
    return NoProbe(reason, "give the settings a `test` instead of a `port`")
