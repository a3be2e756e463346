"""A state server that speaks Terraform's HTTP protocol, with the refusals of the real ones and faults on demand.

GET, POST with ?ID= and Content-MD5, LOCK and UNLOCK (also POST and DELETE on .../lock, as GitLab has it), DELETE.
"""

import base64
import hashlib
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class StateServer:
    """What the server has and does."""

    port: int = 0
    state: bytes | None = None
    lock: dict[str, Any] | None = None
    credentials: str | None = None
    """`user:password` that every request must carry."""
    faults: deque[int | str] = field(default_factory=deque)
    """For the next requests, one each: a status to answer with, `drop` to answer nothing, `lose` to do it and answer nothing."""
    by_path: bool = False
    """Each path is a state of its own; else all are one."""
    others: "dict[str, StateServer]" = field(default_factory=dict)
    away: bool = False
    """Every request is dropped."""
    log: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/state/estate"

    def document(self) -> dict[str, Any]:
        assert self.state is not None
        found: dict[str, Any] = json.loads(self.state)
        return found

    def at(self, path: str) -> "StateServer":
        return self.others.setdefault(path.removesuffix("/lock"), StateServer(credentials=self.credentials))

    def posts(self) -> int:
        return sum(line.startswith("POST /state/estate ") for line in self.log)


def _lock(state: StateServer, wanted: dict[str, Any]) -> tuple[int, bytes]:
    if state.lock is not None:
        return 423, json.dumps(state.lock).encode()
    state.lock = wanted
    return 200, b""


def _unlock(state: StateServer, lock_id: str) -> tuple[int, bytes]:
    if state.lock is not None and state.lock["ID"] != lock_id:
        return 409, json.dumps(state.lock).encode()
    state.lock = None
    return 200, b""


class _Handler(BaseHTTPRequestHandler):
    server_state: StateServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def _any(self) -> None:
        state = self.server_state
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        with state.guard:
            state.log.append(f"{self.command} {url.path} {self.headers.get('Authorization', '-')}")
            fault = "drop" if state.away else state.faults.popleft() if state.faults else None
            if fault == "drop":
                self.close_connection = True
                return
            if isinstance(fault, int):
                self._answer(fault, b"not now")
                return
            one = state.at(url.path) if state.by_path else state
            status, answer = self._do(one, url.path, parse_qs(url.query).get("ID", [""])[0], body)
            if fault == "lose":
                self.close_connection = True
                return
            self._answer(status, answer)

    def _do(self, state: StateServer, path: str, lock_id: str, body: bytes) -> tuple[int, bytes]:
        if state.credentials is not None:
            wanted = "Basic " + base64.b64encode(state.credentials.encode()).decode()
            if self.headers.get("Authorization") != wanted:
                return 401, b""
        verb = self.command
        if path.endswith("/lock"):
            verb = {"POST": "LOCK", "DELETE": "UNLOCK"}.get(verb, verb)
        match verb:
            case "LOCK":
                return _lock(state, json.loads(body))
            case "UNLOCK":
                return _unlock(state, json.loads(body)["ID"])
            case "GET":
                return (204, b"") if state.state is None else (200, state.state)
            case "DELETE":
                state.state = None
                return 200, b""
            case _:
                return self._post(state, lock_id, body)

    def _post(self, state: StateServer, lock_id: str, body: bytes) -> tuple[int, bytes]:
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if self.headers.get("Content-MD5") != digest:
            return 400, b""
        if state.lock is None or state.lock["ID"] != lock_id:
            return 409, json.dumps(state.lock or {}).encode()
        state.state = body
        return 200, b""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere?token=secret")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_LOCK = do_UNLOCK = _any  # noqa: N815 - the names that the base class calls


@contextmanager
def state_server() -> Iterator[StateServer]:
    """Serve until the block ends."""
    state = StateServer()
    handler = type("Handler", (_Handler,), {"server_state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
