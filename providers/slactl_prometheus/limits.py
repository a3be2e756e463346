"""What a format's own system does not take: said in the plan, before the files are handed on."""

import json
from collections.abc import Iterator, Sequence

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.model.backend import Backend
from slactl.provider import Notice, Resource
from slactl.provider.marked_files import yaml_text
from slactl_prometheus.formats import groups_of
from slactl_prometheus.manifests import MOST_BYTES
from slactl_prometheus.settings import Settings

_ROOM = 4
"""YAML is never so many times longer than the same data as JSON: what is far below the limit need not be written to be known."""


def limits(resources: Sequence[Resource], backend: Backend, settings: Settings) -> Iterator[Notice]:
    """Objects that the operator refuses for their size, and more groups than a Mimir tenant may have."""
    match settings.format.name:
        case "prometheus-operator":
            yield from _too_long(resources, settings)
        case "mimir":
            yield from _too_many(resources, backend, settings)


def _too_long(resources: Sequence[Resource], settings: Settings) -> Iterator[Notice]:
    for one in resources:
        rules = {"groups": groups_of(one.body)}
        if len(json.dumps(rules)) * _ROOM < MOST_BYTES:
            continue
        size = len(yaml_text(rules).encode())
        if size > MOST_BYTES:
            yield Notice(
                Severity.ERROR,
                one.address,
                f"Its rules take {size // 1024} KiB, and the Prometheus operator refuses a PrometheusRule of more than "
                f"{MOST_BYTES // 1024} KiB. {_smaller(one, settings)}",
            )


def _smaller(resource: Resource, settings: Settings) -> str:
    if resource.type != "rules":
        return "Fewer calendars and windows of different length make it smaller."
    if settings.shards is None:
        return "Divide the agreement, or its objectives over several backends."
    return f"Set shards above {settings.shards}."


def _too_many(resources: Sequence[Resource], backend: Backend, settings: Settings) -> Iterator[Notice]:
    most = settings.format.groups
    groups = sum(len(groups_of(one.body)) for one in resources)
    if most is None or groups <= most:
        return
    fewer = (
        "layout: sharded puts many agreements into one group, or raise"
        if settings.shards is None
        else f"Set shards below {settings.shards}, or raise"
    )
    yield Notice(
        Severity.WARNING,
        backend.address,
        f"It makes {plural(groups, 'rule group')}, and Mimir takes {most} of a tenant: the rest is refused when the rules are loaded. "
        f"{fewer} -ruler.max-rule-groups-per-tenant there and mimir.groups here.",
        backend.place.at("spec", "config"),
    )
