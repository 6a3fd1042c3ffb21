"""A health check that looks names up, alone or behind the check that a service has.

`getent hosts` looks names up as other programs of the container do, and fails where one of several
is not found. Debian has it in libc-bin, an essential package, and Alpine's images in musl-utils,
which `libc-utils` of their root file system brings (alpinelinux/aports, scripts/mkimg.minirootfs.sh
and main/musl/getent.c). busybox's nslookup is no choice: whether it fails depends on its release
(alpinelinux docker-alpine, issue 539).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_insert import set_touches
from patcher.lang.yaml_nodes import Scalar, target
from patcher.lang.yaml_nodes import Sequence as YamlSequence
from patcher.lang.yaml_style import Flow, flow_text, style_of
from patcher.patterns import regex
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Value, mapping_of
from patcher.stack.facts import Facts
from patcher.stack.image.healthcheck import NoProbe, Probe
from patcher.stack.image.probes import QUICK
from patcher.stack.image.reference import Flavour, flavour_of, parse_reference
from patcher.stack.stack import Stack
from patcher.text import Edit

Test = tuple[str, ...]

_IMAGES: Final = frozenset(
    {
        "nginx",
        "nginxinc/nginx-unprivileged",
        "ghcr.io/nginxinc/nginx-unprivileged",
        "openresty/openresty",
    }
)
_JOINED: Final = regex(r"[|&;\n]")


def has_getent(facts: Facts) -> bool:
    """Tell whether a service's image is an nginx image that is sure to have `getent`."""
    family, reference = facts.family, parse_reference(facts.base_image)
    if family is None or reference.name not in _IMAGES:
        return False
    return flavour_of(reference, family.flavour) is not Flavour.BARE


def names_any(test: Sequence[str], hosts: Sequence[str]) -> bool:
    """Tell whether a health check mentions one of the hosts: it then looks it up in some way."""
    words = "|".join(map(re.escape, hosts))
    return any(re.search(rf"(?i)(?<![\w.-])(?:{words})(?![\w.-])", one) for one in test)


def with_lookups(test: Test, hosts: Sequence[str]) -> Test:
    """Return a test that passes where `test`, empty for none, does and every host is found.

    `test` is in Compose's list form, dollar signs doubled.
    """
    lookup = f"getent hosts {' '.join(hosts)} > /dev/null || exit 1"
    if not test:
        return ("CMD-SHELL", lookup)
    form, *words = test
    text = words[0] if form == "CMD-SHELL" else shlex.join(words)
    if form == "CMD-SHELL" and _JOINED.search(text.strip()):
        text = f"({text.strip()})"
    return ("CMD-SHELL", f"{text} && {lookup}")


def lookup_probe(stack: Stack, service: Service, hosts: Sequence[str]) -> Probe:
    """Return the check for a service that has none: that its port is open, and the lookups.

    Raises CannotEdit where others wait for the service and no check is certain to work.
    """
    health = stack.health_of(service.name)
    if health.no_probe is not None:
        raise CannotEdit(health.no_probe.reason)
    base = health.probe or stack.facts[service.name].probe((), _settings(stack, service))
    if isinstance(base, NoProbe):
        times = (QUICK.interval, QUICK.timeout, QUICK.retries, QUICK.start_period)
        return Probe("nginx", with_lookups((), hosts), *times, None, "")
    return replace(base, test=with_lookups(base.test, hosts))


def _settings(stack: Stack, service: Service) -> str | None:
    trees = (tree for one in stack.nginx if one.service is service for tree in one.trees())
    return "\n".join(tree.source.text for tree in trees) or None


def written_test(value: Value) -> Test:
    """Return the test of a `healthcheck` as it is written, in list form."""
    found = value.plain.get("test") if isinstance(value.plain, dict) else None
    if isinstance(found, list):
        return tuple(map(str, found))
    return ("CMD-SHELL", str(found))


def replace_test(service: Service, value: Value, test: Test) -> tuple[Edit, ...]:
    """Return the edits that give a service's own `healthcheck` another test; raises CannotEdit."""
    mapping = mapping_of(value.entry.value)
    entry = mapping.own.get("test") if mapping is not None else None
    own = [part for part in service.parts if not part.extended]
    if entry is None or not any(part.mapping is value.mapping for part in own):
        raise CannotEdit("it takes its check over from another definition")
    node, source = target(entry.value), value.tree.source
    text = source.text[node.start : node.end]
    is_line = isinstance(node, Scalar) and node.style not in ("|", ">") and "\n" not in text
    is_flow = isinstance(node, YamlSequence) and node.flow and "#" not in text
    if node is not entry.value or not (is_line or is_flow):
        raise CannotEdit("its test is not written in one piece")
    touches = set_touches(value.tree, node, list(test), [(*value.route, "test")])
    new = flow_text(Flow(test), style_of(value.tree))
    return (Edit(source.path, node.start, node.end, new, touches),)
