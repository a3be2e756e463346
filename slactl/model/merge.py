"""Multi-level agreements: later layers are nearer; maps merge, lists replace, null removes."""

from collections.abc import Mapping, Sequence
from typing import Any

from slactl.base.diagnostics import Path, Place
from slactl.model.agreement import Layer


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """The effective values of some layers, farthest first; the layers' own data is not changed."""
    effective: dict[str, Any] = {}
    for layer in layers:
        _merge_into(effective, layer.spec)
    return effective


def _merge_into(below: dict[str, Any], nearer: Mapping[str, Any]) -> None:
    for key, value in nearer.items():
        if value is None:
            below.pop(key, None)
        elif isinstance(value, dict):
            inherited = below.get(key)
            fresh = dict(inherited) if isinstance(inherited, Mapping) else {}
            _merge_into(fresh, value)
            below[key] = fresh
        else:
            below[key] = value


def origin(layers: Sequence[Layer], path: Path) -> tuple[Layer, Place]:
    """The nearest layer that says something at `path` or, failing that, at its nearest ancestor; and where."""
    for length in range(len(path), 0, -1):
        for layer in reversed(layers):
            if _has(layer.spec, path[:length]):
                return layer, layer.place.at("spec", *path[:length])
    return layers[-1], layers[-1].place


def _has(spec: Any, path: Path) -> bool:
    for step in path:
        within = isinstance(spec, list) and isinstance(step, int) and step < len(spec)
        if not within and not (isinstance(spec, Mapping) and step in spec):
            return False
        spec = spec[step]
    return spec is not None
