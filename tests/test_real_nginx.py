"""The real nginx on every nginx file that the resolver rules change: still accepted afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.finding import Safety
from patcher.prove.nginx_hosts import SOCKETS, for_test
from patcher.prove.nginx_place import place
from patcher.prove.nginx_program import find_nginx, wheel
from patcher.prove.nginx_view import views
from patcher.rules import rule_named
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.stack import Stack
from tests.stacks import FIXTURES, SHARED, fixed, stack_of
from tests.variants import Sources, read_tree

NGINX = wheel()
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx wheel for this platform")

RESOLVER_CASES = sorted(
    path.parent for path in FIXTURES.glob("rules/resolver-*/*/before") if path.is_dir()
)
INCIDENT = (FIXTURES / "stacks/hanna/before", SHARED / "incident/stack")
NGINX_BUGS = sorted(
    path.parent
    for path in FIXTURES.glob("bugs/*/after")
    if stack_of(read_tree(path)).nginx and "openresty" not in read_tree(path)["compose.yaml"].text
)
# refused without the resolver that the rule adds
HEALED = {"resolver-missing/upstream-resolve": "no resolver defined to resolve"}


def case_name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def is_static(stack: Stack, nginx: Nginx) -> bool:
    """Whether nginx would look a name up at start, which has no place in a test."""
    return any(one.is_name and not one.at_run_time for one in stack.upstreams if one.nginx is nginx)


def is_for_another(sources: Sources) -> bool:
    """Whether a `resolver` is looked up by name, or is one that only OpenResty understands.

    Programs in Lua are not run.
    """
    words = ("dns.corp.example", "local=on", "init_by_lua")
    return any(word in one.text for one in sources.values() for word in words)


def runnable(case: Path) -> list[str]:
    """The nginx services of a case that need no name looked up at start."""
    sources = read_tree(case / "before")
    stack = stack_of(sources)
    return [
        nginx.service.name
        for nginx in stack.nginx
        if nginx.service and not is_static(stack, nginx) and not is_for_another(sources)
    ]


CASES = [(case, service) for case in RESOLVER_CASES for service in runnable(case)]


def judged(sources: Sources, service: str, root: Path) -> str:
    """Return nothing where `nginx -t` passes, else what it says."""
    view = next(one for one in views(stack_of(sources)) if one.name == service)
    for folder in (root, root / "nginx", root / SOCKETS):
        folder.mkdir(parents=True, exist_ok=True)
    placed = place(view, root / "nginx", for_test(), root)
    done = find_nginx(str(NGINX), root).test(placed)
    return "" if done.status == 0 else done.errors


def after(sources: Sources, rule: str | None) -> Sources:
    outcome = fixed(sources, [rule_named(rule)] if rule else None, Safety.UNSAFE)
    return {**sources, **{one.after.path: one.after for one in outcome.changes}}


@pytest.mark.parametrize(
    ("case", "service"), CASES, ids=[f"{case_name(case)}-{service}" for case, service in CASES]
)
def test_nginx_takes_the_fix(case: Path, service: str, tmp_path: Path) -> None:
    sources = read_tree(case / "before")
    before = judged(sources, service, tmp_path / "before")
    assert HEALED.get(case_name(case), "") in before
    assert bool(before) == (case_name(case) in HEALED), before
    fix = after(sources, case.parent.name)
    assert judged(fix, service, tmp_path / "after") == ""
    every = after(sources, None)
    assert judged(every, service, tmp_path / "every") == ""


def test_most_cases_are_put_to_nginx() -> None:
    assert len({case for case, _ in CASES}) > len(RESOLVER_CASES) * 2 // 3


@pytest.mark.parametrize(
    "stack", [path for path in INCIDENT if path.is_dir()], ids=lambda path: path.parent.name
)
def test_nginx_takes_the_fixed_incident(stack: Path, tmp_path: Path) -> None:
    sources = read_tree(stack)
    assert judged(sources, "nginx", tmp_path / "before") == ""
    fix = after(sources, None)
    changed = [path for path in sources if fix[path].text != sources[path].text]
    assert "nginx_proxy/nginx.conf" in changed
    assert judged(fix, "nginx", tmp_path / "after") == ""


@pytest.mark.parametrize("case", NGINX_BUGS, ids=lambda case: case.name)
def test_nginx_takes_what_other_tools_get_wrong(case: Path, tmp_path: Path) -> None:
    sources = read_tree(case / "before")
    assert judged(sources, "proxy", tmp_path / "before") == ""
    assert judged(after(sources, None), "proxy", tmp_path / "after") == ""


def test_nginx_refuses_what_an_included_file_has_set_already(tmp_path: Path) -> None:
    """What the case of that name is about, done as the other tool does it."""
    sources = read_tree(FIXTURES / "bugs/set-by-an-included-file/before")
    main = sources["nginx.conf"]
    added = main.text.replace("http {", "http {\n    resolver_timeout 10s;")
    sources["nginx.conf"] = main.with_text(added)
    said = judged(sources, "proxy", tmp_path)
    assert '"resolver_timeout" directive is duplicate' in said


def test_nginx_refuses_a_resolver_for_each_file(tmp_path: Path) -> None:
    """What the rule avoids: without this, the proof above would prove nothing."""
    sources = read_tree(FIXTURES / "rules/resolver-missing/two-files-of-conf-d/before")
    twice = {
        path: one.with_text("resolver 127.0.0.11;\n" + one.text) if "conf.d" in path else one
        for path, one in sources.items()
    }
    assert '"resolver" directive is duplicate' in judged(twice, "proxy", tmp_path)


@pytest.mark.parametrize("name", ["resolver", "resolver_timeout"])
def test_nginx_refuses_what_a_shared_file_must_not_set(name: str, tmp_path: Path) -> None:
    folder = FIXTURES / "rules/resolver-timeout/shared-with-another-limit/before"
    sources = read_tree(folder)
    site = sources["site.conf"]
    sources["site.conf"] = site.with_text(f"resolver_timeout 10s;\n{site.text}")
    sources["tuned.conf"] = sources["tuned.conf"].with_text(
        "events {} http { resolver 127.0.0.11; resolver_timeout 20s; include conf.d/*.conf; }"
    )
    if name == "resolver":
        sources["site.conf"] = site
    said = judged(sources, "tuned", tmp_path)
    assert f'"{name}" directive is duplicate' in said
