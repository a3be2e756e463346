"""A small proxy between a connection and a real server: passes requests on, counts them, and fails as it is told."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from slactl.provider.conformance import Fault

Writes = Callable[[str, str, Mapping[str, str], bytes], bool]
"""Whether a request changes something: by method, path, headers, body."""
_PASSED_ON = ("Content-Type", "Authorization", "Accept", "X-HTTP-Method-Override")
_GIVEN_UP_S = 20


@dataclass
class FaultyWire:
    """A running proxy."""

    url: str
    """In the place of the server's."""
    changes: Writes
    arrivals: list[float] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    _faults: list[tuple[Fault, bool]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, fault: Fault, *, times: int = 1, writing: bool = False) -> None:
        with self._lock:
            self._faults += [(fault, writing)] * times

    def calm(self) -> None:
        with self._lock:
            self._faults.clear()
            self.arrivals.clear()
            self.writes.clear()

    def arrived(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Fault | None:
        """Remember a request; what shall happen to it."""
        with self._lock:
            self.arrivals.append(time.monotonic())
            writes = self.changes(method, path, headers, body)
            if writes:
                self.writes.append(f"{method} {path} {body.decode()}")
            if self._faults and (writes or not self._faults[0][1]):
                return self._faults.pop(0)[0]
            return None


@dataclass(frozen=True)
class _Server:
    """Where requests are passed on to."""

    url: str
    ca: Path | None

    def connect(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "http":
            return HTTPConnection(host, port, timeout=60)
        return HTTPSConnection(host, port, timeout=60, context=ssl.create_default_context(cafile=self.ca))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wire: FaultyWire
    system: _Server
    beyond: HTTPConnection | None = None
    """To the server, for as long as the connection from the other side lasts."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = (self.command, self.path, dict(self.headers.items()), body)
        fault = self.wire.arrived(*request)
        if fault is Fault.CUT_BEFORE:
            self._cut()
        elif fault is Fault.ERROR:
            self._answer(500, "text/html", b"<html>Internal server error</html>")
        else:
            self._pass_on(fault, self._ask(*request))

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        self.beyond = self.beyond or self.system.connect()
        self.beyond.request(
            method, path, body, {name: headers[name] for name in _PASSED_ON if name in headers}
        )
        answer = self.beyond.getresponse()
        content = answer.read()
        if answer.will_close:
            self.beyond.close()
        return answer.status, answer.headers.get("Content-Type", ""), content

    def finish(self) -> None:
        if self.beyond is not None:
            self.beyond.close()
        super().finish()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that the base class calls

    def _pass_on(self, fault: Fault | None, answer: tuple[int, str, bytes]) -> None:
        if fault is Fault.LATE:
            self.connection.settimeout(_GIVEN_UP_S)
            self.connection.recv(1)  # until the other side gives up
        if fault is None:
            self._answer(*answer)
        else:
            self._cut()

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the other side has given up already
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        """Say nothing."""


@contextmanager
def wire_to(
    url: str, changes: Writes, *, ca: Path | None = None, certificate: tuple[Path, Path] | None = None
) -> Iterator[FaultyWire]:
    """A proxy to a server; `ca` is what the server's certificate is checked by, `certificate` the proxy's own with its key."""
    parts = urlsplit(url)
    wire = FaultyWire("", changes)
    handler = type("Handler", (_Handler,), {"wire": wire, "system": _Server(url, ca)})
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    proxy.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    wire.url = f"{parts.scheme}://{parts.hostname}:{proxy.server_port}{parts.path}"
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def reloads(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG001 - as `Writes` has it
    """Of systems with files: what changes something is the reload."""
    return path == "/-/reload"
