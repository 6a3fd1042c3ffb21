"""Give the servers of an `upstream` block the parameter `resolve`, where nginx is sure to know it.

`resolve` came to open-source nginx with 1.27.3 and needs a `zone` in the block; older ones refuse
to start. Source: https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directive
from patcher.lang.nginx_tree import block_at
from patcher.patterns import regex
from patcher.stack.image.reference import Reference, parse_reference
from patcher.stack.nginx.scopes import Nginx, Scope
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.stack import Stack
from patcher.text import Edit, Touch

_IMAGES: Final = frozenset(
    {"nginx", "nginxinc/nginx-unprivileged", "ghcr.io/nginxinc/nginx-unprivileged"}
)
_FULL: Final = regex(r"(\d+)\.(\d+)\.(\d+)(?=$|[-+_])")
_SINCE: Final = (1, 27, 3)
_ZONE: Final = "64k"
_RESOLVE: Final = "resolve"


def knows_resolve(reference: Reference) -> bool:
    """Tell whether an image is nginx 1.27.3 or later for certain: by its tag, not by `latest`.

    `1.28` is, whichever of its releases was pulled; `1.27` may be an older one.
    """
    if reference.name not in _IMAGES or reference.version is None:
        return False
    full = _FULL.match(reference.label)
    if full is not None:
        return (int(full[1]), int(full[2]), int(full[3])) >= _SINCE
    return "." in reference.label.partition("-")[0] and reference.version >= (1, 28)


def resolve_edits(stack: Stack, servers: Sequence[Upstream]) -> tuple[Edit, ...]:
    """Return the edits for servers of one `upstream` block; raises CannotEdit."""
    for nginx in {id(one.nginx): one.nginx for one in servers}.values():
        _require_version(stack, nginx)
    first = servers[0].placed
    route, siblings = first.route[:-1], block_at(first.tree, first.route[:-1])
    changed = {id(one.placed.directive) for one in servers}
    values = tuple(
        (*each.values, _RESOLVE) if id(each) in changed else each.values
        for each in siblings
        if each.name.value == "server"
    )
    touches = (Touch((*route, "server"), values),)
    edits = [
        replace(edit, touches=touches)
        for each in siblings
        if id(each) in changed
        for edit in set_args(first.tree, route, each, [*each.values, _RESOLVE])
    ]
    if first.scope.own("zone") is None:
        zone = [_free_zone(servers[0].nginx, first.scope), _ZONE]
        edits += add_directive(first.tree, route, "zone", zone, before=siblings[0])
    return tuple(edits)


def _require_version(stack: Stack, nginx: Nginx) -> None:
    service = nginx.service
    image = stack.facts[service.name].base_image if service is not None else ""
    if not knows_resolve(parse_reference(image)):
        shown = f"`{image}`" if image else "this nginx"
        raise CannotEdit(f"`resolve` needs nginx 1.27.3, and {shown} is not known to be that new")


def _free_zone(nginx: Nginx, scope: Scope) -> str:
    """Return the block's name, which its zone gets; raises CannotEdit where one has it already."""
    name = scope.args[0]
    everything = (one for inner in nginx.main.walk() for one in inner.directives)
    if any(f"zone={name}:" in arg for one in everything for arg in one.args):
        raise CannotEdit(f"another memory zone is called `{name}`")
    return name
