"""The server's HTTP interface: reload, and queries; every odd answer becomes a message."""

import re
from collections.abc import Mapping
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl_prometheus.settings import Settings

_MOST_SHOWN = 200
_CREDENTIALS = re.compile(r"//[^/@]*@")
"""A user and a password in a URL are secrets: messages leave them out."""


class Server:
    """One Prometheus server."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.url or ""
        self._shown_url = _CREDENTIALS.sub("//", self._url)
        self._timeout_s = settings.timeout_s
        self._headers = {"Authorization": f"Bearer {settings.bearer_token}"} if settings.bearer_token else {}

    def reload(self) -> None:
        """Have the server read its files again.

        Raises:
            SlactlError: when it refuses them or cannot be reached.
        """
        answer = self._send("POST", "/-/reload", {})
        if answer.status_code == 200:  # noqa: PLR2004 - HTTP
            return
        if answer.status_code in (403, 405):
            raise SlactlError(
                f"Prometheus at {self._shown_url} does not allow reloads ({answer.status_code})",
                "Start it with --web.enable-lifecycle, or set reload: false and reload it your own way.",
            )
        raise SlactlError(
            f"Prometheus at {self._shown_url} refused to reload ({answer.status_code})",
            f"It says: {_shown(answer.text)} Its log says why.",
        )

    def query(self, expression: str, at: int) -> list[Mapping[str, Any]]:
        """The vector that an expression gives at an instant (UTC seconds).

        Raises:
            SlactlError: when the server cannot be reached or answers anything but a vector.
        """
        answer = self._send("POST", "/api/v1/query", {"query": expression, "time": str(at)})
        try:
            document = answer.json()
            if document["status"] == "success":
                result: list[Mapping[str, Any]] = document["data"]["result"]
                return result
            reason = f"{document.get('errorType')}: {document.get('error')}"
        except (ValueError, KeyError, TypeError):
            reason = f"{answer.status_code}: {_shown(answer.text)}"
        raise SlactlError(f"Prometheus at {self._shown_url} did not answer a query", f"It says: {reason}")

    def _send(self, method: str, path: str, data: Mapping[str, str]) -> Any:
        import requests  # noqa: PLC0415 - slow to import; files alone need no server

        try:
            return requests.request(
                method,
                self._url + path,
                data=data,
                headers=self._headers,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise SlactlError(
                f"Prometheus at {self._shown_url} cannot be reached",
                f"{_cause(error)} Check the backend's url, and that the server runs.",
            ) from error


def _cause(error: Exception) -> str:
    name = type(error).__name__
    return {
        "ConnectionError": "The connection was refused or broke.",
        "ConnectTimeout": "It did not answer in time.",
        "ReadTimeout": "It did not answer in time.",
    }.get(name, f"{name}.")


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line[:_MOST_SHOWN]}"' if line else "nothing."
