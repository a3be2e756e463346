"""The provider: compiles an estate to dashboards, and connects to the folders that hold them."""

from collections.abc import Mapping, Sequence
from typing import Any

from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Compilation, Connection, Context, Notice
from slactl.provider.config import BadConfigError, config_notices
from slactl_grafana.compiler import Compiler
from slactl_grafana.settings import KEYS, read_settings


class Provider:
    """Dashboards as files in a folder, and the file that tells Grafana of the folder."""

    name = "grafana"

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check the configuration."""
        return (*config_notices(backend, KEYS, read_settings),)

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive a dashboard an agreement in force, and the provisioning of their folder."""
        try:
            settings = read_settings(backend.config)
        except BadConfigError:
            return Compilation(())  # `validate` has said what is wrong
        return Compiler(estate, backend, settings, context).compile()

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """Dashboards, and queries that one makes each time it is shown."""
        panels = body.get("panels")
        if not isinstance(panels, Sequence):
            return {}
        queries = sum(len(one.get("targets", ())) for one in panels if isinstance(one, Mapping))
        return {"dashboards": 1, "queries": queries}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Open the folders.

        Raises:
            SlactlError: when the configuration is wrong.
        """
        from slactl_grafana.connection import open_connection  # noqa: PLC0415 - plans of pure files need no I/O

        return open_connection(backend, config, context)
