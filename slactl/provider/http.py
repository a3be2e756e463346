"""HTTP for providers: TLS as the backend's configuration says, patience only where a repeat is safe, errors that name backend and cause."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from slactl.base.diagnostics import Place, Severity, SlactlError
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.text import printable
from slactl.model.backend import Backend
from slactl.provider.protocol import Notice

if TYPE_CHECKING:
    import requests

    from slactl.base.http import Http, Sign

HTTP_KEYS = ("url", "timeout", "ca", "insecure")
"""Keys of `Backend.config` that this module reads."""
_CONNECT_S = 10.0
_MOST_SHOWN = 200


@dataclass(frozen=True)
class Server:
    """The server of one backend, as messages name it and requests reach it; used by one thread at a time."""

    title: str
    """What it is, for messages: `Zabbix`."""
    backend: Backend
    url: str
    """Where paths are appended."""
    timeout_s: float = 30.0
    """The longest wait for the next part of an answer."""
    verify: bool | str = True
    """As `tls_of` gives it."""
    sign: "Sign | None" = field(default=None, repr=False)
    """How requests carry credentials (`slactl.base.http.basic`, `bearer`); None: without."""
    pauses_s: tuple[float, ...] | None = None
    """Waits before repetitions; None: the usual ones."""

    @property
    def name(self) -> str:
        """`Zabbix at https://noc.example.com (backend.noc)`: how messages begin."""
        from slactl.base.http import shown  # noqa: PLC0415 - plans of pure files need no HTTP

        return f"{self.title} at {shown(self.url)} ({self.backend.address})"

    @property
    def place(self) -> Place:
        """Where the backend's configuration stands."""
        return self.backend.place.at("spec", "config")

    def send(
        self,
        method: str,
        path: str,
        *,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool,
    ) -> "requests.Response":
        """Send one request; the answer may have any status.

        `repeatable`: making it twice is making it once (all reads are); only then it is tried again after a fault that may
        have come when the server had done the work.

        Raises:
            SlactlError: when no answer came, or a redirect.
        """
        from slactl.base.http import RedirectError, UnreachableError  # noqa: PLC0415 - as above

        try:
            return self._http.send(
                method, self._address + path, data=data, headers=headers, repeatable=repeatable
            )
        except UnreachableError as error:
            raise SlactlError(
                f"{self.name} cannot be reached: {error.reason}", _advice(error.reason), self.place.at("url")
            ) from None
        except RedirectError as error:
            raise SlactlError(
                f"{self.name} answers with a redirect to {error.to}",
                "slactl does not follow it with credentials: write the address that is meant into config.url.",
                self.place.at("url"),
            ) from None

    def json(self, answer: "requests.Response") -> Any:
        """The JSON data of an answer of any status.

        Raises:
            SlactlError: when it holds something else: a login page, a proxy's error.
        """
        try:
            return answer.json()
        except (ValueError, RecursionError):
            kind = answer.headers.get("Content-Type", "").partition(";")[0] or "an answer without a type"
            raise SlactlError(
                f"{self.name} answers {answer.status_code} with {kind} where JSON was expected",
                f"It says: {excerpt(answer.text)} Check that config.url is the address of the interface, and what stands between.",
                self.place.at("url"),
            ) from None

    def refused(self, what: str, reason: str, key: str = "url") -> SlactlError:
        """The error for an answer that says no: what was asked, why not, and the key of the configuration concerned."""
        return SlactlError(f"{self.name} refuses {what}", reason, self.place.at(key))

    @cached_property
    def _http(self) -> "Http":
        from slactl.base.http import PAUSES_S, Http, unsigned  # noqa: PLC0415 - as above

        if isinstance(self.verify, str) and not Path(self.verify).is_file():
            raise SlactlError(f"There is no file {self.verify}", "config.ca names it.", self.place.at("ca"))
        if self.verify is False:
            _be_quiet_about_certificates()  # `tls_notices` warns in every plan
        pauses_s = PAUSES_S if self.pauses_s is None else self.pauses_s
        return Http(
            (_CONNECT_S, self.timeout_s), self.sign or _signed_as(self.url) or unsigned, self.verify, pauses_s
        )

    @cached_property
    def _address(self) -> str:
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")).rstrip("/")


def _signed_as(url: str) -> "Sign | None":
    """By the user and password that a URL holds."""
    from slactl.base.http import basic  # noqa: PLC0415 - as above

    parts = urlsplit(url)
    return basic(unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def tls_of(config: Mapping[str, Any], root: Path) -> bool | str:
    """What `Server.verify` shall be: `ca` names a file of authorities, `insecure: true` takes any certificate."""
    if str(config.get("insecure", "false")).lower() == "true":
        return False
    return str(root / config["ca"]) if config.get("ca") else True


def tls_notices(backend: Backend) -> Iterator[Notice]:
    """What is wrong or dangerous about `ca` and `insecure`."""
    insecure = str(backend.config.get("insecure", "false")).lower()
    place = backend.place.at("spec", "config", "insecure")
    if insecure not in ("true", "false"):
        yield Notice(Severity.ERROR, backend.address, f'insecure is true or false, not "{insecure}".', place)
    if insecure == "true":
        yield Notice(
            Severity.WARNING,
            backend.address,
            "insecure: true takes any certificate: whoever stands between can read the credentials. Name the authority in `ca`.",
            place,
        )


def excerpt(text: str) -> str:
    """The beginning of a text that a server sent, on one line, in quotes."""
    line = printable(" ".join(text.split()))
    return f'"{line[:_MOST_SHOWN]}"' if line else "nothing."


def _advice(reason: str) -> str:
    if "certificate" in reason:
        return "Name the file of its authority in config.ca, or say insecure: true to take any certificate."
    return "Check config.url, the network, and that the server runs."


def _be_quiet_about_certificates() -> None:
    import urllib3  # noqa: PLC0415 - as above

    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
