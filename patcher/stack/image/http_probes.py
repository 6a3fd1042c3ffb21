"""Probes that ask for a page: only where the operator's settings name its path.

A status below 400 is an answer; redirects count and are not followed, except by busybox's wget,
which follows them. The request names the host `localhost` or the address that it asks: an
application that refuses these names (Django's ALLOWED_HOSTS) answers 400, and the check fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, make_probe
from patcher.stack.image.reference import Flavour, parse_reference
from patcher.stack.image.tcp_probes import node_tcp, program_and_port, python_tcp, shell_tcp

_PYTHON: Final = (
    "import http.client, socket, sys;"
    " host = next(host for host in ('127.0.0.1', socket.gethostname())"
    " if not socket.socket().connect_ex((host, {port})));"
    " asked = http.client.HTTPConnection(host, {port});"
    " asked.request('GET', '{path}', headers={{'Host': 'localhost'}});"
    " sys.exit(asked.getresponse().status >= 400)"
)
_NODE: Final = (
    "var http = require('http'), hosts = ['127.0.0.1', 'localhost', require('os').hostname()];"
    " var left = hosts.length; hosts.forEach(function (host) {{"
    " http.get({{host: host, port: {port}, path: '{path}', headers: {{Host: 'localhost'}}}},"
    " function (answer) {{ process.exit(answer.statusCode < 400 ? 0 : 1) }})"
    ".on('error', function () {{ if (--left === 0) process.exit(1) }}) }})"
)
_BASH: Final = (
    "exec 3<>/dev/tcp/127.0.0.1/{port}"
    r' && printf "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n" "{path}" >&3'
    ' && read -r _ status _ <&3 && test "$$status" -lt 400'
)
_WGET: Final = ("wget", "-q", "-O", "/dev/null")

_Test = tuple[str, ...] | NoProbe


def http(facts: ImageFacts, family: Family, path: str) -> Probe | NoProbe:
    """Ask for `path` (of harmless characters only) with the program that the image has."""
    ask = _BY_BUILD.get(family.build)
    if ask is None:
        reason = f"the check of {family.name} asks for no page"
        return NoProbe(reason, "give the settings a `test` instead of a `path`")
    found = program_and_port(facts, family)
    if isinstance(found, NoProbe):
        return found
    flavour, port = found
    test = ask(facts, flavour, port, path)
    if isinstance(test, NoProbe):
        return test
    return make_probe(family, test, port, f"asks for {path} on port {port}")


def _by_python(facts: ImageFacts, _: Flavour, port: int, path: str) -> _Test:
    version = parse_reference(facts.image).version
    if version is not None and version[0] == 2:
        return NoProbe("a page is asked for with Python 3", "give the settings a `test`")
    return ("CMD", "python", "-c", _PYTHON.format(port=port, path=path))


def _by_node(_: ImageFacts, __: Flavour, port: int, path: str) -> _Test:
    return ("CMD", "node", "-e", _NODE.format(port=port, path=path))


def _by_shell(_: ImageFacts, flavour: Flavour, port: int, path: str) -> _Test:
    url, bash = f"http://127.0.0.1:{port}{path}", _BASH.format(port=port, path=path)
    if flavour is Flavour.ALPINE:
        return ("CMD", *_WGET, url)
    if flavour is Flavour.BASH:
        return ("CMD", "bash", "-c", bash)
    return ("CMD-SHELL", f"{' '.join(_WGET)} \"{url}\" || bash -c '{bash}'")


_BY_BUILD: Final[dict[object, Callable[[ImageFacts, Flavour, int, str], _Test]]] = {
    python_tcp: _by_python,
    node_tcp: _by_node,
    shell_tcp: _by_shell,
}
