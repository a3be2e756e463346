"""Builds indemnities, insurances and the terms that flow down."""

from slactl.model.building.fields import Fields
from slactl.model.cover import FlowDown, Indemnity, Insurance


def indemnities(spec: Fields) -> tuple[Indemnity, ...]:
    """The indemnities that an agreement gives."""
    return tuple(
        Indemnity(
            name=one.text("name") or "",
            cause=one.text("cause") or "",
            place=one.place(),
            covers=one.texts("covers"),
            cap=one.money("cap"),
        )
        for one in spec.entries("indemnities")
    )


def insurances(spec: Fields) -> tuple[Insurance, ...]:
    """The insurances of an agreement or a party."""
    return tuple(_insurance(one) for one in spec.entries("insurance"))


def _insurance(fields: Fields) -> Insurance:
    start, until = fields.date("from"), fields.date("until")
    if start and until and until < start:
        fields.error("The insurance ends before it begins", f"It runs from {start} until {until}.", "until")
    return Insurance(
        kind=fields.text("kind") or "",
        place=fields.place(),
        insurer=fields.text("insurer"),
        reference=fields.text("reference"),
        per_event=fields.money("perEvent"),
        aggregate=fields.money("aggregate"),
        start=start,
        until=until,
        indemnities=fields.texts("for"),
    )


def flow_down(fields: Fields) -> FlowDown:
    """The terms that suppliers must match."""
    return FlowDown(
        data_location=fields.texts("dataLocation"),
        sub_processors=fields.text("subProcessors"),
        breach_notification=fields.duration("breachNotification"),
        audit_rights=bool(fields.data.get("auditRights", False)),
    )
