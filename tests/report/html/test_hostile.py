"""A repository that tries to be more than text on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from patcher.engine.outcome import Change, Held, Outcome
from patcher.errors import UserError
from patcher.finding import Fix, NoFix, Safety
from patcher.report.entries import StackView, entries_of
from patcher.report.html import render
from patcher.stack.stack import Stack
from patcher.text import Source
from tests.report.html.pages import Page, hidden, report_of, stacked
from tests.report.reports import EDIT, PLACE, finding
from tests.stacks import stack_of

EVIL = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&${title}`"
BIDI = "\u202e\u2066\u200b\ufeff"
CONTROL = "\x00\x07\x1b[31m\x85\u2028"

SHAPES = {"svg", "g", "title", "path", "rect", "text", "circle"}

COMPOSE = f"""\
services:
  {json.dumps(EVIL)}:
    image: redis:7
    # {EVIL}{BIDI}
  {json.dumps("a" + BIDI)}:
    image: example/app:1
    depends_on: [{json.dumps(EVIL)}]
    environment: {{REDIS_URL: {json.dumps("redis://" + EVIL)}}}
  proxy:
    image: nginx:1.27
    depends_on: [{json.dumps("gone" + EVIL)}]
    volumes: ["./default.conf:/etc/nginx/conf.d/default.conf"]
networks: {{default: {{driver: bridge}}}}
"""
NGINX = """\
# </script><script>alert(1)</script> \u202e
resolver 127.0.0.11 "<b>onload=x</b>";
server { location / { set $up "http://<img/src=x>:80"; proxy_pass $up; } }
"""


def safe(text: str) -> Page:
    """Read a page; nothing of the repository may act in it."""
    page = Page(text)
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert not page.all("b", "onload")
    # an element that SVG does not know would end the picture
    assert set(re.findall(r"<(\w+)", "".join(re.findall(r"(?s)<svg.*?</svg>", text)))) <= SHAPES
    for element in page.elements:
        assert not any(name.startswith("on") for name in element.attributes)
    assert not hidden(text)
    return page


def hostile_stack() -> Stack:
    sources = {"compose.yaml": Source("compose.yaml", COMPOSE)}
    sources["default.conf"] = Source("default.conf", NGINX)
    return stack_of(sources)


def test_files_and_names() -> None:
    page = safe(render(report_of(stacked(hostile_stack(), f"dir{EVIL}{BIDI}"))))
    text = page.one("main").text
    assert "<script>alert(1)</script>" in text
    assert "\\u202e" in text
    assert page.all("span", "hidden")


def test_findings_changes_and_problems() -> None:
    bad = EVIL + BIDI + CONTROL
    fix = Fix(bad, (EDIT,), bad, Safety.UNSAFE, bad)
    place = replace(PLACE, path=f"{bad}.yml", route=(bad,))
    told = finding(fix, rule="resolver-mixed", message=bad, place=place)
    old = Source(f"{bad}.yml", f"{bad}\nold {bad}\n")
    outcome = Outcome(
        (Change(old, old.with_text(f"{bad}\nnew {bad}\n")), Change(None, Source(bad, bad))),
        held=(Held(told, bad, bad),),
        left=(finding(NoFix(bad, bad), message=bad, place=place),),
    )
    one = stack_of({"compose.yaml": Source("compose.yaml", "services: {}\n")})
    entries = entries_of(outcome, {})
    problem = UserError(bad, todo=bad, path=bad)
    after = Outcome(held=outcome.held, left=outcome.left)
    shown = report_of(StackView("", one, entries, after), problems=(problem,))
    page = safe(render(replace(shown, outcome=outcome)))
    assert "\\x1b[31m" in page.one("main").text
    assert "${title}" in page.one("main").text


def test_our_own_words_are_no_templates() -> None:
    assert not re.search(r"\$\{\w+\}", safe(render(report_of())).one("main").text)
