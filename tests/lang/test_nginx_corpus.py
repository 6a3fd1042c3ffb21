"""Real-world files: all of them are read as nginx reads them, or refused for a known reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx import parse
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directives
from patcher.lang.nginx_tokens import scan
from patcher.lang.nginx_tree import Tree, walk
from patcher.text import Source
from tests.lang.nginx_helpers import proven

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"

# By the end of the file name: what the error says.
REFUSED = {
    "nginx_sites_available_privatebin.conf": "is not closed",
    "docker-jitsi-meet__web~rootfs~defaults~meet.conf": "template",
    "docker-jitsi-meet__web~rootfs~defaults~nginx.conf": "template",
    "mailcow-dockerized__data~conf~nginx~templates~nginx.conf.j2": "template",
    "mailcow-dockerized__data~conf~nginx~templates~sites-default.conf.j2": "template",
    "nginx-proxy__nginx.tmpl": "template",
    # no space before the brace, which crossplane's Lua lexer needs
    "grafana-promtail-loki-nginx-demo~nginx.conf": "disagree",
    "missing-semicolon~broken-above.conf": "not terminated",
    "missing-semicolon~broken-below.conf": "not terminated",
    "non-unicode~nginx.conf": "not UTF-8",
}
RESOLVER = [("resolver", ["127.0.0.11", "valid=60s"]), ("resolver_timeout", ["10s"])]


def files() -> list[Path]:
    folders = (CORPUS / "nginx", CORPUS / "nginx_fixtures")
    return sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir())


def trees() -> Iterator[Tree]:
    for path in files():
        if not path.name.endswith(tuple(REFUSED)):
            yield parse(Source.decode(path.name, path.read_bytes()))


pytestmark = pytest.mark.skipif(not files(), reason="the corpus is not in this checkout")


def test_every_file_is_read_or_refused_for_a_known_reason() -> None:
    refused: dict[str, str] = {}
    for path in files():
        try:
            source = Source.decode(path.name, path.read_bytes())
            parse(source)
        except UserError as error:
            refused[path.name] = error.message
            continue
        assert "".join(source.at(token.span) for token in scan(source)) == source.text
    for name, message in refused.items():
        reasons = [why for end, why in REFUSED.items() if name.endswith(end)]
        assert reasons, f"{name}: {message}"
        assert reasons[0] in message
    assert len(refused) <= len(REFUSED) < len(files()) / 20


def test_directives_added_to_blocks_of_every_file() -> None:
    for tree in trees():
        blocks = [(), *(route for route, each in walk(tree) if each.block)]
        for route in dict.fromkeys([blocks[0], blocks[len(blocks) // 2], blocks[-1]]):
            proven(tree, add_directives(tree, route, RESOLVER))


def test_arguments_set_in_every_file() -> None:
    for tree in trees():
        places = list(walk(tree))
        for route, each in places[:: max(1, len(places) // 3)]:
            try:
                edits = set_args(tree, route[:-1], each, [*each.values[1:], "x y", "$z"])
            except CannotEdit:
                assert each.lua is not None
                continue
            proven(tree, edits)
