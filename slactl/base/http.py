"""HTTP requests with patience: what may be made twice is tried again, credentials go to one address only, faults become words."""

import base64
import re
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

import requests
from urllib3.exceptions import NewConnectionError

from slactl import __version__
from slactl.base.quick_dataclass import dataclass, field

PAUSES_S = (0.5, 1.0, 2.0)
_PASSING = frozenset((429, 500, 502, 503, 504))
_REFUSED_UNSEEN = 429
"""The server says that it did nothing."""
_NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)
_LASTING = (requests.exceptions.SSLError, *_NO_ADDRESS)
"""Faults that are there the next time, too."""
_CREDENTIALS = re.compile(r"//[^/?#@]*@")
Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class UnreachableError(Exception):
    """No answer came; `reason` says why, without secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RedirectError(Exception):
    """The answer leads elsewhere, where credentials must not go; `to` is safe to show."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send no credentials: also none that a .netrc of this machine holds."""
    return request


def basic(username: str, password: str) -> Sign:
    """Sign with basic authentication, in UTF-8."""
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return _header(f"Basic {pair}")


def bearer(token: str) -> Sign:
    """Sign with a token."""
    return _header(f"Bearer {token}")


def _header(value: str) -> Sign:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = value
        return request

    return sign


@dataclass(frozen=True)
class Http:
    """How one server is talked to; used by one thread at a time."""

    timeout_s: tuple[float, float]
    """To connect, and between two parts of an answer."""
    sign: Sign = field(default=unsigned, repr=False)
    verify: bool | str = True
    """False: any certificate is taken. A text: the file of the authorities that are trusted."""
    pauses_s: tuple[float, ...] = PAUSES_S
    """How long to wait before each repetition."""
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def send(
        self,
        method: str,
        address: str,
        *,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        repeatable: bool,
    ) -> requests.Response:
        """Send one request and return the answer, whatever its status.

        One that is `repeatable` (to make it twice is to make it once) is tried again after any fault that may pass; another
        only where the server certainly did nothing.

        Raises:
            UnreachableError: when no answer came.
            RedirectError: when the answer is a redirect.
        """

        def once() -> requests.Response:
            return self.session.request(
                method,
                address,
                params=parameters,
                data=data,
                headers={
                    "User-Agent": f"slactl/{__version__}",
                    "Accept": "application/json",
                    **(headers or {}),
                },
                auth=self.sign,
                timeout=self.timeout_s,
                verify=self.verify,
                allow_redirects=False,
            )

        for pause_s in self.pauses_s:
            try:
                answer = once()
            except requests.RequestException as error:
                if not (repeatable or _never_sent(error)) or isinstance(error, _LASTING):
                    raise UnreachableError(_reason(error)) from None
            else:
                if answer.status_code not in (_PASSING if repeatable else (_REFUSED_UNSEEN,)):
                    return _at_its_address(answer)
            time.sleep(pause_s)
        try:
            return _at_its_address(once())
        except requests.RequestException as error:
            raise UnreachableError(_reason(error)) from None


def shown(address: str) -> str:
    """An address without what may be secret in it: credentials and parameters."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return _CREDENTIALS.sub("//", address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _at_its_address(answer: requests.Response) -> requests.Response:
    if answer.is_redirect:
        raise RedirectError(shown(answer.headers["Location"]))
    return answer


def _never_sent(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        getattr(cause, "reason", None), NewConnectionError
    )


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if isinstance(error, _NO_ADDRESS):
        return "the address is none"
    return "the connection failed"
