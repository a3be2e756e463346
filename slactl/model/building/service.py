"""Builds services and the structure that each rests on."""

from typing import Any

from slactl.base.diagnostics import Diagnostics
from slactl.documents.document import Document
from slactl.model.building.fields import Alike, Fields, of_document
from slactl.model.service import Call, Group, Independence, Intrinsic, Service


def service(document: Document, alike: Alike, problems: Diagnostics) -> Service:
    """Build a service."""
    spec = of_document(document.spec, document.place, problems)
    return Service(
        name=document.name,
        place=document.place,
        owner=spec.text("owner") or "",
        depends_on=_structure(spec, spec.data.get("dependsOn"), ("dependsOn",)),
        intrinsic=alike.made(_intrinsic, spec, "intrinsic"),
        deployment=spec.mapping("deployment"),
        escalation="parallel" if spec.text("escalation") == "parallel" else "serial",
        risk_groups=spec.texts("riskGroups"),
        independence=tuple(_independence(one) for one in spec.entries("independence")),
        display_name=document.metadata.get("displayName"),
        labels=document.metadata.get("labels") or {},
    )


def _structure(spec: Fields, value: Any, path: tuple[str | int, ...]) -> Group | None:
    """`dependsOn`: a list is short for `all`, a single name for a list of one."""
    if not value:
        return None
    if isinstance(value, list):
        return _group(spec, value, None, path)
    part = _part(spec, value, path)
    return part if isinstance(part, Group) else Group(1, (part,), spec.place(*path))


def _part(spec: Fields, value: Any, path: tuple[str | int, ...]) -> Call | Group:
    place = spec.place(*path)
    if isinstance(value, str):
        return Call(value, place)
    if "service" in value:
        fields = Fields(value, lambda below: spec.place(*path, *below), spec.problems)
        return Call(
            service=value["service"],
            place=place,
            calls=value.get("calls", 1),
            mode=value.get("mode", "sequence"),
            retries=value.get("retries", 0),
            timeout=fields.fixed("timeout"),
        )
    groups = [key for key in ("all", "any", "atLeast") if key in value]
    if len(groups) != 1:
        spec.error(
            f"A part of dependsOn says one of all, any, atLeast or service, not {' and '.join(groups) or 'none'}",
            "Nest one inside the other: {all: [a, {any: [b, c]}]}.",
            *path,
        )
        return Group(0, (), place)
    (kind,) = groups
    if kind == "atLeast":
        body = value["atLeast"]
        return _group(spec, body["of"], body["count"], (*path, "atLeast", "of"))
    return _group(spec, value[kind], 1 if kind == "any" else None, (*path, kind))


def _group(spec: Fields, items: list[Any], least: int | None, path: tuple[str | int, ...]) -> Group:
    parts = tuple(_part(spec, item, (*path, index)) for index, item in enumerate(items))
    needed = len(parts) if least is None else least
    if not 1 <= needed <= len(parts):
        spec.error(
            f"At least {needed} of {len(parts)} cannot be asked for" if parts else "A group of nothing",
            f"Name at least one part, and a count between 1 and {len(parts) or 1}.",
            *path,
        )
    return Group(needed, parts, spec.place(*path))


def _intrinsic(fields: Fields) -> Intrinsic:
    latency = fields.below("latency")
    percentile = latency.data.get("percentile")
    return Intrinsic(
        availability=fields.ratio("availability"),
        triage_time=fields.fixed("triage-time"),
        latency_percentile=None if percentile is None else str(percentile),
        latency_target=latency.fixed("target"),
    )


def _independence(fields: Fields) -> Independence:
    until = fields.date("until")
    return Independence(
        between=fields.texts("between"),
        evidence=fields.text("evidence") or "",
        signed_by=fields.text("signedBy") or "",
        until=until.isoformat() if until else "",
        place=fields.place(),
    )
