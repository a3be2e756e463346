"""Which providers are installed: found through the entry point group `slactl.providers`, imported when used."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from slactl.base.diagnostics import Place, SlactlError
from slactl.base.text import did_you_mean
from slactl.provider.protocol import Provider, ProviderInfo

GROUP = "slactl.providers"


@cache
def _installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def installed_providers() -> list[ProviderInfo]:
    """Every installed provider, in name order, without importing any."""
    return [
        ProviderInfo(
            name=name,
            distribution=point.dist.name if point.dist else "",
            version=point.dist.version if point.dist else "",
            module=point.value,
        )
        for name, point in sorted(_installed().items())
    ]


@cache
def load_provider(name: str, place: Place | None = None) -> Provider:
    """The provider of that name.

    Raises:
        SlactlError: when none of that name is installed, or it cannot be imported.
    """
    point = _installed().get(name)
    if point is None:
        raise SlactlError(
            f'There is no provider "{name}"',
            f"Providers are Python packages with an entry point in the group {GROUP}."
            + did_you_mean(name, _installed()),
            place,
        )
    try:
        return cast("Provider", point.load()())
    except ImportError as error:
        raise SlactlError(
            f'The provider "{name}" cannot be imported: {error}',
            f"Install or repair the package that offers {point.value}.",
            place,
        ) from error
