"""The summary: what was fixed, held and left, each with its reason."""

from __future__ import annotations

from dataclasses import replace

from patcher.engine.outcome import Fixed, Held, Outcome
from patcher.finding import Finding, Fix, Location, NoFix, Safety, Severity
from patcher.report import message, text
from patcher.report.style import Paint
from patcher.text import Source, Span

PLAIN = Paint(on=False)
SOURCE = Source("compose.yaml", "services:\n  app:\n    image: x\n")
PLACE = Location.of(SOURCE, Span(12, 15), ("services", "app"))
FIX = Fix("do it", (), "recreates `app`")
UNSAFE = Fix("do it", (), "recreates `app`", Safety.UNSAFE, "more may change")


def finding(remedy: Fix | NoFix) -> Finding:
    return Finding("resolver-mixed", Severity.ERROR, "it is bad", "seen here", (PLACE,), remedy)


def outcome(
    fixed: tuple[Fixed, ...] = (), held: tuple[Held, ...] = (), left: tuple[Finding, ...] = ()
) -> Outcome:
    return Outcome((), fixed, held, left, 2)


def test_fixed() -> None:
    report = text.summary(outcome(fixed=(Fixed(finding(FIX), 1),)), PLAIN, verbose=True)
    assert report == (
        "fixed resolver-mixed compose.yaml:2:3\n"
        "    it is bad\n"
        "    evidence: seen here\n"
        "    fix: do it\n"
        "    next up: recreates `app`\n"
        "\n"
        "1 fixed, 0 held, 0 left (0 files, 2 passes)\n"
    )


def test_fixed_by_another_fix() -> None:
    report = text.summary(outcome(fixed=(Fixed(finding(FIX), 1, direct=False),)), PLAIN)
    assert "    fix: another fix brings it\n\n" in report


def test_held_names_the_gate_and_what_it_saw() -> None:
    report = text.summary(outcome(held=(Held(finding(FIX), "local", "a comment is lost"),)), PLAIN)
    assert "held resolver-mixed compose.yaml:2:3\n" in report
    assert "    held by gate: local: a comment is lost\n" in report
    assert report.endswith("0 fixed, 1 held, 0 left (0 files)\n")


def test_left_tells_why_and_what_to_do() -> None:
    left = (finding(NoFix("nobody knows", "do it by hand")), finding(UNSAFE))
    report = text.summary(outcome(left=left), PLAIN)
    assert "    no fix: nobody knows\n    by hand: do it by hand\n" in report
    assert "    fix with --unsafe: do it\n    take care: more may change\n" in report


def test_findings_count() -> None:
    assert text.findings((), PLAIN) == "no findings\n"
    assert text.findings((finding(FIX),), PLAIN).endswith("1 finding, 1 with a fix\n")


def test_commit_message_lists_rule_place_and_change() -> None:
    one = Fixed(finding(FIX), 1)
    assert message.for_all((one,)).split("\n")[0] == "Fix resolver-mixed"
    assert message.for_all((one, one)).split("\n")[0] == "Fix resolver-mixed"
    other = Fixed(replace(one.finding, rule="resolver-cache"), 1)
    whole = message.for_all((one, other))
    title = "Fix documented faults in the Compose stack"
    assert whole.startswith(f"{title}\n\n* resolver-mixed at compose.yaml:2\n")
    assert message.title((one, other, one)) == title
    assert "  Change: do it.\n  The next `up`: recreates `app`.\n" in whole


def test_commit_message_of_one_rule_says_what_the_rule_is() -> None:
    whole = message.for_rule("resolver-mixed", (Fixed(finding(FIX), 1),))
    title, blank, summary = whole.split("\n")[:3]
    assert (title, blank) == ("Fix resolver-mixed", "")
    assert summary.startswith("nginx looks service names up")
