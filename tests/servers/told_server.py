"""A small real server that answers as it is told: faults that the real systems do not produce on demand."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class Told(BaseHTTPRequestHandler):
    """Answers with the next of its answers, and remembers what was asked."""

    answers: list[Answer]
    asked: list[tuple[str, str, str | None]]

    def do_POST(self) -> None:
        self.asked.append((self.command, self.path, self.headers.get("Authorization")))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, body = self.answers.pop(0)
        if status == 0:
            time.sleep(1.5)
            return
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        """Say nothing."""


@contextmanager
def answering(
    *answers: tuple[int, dict[str, str], bytes], tls: ssl.SSLContext | None = None
) -> Iterator[Any]:
    handler = type("Handler", (Told,), {"answers": [*answers], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], handler.asked  # type: ignore[attr-defined]  # set in the line that makes the class
    finally:
        server.shutdown()
        server.server_close()


OK: Answer = (200, {"Content-Type": "application/json"}, b'{"a": 1}')
BAD: Answer = (503, {}, b"")
LATE: Answer = (0, {}, b"")
