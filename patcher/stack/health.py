"""Whether a service can report health: it does, it will after a fix, or it cannot be made to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from patcher.records import dataclass
from patcher.stack.facts import Facts
from patcher.stack.image.healthcheck import NoProbe, Probe
from patcher.stack.image.listening import simple_commands
from patcher.stack.image.probes import QUICK
from patcher.stack.image.refusals import own_check
from patcher.stack.own_checks import is_written_for, lacking, own_check_of
from patcher.stack.settings import CheckSettings, Figures

# Whoever sets one of these in a further file changes what a check has to fit.
_RUNS: Final = ("image", "build", "command", "entrypoint")

# `npm ci && npm run build && npm start`: a long start period costs nothing once the check succeeds
_TAKES_MINUTES: Final = frozenset(["install", "ci", "build"])
_LONG_START: Final = "600s"


@dataclass(frozen=True, slots=True)
class Health:
    """`known`: a health check is there. `comes`: one is missing, and `probe` is certain to work.

    `no_probe` says why none can be added; `doubt` why the one that is there may always fail.
    Nothing at all: it is switched off, nobody needs it, or it was written for another command.
    """

    known: bool = False
    probe: Probe | None = None
    no_probe: NoProbe | None = None
    doubt: NoProbe | None = None

    @property
    def comes(self) -> bool:
        """Whether a health check is missing and can be added."""
        return self.probe is not None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides a service's check beside its own facts.

    `needed` tells whether anything waits for or proxies to it. `told` is what the settings say.
    """

    needed: bool
    proxied_ports: tuple[int, ...]
    nginx_text: str | None
    told: CheckSettings


def health_of(facts: Facts, around: Surroundings) -> Health:
    """Return a service's health.

    Only a needed service, or one that the settings say how to test, gets a check, so only there
    one `comes`.
    """
    told = around.told
    if facts.service.health_disabled:
        return Health()
    check = own_check_of(facts)
    if check is not None:
        if not is_written_for(check, facts):
            return Health()
        doubt = lacking(check, facts)
        return Health(known=doubt is None, doubt=doubt)
    brings_one = facts.family is not None and facts.family.build is own_check
    if (brings_one and not told.test) or not (around.needed or told.says_what):
        return Health()
    if facts.service.get("healthcheck") is not None:
        return _without_test(facts, told)
    probe = _told_test(facts, told) if told.test else _probe(facts, around)
    if isinstance(probe, NoProbe):
        return Health(no_probe=probe)
    return Health(probe=_with_figures(probe, facts, told.figures))


def _told_test(facts: Facts, told: CheckSettings) -> Probe:
    """Return the operator's own test, with `$$` where Compose would interpolate."""
    test = tuple(word.replace("$", "$$") for word in told.test)
    times = facts.family.timing if facts.family is not None else QUICK
    figures = (times.interval, times.timeout, times.retries, times.start_period)
    return Probe("", test, *figures, port=None, note="runs the test of the settings")


def _with_figures(probe: Probe, facts: Facts, told: Figures) -> Probe:
    start_period = probe.start_period
    if any(_TAKES_MINUTES.intersection(words) for words in simple_commands(facts.words)):
        start_period = _LONG_START
    return replace(
        probe,
        interval=told.interval or probe.interval,
        timeout=told.timeout or probe.timeout,
        retries=told.retries or probe.retries,
        start_period=told.start_period or start_period,
    )


def _without_test(facts: Facts, told: CheckSettings) -> Health:
    """Return the health where only figures are set: an unknown image may bring the test itself."""
    if facts.family is None and not told.says_what:
        return Health()
    reason = "its `healthcheck` says how often to test, but not what"
    return Health(no_probe=NoProbe(reason, "add a `test` to it"))


def _probe(facts: Facts, around: Surroundings) -> Probe | NoProbe:
    def probe_of(one: Facts) -> Probe | NoProbe:
        return one.probe(around.proxied_ports, around.nginx_text, around.told)

    probe = probe_of(facts)
    if isinstance(probe, NoProbe):
        return probe
    if probe.family == "rabbitmq" and facts.service.get("cap_drop") is not None:
        reason = "with `cap_drop` its client may not be allowed to read the server's cookie"
        return NoProbe(reason, "add a check that you have tried in the container")
    other = _other_file(facts, probe_of, probe)
    if other is not None:
        reason = f"{other} changes what it runs: a check may fit one file only"
        return NoProbe(reason, "add a health check that fits each of its files")
    return probe


def _other_file(
    facts: Facts, probe_of: Callable[[Facts], Probe | NoProbe], probe: Probe
) -> str | None:
    """Return the file without which the check in the service's first file would not fit."""
    service = facts.service
    first = [part for part in service.parts if part.extended or part.tree is service.home.tree]
    others = [part for part in service.parts if part not in first]
    if not others:
        return None
    alone = probe_of(replace(facts, service=replace(service, parts=tuple(first))))
    changes = any(part.get(key) is not None for part in others for key in _RUNS)
    if changes or (isinstance(alone, Probe) and alone != probe):
        return others[-1].tree.source.path
    return None
