from __future__ import annotations

import pytest

from patcher.stack.nginx.embedded import Embedded, embedded, heredocs
from patcher.text import Source, Span


def found(text: str, escapes: tuple[str, ...] = ()) -> list[Embedded]:
    return list(heredocs(Source("start.sh", text), Span(0, len(text)), "start.sh", escapes))


def bodies(text: str) -> list[tuple[str, str]]:
    return [(one.target, one.text.strip()) for one in found(text)]


@pytest.mark.parametrize(
    "head",
    [
        "cat <<EOF > /a.conf",
        "cat <<EOF >/a.conf",
        "cat > /a.conf <<EOF",
        'cat > "/a.conf" << EOF',
        "cat <<'EOF' > /a.conf && nginx",
        'cat <<"EOF" >| /a.conf',
        "cat <<-EOF | tee /a.conf",
        "tee /a.conf <<EOF >/dev/null",
        "RUN cat <<EOF > /a.conf",
        "COPY <<EOF /a.conf",
        "copy --chmod=644 <<EOF /a.conf",
    ],
)
def test_targets(head: str) -> None:
    text = f"set -e\n{head}\ngzip on;\n\nEOF\nnginx\n"
    assert ("/a.conf", "gzip on;") in bodies(text)


@pytest.mark.parametrize(
    "text",
    [
        "cat <<EOF\ngzip on;\nEOF\n",
        "cat <<EOF > a.conf\ngzip on;\nEOF\n",
        "cat <<EOF >> /a.conf\ngzip on;\nEOF\n",
        "cat <<EOF > $FILE\ngzip on;\nEOF\n",
        "cat <<EOF > /a.conf\ngzip on;\n",
        "# cat <<EOF > /a.conf\ngzip on;\nEOF\n",
        "cat <<<EOF\n",
        "",
    ],
)
def test_what_is_none(text: str) -> None:
    assert bodies(text) == []


def test_places_are_those_of_the_file() -> None:
    (one,) = found("#!/bin/sh\r\ncat <<EOF > /a.conf\r\n  gzip on;\r\nEOF\r\n")
    assert one.line_column(one.text.index("gzip")) == (3, 3)
    assert one.path == "start.sh"


def test_two_in_one_file() -> None:
    text = "cat <<A > /a\none;\nA\ncat <<B > /b\ntwo;\nB\n"
    assert bodies(text) == [("/a", "one;"), ("/b", "two;")]


@pytest.mark.parametrize(
    ("mark", "expected"), [("EOF", "set $a $b;  "), ("'EOF'", "set \\$a \\$b;")]
)
def test_the_shell_takes_a_backslash_unless_the_mark_is_quoted(mark: str, expected: str) -> None:
    (one,) = found(f"cat <<{mark} > /a\nset \\$a \\$b;\nEOF\n")
    assert one.text.split("\n")[1] == expected


def test_an_escape_of_the_file_around_it() -> None:
    (one,) = found("cat <<EOF > /a\nset $$a \\$$b;\nEOF\n", ("$$",))
    assert one.text.split("\n")[1] == "set $a $b;   "


def test_embedded_blanks_the_rest() -> None:
    one = embedded(Source("a", "x\ny z\n"), Span(4, 5), "/t", "h")
    assert one.text == " \n  z\n"
    assert (one.target, one.holder) == ("/t", "h")
