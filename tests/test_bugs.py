"""The corruptions of other tools, each with our right answer; `bug.md` says who does what wrong."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patcher.__main__ import main
from patcher.engine.outcome import Outcome
from patcher.finding import Finding, Fix, Location, Safety, Severity
from patcher.report.diff import diff
from patcher.rules import rule_named
from patcher.stack.stack import Stack
from patcher.text import Edit
from tests.real_compose import needs_compose, run
from tests.stacks import FIXTURES, fixed, result, stack_of
from tests.variants import Sources, read_tree

BUGS = FIXTURES / "bugs"
CASES = sorted(path.parent for path in BUGS.glob("*/before"))
# By case: what its one line says. Nothing is written in these.
UNREADABLE = {
    "broken-second-file": "compose.override.yaml:3:18: not valid YAML",
    "duplicate-key": "compose.yaml:8:5: key `environment` stands twice in one mapping",
    "readers-disagree": "crossplane cannot: unexpected end of file",
    "rendered-elsewhere": "default.conf:1:1: a template, not an nginx configuration",
}
NOTHING_TO_FIX = {"yaml-round-trip"}
READABLE = [case for case in CASES if case.name not in UNREADABLE]
# Compose refuses these as they are.
NOT_VALID = {"broken-second-file", "duplicate-key"}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_readable = pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)


def before(name: str) -> Sources:
    return read_tree(BUGS / name / "before")


def outcome_of(name: str) -> Outcome:
    return fixed(before(name))


def new(name: str, path: str = "compose.yaml") -> str:
    """The text of a file after the fixes."""
    return result(before(name), outcome_of(name))[path].decode()


def lines(name: str, path: str = "compose.yaml") -> tuple[list[str], list[str]]:
    """The lines of a file that went and those that came."""
    old, changed = before(name)[path].text.split("\n"), new(name, path).split("\n")
    gone = [line for line in old if line not in changed]
    return gone, [line for line in changed if line not in old]


@each_case
def test_case_is_well_formed(case: Path) -> None:
    held = {path.name for path in case.iterdir()}
    silent = case.name in {*UNREADABLE, *NOTHING_TO_FIX}
    assert held == {"before", "bug.md"} if silent else held == {"before", "after", "bug.md"}
    text = (case / "bug.md").read_text(encoding="utf-8")
    assert re.match(r"# \S.*\n\n", text)
    assert "\nRight: " in text


@each_readable
def test_the_answer_is_the_right_one(case: Path) -> None:
    after = case / "after" if (case / "after").is_dir() else case / "before"
    outcome = outcome_of(case.name)
    assert not stack_of(before(case.name)).problems
    assert outcome.held == ()
    expected = {path: one.encode() for path, one in read_tree(after).items()}
    assert result(before(case.name), outcome) == expected
    assert fixed(read_tree(after)).changes == ()


@each_readable
def test_git_takes_the_diff(case: Path, tmp_path: Path) -> None:
    outcome = outcome_of(case.name)
    if not outcome.changes:
        assert diff(outcome) == ""
        return
    for path, source in before(case.name).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(source.encode())
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=tmp_path, input=diff(outcome).encode(), check=True)
    for path, data in result(before(case.name), outcome).items():
        assert (tmp_path / path).read_bytes() == data


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_stops_the_run_before_anything_is_written(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for path, source in before(name).items():
        (tmp_path / path).write_bytes(source.encode())
    for arguments in (["apply"], ["apply", "--unsafe"], ["--dry-run"]):
        assert main([*arguments, "-C", str(tmp_path)]) == 2
        out, error = capfd.readouterr()
        assert out == ""
        assert UNREADABLE[name] in error
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
            path: source.encode() for path, source in before(name).items()
        }


@needs_compose
@pytest.mark.parametrize(
    "case", [one for one in CASES if one.name not in NOT_VALID], ids=lambda case: case.name
)
def test_compose_takes_it_before_and_after(case: Path, tmp_path: Path) -> None:
    for path, data in result(before(case.name), outcome_of(case.name)).items():
        for folder, content in (("old", before(case.name)[path].encode()), ("new", data)):
            (tmp_path / folder / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / path).write_bytes(content)
    for folder in ("old", "new"):
        done = run(tmp_path / folder, "config", "-q")
        assert done.returncode == 0, done.stderr


# --- what each tool got wrong, looked at by itself


def test_a_comment_that_matches_stays() -> None:
    old, text = (
        before("comment-matched")["default.conf"].text,
        new("comment-matched", "default.conf"),
    )
    assert re.findall(r"#.*", text) == re.findall(r"#.*", old)
    assert re.findall(r"(?m)^ *(resolver .*?);", text) == ["resolver 127.0.0.11 valid=60s"]


def test_no_resolver_is_added() -> None:
    text = new("resolver-of-the-host", "default.conf")
    assert re.findall(r"\d+\.\d+\.\d+\.\d+", text) == ["127.0.0.11"]


@pytest.mark.parametrize(
    ("name", "path"), [("crlf-in-nginx", "default.conf"), ("crlf-in-compose", "compose.yaml")]
)
def test_every_line_ends_with_carriage_return_and_line_feed(name: str, path: str) -> None:
    text = new(name, path)
    assert text.count("\n") == text.count("\r\n") > 5
    gone, came = lines(name, path)
    assert len(gone) == 1
    assert all(line.endswith("\r") for line in came)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("rewritten-for-nothing", ["          - alpha      # started first"]),
        ("octal-mode", ["      - db"]),
        ("label-named-version", ["      - db"]),
        ("comments-lost", ["      - db # behind db"]),
        ("public-ports-bound", ["      - db"]),
        ("tabs", ["      - db\t# the database"]),
        ("wide-characters", ["    depends_on: [db] # \U0001f5c4"]),
        ("folded-command", ["      - db"]),
    ],
)
def test_no_line_goes_but_the_one_that_is_rewritten(name: str, gone: list[str]) -> None:
    assert lines(name)[0] == gone


def test_numbers_and_words_stay_as_they_are_written() -> None:
    text = new("octal-mode")
    for written in ("0755", "22:22", "on", "1_000", "0o17", "no"):
        assert re.search(rf"(?m)(: |- ){re.escape(written)}$", text)


def test_the_label_named_version_stays() -> None:
    assert '      version: "1.4"\n' in new("label-named-version")
    assert "      version: 2\n" in new("label-named-version")
    assert new("rewritten-for-nothing").startswith("version: '3.8'\n")


def test_comments_stay_in_their_order() -> None:
    old, text = before("comments-lost")["compose.yaml"].text, new("comments-lost")
    assert re.findall(r"#.*", text) == re.findall(r"#.*", old)


def test_anchors_aliases_and_merge_keys_stay() -> None:
    text, old = new("anchors-expanded"), before("anchors-expanded")["compose.yaml"].text
    for mark in (r"&\w+", r"\*\w+", r"<<:"):
        assert re.findall(mark, text) == re.findall(mark, old)
    assert text.count("condition:") == 1


def test_what_is_shared_with_another_use_is_not_changed() -> None:
    assert "depends_on: &needed\n      - db\n      - cache\n" in new("anchor-shared-with-others")
    left = {one.rule for one in outcome_of("anchor-shared-with-others").left}
    assert "unconditional-depends-on" in left


@pytest.mark.parametrize("name", ["reset-dropped", "override-tag"])
def test_tags_of_compose_stay(name: str) -> None:
    path = "compose.override.yaml"
    assert new(name, path) == before(name)[path].text
    assert outcome_of(name).changes


def test_what_an_included_file_sets_is_changed_there() -> None:
    name = "set-by-an-included-file"
    assert new(name, "nginx.conf") == before(name)["nginx.conf"].text
    assert lines(name, "snippets/resolver.conf")[1] == ["resolver_timeout 10s;"]


def test_published_ports_stay_published() -> None:
    assert "127.0.0.1:" not in new("public-ports-bound")
    assert '      - "80:80"\n      - 443:443\n' in new("public-ports-bound")


def test_four_columns_and_single_quotes() -> None:
    came = lines("four-spaces")[1]
    assert {(len(line) - len(line.lstrip())) % 4 for line in came if line} == {0}
    assert not any('"' in line and "'" not in line for line in came)


def test_no_newline_is_added_at_the_end() -> None:
    for path in ("compose.yaml", "default.conf"):
        assert not new("no-final-newline", path).endswith("\n")
    assert diff(outcome_of("no-final-newline")).count("\\ No newline at end of file\n") >= 1


def test_a_round_trip_changes_nothing() -> None:
    outcome = outcome_of("yaml-round-trip")
    assert (outcome.fixed, outcome.held, outcome.changes) == ((), (), ())
    gone, came = lines("nginx-round-trip", "default.conf")
    assert gone == ["\t         8.8.8.8    # asked every second time"]
    assert came == ["\t         # asked every second time"]


def test_blank_lines_and_comments_stay_with_what_follows() -> None:
    text = new("comment-of-the-next-entry")
    assert "\n\n\n  # the shop itself: do not scale\n  app:\n" in text
    assert "\n\n# named so that backups find it\nvolumes:\n" in text


def test_texts_of_block_scalars_stay() -> None:
    old, text = before("block-scalars")["compose.yaml"].text, new("block-scalars")
    for scalar in ("|\n      serve\n\n\n  db:", "|+\n        kept\n\n\n", "x-last: |\n  text\n"):
        assert scalar in old
        assert scalar in text


def test_fixes_are_counted_when_the_finding_is_gone() -> None:
    outcome = outcome_of("dropped-fixes-counted")
    again = fixed(read_tree(BUGS / "dropped-fixes-counted" / "after"), minimum=Safety.UNSAFE)
    assert again.fixed == ()
    gone = {one.finding.fingerprint for one in outcome.fixed}
    assert gone.isdisjoint(one.fingerprint for one in again.left)
    assert {one.fingerprint for one in outcome.left} == {one.fingerprint for one in again.left}
    assert outcome.left


def test_a_fix_that_a_gate_refuses_is_not_counted_as_made() -> None:
    """A rule that would drop a comment, as some tools do: held, named, and not written."""

    def careless(stack: Stack) -> Iterator[Finding]:
        tree = stack.tree("compose.yaml")
        assert tree is not None
        for span in tree.comments:
            edit = Edit("compose.yaml", span.start, span.end, "")
            place = Location.of(tree.source, span, ("services",))
            fix = Fix("drop it", (edit,), next_up="nothing")
            yield Finding("careless", Severity.INFO, "a comment", "#", (place,), fix)

    rule = replace(rule_named("implicit-network"), id="careless", check=careless)
    outcome = fixed(before("comments-lost"), [rule])
    assert (outcome.fixed, outcome.changes) == ((), ())
    assert {one.gate for one in outcome.held} == {"local"}
