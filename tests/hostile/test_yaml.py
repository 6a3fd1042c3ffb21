"""Compose files and .env files that want too much time, memory, or a program run."""

from __future__ import annotations

import pytest

from patcher.stack.files import MAX_BYTES
from tests.hostile.child import refusal
from tests.hostile.conftest import Arena

TAIL = "services:\n  a: {image: x}\n"
# a colon in a flow scalar, for which the slow parser in Python is taken
SLOW = "x-slow: [80:80]\n"


def bomb(first: str, level: str) -> str:
    """Return anchors of which each names the one before nine times; `level` has `{}` for those."""
    lines = [f"x-0: &a0 {first}\n"]
    for index in range(1, 12):
        before = ", ".join([f"*a{index - 1}"] * 9)
        lines.append(f"x-{index}: &a{index} {level.replace('@', before)}\n")
    return "".join(lines) + TAIL


def items(count: int, text: str) -> str:
    return "".join(text.replace("@", str(index)) for index in range(count))


TOO_MUCH = {
    "aliases": (bomb("[x, x]", "[@]"), "more than 250,000 nodes"),
    "merged aliases": (bomb("{k: 1}", "{<<: [@]}"), "more than 250,000 nodes"),
    "merges of merges": (
        "x: &a0 {k: 1}\n" + "".join(f"x-{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 300)),
        "nest deeper than 200",
    ),
    "wide merges": ("x: &a {" + items(999, "k@: 1,") + "}\n" + items(300, "x-@: {<<: *a}\n"),
                    "more than 250,000 nodes"),
    "a long text many times": ("x: &a " + "y" * 2**20 + "\n" + items(99, "x-@: *a\n"),
                               "more than 250,000 nodes"),
    "brackets": (TAIL + "x: " + "[" * 10_000 + "]" * 10_000, "nested deeper than 200"),
    "brackets in the slow parser": (SLOW + "x: " + "[" * 10_000, "nested deeper than 200"),
    "braces": (TAIL + "x: " + "{a: " * 10_000, "nested deeper than 200"),
    "dashes": (TAIL + "x:\n  " + "- " * 10_000 + "a\n", "nested deeper than 200"),
    "complex keys": (TAIL + "? " * 10_000, "nested deeper than 200"),
    "indentation": ("".join(" " * n + "a:\n" for n in range(2000)), "nested deeper than 200"),
    "nulls": (TAIL + "x: [" + "~," * 300_000 + "]\n", "more than 250,000 nodes"),
    "documents": ("---\na: 1\n" * 100_000, "more than 250,000 nodes"),
    "empty documents": ("---\n" * 200_000, "more than 250,000 nodes"),
    "services": ("services:\n" + items(10_001, "  a@: {image: x}\n"), "more than 10,000 services"),
    "services of one anchor": ("x: &a {image: x}\nservices:\n" + items(501, "  a@: {<<: *a}\n"),
                               "more than 500 services share"),
    "definitions": ("---\nservices: {a: {image: x}}\n" * 20_001, "more than 20,000 definitions"),
}  # fmt: skip

REFUSED = {
    "nul": ("services:\n  a: {image: x}\n# \0\n", "compose.yaml:3:3: not valid YAML: a control"),
    "c1 control": (TAIL + "# \x9b31m\n", "compose.yaml:3:3: not valid YAML: a control"),
    "a mark in the middle": (TAIL + "\ufeffb: 1\n", "compose.yaml:3:1: a byte order mark inside"),
    "two marks": ("\ufeff\ufeff" + TAIL, "compose.yaml:1:1: a byte order mark inside"),
    "a surrogate": (TAIL + 'x: "\\ud800"\n', "not valid YAML"),
    "merge of a number": (TAIL + "x: {<<: 5}\n", "`<<` must name a mapping"),
    "merge of itself": ("services: &a {<<: *a}\n", "has no anchor before it"),
    "a mapping for a key": (TAIL + "x: {{a: 1}: 1}\n", "a mapping key must be a plain word"),
    "a list for services": ("services: [a]\n", "`services` must be a mapping"),
    "a list for a service": ("services: {a: [b]}\n", "service `a` must be a mapping"),
    "a very long name": (f"services:\n  ? {'k' * 10**6}\n  : 5\n", "must be a mapping"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_is_refused_in_one_line(arena: Arena, name: str) -> None:
    text, message = TOO_MUCH[name]
    arena.write({"compose.yaml": text})
    assert message in refusal(arena.run("--dry-run"))


@pytest.mark.parametrize("name", REFUSED)
def test_is_no_compose_file(arena: Arena, capfd: pytest.CaptureFixture[str], name: str) -> None:
    text, message = REFUSED[name]
    arena.write({"compose.yaml": text})
    assert message in refusal(arena.here(capfd, "--dry-run"))


@pytest.mark.parametrize("command", ["check", "--dry-run", "apply"])
def test_a_hundred_megabytes_are_not_read(arena: Arena, command: str) -> None:
    with (arena.root / "compose.yaml").open("wb") as file:
        file.truncate(100 << 20)
    assert "larger than 2 MiB" in refusal(arena.run(command))


MUCH = {
    "keys": TAIL + "x:\n" + items(30_000, "  k@: v\n"),
    "anchors": TAIL + "x:\n" + items(5000, "  a@: &n@ v\n  b@: *n@\n"),
    "comments": TAIL + "  # c\n" * (MAX_BYTES // 12) + "x: 1\n",
    "indented comments": TAIL + (" " * 1000 + "#\n") * 2000,
    "one line": TAIL + "x: " + "y" * (MAX_BYTES - 100) + "\n",
    "one folded text": TAIL + "x: >\n  a\n" + "\n" * (MAX_BYTES // 2),
    "comments without a colon": TAIL + "x: {a " + "# " * 60 + "\n , b}\n",
    "comments behind a key": TAIL + "x:\n ? a\n" + " # #\n" * 3000 + " ? b\n",
    "exclamation marks": SLOW + TAIL + "#" + "!" * 10**6 + "\nx: !t &a b\n",
    "keys in the slow parser": SLOW + TAIL + "x:\n" + items(3000, "  k@: v\n"),
}


@pytest.mark.parametrize("name", MUCH)
def test_is_fixed_within_the_bounds(arena: Arena, name: str) -> None:
    text = "\n".join(["x-first: 1", MUCH[name]])
    arena.write({"compose.yaml": text})
    ended = arena.run("apply")
    assert ended.status == 0, ended.err
    changed = (arena.root / "compose.yaml").read_text()
    assert changed.startswith(text[:40])
    assert "hanna_network" in changed


def test_two_changes_around_many_equal_lines(arena: Arena) -> None:
    head = "services:\n  b: {image: 'postgres:16'}\n  a:\n    image: x\n    depends_on: [b]\n"
    arena.write({"compose.yaml": head + "# c\n" * 50_000 + "x: 1\n"})
    ended = arena.run("--dry-run")
    assert ended.status == 0, ended.err
    assert len(ended.out) < 10_000


def test_many_services_that_wait_for_many(arena: Arena) -> None:
    every = ", ".join(f"a{index}" for index in range(50))
    text = items(50, f"  a@: {{image: 'postgres:16', depends_on: [{every}]}}\n")
    chain = "".join(
        f"  b{n}: {{image: 'redis:7', depends_on: [b{n - 1}], environment: {{H_HOST: b{n - 1}}}}}\n"
        for n in range(1, 100)
    )
    arena.write({"compose.yaml": "services:\n  b0: {image: x}\n" + text + chain})
    assert arena.run("check").status == 1


def test_too_many_waits_are_refused(arena: Arena) -> None:
    every = ", ".join(f"a{index}" for index in range(180))
    text = items(180, f"  a@: {{image: 'postgres:16', depends_on: [{every}]}}\n")
    arena.write({"compose.yaml": "services:\n" + text})
    assert "more than 30,000 entries of depends_on" in refusal(arena.run("--dry-run"))


VARIABLES = {
    "doubled": "A0=x\n" + "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60)),
    "of themselves": "A=${A}${A}${B}\nB=${A:-${B:-${A:-x}}}\n" * 5000,
    "long ones": "B=" + "x" * 4000 + "\n" + items(100_000, "A@=$B\n"),
    "nested": "A=" + "${A:-" * 200_000 + "\n",
    "nested braces": "A=" + "${A:-{{{{" * 100_000 + "\n",
    "quotes": "A='\n" * 300_000,
    "backslashes": 'A="' + "\\" * 10**6 + "\n",
}


@pytest.mark.parametrize("name", VARIABLES)
def test_variables_stay_within_bounds(arena: Arena, name: str) -> None:
    text = items(200, "  a@: {image: '$B', command: '$A59', environment: {X: '$A59$A59'}}\n")
    arena.write({"compose.yaml": "services:\n" + text, ".env": VARIABLES[name]})
    assert arena.run("check").status in (0, 1)


# each is what one service says beside its image
ODD = (
    "mem_limit: 1" + "0" * 100_000, "cpus: 1e999999", "cpus: " + "9" * 500_000,
    "cpus: 0x" + "f" * 500_000, "mem_limit: 1:2:3", "labels: {a: 2001-12-14t21:59:43.10-05:00}",
    "command: !!python/object/apply:os.system", "command: !!python/object/apply:os.system [touch]",
    "environment: {~: 1}", "environment: {1: 1}", "<<: {}", 'command: "\\ud83d\\ude00"',
    'command: "\\0"', "depends_on: [[a]]", "depends_on: ", "depends_on: 5", "depends_on: {a: 5}",
    "environment: [[1]]", "environment: 5", "environment: {A: [1]}", "volumes: [5]",
    "volumes: [[5]]", "volumes: {a: b}", "volumes: [{type: bind, source: [1], target: {a: b}}]",
    "build: [a]", "build: {context: {a: b}}", "build: 5", "build: ", "build: {args: 5}",
    "command: 5", "command: {a: b}", "command: [[a]]", "entrypoint: {a: b}", "ports: {a: b}",
    "ports: '80'", "ports: [-5, '80-70', '1-99999', '9-1']", "expose: [{a: b}]",
    "healthcheck: [a]", "healthcheck: x", "healthcheck: {test: {a: b}}", "healthcheck: {test: 5}",
    "networks: 5", "networks: [{a: b}]", "networks: {d: {aliases: {a: b}}}",
    "networks: {d: {aliases: [[a]]}}", "extends: [a]", "extends: nosuch", "extends: 5",
    "env_file: {a: b}", "env_file: [[a]]", "env_file: 5", "env_file: [{path: [x]}]", "profiles: 5",
    "profiles: [{a: b}]", "container_name: [a]", "hostname: {a: b}", "extra_hosts: {a: [b]}",
    "extra_hosts: [[a]]", "network_mode: [a]", "deploy: [a]", "deploy: {mode: [a]}",
    "working_dir: [a]", "configs: 5", "configs: [{source: [a]}]", "command: !reset",
    "command: !override [a]", "environment: !foo {a: b}", "x-a: !foo x", "cpus: .nan",
    'command: "a\\rb"', 'command: "sh -c \'x"', "restart: [a]", "links: [[a]]",
    "volumes_from: {a: b}", "ipc: [a]", 'command: sh -c "$$(cat $${X:-$${Y:?z}}"',
)  # fmt: skip


def test_odd_values_change_nothing_else(arena: Arena) -> None:
    """All of them at once: each alone is read as far as it makes sense."""
    services = "".join(
        f"  s{index}:\n    image: 'postgres:16'\n    {one}\n"
        for index, one in enumerate(ODD)
        if "build" not in one and "deploy" not in one
    )
    arena.write({"compose.yaml": "services:\n  a: {image: x}\n" + services})
    assert arena.run("check", "-v").status == 1
    assert arena.run("apply", "--unsafe").status == 0


@pytest.mark.parametrize("one", [one for one in ODD if "build" in one or "deploy" in one])
def test_an_odd_value(arena: Arena, capfd: pytest.CaptureFixture[str], one: str) -> None:
    text = (
        f"  web: {{image: 'nginx:1.27', depends_on: [a]}}\n  a: {{image: 'postgres:16', {one}}}\n"
    )
    arena.write({"compose.yaml": "services:\n" + text})
    assert arena.here(capfd, "check").status in (1, 2)


TOP = (
    "name: [a]\n", "networks: [a]\n", "networks: x\n", "networks: {default: x}\n",
    "networks: {default: [x]}\n", "networks: !reset\n", "include: {a: b}\n", "include: 5\n",
    "%TAG ! tag:evil,2000:\n---\n", "x: !" + "a" * 10**6 + " 1\n", "x: &" + "a" * 10**6 + " 1\n",
)  # fmt: skip


@pytest.mark.parametrize("top", TOP, ids=range(len(TOP)))
def test_odd_values_at_the_top(arena: Arena, capfd: pytest.CaptureFixture[str], top: str) -> None:
    arena.write({"compose.yaml": top + TAIL})
    assert arena.here(capfd, "--dry-run").status in (0, 2)


def test_a_tag_runs_nothing(arena: Arena) -> None:
    canary = arena.root / "canary"
    tags = ("python/object/apply:os.system", "python/object/new:subprocess.Popen", "ruby/object:X")
    lines = "".join(f"x-{n}: !!{tag} ['touch {canary}']\n" for n, tag in enumerate(tags))
    arena.write({"compose.yaml": TAIL + lines})
    assert arena.run("apply").status == 0
    assert not canary.exists()


class TestFilesThatNameEachOther:
    def test_a_circle_of_includes(self, arena: Arena) -> None:
        arena.write({"compose.yaml": "include: [b.yaml]\n" + TAIL})
        arena.write({"b.yaml": "include: [compose.yaml]\nservices: {b: {image: x}}\n"})
        assert "includes itself" in refusal(arena.run("--dry-run"))

    def test_includes_that_fan_out(self, arena: Arena) -> None:
        for level in range(20):
            after = f"include: [./{level + 1}.yaml, ././{level + 1}.yaml]\n" if level < 19 else ""
            text = after + f"services: {{s{level}: {{image: x}}}}\n"
            arena.write({f"{level}.yaml": text})
        arena.write({"compose.yaml": "include: [0.yaml]\n" + TAIL})
        line = refusal(arena.run("--dry-run"))
        assert "more than 100 compose files are included" in line

    def test_many_large_includes(self, arena: Arena) -> None:
        arena.write({f"{n}.yaml": "x:\n" + items(9000, "  k@: v\n") for n in range(15)})
        arena.write({"compose.yaml": "include: [" + items(15, "@.yaml,") + "]\n" + TAIL})
        line = refusal(arena.run("--dry-run"))
        assert "the compose files hold more than 250,000 nodes" in line

    def test_a_circle_of_extends(self, arena: Arena) -> None:
        text = "services:\n  a: {extends: b, image: x}\n  b: {extends: {service: a}}\n"
        arena.write({"compose.yaml": text + "  c: {extends: c, image: x}\n"})
        assert arena.run("check").status == 1

    def test_a_long_chain_of_extends(self, arena: Arena) -> None:
        chain = "".join(f"  a{n}: {{extends: a{n + 1}}}\n" for n in range(200))
        arena.write({"compose.yaml": "services:\n" + chain + "  a200: {image: x}\n"})
        assert "extends services more than 100 deep" in refusal(arena.run("--dry-run"))
