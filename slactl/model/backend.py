"""Backends: the monitoring systems that an estate is applied to."""

from collections.abc import Mapping
from typing import Any

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    """A monitoring system: which provider drives it and with which configuration.

    `config` may hold secret references (`${env.NAME}`, `${file.PATH}`) unresolved; they are read only when a
    connection is opened (`slactl.provider.secrets`), and never stored.
    """

    name: str
    place: Place
    provider: str
    config: Mapping[str, Any]

    @property
    def address(self) -> str:
        """`backend.prom`."""
        return f"backend.{self.name}"
