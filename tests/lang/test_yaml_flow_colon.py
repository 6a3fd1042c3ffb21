"""Colons in plain scalars of flow collections: libyaml before 0.2 refuses what Compose takes."""

from __future__ import annotations

import pytest

from patcher.errors import UserError
from patcher.lang.yaml import parse
from patcher.lang.yaml_nodes import Mapping, Sequence
from patcher.text import Source


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("ports: [80:80, 443:443]\n", ["80:80", "443:443"]),
        ("image: {image: redis:7, restart: always}\n", {"image": "redis:7", "restart": "always"}),
        ("\u00e9: [redis:7] # seven\nlast:\n", ["redis:7"]),
    ],
)
def test_it_is_read(text: str, model: object) -> None:
    assert next(iter(parse(Source("a.yaml", text)).model.values())) == model


def test_spans_and_comments_are_true() -> None:
    text = "a:\n  ports: [80:80, 'x']  # first\n\n  # second\nb:\n"
    tree = parse(Source("a.yaml", text))
    (root,) = tree.documents
    assert isinstance(root, Mapping)
    inner = root.entries[0].value
    assert isinstance(inner, Mapping)
    ports = inner.entries[0].value
    assert isinstance(ports, Sequence)
    assert [text[item.start : item.end] for item in ports.items] == ["80:80", "'x'"]
    assert text[ports.start : ports.end] == "[80:80, 'x']"
    assert [tree.source.at(span) for span in tree.comments] == ["# first", "# second"]


def test_what_no_parser_takes_is_refused() -> None:
    with pytest.raises(UserError):
        parse(Source("a.yaml", "a: [80:80\n"))
