"""The running Alertmanager: reload, and whether what it has in force is the file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from slactl.base.diagnostics import SlactlError
from slactl.model.backend import Backend
from slactl.provider.http import Server, excerpt, tls_of
from slactl_alertmanager.secrets import Secrets
from slactl_alertmanager.settings import Settings

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_OK = 200


class Alertmanager:
    """One Alertmanager server."""

    def __init__(
        self, settings: Settings, backend: Backend, config: Mapping[str, Any], root: Path, secrets: Secrets
    ) -> None:
        self._server = Server(
            "Alertmanager", backend, settings.url or "", settings.timeout_s, tls_of(config, root)
        )
        self._secrets = secrets

    def reload(self) -> None:
        """Have the server read its file again.

        Raises:
            SlactlError: when it refuses the file, or cannot be reached; it keeps what it had.
        """
        answer = self._server.send("POST", "/-/reload", repeatable=False)
        if answer.status_code != _OK:
            raise self._server.refused(
                f"to reload ({answer.status_code})", f"It says: {self._secrets.hidden(excerpt(answer.text))}"
            )

    def insist_on(self, content: bytes) -> None:
        """Compare what is in force with a file, by its names and numbers: the server tells no more of secrets and comments.

        Raises:
            SlactlError: when the server runs with another file.
        """
        answer = self._server.send("GET", "/api/v2/status", repeatable=True)
        document = self._server.json(answer)
        try:
            original = document["config"]["original"]
        except (KeyError, TypeError):
            raise self._server.refused(
                "to tell its configuration", f"It says: {excerpt(answer.text)}"
            ) from None
        if _outline(original) != _outline(content.decode()):
            raise SlactlError(
                f"{self._server.name} runs with another file than configFile",
                "Check that config.url and config.configFile belong together (--config.file of the server).",
                self._server.place.at("configFile"),
            )


def _outline(text: str) -> tuple[object, ...]:
    data = yaml.load(text, Loader=_Loader)  # noqa: S506 - texts, lists and mappings alone
    receivers, times = (
        _list(data, "receivers"),
        [*_list(data, "time_intervals"), *_list(data, "mute_time_intervals")],
    )
    names = [sorted(str(one.get("name")) for one in found) for found in (receivers, times)]
    route = data.get("route")
    routes = _list(route, "routes") if isinstance(route, Mapping) else []
    return (
        *names,
        len(_list(data, "inhibit_rules")),
        [one.get("receiver") for one in routes if one.get("receiver")],
    )


def _list(data: Any, name: str) -> list[Any]:
    found = data.get(name)
    return found if isinstance(found, list) else []
