"""HTTP for providers, against a small real server that fails as it is told."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_server import free_port, tool
from told_server import BAD, LATE, OK, Answer, answering

from slactl.base.diagnostics import Place, SlactlError
from slactl.base.http import basic, bearer
from slactl.model.backend import Backend
from slactl.provider.http import Server, tls_notices, tls_of


def at(port: int, **how: Any) -> Server:
    url = f"http://127.0.0.1:{port}"
    backend = Backend("noc", Place("x.yaml"), "zabbix", {"url": url})
    return Server("Zabbix", backend, url, **{"pauses_s": (0.01, 0.01), **how})


def test_what_may_be_repeated_is_tried_again() -> None:
    with answering(BAD, (500, {}, b""), OK) as (port, asked):
        server = at(port)
        assert server.json(server.send("GET", "/x", repeatable=True)) == {"a": 1}
    assert len(asked) == 3


def test_patience_ends() -> None:
    with answering(BAD, BAD, BAD) as (port, asked):
        assert at(port).send("GET", "/x", repeatable=True).status_code == 503
    assert len(asked) == 3


@pytest.mark.parametrize("fault", [BAD, (500, {}, b"")])
def test_what_may_not_be_repeated_is_sent_once(fault: Answer) -> None:
    with answering(fault) as (port, asked):
        assert at(port).send("POST", "/x", repeatable=False).status_code == fault[0]
    assert len(asked) == 1


def test_a_creation_that_is_not_answered_in_time_is_not_made_again() -> None:
    with answering(LATE, OK) as (port, asked):
        with pytest.raises(
            SlactlError, match=r"\(backend.noc\) cannot be reached: it does not answer in time"
        ):
            at(port, timeout_s=0.3).send("POST", "/x", repeatable=False)
        assert len(asked) == 1


def test_too_many_requests_means_that_nothing_was_done() -> None:
    with answering((429, {}, b""), OK) as (port, asked):
        assert at(port).send("POST", "/x", repeatable=False).status_code == 200
    assert len(asked) == 2


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(SlactlError, match="cannot be reached: the connection failed"):
        at(free_port()).send("POST", "/x", repeatable=False)


def test_a_page_where_json_was_expected() -> None:
    with answering((200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>\n login</html>")) as (
        port,
        _,
    ):
        server = at(port)
        with pytest.raises(SlactlError, match="answers 200 with text/html where JSON was expected") as caught:
            server.json(server.send("GET", "/x", repeatable=True))
    assert '"<html> login</html>"' in caught.value.diagnostics[0].detail


def test_what_a_server_says_cannot_write_to_the_terminal_or_end_in_a_traceback() -> None:
    with answering((200, {}, b"\x1b[2J\x07\x00gone"), (200, {}, b"[" * 200_000)) as (port, _):
        server = at(port)
        for shown in ('"\ufffd[2J\ufffd\ufffdgone"', '"[[['):
            with pytest.raises(SlactlError, match="where JSON was expected") as caught:
                server.json(server.send("GET", "/x", repeatable=True))
            assert shown in caught.value.diagnostics[0].detail


def test_credentials_do_not_follow_a_redirect() -> None:
    away: Answer = (302, {"Location": "http://me:s3cret@elsewhere/x?token=1"}, b"")
    with (
        answering(away) as (port, asked),
        pytest.raises(SlactlError, match=r"redirect to http://elsewhere/x$"),
    ):
        at(port, sign=bearer("t0ken")).send("GET", "/x", repeatable=True)
    assert asked == [("GET", "/x", "Bearer t0ken")]


def test_credentials_of_the_address_are_sent_and_not_shown() -> None:
    with answering(OK) as (port, asked):
        url = f"http://me:s%40cret@127.0.0.1:{port}/api/"
        server = Server("Zabbix", Backend("noc", Place("x.yaml"), "zabbix", {}), url)
        server.send("GET", "/x", repeatable=True)
    assert asked == [("GET", "/api/x", "Basic bWU6c0BjcmV0")]
    assert "cret" not in server.name
    assert "cret" not in repr(at(1, sign=basic("me", "s@cret")))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    subprocess.run(
        [
            tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "ca.pem",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return tmp_path


def test_a_certificate_is_trusted_only_as_the_configuration_says(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "ca.pem", certificate / "key.pem")
    with answering(OK, OK, tls=context) as (port, asked):

        def ask(config: dict[str, str]) -> int:
            url = f"https://127.0.0.1:{port}"
            backend = Backend("noc", Place("x.yaml"), "zabbix", config)
            server = Server("Zabbix", backend, url, verify=tls_of(config, certificate), pauses_s=())
            return server.send("GET", "/x", repeatable=True).status_code

        with pytest.raises(SlactlError, match="its certificate is not trusted") as caught:
            ask({})
        assert "config.ca" in caught.value.diagnostics[0].detail
        with pytest.raises(SlactlError, match="There is no file"):
            ask({"ca": "gone.pem"})
        assert asked == []
        assert ask({"ca": "ca.pem"}) == 200
        assert ask({"insecure": "true"}) == 200


def test_what_is_dangerous_is_said() -> None:
    def said(config: dict[str, str]) -> list[tuple[str, str]]:
        backend = Backend("noc", Place("x.yaml"), "zabbix", config)
        return [(one.severity.value, one.message.split(":")[0]) for one in tls_notices(backend)]

    assert said({}) == []
    assert said({"insecure": "true"}) == [("warning", "insecure")]
    assert said({"insecure": "yes"})[0][0] == "error"
