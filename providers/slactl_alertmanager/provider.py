"""The provider: compiles an estate to receivers, routes, times and inhibitions, and connects to the file that holds them."""

from collections.abc import Mapping, Sequence
from typing import Any

from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Compilation, Connection, Context, Notice
from slactl.provider.config import BadConfigError, config_notices
from slactl_alertmanager.compiler import Compiler
from slactl_alertmanager.names import SECTIONS
from slactl_alertmanager.settings import KEYS, clear_receiver_secrets, read_settings


class Provider:
    """A marked part of Alertmanager's configuration file, and the server that reads it."""

    name = "alertmanager"

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check the configuration."""
        return (*config_notices(backend, KEYS, read_settings), *clear_receiver_secrets(backend))

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive receivers, routes by agreement, times by calendar and by maintenance, and inhibitions by service."""
        try:
            settings = read_settings(backend.config)
        except BadConfigError:
            return Compilation(())  # `validate` has said what is wrong
        return Compiler(estate, backend, settings, context).compile()

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """Entries of each list of the file."""
        return {name.replace("_", " "): len(body[name]) for name in SECTIONS if body.get(name)}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Open the file, and the server where one is named.

        Raises:
            SlactlError: when the configuration is wrong.
        """
        from slactl_alertmanager.connection import open_connection  # noqa: PLC0415 - plans of pure files need no I/O

        return open_connection(backend, config, context)
