"""Streams of any size and shape give the same failures, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from patcher.diagnose.blocks import counted, failures, whole_lines
from patcher.diagnose.failure import MAX_GROUPS, Failure, Groups, Kind, Subject
from patcher.diagnose.lines import MAX_LINE, failure_of, found

LINE = b"2025/11/21 11:12:%02d [error] 7#7: *1 %b could not be resolved (3: Host not found)\n"
ACCESS = b'10.0.0.1 - - [21/Nov/2025:11:12:43 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl"\n'
NAME = Subject(Kind.NOT_RESOLVED, "a", None, 3, "Host not found")


def read(pieces: Iterable[bytes]) -> list[Failure]:
    return [one for block in whole_lines(pieces) for one in failures(block)]


@given(
    st.lists(st.sampled_from([LINE % (1, b"a"), LINE % (2, b"b"), ACCESS, b"\n", b"\xff\0\n"])),
    st.integers(1, 200),
    st.booleans(),
)
def test_where_pieces_end_does_not_matter(lines: list[bytes], size: int, ended: bool) -> None:
    text = b"".join(lines) if ended else b"".join(lines).removesuffix(b"\n")
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    every = [one for line in found(text) if (one := failure_of(line)) is not None]
    assert read(pieces) == every
    parts = (part for block in whole_lines(pieces) for part in counted(block))
    assert Counter(one for one, count in parts for _ in range(count)) == Counter(every)


def test_a_line_with_both_needles_counts_once_and_order_is_kept() -> None:
    text = LINE % (1, b"upstream") + ACCESS + LINE % (2, b"b") + LINE % (3, b"upstream")
    assert [one.time[-2:] for one in read([text])] == ["01", "02", "03"]


def test_a_huge_line_is_cut_and_what_follows_is_read() -> None:
    huge = [b"upstream resolv " * 4096] * 64
    assert read([*huge, b"\n", LINE % (1, b"a")]) == [Failure(NAME, "2025/11/21 11:12:01")]
    assert len(list(whole_lines([*huge, b"\n"]))[-2]) <= MAX_LINE


def test_memory_does_not_grow_with_the_log() -> None:
    piece = b"".join(LINE % (number % 60, b"backend") + ACCESS for number in range(500))

    def peak(count: int) -> int:
        tracemalloc.start()
        groups = Groups()
        for block in whole_lines(piece for _ in range(count)):
            for one, lines in counted(block):
                groups.add(one, lines)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert groups.total == 500 * count
        return top

    peak(1)
    assert peak(40) < 2 * peak(4)


def test_many_names_do_not_fill_memory() -> None:
    groups = Groups()
    for number in range(MAX_GROUPS + 50):
        groups.add(Failure(Subject(Kind.NOT_RESOLVED, f"name{number}", code=3), ""))
    assert (len(groups.sorted()), groups.others, groups.total) == (MAX_GROUPS, 50, MAX_GROUPS + 50)


def test_groups_keep_the_first_and_the_last_time() -> None:
    groups, subject = Groups(), Subject(Kind.NOT_RESOLVED, "a", code=3)
    for time in ("2025/11/21 11:00:02", "", "2025/11/21 11:00:01", "2025/11/21 11:00:03"):
        groups.add(Failure(subject, time))
    (group,) = groups.sorted()
    assert (group.first[-1], group.last[-1]) == ("1", "3")


def test_what_nginx_says_twice_counts_once() -> None:
    groups, subject = Groups(), Subject(Kind.NOT_FOUND_AT_START, "a", place="/n.conf:1")
    dated, bare = Failure(subject, "2025/11/21 11:00:02"), Failure(subject, "")
    assert [groups.add(one) for one in (dated, bare, bare, dated)] == [1, 0, 1, 0]
    assert groups.add(dated, 3) == 3
    assert groups.total == 5


def test_few_lines_of_a_block_and_many_give_the_same() -> None:
    few = LINE % (1, b"a") + ACCESS * 100
    assert read([few]) == read([LINE % (1, b"a")]) == [Failure(NAME, "2025/11/21 11:12:01")]
    many = (LINE % (1, b"a") + ACCESS) * 100
    assert read([many]) == read([LINE % (1, b"a")]) * 100
