"""What becomes of answers that a healthy Icinga 2 does not give, from a small server that gives them."""

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Outcome
from slactl_icinga2 import Provider

HELLO = {"results": [{"version": "r2.13.6-1", "permissions": ["*"], "user": "slactl"}]}
COMMANDS = {"results": [{"name": "passive", "attrs": {"name": "passive"}}]}
NOTHING: dict[str, Any] = {"results": []}
BODY = {"name": "a", "address": "", "check_command": "passive", "vars": {}}
Answer = tuple[int, str] | None
"""A status and a text; None: the connection breaks off."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",  # noqa: S607
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem"


@contextmanager
def answering(certificate: Path, *answers: Answer) -> Iterator[Mapping[str, Any]]:
    """A server that gives one answer after the other; its configuration as a backend."""
    left = [*answers]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = left.pop(0)
            if answer is None:
                return
            status, text = answer
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that the base class calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.parent / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"https://localhost:{server.server_address[1]}"
        yield {"url": url, "user": "slactl", "password": "s3cret", "ca": str(certificate), "timeout": "2s"}
    finally:
        server.shutdown()
        server.server_close()


def connect(config: Mapping[str, Any]) -> Connection:
    backend = Backend("noc", Place("x.yaml"), "icinga2", config)
    return Provider().connect(backend, config, Context(Path("/"), "estate", date(2026, 11, 23)))


def said(document: Mapping[str, Any], status: int = 200) -> Answer:
    return status, json.dumps(document)


def refusal(*errors: str) -> Answer:
    return said({"results": [{"code": 500, "errors": errors, "status": "Object could not be created."}]}, 500)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, "<html>Please log in</html>"), "answers 200 with text/html where JSON was expected"),
        (said({"results": [{"version": "v2.4.1", "permissions": []}]}), "is Icinga 2.4.1"),
        (said({"results": [{"version": "unknown", "permissions": []}]}), "is Icinga unknown"),
        (said({"results": [{"info": "no version"}]}), "does not answer as Icinga 2 does"),
        (said({"error": 404, "status": "not found"}, 404), "does not answer as Icinga 2 does"),
        (said({"error": 401, "status": "Unauthorized"}, 401), "refuses the login of slactl"),
    ],
)
def test_what_is_no_icinga_of_ours_is_refused(certificate: Path, answer: Answer, message: str) -> None:
    with answering(certificate, answer) as config, pytest.raises(SlactlError) as caught:
        connect(config)
    (diagnostic,) = caught.value.diagnostics
    assert message in diagnostic.summary
    assert diagnostic.summary.startswith(f"Icinga 2 at {config['url']} (backend.noc)")
    assert "s3cret" not in diagnostic.summary + diagnostic.detail
    assert diagnostic.place is not None


def test_a_refused_list_is_an_error(certificate: Path) -> None:
    answers = (said(HELLO), said({"error": 503, "status": "Shutting down."}, 403))
    with (
        answering(certificate, *answers) as config,
        connect(config) as connection,
        pytest.raises(SlactlError, match="refuses to list timeperiods") as caught,
    ):
        connection.read_all()
    assert "Shutting down" in caught.value.diagnostics[0].detail


def made(certificate: Path, *answers: Answer) -> Outcome:
    """What becomes of the creation of a host."""
    with (
        answering(certificate, said(HELLO), said(COMMANDS), *answers) as config,
        connect(config) as connection,
    ):
        (outcome,) = connection.execute([Change(Action.CREATE, "noc.host.a", None, BODY, None)])
    return outcome


def test_a_permission_for_some_objects_is_one(certificate: Path) -> None:
    hello = {"results": [{"version": "v2.14.6", "permissions": ["objects/create/host (filtered)"]}]}
    for kind, status in (("host", "done"), ("service", "failed")):
        with answering(certificate, said(hello), said(NOTHING)) as config, connect(config) as connection:
            change = Change(Action.CREATE, f"noc.{kind}.a", None, {**BODY, "host_name": "a"}, None)
            assert connection.execute([change])[0].status == status


def test_a_connection_that_breaks_leaves_the_outcome_open(certificate: Path) -> None:
    outcome = made(certificate, None)
    assert outcome.status == "unknown"
    assert "cannot be reached: the connection failed" in outcome.error


def test_html_in_the_middle_leaves_the_outcome_open(certificate: Path) -> None:
    outcome = made(certificate, (502, "<h1>Bad gateway</h1>"))
    assert outcome.status == "unknown"
    assert "Bad gateway" in outcome.error


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            refusal("Error: Attribute 'x' is wrong.\nLocation: in /var/lib/x.conf: 1:1-1:2"),
            "Attribute 'x' is wrong",
        ),
        (refusal("One.", "Two."), "One; Two"),
        (
            refusal("Error: Object 'a' of type 'Host' re-defined: in /var"),
            "Icinga refused a before and still remembers it; reload",
        ),
        (said({"error": 401, "status": "Unauthorized"}, 401), "The login of slactl is refused now"),
        (said({"error": 403, "status": "Forbidden"}, 403), "The user slactl may not PUT host a"),
        (said({"error": 404, "status": "No objects found."}, 404), "There is no host a that slactl may see"),
        (said({"error": 500, "status": "Out of memory."}, 500), "Out of memory"),
        (said(NOTHING, 500), "Icinga answers 500"),
    ],
)
def test_refusals_are_sentences(certificate: Path, answer: Answer, message: str) -> None:
    outcome = made(certificate, answer)
    assert outcome.status == "failed"
    assert outcome.error.startswith(message)


def test_a_replacement_that_is_refused_says_that_the_old_one_is_gone(certificate: Path) -> None:
    ours = {"slactl_workspace": "estate", "slactl_address": "noc.host.a"}
    there = {"results": [{"name": "a", "attrs": {**BODY, "package": "_api", "vars": ours}}]}
    answers = (said(HELLO), said(there), said(COMMANDS), said(NOTHING), refusal("Error: No room."))
    with answering(certificate, *answers) as config, connect(config) as connection:
        (outcome,) = connection.execute([Change(Action.REPLACE, "noc.host.a", BODY, BODY, "host/a")])
    assert outcome.error == "It was deleted, and cannot be made anew: No room"


def test_what_was_put_in_place_of_ours_meanwhile_is_not_touched(certificate: Path) -> None:
    theirs = {"results": [{"name": "a", "attrs": {**BODY, "package": "_api", "vars": None}}]}
    files = {"results": [{"name": "a", "attrs": {**BODY, "package": "_etc", "vars": None}}]}
    for action in (Action.UPDATE, Action.REPLACE, Action.DELETE):
        for found, message in ((theirs, "not slactl's"), (files, "configuration files")):
            with (
                answering(certificate, said(HELLO), said(NOTHING), said(found)) as config,
                connect(config) as one,
            ):
                (outcome,) = one.execute([Change(action, "noc.host.a", BODY, BODY, "host/a")])
            assert outcome.status == "failed"
            assert message in outcome.error


def test_what_is_gone_already_needs_no_deletion_and_no_update(certificate: Path) -> None:
    for action, status in ((Action.DELETE, "done"), (Action.UPDATE, "failed")):
        with (
            answering(certificate, said(HELLO), said(NOTHING), said(NOTHING)) as config,
            connect(config) as one,
        ):
            (outcome,) = one.execute([Change(action, "noc.host.a", BODY, BODY, "host/a")])
        assert outcome.status == status
