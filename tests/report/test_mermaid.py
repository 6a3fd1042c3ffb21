"""The start order as a Mermaid flowchart."""

from __future__ import annotations

import re

from patcher.report.mermaid import MOST_EDGES, MOST_NODES, start_order_chart
from patcher.report.picture.start_order import Condition, Started, StartOrder, Wait
from tests.report.pictured import COMPOSE, NGINX, order_of


def test_boxes_arrows_and_what_is_broken() -> None:
    assert start_order_chart(order_of(COMPOSE, {"default.conf": NGINX})) == (
        "flowchart LR\n"
        '    s0["db<br>no health check"]\n'
        '    s1["api<br>no health check"]\n'
        '    s2["worker<br>no health check"]\n'
        '    s3["proxy<br>no health check"]\n'
        "    s0 -.->|started| s1\n"
        "    s0 -.-x|does not wait| s2\n"
        "    s1 -->|healthy| s3\n"
        "    classDef broken stroke:#b3261e,stroke-width:2px\n"
        "    class s0,s1 broken\n"
        "    linkStyle 0,1,2 stroke:#b3261e,stroke-width:2px\n"
    )


def test_a_sound_order_has_no_styles() -> None:
    order = StartOrder(
        (Started("db", False, True), Started("job", True, False)),
        (Wait("job", "db", Condition.HEALTHY),),
    )
    assert start_order_chart(order) == (
        "flowchart LR\n"
        '    s0["db<br>reports health"]\n'
        '    s1["job<br>runs once"]\n'
        "    s0 -->|healthy| s1\n"
    )


def test_names_end_neither_label_nor_line_nor_fence() -> None:
    name = '"]\n```\nclick s0 "javascript:x" <script>\u202e#quot;'
    order = StartOrder((Started(name, False, True),), (Wait(name, "db", Condition.STARTED),))
    lines = start_order_chart(order).splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r' {4}s0\["[A-Za-z0-9_ .,#;<>-]*<br>reports health"\]', lines[1])
    assert "script>" not in lines[1]
    assert "`" not in lines[1]


def test_a_large_order_is_cut() -> None:
    names = [f"s{number}" for number in range(400)]
    waits = tuple(
        Wait(one, other, Condition.STARTED) for one in names[:30] for other in names[30:50]
    )
    chain = tuple(Wait(one, f"{one}x", Condition.STARTED) for one in names)
    chart = start_order_chart(StartOrder((), (*waits, *chain)))
    assert len(re.findall(r'\["', chart)) <= MOST_NODES
    assert chart.count("-.->") <= MOST_EDGES
