"""What every page has around its body: style, script, keys, and a policy that allows no more."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from string import Template

from patcher import __version__
from patcher.report.html.markup import EMPTY, Html, escaped


def framed(title: str, links: Html, parts: list[Html], care: str, keys: Html = EMPTY) -> str:
    """Return a self-contained page that asks the network for nothing.

    `links` lead to the parts; `care` says how to treat what the page holds; `keys` are rows of the
    table of keys that only this kind of page has.
    """
    style, script = _resource("page.css"), _resource("page.js")
    values = {
        "title": escaped(title),
        "policy": escaped(_policy(style, script)),
        "style": Html(style),
        "script": Html(script),
        "version": escaped(__version__),
        "links": links,
        "body": Html("\n".join(part.text for part in parts)),
        "care": escaped(care),
        "keys": keys,
    }
    template = Template(_resource("page.html"))
    return template.substitute({name: value.text for name, value in values.items()})


def _resource(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy: our own style and script, by their hashes, and no more.

    Source: https://www.w3.org/TR/CSP3/#match-element-to-source-list
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
