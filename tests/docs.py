"""Write the pages of the rules into docs/rules, and the man page: `python -m tests.docs`.

A page is the rule's docstring, and its `example` fixture: the findings, and the fix as a diff.
"""

from __future__ import annotations

from pathlib import Path

from patcher.diff import unified
from patcher.rules import all_rules
from patcher.rules.base import Rule
from tests import man
from tests.stacks import FIXTURES, ROOT
from tests.variants import read_tree

FOLDER = ROOT / "docs" / "rules"
_NOTE = "<!-- Written by `python -m tests.docs` from the rule and its example fixture. -->"
_REFERENCES = "## References"
# by a word of the rules' names; the last one takes what is left
_TOPICS = {
    "Names and proxying": {"dns", "network", "resolver", "upstream"},
    "Start and health": {"command", "depends", "healthcheck"},
    "Databases and migrations": {"database", "init", "migrations"},
    "Comments to hanna-fix": {"ignore"},
    "Others": set[str](),
}


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {"index.md": _index(), **{f"{rule.id}.md": _page(rule) for rule in all_rules()}}


def _index() -> str:
    found = [(_topic(rule), rule) for rule in all_rules()]
    tables = (
        f"## {topic}\n\n{_table(rules)}"
        for topic in _TOPICS
        if (rules := [rule for name, rule in found if name == topic])
    )
    return (
        f"{_NOTE}\n# Rules\n\n"
        "The column *default* tells which rules run where none are selected; `--select` and "
        "`--ignore`, or the [settings](../configuration.md), choose. The column *fix* tells "
        "whether a finding of the rule has a fix; where it has none, the report says why and what "
        "to do by hand.\n\n" + "\n".join(tables)
    )


def _table(rules: list[Rule]) -> str:
    rows = (
        f"| [{rule.id}]({rule.id}.md) | {'on' if rule.default else 'off'} "
        f"| {rule.severity.name.lower()} | {rule.fixable.value} | {rule.summary} |\n"
        for rule in rules
    )
    return f"| rule | default | severity | fix | finds |\n|---|---|---|---|---|\n{''.join(rows)}"


def _topic(rule: Rule) -> str:
    """Return the first topic that a word of the rule's name belongs to."""
    words = set(rule.id.split("-"))
    return next(topic for topic, of_topic in _TOPICS.items() if not of_topic or words & of_topic)


def _page(rule: Rule) -> str:
    summary, _, body = rule.docs.strip().partition("\n")
    told, _, references = body.strip().partition(_REFERENCES)
    source = f"../../patcher/rules/{rule.id.replace('-', '_')}.py"
    default = "on" if rule.default else "off"
    facts = (
        f"Severity: {rule.severity.name.lower()}. Fix: {rule.fixable.value}. Default: {default}. "
        f"[Source]({source})"
    )
    parts = [f"{_NOTE}\n# {rule.id}", summary, facts, told.strip(), _example(rule)]
    return "\n\n".join([*parts, f"{_REFERENCES}\n\n{references.strip()}"]) + "\n"


def _example(rule: Rule) -> str:
    case = FIXTURES / "rules" / rule.id / "example"
    place = case.relative_to(ROOT).as_posix()
    findings = (case / "findings.txt").read_text(encoding="utf-8")
    parts = [
        f"## Example\n\nThe files are in [{place}](../../{place}). It finds:",
        _fenced("text", findings),
    ]
    if fix := _diff(case):
        parts += ["and writes:", _fenced("diff", fix)]
    return "\n\n".join(parts)


def _diff(case: Path) -> str:
    before, after = read_tree(case / "before"), read_tree(case / "after")
    return "".join(unified(before.get(path), source) for path, source in after.items())


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    man.PAGE.parent.mkdir(parents=True, exist_ok=True)
    man.PAGE.write_text(man.page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
