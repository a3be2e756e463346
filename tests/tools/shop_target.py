"""A shop as Prometheus sees it: a page of metrics, of probes and of requests, that can be made to fail."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

_REQUESTS_A_SECOND = 100
_PAGE = """\
# TYPE probe_success gauge
probe_success{{job="shop"}} {up}
probe_success{{job="checkout"}} {up}
# TYPE http_requests_total counter
http_requests_total{{job="shop",code="200"}} {good}
http_requests_total{{job="shop",code="500"}} {bad}
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{{job="shop",le="0.3"}} {good}
http_request_duration_seconds_bucket{{job="shop",le="+Inf"}} {good}
"""


@dataclass
class ShopTarget:
    """The shop: so many requests a second, all of them good while it is up."""

    port: int = 0
    up: bool = True
    _good: float = 0.0
    _bad: float = 0.0
    _until: float = field(default_factory=time.monotonic)
    _lock: Lock = field(default_factory=Lock)

    def turn(self, *, up: bool) -> None:
        """Go down, or come back."""
        with self._lock:
            self._count()
            self.up = up

    def page(self) -> bytes:
        """What Prometheus scrapes."""
        with self._lock:
            self._count()
            return _PAGE.format(up=int(self.up), good=int(self._good), bad=int(self._bad)).encode()

    def _count(self) -> None:
        now = time.monotonic()
        requests = (now - self._until) * _REQUESTS_A_SECOND
        self._until = now
        if self.up:
            self._good += requests
        else:
            self._bad += requests


@contextmanager
def serving() -> Iterator[ShopTarget]:
    """Serve the page on a free loopback port."""
    target = ShopTarget()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = target.page()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    target.port = server.server_port
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
