"""What a person reads when a monitoring system is another one than was thought, or does not trust them: by the command line, for each provider."""

import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from alertmanager_server import running as alertmanager_running
from told_server import Answer, answering

from slactl.cli.main import main
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
SECRET = "Sw0rdfish-4711"
CONFIG = "route:\n  receiver: others\nreceivers:\n  - name: others\n"
HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html>Please log in</html>")
FORBIDDEN: Answer = (401, {"Content-Type": "text/html"}, b"<html>Who are you?</html>")
GONE: Answer = (404, {"Content-Type": "text/html"}, b"<html>nginx</html>")
DONE: Answer = (200, {}, b"")
ESTATE = (
    PEOPLE
    + service("shop", "web", intrinsic="99.99%")
    + document(
        "Indicator", "shop", "probe: shop_up, zabbix: {problemTags: {service: shop}}, icinga2: {host: shop}"
    )
    + promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: shop")
)


def result(value: object) -> Answer:
    text = json.dumps({"jsonrpc": "2.0", "result": value, "id": 1})
    return 200, {"Content-Type": "application/json"}, text.encode()


def refusal(words: str) -> Answer:
    text = json.dumps(
        {"jsonrpc": "2.0", "error": {"code": -32602, "message": "Invalid params.", "data": words}, "id": 1}
    )
    return 200, {"Content-Type": "application/json"}, text.encode()


def zabbix(url: str) -> str:
    return document(
        "Backend",
        "noc",
        f'provider: zabbix, config: {{url: "{url}", user: Admin, password: "${{env.SECRET}}"}}',
    )


def icinga2(url: str) -> str:
    return document(
        "Backend",
        "noc",
        f'provider: icinga2, config: {{url: "{url}", user: root, password: "${{env.SECRET}}"}}',
    )


def alertmanager(url: str) -> str:
    signed = url.replace("://", "://ops:${env.SECRET}@")
    return document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules, promtool: off}") + document(
        "Backend", "noc", "provider: alertmanager, config: {configFile: alertmanager.yml, amtool: off, "
        f'url: "{signed}", reload: true, receivers: {{p1: others, p3: others}}}}',
    )  # fmt: skip


@pytest.fixture
def applied(
    workspace: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """Apply to a backend that refuses; all that is said, which never holds the secret."""
    monkeypatch.setenv("SECRET", SECRET)

    def apply(backend: str) -> str:
        root = workspace(ESTATE, backend)
        (root / "alertmanager.yml").write_text(CONFIG)
        code = main([f"-chdir={root}", "apply", "-auto-approve"])
        captured = capsys.readouterr()
        said = " ".join((captured.out + captured.err).split())
        assert code == 1, said
        assert SECRET not in said
        assert "Traceback" not in said
        assert (root / "alertmanager.yml").read_text() == CONFIG
        return said

    return apply


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",  # noqa: S607
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_refusals_cannot_write_to_the_terminal(applied: Callable[[str], str]) -> None:
    with answering(result("6.0.14"), refusal("\x1b]0;owned\x07 no")) as (port, _):
        said = applied(zabbix(f"http://127.0.0.1:{port}"))
    assert "\ufffd]0;owned\ufffd no" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("backend", [zabbix, icinga2, alertmanager])
def test_a_certificate_that_nobody_known_signed_is_refused(
    applied: Callable[[str], str], self_signed: ssl.SSLContext, backend: Callable[[str], str]
) -> None:
    with answering(tls=self_signed) as (port, asked):
        said = applied(backend(f"https://localhost:{port}"))
    assert "(backend.noc) cannot be reached: " in said
    assert "certificate" in said
    assert "config.ca, or say insecure: true" in said
    assert asked == []


@pytest.mark.parametrize("backend", [zabbix, alertmanager])
def test_nobody_listens(applied: Callable[[str], str], backend: Callable[[str], str]) -> None:
    assert "(backend.noc) cannot be reached: " in applied(backend("http://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([HTML], "(backend.noc) answers 200 with text/html where JSON was expected"),
        ([GONE], "(backend.noc) answers 404 with text/html where JSON was expected"),
        ([result("5.4.9")], "(backend.noc) is Zabbix 5.4.9, which slactl does not know"),
        ([result("6.0.14"), refusal("Incorrect user name or password")], "(backend.noc) refuses to log Admin in"),
        ([result("6.0.14"), HTML], "(backend.noc) answers 200 with text/html where JSON was expected"),
        ([result("6.0.14"), result("t0ken"), refusal("Session terminated, re-login, please."), result(True)],
         "The user is wrong, disabled or expired."),
    ],
)  # fmt: skip
def test_what_is_no_zabbix_of_ours(applied: Callable[[str], str], answers: list[Answer], words: str) -> None:
    with answering(*answers) as (port, _):
        said = applied(zabbix(f"http://127.0.0.1:{port}"))
    assert words in said
    assert "t0ken" not in said


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([FORBIDDEN, DONE], "(backend.noc) refuses to reload (401)"),
        ([GONE, DONE], "(backend.noc) refuses to reload (404)"),
        ([DONE, HTML, DONE], "(backend.noc) answers 200 with text/html where JSON was expected"),
        ([DONE, result("what"), DONE], "(backend.noc) refuses to tell its configuration"),
    ],
)
def test_what_is_no_alertmanager_of_ours(
    applied: Callable[[str], str], answers: list[Answer], words: str
) -> None:
    with answering(*answers) as (port, _):
        assert words in applied(alertmanager(f"http://127.0.0.1:{port}"))


def test_an_alertmanager_of_another_file_is_noticed(applied: Callable[[str], str], tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(CONFIG.replace("others", "nobody"))
    with alertmanager_running(tmp_path / "server", other) as server:
        assert "(backend.noc) runs with another file than configFile" in applied(alertmanager(server.url))
