"""Requests to a state server: credentials, time limits, patience with faults that pass, errors in words without secrets."""

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import requests

from slactl import __version__
from slactl.base.diagnostics import Place, SlactlError

_TIMEOUT_S = (10, 60)
"""To connect, and between two parts of an answer."""
_PAUSES_S = (0.5, 1.0, 2.0)
_PASSING = frozenset((429, 500, 502, 503, 504))
_HINTS = {
    401: "The server does not know these credentials: check spec.state.username and password.",
    403: "The credentials may not do this: ask for the right to read, lock and write this state.",
    404: "There is nothing at this address: check spec.state.address.",
    413: "The state is larger than the server accepts: raise its limit, or keep the state in PostgreSQL.",
}


@dataclass(frozen=True)
class Transport:
    """How one state server is talked to."""

    place: Place
    username: str = ""
    password: str = field(default="", repr=False)
    pauses_s: tuple[float, ...] = _PAUSES_S
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def send(
        self,
        method: str,
        address: str,
        body: bytes | None = None,
        parameters: Mapping[str, str] | None = None,
        *,
        patient: bool = True,
    ) -> requests.Response:
        """Send one request; faults that pass are tried again, for every request here may be made twice.

        Raises:
            SlactlError: when the server cannot be reached, or keeps failing.
        """
        pauses = self.pauses_s if patient else ()
        for pause in pauses:
            try:
                answer = self._once(method, address, body, parameters)
            except requests.RequestException:
                pass
            else:
                if answer.status_code not in _PASSING:
                    return self._followed(answer, method, address)
            time.sleep(pause)
        try:
            return self._followed(self._once(method, address, body, parameters), method, address)
        except requests.RequestException as error:
            raise SlactlError(
                f"The state server at {shown(address)} cannot be reached: {_reason(error)}",
                "Check spec.state.address and the network; nothing else was tried.",
                self.place,
            ) from None

    def refused(self, answer: requests.Response, method: str, address: str) -> SlactlError:
        """The error for an answer that nothing can be made of."""
        return SlactlError(
            f"The state server at {shown(address)} answers {method} with {answer.status_code} {answer.reason}".strip(),
            _HINTS.get(answer.status_code, "Look at the server's log."),
            self.place,
        )

    def _once(
        self, method: str, address: str, body: bytes | None, parameters: Mapping[str, str] | None
    ) -> requests.Response:
        headers = {"User-Agent": f"slactl/{__version__}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-MD5": content_md5(body)}
        return self.session.request(
            method,
            address,
            params=parameters,
            data=body,
            headers=headers,
            auth=self._credentials(),
            timeout=_TIMEOUT_S,
            allow_redirects=False,  # credentials go to the address that was reviewed, and nowhere else
        )

    def _credentials(self) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
        """Basic, or none; never what a .netrc of this machine says."""

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if self.username or self.password:
                pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
                request.headers["Authorization"] = f"Basic {pair}"
            return request

        return sign

    def _followed(self, answer: requests.Response, method: str, address: str) -> requests.Response:
        if answer.is_redirect:
            raise SlactlError(
                f"The state server at {shown(address)} answers {method} with a redirect to "
                f"{shown(answer.headers['Location'])}",
                "slactl does not follow it with credentials: write the address that is meant into spec.state.address.",
                self.place,
            )
        return answer


def content_md5(body: bytes) -> str:
    """The digest that the protocol wants, which guards against truncation and nothing else."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def shown(address: str) -> str:
    """An address without what may be secret in it: credentials and parameters."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def where(address: str) -> str:
    """The server of an address, with a digest by which one address is told from another."""
    parts = urlsplit(address)
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} (address {digest})"


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if isinstance(
        error,
        (
            requests.exceptions.InvalidURL,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
        ),
    ):
        return "the address is none"
    return "the connection failed"
