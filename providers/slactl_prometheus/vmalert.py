"""vmalert's HTTP interface: a reload that is answered before it is done, and a metric that tells how it went."""

import re
import time

from slactl.base.diagnostics import SlactlError
from slactl.provider.http import Server as HttpServer
from slactl.provider.http import excerpt

_METRIC = re.compile(r"^vmalert_config_last_reload_(total|successful) (\S+)$", re.MULTILINE)
_PAUSE_S = 0.05


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
        before = self._state()["total"]
        answer = self._http.send("POST", "/-/reload", repeatable=False)
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP
            raise SlactlError(
                f"{self._http.name} does not reload ({answer.status_code})",
                f"It says: {excerpt(answer.text)} Check config.vmalertUrl, and what stands between.",
                self._http.place.at("vmalertUrl"),
            )
        deadline = time.monotonic() + self._patience_s
        while (state := self._state())["total"] == before:
            if time.monotonic() > deadline:
                raise SlactlError(
                    f"{self._http.name} has not reloaded after {self._patience_s:g} s",
                    "It took the request. Look into its log, or raise timeout.",
                    self._http.place.at("vmalertUrl"),
                )
            time.sleep(_PAUSE_S)
        if state["successful"] != "1":
            raise SlactlError(
                f"{self._http.name} refused to reload", "Its log says why.", self._http.place.at("vmalertUrl")
            )

    def _state(self) -> dict[str, str]:
        answer = self._http.send("GET", "/metrics", repeatable=True)
        found: dict[str, str] = dict(_METRIC.findall(answer.text))
        if found.keys() != {"total", "successful"}:
            raise SlactlError(
                f"{self._http.name} does not say how reloads went ({answer.status_code})",
                f"GET /metrics has no vmalert_config_last_reload_total. It says: {excerpt(answer.text)} Is config.vmalertUrl vmalert's own address?",
                self._http.place.at("vmalertUrl"),
            )
        return found
