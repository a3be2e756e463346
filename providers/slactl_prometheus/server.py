"""The server's HTTP interface: reload, and queries; every odd answer becomes a message."""

from collections.abc import Mapping
from typing import Any, Protocol

from slactl.base.diagnostics import SlactlError
from slactl.provider.http import Server as HttpServer
from slactl.provider.http import excerpt


class Ruler(Protocol):
    """Who reads the rule files."""

    def reload(self) -> None:
        """Have it read them again.

        Raises:
            SlactlError: when it refuses them or cannot be reached.
        """


class Server:
    """One server that answers PromQL: Prometheus, VictoriaMetrics, Mimir."""

    def __init__(self, http: HttpServer, tenant: str | None = None) -> None:
        self._http = http
        self._headers = {} if tenant is None else {"X-Scope-OrgID": tenant}

    def reload(self) -> None:
        """Have the server read its files again.

        Raises:
            SlactlError: when it refuses them or cannot be reached.
        """
        answer = self._http.send("POST", "/-/reload", repeatable=False)
        if answer.status_code == 200:  # noqa: PLR2004 - HTTP
            return
        if answer.status_code in (403, 405):
            raise SlactlError(
                f"{self._http.name} does not allow reloads ({answer.status_code})",
                "Start it with --web.enable-lifecycle, or set reload: false and reload it your own way.",
                self._http.place.at("reload"),
            )
        raise SlactlError(
            f"{self._http.name} refused to reload ({answer.status_code})",
            f"It says: {excerpt(answer.text)} Its log says why.",
            self._http.place.at("reload"),
        )

    def query(self, expression: str, at: int) -> list[Mapping[str, Any]]:
        """The vector that an expression gives at an instant (UTC seconds).

        Raises:
            SlactlError: when the server cannot be reached or answers anything but a vector.
        """
        return self._ask("query", {"query": expression, "time": str(at)})

    def query_steps(self, expression: str, first: int, last: int, step_s: int) -> list[Mapping[str, Any]]:
        """The series that an expression gives at each of some instants (UTC seconds), from the first to the last.

        Raises:
            SlactlError: when the server cannot be reached or answers anything but series.
        """
        span = {"start": str(first), "end": str(last), "step": str(step_s)}
        # VictoriaMetrics moves instants to multiples of the step unless it is told to keep nothing
        return self._ask("query_range", {"query": expression, **span, "nocache": "1"})

    def _ask(self, endpoint: str, form: Mapping[str, str]) -> list[Mapping[str, Any]]:
        answer = self._http.send(
            "POST", f"/api/v1/{endpoint}", data=form, headers=self._headers, repeatable=True
        )
        try:
            document = answer.json()
            if document["status"] == "success":
                result: list[Mapping[str, Any]] = document["data"]["result"]
                return result
            reason = f"{document.get('errorType')}: {document.get('error')}"
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            reason = f"{answer.status_code}: {excerpt(answer.text)}"
        raise SlactlError(
            f"{self._http.name} did not answer a query", f"It says: {reason}", self._http.place.at("url")
        )
