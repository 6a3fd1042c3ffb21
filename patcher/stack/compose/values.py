"""Single values of a Compose project: where each is written, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from patcher.finding import Location
from patcher.lang.yaml_nodes import Entry, Node, Scalar, Tree, plain, target
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_nodes import Sequence as YamlSequence
from patcher.lang.yaml_scalars import Tagged
from patcher.records import dataclass
from patcher.stack.compose.interpolate import interpolate
from patcher.text import Route

# the decimal exponents of the floats that Go writes without one
_GO_PLAIN: Final = range(-4, 6)


@dataclass(frozen=True, eq=False)
class Value:
    """One value of the merged model, where it is written: its entry in `mapping` of `tree`.

    `base` is the directory that relative paths start at, `variables` what `${NAME}` stands for.
    """

    tree: Tree
    mapping: YamlMapping
    entry: Entry
    route: Route
    base: str
    variables: Mapping[str, str] = field(repr=False)

    @property
    def node(self) -> Node:
        """The value's node, an alias followed."""
        return target(self.entry.value)

    @cached_property
    def plain(self) -> Any:
        """The value as plain data, not interpolated."""
        return plain(self.entry.value)

    @property
    def location(self) -> Location:
        """The place of the entry's key and value."""
        return Location.of(self.tree.source, self.entry.span, self.route)

    def text(self, value: object) -> str:
        """Return a scalar of the value as Compose passes it on: as text, interpolated."""
        return interpolate(scalar_text(value), self.variables)


@dataclass(frozen=True, eq=False)
class Part:
    """One definition of a service: its mapping in one document of one file.

    `extended` tells a definition that comes in through `extends`. `base` is the directory that
    the file's relative paths start at, `variables` what `${NAME}` stands for in it.
    """

    tree: Tree
    services: YamlMapping
    entry: Entry
    mapping: YamlMapping
    route: Route
    base: str
    variables: Mapping[str, str] = field(repr=False)
    extended: bool = False

    def get(self, key: str) -> Value | None:
        """Return the part's own or merged-in value of `key`, unless it is null."""
        entry = self.mapping.resolved.get(key)
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_null):
            return None
        holder = self.mapping.holder(key)
        route = (*self.route, key)
        return Value(self.tree, holder, entry, route, self.base, self.variables)

    def is_null(self, key: str) -> bool:
        """Tell whether the part gives `key` no value, as in `command:`."""
        return key in self.mapping.resolved and self.get(key) is None


@dataclass(frozen=True, slots=True)
class Wait:
    """One entry of `depends_on`; `condition` is None in the short form and where it is left out."""

    service: str
    condition: str | None
    value: Value


@dataclass(frozen=True, slots=True)
class Build:
    """What `build:` says, paths relative to the project; `context` is None where it leads out."""

    context: str | None
    dockerfile: str | None
    target: str | None
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One file of `env_file:`, relative to the project; `raw` tells `format: raw`."""

    path: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Mount:
    """A bind mount: a path of the project on the host, and where the container sees it."""

    source: str | None
    target: str
    value: Value


def scalar_text(value: object) -> str:
    """Return a scalar as Compose turns it into text: `0o17` is 15, `1.50` is 1.5, null is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    return "" if value is None else str(untagged(value))


def _float_text(value: float) -> str:
    """Return a float as Go's `%v` writes it: `1e6` is 1e+06, `123456.7` stays."""
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    exponent = Decimal(repr(value)).adjusted() if value else 0
    if exponent in _GO_PLAIN:
        return format(Decimal(repr(value)).normalize(), "f")
    first, *rest = map(str, digits)
    mantissa = ".".join([first, "".join(rest)] if rest else [first])
    return f"{'-' if sign else ''}{mantissa}e{exponent:+03d}"


def is_reset(data: object) -> bool:
    """Tell whether a value carries Compose's `!reset`."""
    return isinstance(data, Tagged) and data.tag == "!reset"


def untagged(data: Any) -> Any:
    """Return the value under an `!override` tag, or the value itself."""
    return data.value if isinstance(data, Tagged) else data


def mapping_of(node: Node | None) -> YamlMapping | None:
    """Return a node that is a mapping, an alias followed; None for any other."""
    found = None if node is None else target(node)
    return found if isinstance(found, YamlMapping) else None


def sequence_of(node: Node) -> YamlSequence | None:
    """Return a node that is a sequence, an alias followed; None for any other."""
    found = target(node)
    return found if isinstance(found, YamlSequence) else None
