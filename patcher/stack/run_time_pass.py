"""Turn a pass directive with a literal name into one through a variable, the request kept as it is.

Measured with nginx 1.31 (tests/test_real_upstreams.py): without a URI part the backend receives the
same bytes in prefix, exact, regex and named locations, the default `Host` included. With one, a
variable alone would pass other paths on; a `rewrite … break` ahead of it passes on the same, in
prefix and exact locations. `proxy_redirect default` does nothing beside a variable, and nginx
refuses it where it is written. A `set` is not carried out behind a `break` or `rewrite … break`,
nor for the methods of a `limit_except`.

Sources: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass, #proxy_redirect,
https://nginx.org/en/docs/http/ngx_http_rewrite_module.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import Statement, add_directive, add_directives
from patcher.lang.nginx_tree import block_at
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.nginx.scopes import Nginx, Placed, Scope
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.nginx.variables import names_in
from patcher.stack.resolvers import unread_around
from patcher.text import Edit

MAX_NAME: Final = 46
"""With a longer name of a variable nginx does not start: 64 bytes of a `variables_hash_bucket_size`
hold the name, two pointers and a length. Measured with nginx 1.31."""

_TARGET: Final = regex(
    r"((?:(?:https?|grpcs?|s?uwsgi)://)?([^\s:/?$\[\]]+)(?::\d{1,5})?)([/?][^\s$]*)?"
)
# the port, or where there is none the scheme
_LAST_WORD: Final = regex(r"(?<=:)\d+$|^\w+(?=://[^:]+$)")
_VARIABLE_PASSES: Final = frozenset({"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"})
_VARIABLE: Final = regex(r"\$\w+")
_REWRITES: Final = frozenset({"rewrite", "if", "break", "return"})
_PLAIN_PATH: Final = regex(r"/[\w/.~-]*")
_PATH_VARIABLES: Final = frozenset({"uri", "document_uri", "request_filename"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a literal pass names: `base` is its scheme, host and port, `uri` may be empty."""

    base: str
    host: str
    uri: str


def literal_target(placed: Placed) -> Target | None:
    """Return what a pass directive names without a variable, None for anything else."""
    match = _TARGET.fullmatch(placed.args[0]) if len(placed.args) == 1 else None
    return None if match is None else Target(match[1], match[2], match[3] or "")


class Variables:
    """The variables for the targets of literal passes, in all configurations of a stack.

    `backend_upstream`, or with the port where several targets have one host. Any file may set it to
    the same target already.
    """

    def __init__(self, configurations: Iterable[Nginx]) -> None:
        self._bases: dict[str, set[str]] = {}
        self._meanings: dict[str, set[str | None]] = {}
        for nginx in configurations:
            for scope in nginx.main.walk():
                for one in scope.directives:
                    self._read(one)

    def _read(self, placed: Placed) -> None:
        for base in _bases(placed):
            self._bases.setdefault(_word(base), set()).add(base)
        if placed.name in _VARIABLE_PASSES and _VARIABLE.fullmatch(placed.args[0]):
            return  # a pass that is converted already
        is_set = placed.name == "set" and len(placed.args) == 2
        for name in {name for arg in placed.args for name in names_in(arg)}:
            is_given = is_set and placed.args[0] == f"${name}"
            meaning = placed.args[1] if is_given else None
            self._meanings.setdefault(name, set()).add(meaning)

    def name_for(self, target: Target) -> str:
        """Return the name of the variable.

        Raises CannotEdit where it means something else, or is too long for nginx.
        """
        several = len(self._bases.get(_word(target.base), ())) > 1
        more = _LAST_WORD.findall(target.base) if several else []
        name = "_".join([_word(target.base), *more, "upstream"])
        if self._meanings.get(name, set()) - {target.base}:
            raise CannotEdit(f"`${name}` means something else already")
        if len(name) > MAX_NAME:
            raise CannotEdit(f"`${name}` is longer than nginx takes by default")
        return name

    @property
    def has_path(self) -> bool:
        """Whether a variable is used that a `rewrite` changes."""
        return not _PATH_VARIABLES.isdisjoint(self._meanings)


def _bases(placed: Placed) -> Iterator[str]:
    """Yield the target of a literal pass, and what a `set` gives a variable."""
    for arg in placed.args[-1:] if placed.name in _VARIABLE_PASSES | {"set"} else ():
        match = _TARGET.fullmatch(arg)
        if match is not None:
            yield match[1]


def _word(base: str) -> str:
    """Return a target's host as the beginning of a variable's name."""
    host = base.rpartition("//")[2].partition(":")[0]
    return re.sub(r"\W+", "_", host.lower().replace("-", "_")).strip("_")


def run_time_edits(upstream: Upstream, variables: Variables) -> tuple[Edit, ...]:
    """Return the edits that make a literal pass look its name up at run time.

    Raises CannotEdit where the request may not stay the same.
    """
    placed = upstream.placed
    _require_place(placed)
    target = literal_target(placed)
    if target is None:
        raise CannotEdit(f"`{placed.head}` is put together when the container starts")
    variable = variables.name_for(target)
    statements: list[Statement] = [("set", [f"${variable}", target.base])]
    if target.uri:
        statements.append(("rewrite", _rewrite(placed, target, variables)))
    tree, route = placed.tree, placed.route[:-1]
    ahead_of = {*_REWRITES, placed.name, *(["include"] if placed.scope.unread else [])}
    anchor = next(one for one in block_at(tree, route) if one.name.value in ahead_of)
    return (
        *add_directives(tree, route, statements, before=anchor),
        *set_args(tree, route, placed.directive, [f"${variable}"]),
        *_redirects(placed, target),
    )


def _require_place(placed: Placed) -> None:
    scope = placed.scope
    if placed.name not in _VARIABLE_PASSES or scope.context[:1] != ("http",):
        where = placed.name if scope.context[:1] == ("http",) else scope.context[0]
        raise CannotEdit(f"whether `{where}` takes a variable depends on the version of nginx")
    if scope.kind != "location":
        raise CannotEdit(f"`{scope.kind}` takes directives over in a way of its own")
    if any(child.kind == "limit_except" for child in scope.children):
        raise CannotEdit("nginx does not carry out a `set` for the methods of `limit_except`")
    if any(one.name in _REWRITES and one.tree is not placed.tree for one in scope.directives):
        raise CannotEdit("another file that the location includes may end its `set` directives")


def _rewrite(placed: Placed, target: Target, variables: Variables) -> list[str]:
    """Return the arguments of the `rewrite` that does what the URI part did."""
    scope = placed.scope
    modifier, path = ("", *scope.args)[-2:]
    plain = _PLAIN_PATH.fullmatch(path) and _PLAIN_PATH.fullmatch(target.uri)
    if placed.name != "proxy_pass" or modifier not in ("", "=", "^~") or not plain:
        raise CannotEdit(f"beside a variable the URI part `{target.uri}` means something else")
    if any(one.name in _REWRITES | {"try_files"} for one in scope.directives):
        raise CannotEdit("the location rewrites the path itself")
    if variables.has_path:
        raise CannotEdit("`$uri` is used, and a rewrite would change it")
    return [f"(?s)^{path.replace('.', '[.]')}(.*)$", f"{target.uri}$1", "break"]


def _redirects(placed: Placed, target: Target) -> tuple[Edit, ...]:
    """Return the edits that write out what `proxy_redirect default` did."""
    if placed.name != "proxy_pass":
        return ()
    path = placed.scope.args[-1] if target.uri else "/"
    args = [target.base + (target.uri or "/"), path]
    tree, route, scope = placed.tree, placed.route[:-1], placed.scope
    written = [
        one for one in scope.directives if one.name == "proxy_redirect" and one.args == ("default",)
    ]
    if any(one.tree is not tree for one in written):
        raise CannotEdit("`proxy_redirect default` in an included file does not go with a variable")
    if written:
        return set_args(tree, route, written[0].directive, args)
    if rewrites_redirects(placed) and not has_own_host(scope):
        return add_directive(tree, route, "proxy_redirect", args, after=placed.directive)
    return ()


def rewrites_redirects(placed: Placed) -> bool:
    """Tell whether a literal `proxy_pass` rewrites redirects by default: none is said otherwise."""
    scope = placed.scope
    is_default = placed.name == "proxy_pass" and scope.inherited("proxy_redirect") is None
    return is_default and not unread_around(scope)


def has_own_host(scope: Scope) -> bool:
    """Tell whether requests get a `Host` that is written out, by which the backend knows itself.

    `proxy_set_header` is inherited only where a block has none of its own.
    """
    for one in scope.chain():
        headers = [placed for placed in one.directives if placed.name == "proxy_set_header"]
        if headers:
            hosts = [each.args[1:] for each in headers if each.args[:1] and _is_host(each.args[0])]
            return bool(hosts) and hosts != [("$proxy_host",)]
    return False


def _is_host(name: str) -> bool:
    return name.lower() == "host"


def by_hand(placed: Placed) -> str:
    """Return the lines to write where a pass cannot be converted for certain.

    A `set` at the top of the `server` is carried out in any case.
    """
    target = literal_target(placed)
    base = placed.args[0] if target is None else target.base
    variable = f"${_word(base)}_target"
    lines = f"write `set {variable} {base};` at the top of the `server` and "
    lines += f"`{placed.name} {variable};` here"
    is_path = target is not None and target.uri
    return f"{lines}, with a `rewrite … break` that passes the path on" if is_path else lines
