"""What the real nginx writes is what we read: every kind that loopback can make it write."""

from __future__ import annotations

import re
import socketserver
import subprocess
from pathlib import Path

import pytest

from patcher.diagnose.failure import Kind
from tests.logs import groups_of
from tests.nginx_lab import NGINX, RunningNginx, free_port, serving


class _Silent(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(1000)


class _Closing(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def test_kinds_that_the_real_nginx_tells(tmp_path: Path) -> None:
    port, closed, log = free_port(), free_port(), tmp_path / "error.log"
    with serving(_Closing(("127.0.0.1", 0), _Silent)) as closing:
        text = f"""
            error_log {log};
            resolver_timeout 1s;
            upstream group {{
                zone group 1m;
                resolver 127.0.0.1:{closed};
                server backend:8000 resolve;
            }}
            server {{
                listen 127.0.0.1:{port};
                server_name shop.example;
                location /refused {{ proxy_pass http://127.0.0.1:{closed}; }}
                location /group {{ proxy_pass http://group; }}
                location /closed {{ proxy_pass http://127.0.0.1:{closing.server_address[1]}; }}
                location /socket {{ proxy_pass http://unix:{tmp_path}/none.sock; }}
                location /bare {{ set $up http://Backend:8000; proxy_pass $up; }}
                location /name {{
                    resolver 127.0.0.1:{closed};
                    set $up http://backend:8000;
                    proxy_pass $up;
                }}
            }}"""
        with RunningNginx(text, port, tmp_path / "nginx") as nginx:
            for path in ("refused", "group", "closed", "socket", "bare", "name"):
                assert " 502 " in nginx.ask(f"/{path}").splitlines()[0]
    groups = {one.subject.kind: one for one in groups_of(log.read_bytes()).sorted()}
    assert {kind: one.subject.host for kind, one in groups.items()} == {
        Kind.REFUSED: "127.0.0.1",
        Kind.NO_LIVE_UPSTREAMS: "group",
        Kind.CLOSED: "127.0.0.1",
        Kind.CONNECT_FAILED: f"unix:{tmp_path}/none.sock",
        Kind.NO_RESOLVER: "backend",
        Kind.NOT_RESOLVED: "backend",
    }
    assert groups[Kind.REFUSED].subject.port == closed
    assert groups[Kind.REFUSED].subject.server == "shop.example"
    assert groups[Kind.NOT_RESOLVED].subject.code == 110
    assert all(re.fullmatch(r"\d{4}/\d\d/\d\d [\d:]{8}", one.first) for one in groups.values())


@pytest.mark.parametrize(
    ("upstream", "kind", "host"),
    [
        # too long for a name, so that no name server is asked
        (f"server {'a' * 64}:8000;", Kind.NOT_FOUND_AT_START, "a" * 64),
        ("zone z 1m; server a.invalid resolve;", Kind.NO_RESOLVER, "group"),
    ],
)
def test_what_stops_the_real_nginx(upstream: str, kind: Kind, host: str, tmp_path: Path) -> None:
    text = f"upstream group {{ {upstream} }} server {{ location / {{ proxy_pass http://group; }} }}"
    said = RunningNginx(text, 0, tmp_path / "nginx").test()
    (group,) = groups_of(said.encode()).sorted()
    assert (group.subject.kind, group.subject.host) == (kind, host)
    assert group.subject.place == f"{tmp_path}/nginx/lab.conf:3"
    log = tmp_path / "error.log"
    command: list[str | Path] = [
        NGINX,
        "-e",
        log,
        "-p",
        tmp_path,
        "-c",
        tmp_path / "nginx/lab.conf",
    ]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    both = groups_of(log.read_bytes() + done.stderr)
    assert both.total == 1
    assert both.sorted()[0].first
