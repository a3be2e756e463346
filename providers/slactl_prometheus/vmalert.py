"""vmalert's HTTP interface: a reload that is answered before it is done, and a metric that tells how it went."""

import re
import time

from slactl.base.diagnostics import SlactlError
from slactl.provider.http import Server as HttpServer
from slactl.provider.http import excerpt

_METRIC = re.compile(r"^vmalert_config_last_reload_(total|errors_total|successful) (\S+)$", re.MULTILINE)
State = dict[str, str]
_PAUSE_S = 0.05
_SETTLES_S = 1.0
"""vmalert counts a reload before it reads the files, and says afterwards how it went."""


class Vmalert:
    """One vmalert."""

    def __init__(self, http: HttpServer, patience_s: float) -> None:
        self._http = http
        self._patience_s = patience_s

    def reload(self) -> None:
        """Have vmalert read its files again, and wait until it has.

        Raises:
            SlactlError: when it refuses them, cannot be reached, or does not get to it in time.
        """
        before = self._state()
        answer = self._http.send("POST", "/-/reload", repeatable=False)
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP
            raise SlactlError(
                f"{self._http.name} does not reload ({answer.status_code})",
                f"It says: {excerpt(answer.text)} Check config.vmalertUrl, and what stands between.",
                self._http.place.at("vmalertUrl"),
            )
        self._wait_until_begun(before)
        if not self._succeeds(before):
            raise SlactlError(
                f"{self._http.name} refused to reload", "Its log says why.", self._http.place.at("vmalertUrl")
            )

    def _wait_until_begun(self, before: State) -> None:
        deadline = time.monotonic() + self._patience_s
        while self._state()["total"] == before["total"]:
            if time.monotonic() > deadline:
                raise SlactlError(
                    f"{self._http.name} has not reloaded after {self._patience_s:g} s",
                    "It took the request. Look into its log, or raise timeout.",
                    self._http.place.at("vmalertUrl"),
                )
            time.sleep(_PAUSE_S)

    def _succeeds(self, before: State) -> bool:
        """Whether a reload that has begun goes well: no error is counted, and it says so when it has settled."""
        settled = time.monotonic() + _SETTLES_S
        deadline = time.monotonic() + self._patience_s
        while True:
            state = self._state()
            if state["errors_total"] != before["errors_total"]:
                return False
            now = time.monotonic()
            if now > deadline or (now > settled and state["successful"] == "1"):
                return state["successful"] == "1"
            time.sleep(_PAUSE_S)

    def _state(self) -> State:
        answer = self._http.send("GET", "/metrics", repeatable=True)
        found: State = dict(_METRIC.findall(answer.text))
        if found.keys() != {"total", "errors_total", "successful"}:
            raise SlactlError(
                f"{self._http.name} does not say how reloads went ({answer.status_code})",
                f"GET /metrics has no vmalert_config_last_reload_total. It says: {excerpt(answer.text)} Is config.vmalertUrl vmalert's own address?",
                self._http.place.at("vmalertUrl"),
            )
        return found
