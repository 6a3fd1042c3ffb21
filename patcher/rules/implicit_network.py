"""Services talk over Compose's unnamed default network.

## What it finds

A stack in which at least one service is on the network that Compose makes by itself: no file gives
`networks.default` a name. Silent where every service names its networks or sets `network_mode`,
and where the default network is named or external.

## Why it matters

The network's name is then derived from the directory that the stack happens to lie in. A named
network has a stable, documented name, which operators, monitoring and other stacks can rely on.
Naming it changes no lookup by itself: the default network already has Docker's embedded DNS. The
incident report asks for it so that services "can resolve each other reliably"; that was not what
failed.

## What the fix does on the next `up`

It declares `networks.default` with `name: hanna_network` and `driver: bridge`. The next
`docker compose up -d` recreates every container on the new network. The old `<project>_default`
network stays behind, also after `down`; remove it with `docker network rm`. If a network of that
name exists that Compose did not make, `up` refuses ("has incorrect label"): remove or rename it.

## Fix safety

Safe: services keep finding each other under the same names. Stacks that share one network name
on one host share the network; choose another name for each (`network.name` in the settings).

## References

- https://docs.docker.com/compose/how-tos/networking/#configure-the-default-network
- https://docs.docker.com/reference/compose-file/networks/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries, fill_null
from patcher.lang.yaml_insert import elsewhere
from patcher.lang.yaml_nodes import Scalar
from patcher.lang.yaml_own import copies, own_value
from patcher.rules.base import Rule
from patcher.stack.compose.documents import Document
from patcher.stack.compose.values import Value, mapping_of, untagged
from patcher.stack.stack import Stack
from patcher.stack.top_level import declare
from patcher.text import Edit

_NEXT_UP = (
    "recreates every container on the network `{name}`; the old default network stays behind "
    "until `docker network rm`"
)


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding where services share a default network without a name."""
    project = stack.project
    users = [one.name for one in project.services.values() if "default" in one.networks]
    definitions = project.networks("default")
    if not users or any(_is_settled(value) for value in definitions):
        return
    document = project.main
    place = project.services[users[0]].location if not definitions else definitions[-1].location
    shown = ", ".join(users[:3]) + (f" and {len(users) - 3} more" if len(users) > 3 else "")
    yield RULE.finding(
        "the services share Compose's default network, which has no name of its own",
        f"on the default network: {shown}",
        (place,),
        _remedy(stack, document, definitions),
    )


def _is_settled(value: Value) -> bool:
    data = untagged(value.plain)
    return isinstance(data, dict) and bool(data.get("name") or data.get("external"))


def _remedy(stack: Stack, document: Document, definitions: list[Value]) -> Fix | NoFix:
    name = stack.network_name
    if name is None:
        return NoFix("the network's name holds {project}, and no file gives the project a name")
    try:
        edits = _define(document, definitions, name)
    except CannotEdit as error:
        by_hand = f"give `networks.default` the entry `name: {name}`"
        return NoFix(error.reason, by_hand)
    return Fix(f"name the default network `{name}`", edits, _NEXT_UP.format(name=name))


def _define(document: Document, definitions: list[Value], name: str) -> tuple[Edit, ...]:
    options = {"name": name, "driver": "bridge"}
    if definitions:
        return _name_existing(definitions[0], name, options)
    return declare(document, "networks", "default", options)


def _name_existing(value: Value, name: str, options: dict[str, str]) -> tuple[Edit, ...]:
    mapping = mapping_of(value.entry.value)
    if mapping is not None and elsewhere(value.tree.routes(mapping), [value.route]):
        items = [*copies(value.entry.value, value.mapping).items(), ("name", name)]
        networks = [value.route[:-1]]
        return own_value(value.tree, value.mapping, value.entry.name, items, at=networks)
    if mapping is not None:
        return add_entries(value.tree, mapping, [("name", name)], at=[value.route])
    if isinstance(value.node, Scalar) and value.node.is_null:
        items = list(options.items())
        return fill_null(value.tree, value.mapping, value.entry, items, at=[value.route])
    raise CannotEdit("`networks.default` is not a mapping")


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
