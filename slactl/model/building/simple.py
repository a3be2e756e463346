"""Builders of the kinds that stand alone: workspace, party, level, indicator, backend, waiver, refactoring."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, cast

from slactl.base.diagnostics import Diagnostics, SlactlError
from slactl.documents.document import Document
from slactl.model.backend import Backend
from slactl.model.building.cover import insurances
from slactl.model.building.fields import Fields, of_document
from slactl.model.indicator import Indicator, RatioIndicator, Timeslice
from slactl.model.level import ServiceLevel
from slactl.model.party import Party, Role
from slactl.model.refactoring import Import, Moved, Refactoring, Removed
from slactl.model.selector import is_plain, parse_selector
from slactl.model.waiver import Waiver
from slactl.model.workspace import CheckPolicy, Guard, Rates, Workspace


def workspace(document: Document, problems: Diagnostics) -> Workspace:
    """Build the workspace."""
    spec = of_document(document.spec, document.place, problems)
    check, guard = spec.below("check"), spec.below("guard")
    defaults, bounds = CheckPolicy(), Guard()
    return Workspace(
        name=document.name,
        place=document.place,
        organization=spec.text("organization") or "",
        files=spec.texts("files"),
        state=dict(spec.data.get("state") or {"type": "sqlite"}),
        check=CheckPolicy(
            assume=check.data.get("assume", defaults.assume),
            confidence=check.ratio("confidence") or defaults.confidence,
            severity=check.data.get("severity") or {},
            horizon=check.duration("horizon") or defaults.horizon,
        ),
        guard=Guard(guard.ratio("update") or bounds.update, guard.ratio("delete") or bounds.delete),
        approval_required=bool(spec.below("apply").data.get("requireApproval", False)),
        measurement_points=spec.texts("measurementPoints"),
        priorities=_scale(spec.below("priorities").below("matrix").data),
        rates=_rates(spec),
    )


def _scale(matrix: Any) -> tuple[str, ...]:
    cells = [cell for row in matrix.values() for cell in (row.values() if isinstance(row, dict) else [row])]
    return tuple(dict.fromkeys(sorted(cells)))


def _rates(spec: Fields) -> Rates | None:
    rates = spec.below("rates")
    base = rates.text("base")
    if base is None:
        return None
    values: dict[str, Decimal] = {}
    for currency, text in rates.data.items():
        if currency not in ("base", "asOf"):
            number = rates.attempt(partial(_decimal, text), currency)
            if number is not None:
                values[currency] = number
    return Rates(base, values, rates.date("asOf"))


def _decimal(text: Any) -> Decimal:
    try:
        number = Decimal(str(text))
    except ArithmeticError:
        raise ValueError(f'"{text}" is no number; write an exchange rate like "0.92".') from None
    if not number.is_finite() or number <= 0:
        raise ValueError(f"An exchange rate is above zero, not {text}.")
    return number


def party(document: Document, problems: Diagnostics) -> Party:
    """Build a party."""
    spec = of_document(document.spec, document.place, problems)
    return Party(
        name=document.name,
        place=document.place,
        roles=frozenset(cast("tuple[Role, ...]", spec.texts("type"))),
        internal_customer=bool(spec.data.get("internal", False)),
        display_name=document.metadata.get("displayName"),
        labels=document.metadata.get("labels") or {},
        contacts=spec.below("contacts").data,
        insurance=insurances(spec),
    )


_NOT_MERGED = ("scope", "appliesTo", "price", "customer")


def level(document: Document, problems: Diagnostics) -> ServiceLevel:
    """Build a standard level; its terms stay as written until an agreement merges them."""
    spec = of_document(document.spec, document.place, problems)
    price = spec.below("price")
    return ServiceLevel(
        name=document.name,
        place=document.place,
        scope=spec.data.get("scope") or "service",
        spec={key: value for key, value in document.spec.items() if key not in _NOT_MERGED},
        applies_to=cast("Any", spec.texts("appliesTo")),
        customer=spec.text("customer"),
        price=price.money("amount"),
        price_per=price.text("per"),
        labels=document.metadata.get("labels") or {},
    )


_INDICATOR_OWN = ("ratio", "timeslice", "probe", "histogram")


def indicator(document: Document, problems: Diagnostics) -> Indicator:
    """Build an indicator."""
    spec = of_document(document.spec, document.place, problems)
    ratio, timeslice = spec.below("ratio"), spec.below("timeslice")
    kinds = [kind for kind in ("ratio", "probe", "histogram") if spec.data.get(kind)]
    if len(kinds) > 1:
        spec.error(
            f"An indicator measures in one way, and this one says {' and '.join(kinds)}",
            "Make an indicator for each.",
            kinds[1],
        )
    if timeslice.data and not ratio.data:
        spec.error(
            "timeslice needs ratio beside it",
            "It says which slices of time count as up by that ratio.",
            "timeslice",
        )
    return Indicator(
        name=document.name,
        place=document.place,
        ratio=RatioIndicator(ratio.text("good") or "", ratio.text("total") or "") if ratio.data else None,
        timeslice=_timeslice(timeslice) if timeslice.data else None,
        probe=spec.text("probe"),
        histogram=spec.text("histogram"),
        backends={key: value for key, value in spec.data.items() if key not in _INDICATOR_OWN},
    )


def _timeslice(fields: Fields) -> Timeslice | None:
    of, good = fields.duration("of"), fields.ratio("good")
    if of is not None and (of.months or of.milliseconds <= 0 or of.milliseconds % 1000):
        fields.error(
            "A slice of time has a fixed length of whole seconds above zero", "Write 1m or 5m.", "of"
        )
        return None
    return Timeslice(of, good) if of and good else None


def backend(document: Document, problems: Diagnostics) -> Backend:
    """Build a backend."""
    spec = of_document(document.spec, document.place, problems)
    return Backend(document.name, document.place, spec.text("provider") or "", spec.below("config").data)


def waiver(document: Document, problems: Diagnostics) -> Waiver:
    """Build a waiver."""
    spec = of_document(document.spec, document.place, problems)
    return Waiver(
        name=document.name,
        place=document.place,
        rule=spec.text("rule") or "",
        subject=_subject(spec),
        reason=spec.text("reason") or "",
        owner=spec.text("owner") or "",
        until=spec.date("until") or date.min,
    )


def _subject(spec: Fields) -> str:
    """An address or a selector; a selector that is none is reported."""
    text = spec.text("subject") or ""
    if text and not is_plain(text):
        try:
            parse_selector(text)
        except SlactlError as error:
            spec.error(error.diagnostics[0].summary, error.diagnostics[0].detail, "subject")
    return text


def refactoring(document: Document, problems: Diagnostics) -> Refactoring:
    """Build a refactoring."""
    spec = of_document(document.spec, document.place, problems)
    return Refactoring(
        name=document.name,
        place=document.place,
        moved=tuple(
            Moved(one.text("from") or "", one.text("to") or "", one.place()) for one in spec.entries("moved")
        ),
        removed=tuple(
            Removed(one.text("address") or "", bool(one.data.get("keepObjects", False)), one.place())
            for one in spec.entries("removed")
        ),
        imports=tuple(
            Import(one.text("to") or "", one.text("id") or "", one.place()) for one in spec.entries("import")
        ),
    )
