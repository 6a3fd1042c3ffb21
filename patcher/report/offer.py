"""What is shown of a fix that is to be decided on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.engine.choosing import Offer
from patcher.engine.many import moved_change, moved_finding
from patcher.engine.outcome import Held, Outcome
from patcher.errors import brief, visible
from patcher.finding import Finding
from patcher.report import diff
from patcher.report.entries import Entry, State, details
from patcher.report.style import Paint

KEYS: Final = """\
y  make this fix
n  leave it, and all that needs it
a  make this fix and all later ones of this stack
q  make neither this fix nor a later one; those accepted so far are written
e  explain the rule, then ask again
?  this list
Ctrl-C, or the end of the input: nothing at all is written
"""


def told(offer: Offer, folder: str, paint: Paint) -> str:
    """Return the finding with its evidence, its remedy and the diff that the fix makes."""
    finding = moved_finding(offer.finding, folder)
    changes = tuple(moved_change(one, folder) for one in offer.changes)
    brings = [f"    {paint('also fixes:', 'dim')} {_name(one, folder)}" for one in offer.brings]
    patch = diff.for_screen(diff.diff(Outcome(changes)), paint)
    return "\n".join([*_block(Entry(finding, State.FIXED), paint), *brings, "", patch])


def held(one: Held, folder: str, paint: Paint) -> str:
    """Return what there is to know of a fix that cannot be offered, because a gate holds it."""
    finding = moved_finding(one.finding, folder)
    entry = Entry(finding, State.HELD, gate=one.gate, saw=one.saw)
    return "\n".join([*_block(entry, paint), "", ""])


def question(offer: Offer, paint: Paint) -> str:
    """Return the line at whose end the answer is typed."""
    ask = f"({offer.number}/{offer.total}) Make this fix [y,n,a,q,e,?]? "
    return paint(ask, "bold")


def lost(findings: tuple[Finding, ...], folder: str) -> str:
    """Return which findings cannot be fixed without a fix that was declined."""
    return "".join(f"    not possible without it: {_name(one, folder)}\n" for one in findings)


def _block(entry: Entry, paint: Paint) -> Iterator[str]:
    finding = entry.finding
    place = finding.where[0]
    severity = finding.severity.name.lower()
    yield f"{severity} {paint(finding.rule, 'bold')} {visible(place.path)}:{place.line}"
    facts = (("evidence", finding.evidence), *details(entry))
    yield f"    {brief(finding.message)}"
    yield from (f"    {paint(f'{name}:', 'dim')} {brief(text)}" for name, text in facts)


def _name(finding: Finding, folder: str) -> str:
    place = moved_finding(finding, folder).where[0]
    return f"{finding.rule} {visible(place.path)}:{place.line}"
