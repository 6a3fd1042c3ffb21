"""Random legal YAML in the many ways in which people write it, for property tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

WORDS = ("web", "db", "a b", "8080", "22:22", "on", "0644", "x#y", "it's", 'say "hi"', "~", "", "é")
PLAIN = ("web", "db", "a b", "8080:80", "22:22", "on", "0644", "x#y", "~", "http://h:1/?a=b", "é")
TAGS = ("!override", "!reset", "!!str")
COMMENTS = ("# note", "#", "# key: value", "# - item", "# it's \"", "#{}[]|>&*!")


@dataclass
class Writer:
    """Draws one text; `anchors` holds the names defined so far."""

    draw: DrawFn
    indent: int
    dash: int
    anchors: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    mappings: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    names: int = 0
    open: int = 0

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def name(self) -> str:
        self.names += 1
        name = f"k{self.names}"
        return self.pick(name, name, name, f'"{name}"', f"'{name}'")

    def noise(self, col: int) -> None:
        """Blank lines, and comments at any depth up to that of what follows."""
        while self.chance(5):
            width = self.draw(st.integers(0, col))
            self.lines.append(self.pick("", "", " " * width, " " * width + self.pick(*COMMENTS)))

    def tail(self) -> str:
        """What may stand behind a value on its line."""
        return self.pick("", "", "", " ", "  " + self.pick(*COMMENTS))

    def properties(self) -> str:
        """An anchor, a tag, or both; the anchor counts as defined from the next `settle` on."""
        if not self.chance(6):
            return ""
        words = []
        if self.chance(2):
            self.pending.append(f"a{len(self.anchors) + len(self.pending)}")
            words.append("&" + self.pending[-1])
        if self.chance(2) or not words:
            words.append(self.pick("!override", "!reset", "!other"))
        if self.chance(2):
            words.reverse()
        return " ".join(words) + " "

    def scalar(self) -> str:
        style = self.pick("plain", "plain", "single", "double")
        if style == "plain":
            return self.pick(*PLAIN)
        word = self.pick(*WORDS)
        if style == "single":
            return "'" + word.replace("'", "''") + "'"
        return '"' + word.replace('"', '\\"') + '"'

    def flow(self, depth: int) -> str:
        if depth == 0 or self.chance(2):
            return self.pick("web", "'q r'", '"x, y"', "80", "")
        inner = [self.flow(depth - 1) for _ in range(self.draw(st.integers(0, 3)))]
        gap = self.pick(", ", ", ", ",", " ,  ")
        if self.chance(2):
            return "[" + gap.join(one or "x" for one in inner) + "]"
        pairs = [f"{self.name()}: {one}" for one in inner]
        return self.pick("{", "{ ") + gap.join(pairs) + self.pick("}", " }")

    def entry(self, lead: str, col: int, depth: int) -> None:
        """One value behind `lead` (a key with its colon, or a dash) that stands at column `col`."""
        kinds = ["scalar", "scalar", "flow", "null", "block", "alias"]
        kind = self.pick(*kinds, *(["map", "map", "list"] if depth else []))
        if kind == "alias" and self.anchors:
            self.lines.append(f"{lead} *{self.pick(*self.anchors)}{self.tail()}")
        elif kind == "null":
            self.lines.append(lead + self.pick("", " ~", " null", " ") + self.tail())
        elif kind == "block":
            self.block_scalar(lead, col)
        elif kind in ("map", "list"):
            self.collection(kind, lead, col, depth)
        else:
            text = self.scalar() if kind == "scalar" else self.flow(2) or "x"
            self.lines.append(f"{lead} {self.properties()}{text}{self.tail()}")
            self.settle()

    def settle(self) -> None:
        """Take note of the anchors whose nodes are complete: those outside every collection."""
        if not self.open:
            self.anchors += self.pending
            self.pending.clear()

    def block_scalar(self, lead: str, col: int) -> None:
        header = self.pick("|", "|-", "|+", ">", ">-", ">+")
        tail = self.pick("", "", "  # header")
        self.lines.append(f"{lead} {self.properties()}{header}{tail}")
        pad = " " * (col + self.indent)
        texts = self.draw(st.lists(st.sampled_from(["run", "  more", "# none", "", "a: b"])))
        self.lines += [pad + text if text else "" for text in ["first", *texts]]

    def collection(self, kind: str, lead: str, col: int, depth: int) -> None:
        is_list = kind == "list"
        under_dash = lead.rstrip().endswith("-")
        inner = col + (2 if under_dash else self.dash if is_list else self.indent)
        anchored = self.properties().rstrip()
        self.lines.append(f"{lead}{' ' if anchored else ''}{anchored}{self.tail()}")
        if not is_list and self.chance(3) and not self.open:
            # a name of its own, known to `merge` as one of a mapping
            name = f"m{len(self.mappings)}"
            self.lines[-1] = f"{lead} &{name}"
            self.pending.clear()
        else:
            name = ""
        self.open += 1
        self.block(inner, depth - 1, is_list=is_list)
        self.open -= 1
        self.settle()
        if name:
            self.mappings.append(name)
            self.anchors.append(name)

    def merge(self, col: int) -> None:
        """A merge key, of one mapping, of several, or of one written in place."""
        names = [f"*{self.pick(*self.mappings)}" for _ in range(self.draw(st.integers(1, 2)))]
        value = self.pick(names[0], f"[{', '.join(names)}]", "{merged: 1}", "[{merged: 1}]")
        self.lines.append(f"{' ' * col}<<: {value}{self.tail()}")

    def block(self, col: int, depth: int, *, is_list: bool) -> None:
        if not is_list and self.mappings and self.chance(3):
            self.merge(col)
        for _ in range(self.draw(st.integers(1, 4))):
            self.noise(col)
            pad = " " * col
            if is_list and depth and self.chance(3):
                self.lines.append(f"{pad}- {self.name()}: {self.scalar()}")
                self.entry(f"{pad}  {self.name()}:", col + 2, depth - 1)
            elif is_list:
                self.entry(pad + "-", col, depth)
            else:
                self.entry(f"{pad}{self.name()}:", col, depth)


def _document(draw: DrawFn) -> list[str]:
    """The lines of a block mapping with everything in it that compose files hold."""
    indent = draw(st.sampled_from([2, 2, 4, 3]))
    writer = Writer(draw, indent, draw(st.sampled_from([0, 2, indent])))
    writer.noise(0)
    writer.block(0, 3, is_list=False)
    if draw(st.booleans()):
        writer.noise(4)
    return writer.lines


@st.composite
def texts(draw: DrawFn) -> str:
    """A file: one document in most cases, with any newline, and with or without the last one."""
    lines = _document(draw)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        lines += [draw(st.sampled_from(["---", "---", "--- # next", "...\n---"])), *_document(draw)]
    eol = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = "\n".join(lines) + draw(st.sampled_from(["\n", "\n", "", "\n\n\n"]))
    return text.replace("\n", eol)


@st.composite
def tabbed(draw: DrawFn) -> str:
    """A file with tabs in some of the places where Compose takes them."""
    text = draw(texts())
    before = draw(st.sampled_from(["  #", ": ", "- "]))
    return text.replace(before, before.replace(" ", "\t", 1).replace(" ", ""))
