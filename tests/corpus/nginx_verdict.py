"""What the real `nginx -t` says of an nginx of a stack, in a directory of its own.

Real files name hosts, certificates, snippets and log formats that are not in the corpus. nginx is
asked what it misses, and gets a stand-in: the same for the files before and after a fix.
"""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.prove.certificate import CERTIFICATE, KEY, make_certificate
from patcher.prove.nginx_program import wheel
from patcher.stack.facts import Facts
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.written import written
from patcher.stack.stack import Stack

NGINX: Final = wheel()
_MAX_REPAIRS: Final = 80
_FOLDERS: Final = ("/etc", "/opt", "/usr/local/openresty")
_MAIN: Final = "etc/nginx/nginx.conf"
INCLUDE: Final = "include /etc/nginx/conf.d/*.conf;"
_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_]\w*)\}|\$([A-Z][A-Z_0-9]*)\b")
_ABSOLUTE: Final = re.compile(
    r"(\b(?:include|ssl_\w+|access_log|error_log|\w+_path|auth_basic_user_file)\s+[\"']?)(?=/)"
)
# the process's own settings, and modules that the wheel is built without; no fix touches them
_SET_ASIDE: Final = re.compile(
    r"(?m)^(\s*)(?:user|pid|daemon|master_process|load_module|listen\s[^;#]*\bquic|stub_status|http3)"
    r"\b[^;{}#]*;"
)
_HTTP: Final = re.compile(r"(?m)^([^#\n]*?)\bhttp\s*\{")
_BEFORE_HOST: Final = r"((?:_pass\s+|server\s+|resolver\s[^;]*?)[\"']?(?:\w+://)?)"
_MISSING_HOST: Final = re.compile(r'host not found in (?:upstream|resolver) "([^"]+)"')
_MISSING_FILE: Final = re.compile(
    r'(?:open\(\) |certificate(?: key)? |BIO_new_file\(|load_verify_locations\()"([^"]+)"'
)
_MISSING_VARIABLE: Final = re.compile(r'unknown "(\w+)" variable')
_MISSING_FORMAT: Final = re.compile(r'unknown log format "([^"]+)"')
_MISSING_FOLDER: Final = re.compile(r'mkdir\(\) "([^"]+)" failed')
_IN_SERVER: Final = re.compile(
    r'"(?:location|if|listen|server_name|return)" directive is not allowed here'
)
_MISSING_ZONE: Final = re.compile(r'(?:zero size shared memory zone|unknown zone|zone) "(\w+)"')


@dataclass
class Repairs:
    """Stand-ins that nginx asked for: hosts, files by place, and lines for the http block."""

    hosts: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    wrap: str = "%s"
    events: str = ""

    def learn(self, said: str, root: Path) -> bool:
        """Take up what nginx misses; False where it is nothing new that has a stand-in."""
        before = self._all()
        if match := _MISSING_HOST.search(said):
            self.hosts.add(re.sub(r":\d+$", "", match[1]))
        elif (match := _MISSING_FILE.search(said)) and match[1].startswith(f"{root}/"):
            self.files[match[1].removeprefix(f"{root}/")] = _kind(said)
        elif match := _MISSING_VARIABLE.search(said):
            self._add(f'map $uri ${match[1]} {{ default ""; }}')
        elif match := _MISSING_FORMAT.search(said):
            self._add(f"log_format {match[1]} stand-in;")
        elif match := _MISSING_ZONE.search(said):
            self._add(_zone(match[1], said))
        elif match := _MISSING_FOLDER.search(said):
            self.files[f"{match[1].removeprefix(f'{root}/')}/.keep"] = ""
        elif _IN_SERVER.search(said) and "/conf.d/" in said:
            self.wrap = "server { %s }"
        elif 'no "events" section' in said:
            self.events = "events {}"
        elif 'no "ssl_certificate" is defined' in said:
            self.files |= {"cert.pem": "cert.pem", "key.pem": "key.pem"}
            self._add("ssl_certificate /cert.pem; ssl_certificate_key /key.pem;")
        return before != self._all()

    def _all(self) -> tuple[object, ...]:
        return frozenset(self.hosts), tuple(self.files), tuple(self.lines), self.wrap, self.events

    def _add(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)


def _kind(said: str) -> str:
    if "cannot load certificate key" in said:
        return "key.pem"
    return "cert.pem" if "certificate" in said or "SSL_CTX" in said else ""


def _zone(name: str, said: str) -> str:
    if "limit_conn" in said:
        return f"limit_conn_zone $binary_remote_addr zone={name}:1m;"
    if "cache" in said:
        return f"proxy_cache_path stand-in-{name} keys_zone={name}:1m;"
    return f"limit_req_zone $binary_remote_addr zone={name}:1m rate=1r/s;"


@dataclass(frozen=True, slots=True)
class NginxTrial:
    """One nginx of a stack, to be put to the real one; its service's name, or the file's."""

    name: str
    files: dict[str, str]


def trials(stack: Stack) -> Iterator[NginxTrial]:
    """Yield what each nginx of a stack reads, by path in the container."""
    for nginx in stack.nginx:
        if nginx.service is not None:
            files = dict(_container_files(stack.facts[nginx.service.name]))
            yield NginxTrial(nginx.service.name, files)
        else:
            yield from _named(nginx)


def _named(nginx: Nginx) -> Iterator[NginxTrial]:
    for tree in list(nginx.trees())[:1]:
        is_main = tree.context == "main"
        target = "/etc/nginx/nginx.conf" if is_main else "/etc/nginx/conf.d/default.conf"
        path, text = tree.source.path, tree.source.text
        yield NginxTrial(path, {target: _substituted(text, {}) if ".template" in path else text})


def _container_files(facts: Facts) -> Iterator[tuple[str, str]]:
    found = written(facts)
    templates = found.copies
    seen = {path: path for folder in _FOLDERS for path in _below(facts, folder, 6)}
    for target, path in {**seen, **templates}.items():
        try:
            source = facts.container.read(path)
        except (UserError, OSError):
            continue  # a certificate or an archive is no text, a directory no file
        if source is not None:
            text = source.text
            yield target, _substituted(text, facts.environment) if target in templates else text
    for target, embedded in found.texts.items():
        yield target, _substituted(embedded.text, facts.environment)
    for target, embedded in found.texts.items():
        yield target, _substituted(embedded.text, facts.environment)


def _below(facts: Facts, folder: str, depth: int) -> Iterator[str]:
    for name in facts.container.list_dir(folder) if depth else ():
        yield f"{folder}/{name}"
        yield from _below(facts, f"{folder}/{name}", depth - 1)


def _substituted(text: str, known: Mapping[str, str | None]) -> str:
    return _VARIABLE.sub(lambda match: known.get(match[1] or match[2]) or "127.0.0.1", text)


def put(trial: NginxTrial, repairs: Repairs, root: Path) -> None:
    """Write the files of a trial below `root`, with what the repairs change."""
    files = dict(trial.files)
    if "/etc/nginx/nginx.conf" not in files:
        files["/etc/nginx/nginx.conf"] = f"events {{}}\nhttp {{\n{repairs.wrap % INCLUDE}\n}}\n"
    for name in ("run", "var/run", "var/log/nginx", "etc/nginx/conf.d"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, kind in {"etc/nginx/mime.types": "", **repairs.files}.items():
        _stand_in(root / name, kind)
    for target, text in files.items():
        path = root / target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _local(text, repairs, root)
        if target == "/etc/nginx/nginx.conf":
            text = _as_main(text, repairs, root)
        path.write_text(text, encoding="utf-8", newline="")


def _stand_in(path: Path, kind: str) -> None:
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind:
        shutil.copy(certificate() / kind, path)
    elif not path.exists():
        path.touch()


def _local(text: str, repairs: Repairs, root: Path) -> str:
    text = _ABSOLUTE.sub(rf"\g<1>{root}", _SET_ASIDE.sub(r"\1", text))
    for host in repairs.hosts:
        word = rf"{_BEFORE_HOST}{re.escape(host)}(?=[:/;\s\"'])"
        text = re.sub(word, r"\g<1>127.0.0.1", text)
    return text


def _as_main(text: str, repairs: Repairs, root: Path) -> str:
    paths = {name: f"{name}_temp_path {root}/{name};" for name in _TEMPORARY}
    temporary = [line for name, line in paths.items() if f"{name}_temp_path" not in text]
    asked = (_ABSOLUTE.sub(rf"\g<1>{root}", line) for line in repairs.lines)
    lines = " ".join([*temporary, *asked])
    text = _HTTP.sub(lambda match: f"{match[1]}http {{ {lines}", text, count=1)
    return f"pid {root}/nginx.pid; {repairs.events} {text}"


def ask(root: Path) -> str:
    """Return nothing where `nginx -t` passes, else its first complaint, without the directory."""
    command = [str(NGINX), "-t", "-e", "stderr", "-p", str(root), "-c", str(root / _MAIN)]
    done = subprocess.run(
        command, capture_output=True, check=False, text=True, errors="replace", timeout=60
    )
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if "[emerg]" in line]
    return (lines or done.stderr.splitlines() or ["no words"])[0]


def repairs_for(trial: NginxTrial, folder: Path) -> tuple[Repairs, str]:
    """Return the stand-ins that a trial needs, and what nginx says with all of them."""
    repairs = Repairs()
    said = ""
    for number in range(_MAX_REPAIRS):
        root = folder / str(number)
        put(trial, repairs, root)
        said = ask(root)
        learned = bool(said) and repairs.learn(said, root)
        shutil.rmtree(root)
        said = said.replace(str(root), "")
        if not learned:
            break
    return repairs, said


def verdict(trial: NginxTrial, repairs: Repairs, folder: Path) -> str:
    """Return nothing where `nginx -t` passes with these stand-ins, else what it says."""
    put(trial, repairs, folder)
    said = ask(folder).replace(str(folder), "")
    shutil.rmtree(folder)
    return said


@cache
def certificate() -> Path:
    """Return a directory with a self-signed `cert.pem` and its `key.pem`, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_certificate(folder)
    (folder / CERTIFICATE).rename(folder / "cert.pem")
    (folder / KEY).rename(folder / "key.pem")
    return folder
