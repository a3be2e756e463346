"""An effective agreement with the origin of each value, as text and as JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slactl.base.diagnostics import Path, Place
from slactl.documents.locate import Locator
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.merge import merged, origin
from slactl.render.style import Style


def agreement_text(agreement: Agreement, estate: Estate, locator: Locator, style: Style) -> str:
    """One line a value: its path, the value, and which level or file says so."""
    rows = list(_rows(agreement, estate, locator))
    width = max((len(path) for path, _, _ in rows), default=0)
    value_width = min(48, max((len(value) for _, value, _ in rows), default=0))
    title = agreement.display_name or agreement.name
    lines = [style.bold(f"{agreement.address}") + f"  {agreement.kind} {title}", ""]
    lines += [
        f"  {path:<{width}}  {value:<{value_width}}  {style.dim(source)}" for path, value, source in rows
    ]
    return "\n".join(lines)


def agreement_json(agreement: Agreement, estate: Estate, locator: Locator) -> str:
    """`{"address", "kind", "values": [{"path", "value", "origin"}]}`."""
    values = [
        {"path": path, "value": value, "origin": source}
        for path, value, source in _rows(agreement, estate, locator)
    ]
    document = {
        "format_version": "1.0",
        "address": agreement.address,
        "kind": agreement.kind,
        "values": values,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _rows(agreement: Agreement, estate: Estate, locator: Locator) -> Iterator[tuple[str, str, str]]:
    effective = merged(agreement.layers)
    for name, value in _defaults(agreement, effective, estate):
        yield name, value, "default"
    for path, value in _leaves(effective, ()):
        layer, place = origin(agreement.layers, path)
        yield ".".join(map(str, path)), value, _source(layer.address, place, agreement, locator)


def _defaults(
    agreement: Agreement, effective: Mapping[str, Any], estate: Estate
) -> Iterator[tuple[str, str]]:
    if "provider" not in effective:
        yield "provider", f"{agreement.provider} (owner of {agreement.services[0]})"
    if "status" not in effective:
        yield "status", agreement.status.value
    if "hours" not in effective:
        yield "hours", "24x7"
    if "term" not in effective:
        yield "term", f"no end (checked for {estate.workspace.check.horizon})"
    for objective in agreement.objectives.values():
        written = (effective.get("objectives") or {}).get(objective.name) or {}
        if "window" not in written:
            yield f"objectives.{objective.name}.window", str(objective.window)
        if "agreed" not in written:
            yield f"objectives.{objective.name}.agreed", str(objective.agreed).lower()


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
        for index, below in enumerate(value):
            yield from _leaves(below, (*path, index))
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _source(layer: str, place: Place, agreement: Agreement, locator: Locator) -> str:
    found = locator.range(place)
    where = f"{place.file}:{found.start.line}" if found else place.file
    return where if layer == agreement.address else f"{layer} ({where})"
