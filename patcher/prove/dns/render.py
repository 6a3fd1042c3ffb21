"""The lab's nginx.conf: the stack's own, flattened, with loopback in place of the world.

Every word is written anew from its value, so a text can end neither a word nor a directive, and
only directives are written that are known (directives.py). Besides:

- `listen` becomes the lab's address and port, with a stand-in certificate where it was TLS;
- name servers become the lab's, Docker's the one that knows the services, every other the one
  that knows nothing; `valid=` is divided by the scale (`resolver_timeout` never passes: the lab's
  name servers answer at once);
- a literal host becomes the address that Docker's DNS would give at that moment; where it would
  give none, a name that no resolver can even ask for, so that nginx refuses to start;
- every connection to an upstream comes from 127.0.0.1, so the kernel lets none leave the machine;
- files are looked for in a directory that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from patcher.lang.nginx_tokens import quote
from patcher.prove.certificate import CERTIFICATE, KEY
from patcher.prove.dns.config import PLACE, Config
from patcher.prove.dns.directives import BINDS, BLOCKS, KEPT, SERVER_PARAMETERS, TABLES
from patcher.prove.dns.places import numbers
from patcher.prove.dns.servers import listens
from patcher.stack.nginx.scopes import Placed, Scope
from patcher.stack.nginx.upstreams import PASSES
from patcher.stack.nginx.variables import filled, is_assigned, is_run_time, names_in

_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_FILE_TESTS: Final = frozenset({"-f", "-d", "-e", "-x", "!-f", "!-d", "!-e", "!-x"})
_SIZES: Final = (
    "server_names_hash_bucket_size 512; server_names_hash_max_size 8192; "
    "map_hash_bucket_size 512; map_hash_max_size 8192; variables_hash_max_size 4096;"
)


def render(config: Config) -> str:
    """Return the file.

    Raises UserError where a name server cannot be told, and CannotEdit for a word that nginx does
    not take.
    """
    writer = _Writer(config, numbers(config.nginx), set())
    scopes = [one for one in config.nginx.main.children if one.kind == "http"]
    body = "\n".join(line for one in scopes for line in writer.lines(one))
    return f"{_main(config)}\nhttp {{\n{_http(config, scopes)}\n{body}\n}}\n"


def _main(config: Config) -> str:
    pid = quote(str(config.ground.folder / "pid"))
    return f"daemon off; master_process off; pid {pid};\nevents {{ worker_connections 512; }}"


def _http(config: Config, scopes: Sequence[Scope]) -> str:
    """Return what the lab itself has in `http`."""
    folder, shared = config.ground.folder, config.ground.shared
    lines = [
        f"access_log off; root {quote(str(config.ground.nothing))}; {_SIZES}",
        f"ssl_certificate {quote(str(shared / CERTIFICATE))};",
        f"ssl_certificate_key {quote(str(shared / KEY))};",
        *(f"{one}_temp_path {quote(str(folder / one))};" for one in _TEMPORARY),
        *(f"{one} 127.0.0.1;" for one in BINDS),
        *(f'map "" ${name} {{ default ""; }}' for name in sorted(config.empty)),
    ]
    default = config.name_servers.healthy_default
    if default and all(one.own("resolver") is None for one in scopes):
        lines.append(f"resolver {default};")
    return "\n".join(lines)


@dataclass(frozen=True)
class _Writer:
    config: Config
    numbers: dict[int, int]
    defaults: set[int]

    def lines(self, scope: Scope) -> Iterator[str]:
        """Yield the lines of a block's body."""
        children = iter(scope.children)
        for placed in scope.directives:
            if placed.directive.block is not None:
                yield from self._block(placed, next(children))
            elif placed.directive.lua is None:
                yield from self._plain(placed)

    def _block(self, placed: Placed, scope: Scope) -> Iterator[str]:
        if scope.kind not in BLOCKS:
            return
        arguments = self._arguments(placed)
        if scope.kind == "if":
            arguments = self._condition(arguments)
        yield f"{_directive(scope.kind, arguments)} {{"
        if scope.kind in TABLES:
            yield from self._entries(scope, arguments[-1:])
        else:
            yield from self._opening(scope)
            yield from self.lines(scope)
        yield "}"

    def _opening(self, scope: Scope) -> Iterator[str]:
        if scope.kind == "location":
            yield f"add_header {PLACE} {self.numbers[id(scope)]} always;"
        elif scope.kind == "server":
            for one in listens(scope, self.config.nginx.environment):
                first = one.default and one.port not in self.defaults
                self.defaults.update({one.port} if first else ())
                words = f"{' ssl' if one.tls else ''}{' default_server' if first else ''}"
                yield f"listen {self.config.ground.address}:{one.port}{words};"

    def _condition(self, arguments: list[str]) -> list[str]:
        """Return an `if` that tests for files, with the path of a file that does not exist."""
        for index, one in enumerate(arguments[:-1]):
            if one.lstrip("(") in _FILE_TESTS:
                return [*arguments[: index + 1], f"{self.config.ground.nothing})"]
        return arguments

    def _entries(self, table: Scope, variable: Sequence[str]) -> Iterator[str]:
        name = "".join(variable)
        for placed in table.directives:
            if placed.name != "include":
                values = [self.config.hosts.value(name, one) for one in self._arguments(placed)]
                yield f"{_directive(placed.name, values)};"

    def _plain(self, placed: Placed) -> Iterator[str]:
        arguments = self._written(placed)
        if arguments is not None:
            yield f"{_directive(placed.name, arguments)};"

    def _written(self, placed: Placed) -> list[str] | None:
        """Return the arguments that a directive has in the lab, None where it is left out."""
        name, given = placed.name, self._arguments(placed)
        if name in PASSES and given:
            return [self._passed(placed, given[0])]
        if placed.scope.kind == "upstream" and given and name in ("server", "zone"):
            return self._server(given) if name == "server" else [given[0], "256k"]
        if name == "resolver":
            return [*self.config.name_servers.arguments(self.config.nginx, placed)]
        if name == "set" and len(given) > 1:
            return [given[0], self.config.hosts.value(given[0], given[1])]
        return given if name in KEPT and not _hides(placed, given) else None

    def _passed(self, placed: Placed, text: str) -> str:
        environment = self.config.nginx.environment
        if is_run_time(placed.args[0], placed.scope, environment):
            return self.config.hosts.passed(placed, text)
        return self.config.hosts.literal(text, is_passed=True)

    def _server(self, given: list[str]) -> list[str]:
        parameters = [one for one in given[1:] if one.startswith(SERVER_PARAMETERS)]
        hosts = self.config.hosts
        if "resolve" in parameters:
            return [hosts.server(given[0]), *parameters]
        return [hosts.literal(given[0], is_passed=False), *parameters]

    def _arguments(self, placed: Placed) -> list[str]:
        """Return the values of the arguments, with what the environment puts into templates.

        As in the template's text, blanks in such a value part words that are not quoted.
        """
        values: list[str] = []
        for word in placed.directive.args:
            value = self._filled(word.value, placed.scope)
            is_split = value != word.value and word.raw[:1] not in ("'", '"')
            values += value.split() if is_split else [value]
        return values

    def _filled(self, text: str, scope: Scope) -> str:
        environment = self.config.nginx.environment
        names = {one for one in names_in(text) if one in environment}
        return filled(text, {one: environment[one] for one in names if not is_assigned(one, scope)})


def _hides(placed: Placed, given: list[str]) -> bool:
    """Tell whether a directive would hide what is to be seen.

    That is a page in place of a failure; and `try_files` that ends with a status in a location that
    passes requests on: the file that it asks for is taken to be there.
    """
    if placed.name == "try_files":
        is_status = bool(given) and given[-1].startswith("=")
        return is_status and any(one.name in PASSES for one in placed.scope.directives)
    return placed.name == "error_page" and any(one.startswith("5") for one in given)


def _directive(name: str, arguments: list[str]) -> str:
    return " ".join(map(quote, (name, *arguments)))
