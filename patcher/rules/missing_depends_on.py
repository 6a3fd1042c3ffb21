"""A service does not wait for one that it needs.

## What it finds

An nginx that hands requests to a service of the stack without waiting for it, and an app whose own
environment names a database, cache or queue of the stack as a host without waiting for it. An
`env_file` counts where no other service reads the same file: a shared one tells nothing of a
single service. What is waited for through another service counts as waited for, and so do `links`,
`volumes_from` and a shared network; a one-shot job, which others wait for to end, waits for what it
was given.

## Why it matters

Compose starts services in any order unless `depends_on` tells one. nginx does not start while a
literal name in `proxy_pass` cannot be looked up, and answers 502 until the service behind it
listens; an app that finds no database at start exits.

## What the fix does on the next `up`

It adds the entries, in long form, with `condition: service_healthy` where the target reports
health. The next `up -d` starts the service after what it needs. Where several services share a
`depends_on` through an anchor and not all need more, the service gets one of its own, which merges
or repeats the shared one.

## Fix safety

Safe: only the order of starting changes. No entry is added that would close a circle, that names a
service of a profile that may be off, or that Swarm would refuse.

## References

- https://docs.docker.com/reference/compose-file/services/#depends_on
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_nodes import Tree
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import refusal
from patcher.stack.links import Need
from patcher.stack.order import inheritors, reachable
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.stack.unmet import unmet_needs
from patcher.stack.wait_edits import wait_edits
from patcher.stack.waits import HEALTHY, condition_for


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that does not wait for what it needs."""
    plans = [_plan(stack, one) for one in stack.project.services.values()]
    alike: dict[frozenset[tuple[str, str]], set[str]] = {}
    for plan in plans:
        alike.setdefault(frozenset(plan.added.items()), set()).add(plan.service.name)
    for plan in plans:
        if plan.missing:
            yield _finding(stack, plan, alike[frozenset(plan.added.items())])


@dataclass(frozen=True, eq=False)
class _Plan:
    """What a service does not wait for, and what it is to wait for, or why it cannot be made to."""

    service: Service
    missing: dict[str, Need]
    added: dict[str, str]
    refusal: NoFix | None


def _plan(stack: Stack, service: Service) -> _Plan:
    missing = unmet_needs(stack, service)
    targets = list(missing)
    refused = (refusal(stack.project) or _obstacle(stack, service, targets)) if targets else None
    if refused is not None or not targets:
        return _Plan(service, missing, {}, refused)
    try:
        tree = _tree(service)
        added = {target: condition_for(stack, target, tree) for target in targets}
    except CannotEdit as error:
        return _Plan(service, missing, {}, NoFix(error.reason, _by_hand(targets)))
    return _Plan(service, missing, added, None)


def _finding(stack: Stack, plan: _Plan, alike: Collection[str]) -> Finding:
    service, missing = plan.service, plan.missing
    return RULE.finding(
        f"`{service.name}` needs {shown(list(missing))} and does not wait for "
        f"{'it' if len(missing) == 1 else 'them'}",
        "; ".join(need.evidence for need in missing.values()),
        (service.location,),
        plan.refusal or _fix(stack, plan, alike),
    )


def _fix(stack: Stack, plan: _Plan, alike: Collection[str]) -> Fix | NoFix:
    """Return the fix; `alike` names the services that are to wait for the same."""
    service, added = plan.service, plan.added
    try:
        edits = wait_edits(stack, service, added, alike)
    except CannotEdit as error:
        return NoFix(error.reason, _by_hand(list(added)))
    healthy = [target for target, how in added.items() if how == HEALTHY]
    started = [target for target, how in added.items() if how != HEALTHY]
    parts = [f"wait until {shown(healthy)} {'is' if len(healthy) == 1 else 'are'} healthy"]
    parts = [*(parts if healthy else []), *([f"start after {shown(started)}"] if started else [])]
    next_up = f"starts `{service.name}` after {shown(list(added))}"
    return Fix(", and ".join(parts), edits, next_up)


def _by_hand(targets: list[str]) -> str:
    return f"add {shown(targets)} to its `depends_on`"


def _obstacle(stack: Stack, service: Service, targets: list[str]) -> NoFix | None:
    """Return why a service cannot be made to wait for others, None where it can."""
    heirs = inheritors(stack, service)
    for target in targets:
        if any(one.name == target for one in heirs):
            return NoFix(f"`{target}` would take the wait over through `extends`", "part the two")
        after = reachable(stack, target, with_needs=True)
        if circle := next((one.name for one in (service, *heirs) if one.name in after), None):
            return NoFix(f"`{target}` in turn needs `{circle}`", "break the circle")
        if not _runs_with(service, stack.project.services[target]):
            return NoFix(f"`{target}` belongs to a profile that may be off", _by_hand(targets))
    return None


def _tree(service: Service) -> Tree:
    """Return the file that the entries go to."""
    values = service.values("depends_on")
    return values[-1].tree if values else service.home.tree


def _runs_with(service: Service, target: Service) -> bool:
    """Whether the target is on whenever the service is."""
    return not target.profiles or (
        bool(service.profiles) and set(service.profiles) <= set(target.profiles)
    )


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
