"""Requests to a state server: every one may be made twice, and errors are in words without secrets."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlsplit

import requests

from slactl.base.diagnostics import Place, SlactlError
from slactl.base.http import PAUSES_S, Http, RedirectError, UnreachableError, basic, shown, unsigned
from slactl.base.quick_dataclass import dataclass, field

_TIMEOUT_S = (10, 60)
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
    pauses_s: tuple[float, ...] = PAUSES_S

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
        headers = (
            {} if body is None else {"Content-Type": "application/json", "Content-MD5": content_md5(body)}
        )
        http = self._patient if patient else self._hasty
        try:
            return http.send(
                method, address, data=body, headers=headers, parameters=parameters, repeatable=True
            )
        except UnreachableError as error:
            raise SlactlError(
                f"The state server at {shown(address)} cannot be reached: {error.reason}",
                "Check spec.state.address and the network; nothing else was tried.",
                self.place,
            ) from None
        except RedirectError as error:
            raise SlactlError(
                f"The state server at {shown(address)} answers {method} with a redirect to {error.to}",
                "slactl does not follow it with credentials: write the address that is meant into spec.state.address.",
                self.place,
            ) from None

    def refused(self, answer: requests.Response, method: str, address: str) -> SlactlError:
        """The error for an answer that nothing can be made of."""
        return SlactlError(
            f"The state server at {shown(address)} answers {method} with {answer.status_code} {answer.reason}".strip(),
            _HINTS.get(answer.status_code, "Look at the server's log."),
            self.place,
        )

    @cached_property
    def _patient(self) -> Http:
        sign = basic(self.username, self.password) if self.username or self.password else unsigned
        return Http(_TIMEOUT_S, sign, pauses_s=self.pauses_s)

    @cached_property
    def _hasty(self) -> Http:
        return Http(_TIMEOUT_S, self._patient.sign, pauses_s=(), session=self._patient.session)


def content_md5(body: bytes) -> str:
    """The digest that the protocol wants, which guards against truncation and nothing else."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def where(address: str) -> str:
    """The server of an address, with a digest by which one address is told from another."""
    parts = urlsplit(address)
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} (address {digest})"
