"""The diff as printed: exact for programs, safe and coloured for people."""

from __future__ import annotations

from patcher.report.diff import diff, for_screen
from patcher.report.style import Paint
from patcher.text import Source
from tests.stacks import fixed

COMPOSE = Source("compose.yaml", "services:\n  app:\n    image: x\n    # \x85\n")


def test_one_diff_over_all_files() -> None:
    text = diff(fixed({"compose.yaml": COMPOSE}))
    assert text.startswith("diff --git a/compose.yaml b/compose.yaml\n--- a/compose.yaml\n")
    assert text.endswith("+    driver: bridge\n")


def test_nothing_changed_is_empty() -> None:
    text = "services:\n  app:\n    image: x\n    network_mode: host\n"
    assert diff(fixed({"compose.yaml": Source("compose.yaml", text)})) == ""
    assert for_screen("", Paint(on=True)) == ""


def test_screen_shows_control_characters() -> None:
    shown = for_screen("+a\x1b[31m\tb\r\n-c\u202e\n", Paint(on=False))
    assert shown == "+a\\x1b[31m\tb\n-c\\u202e\n"


def test_screen_is_coloured() -> None:
    shown = for_screen("--- a/x\n@@ -1 +1 @@\n-a\n+b\n c\n", Paint(on=True))
    assert shown == (
        "\x1b[1m--- a/x\x1b[0m\n\x1b[36m@@ -1 +1 @@\x1b[0m\n"
        "\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n c\n"
    )
