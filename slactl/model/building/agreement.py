"""Builds effective agreements: the levels they extend merged below their own values, then typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast, get_args

from slactl.base.diagnostics import Diagnostics
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.text import did_you_mean
from slactl.base.windows import parse_window
from slactl.documents.document import Document
from slactl.documents.lost import Lost
from slactl.model.agreement import (
    Agreement,
    Credits,
    CreditStep,
    Joint,
    Kind,
    Layer,
    Maintenance,
    Measure,
    Metric,
    Objective,
    Population,
    Reviews,
    Status,
    Target,
    Term,
)
from slactl.model.building.cover import flow_down, indemnities, insurances
from slactl.model.building.fields import Alike, Fields, parse_target
from slactl.model.building.maintenance import maintenance_window
from slactl.model.level import ServiceLevel
from slactl.model.merge import merged, origin
from slactl.model.party import Party
from slactl.model.service import Service

METRICS: tuple[str, ...] = get_args(Metric)
_MONTH = parse_window("calendar-month")
_ALWAYS = "24x7"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an agreement's defaults and references are taken from."""

    organization: str
    levels: Mapping[str, ServiceLevel]
    services: Mapping[str, Service]
    parties: Mapping[str, Party]
    lost: Lost = field(default_factory=Lost)
    alike: Alike = field(default_factory=Alike)


def agreement(document: Document, around: Surroundings, problems: Diagnostics) -> Agreement:
    """Build the effective agreement of a document."""
    kind = cast("Kind", document.kind)
    layers = _layers(document, kind, around, problems)
    spec = Fields(
        merged(layers) if len(layers) > 1 or _has_null(document.spec) else document.spec,
        lambda path: origin(layers, path)[1],
        problems,
    )
    services = spec.texts("service") or spec.texts("services")
    _say_one_of(spec, "service", "services")
    _say_one_of(spec, "customer", "customers")
    status = Status(spec.text("status") or "draft")
    metadata = document.metadata
    lifecycle = metadata.get("lifecycle") or {}
    address = f"{kind.lower()}.{document.name}"
    hours = calendar_name(spec.text("hours"))
    excludes = frozenset(spec.texts("excludes"))
    priorities = spec.below("priorities")
    return Agreement(
        kind=kind,
        name=document.name,
        place=document.place,
        services=services,
        provider=spec.text("provider") or _owner(services, around),
        customers=_customers(spec, around),
        status=status,
        objectives={
            one.name: one
            for one in _objectives(
                spec,
                address,
                services,
                Inherited(hours, excludes, status, spec.texts("backends")),
                around.alike,
            )
        },
        extends=tuple(layer.address.removeprefix("level.") for layer in layers[:-1]),
        binding="legal" if spec.text("binding") == "legal" else "informal",
        signed=spec.mappings("signed"),
        term=around.alike.made(_term, spec, "term"),
        hours=hours,
        maintenance=_maintenance(spec.below("maintenance")),
        fee=spec.money("fee"),
        liability_cap=spec.below("liability").money("cap"),
        indemnities=indemnities(spec),
        insurance=insurances(spec),
        flow_down=around.alike.made(flow_down, spec, "flowDown"),
        duties=spec.mappings("duties"),
        workload=spec.mapping("workload"),
        excludes=excludes,
        exit=_exit(spec.below("exit")),
        reviews=around.alike.made(_reviews, spec, "reviews"),
        reporting_every=spec.below("reporting").cadence("every"),
        priority_scale=priorities.texts("scale"),
        priority_map=priorities.mapping("map"),
        joint=tuple(one for fields in spec.entries("joint") if (one := _joint(fields)) is not None),
        credits=_credits(spec),
        display_name=metadata.get("displayName"),
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        prevent_destroy=bool(lifecycle.get("preventDestroy", False)),
        ignore_changes=tuple(lifecycle.get("ignoreChanges") or ()),
        layers=layers,
    )


def _say_one_of(spec: Fields, one: str, several: str) -> None:
    if one in spec.data and several in spec.data:
        spec.error(
            f"The agreement says both {one} and {several}",
            f"Keep {one} for one, {several} for several.",
            several,
        )


def calendar_name(text: str | None) -> str | None:
    """The name of a calendar; `24x7` is what is meant where none is named."""
    return None if text == _ALWAYS else text


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        for item in value.values():
            if item is None or (isinstance(item, dict) and _has_null(item)):
                return True
    return False


def _layers(document: Document, kind: Kind, around: Surroundings, problems: Diagnostics) -> tuple[Layer, ...]:
    """Corporate levels that bind every agreement of the kind, then those named, then the agreement itself."""
    names = document.spec.get("extends") or []
    names = [names] if isinstance(names, str) else names
    corporate = [
        level.name
        for level in around.levels.values()
        if level.scope == "corporate" and kind in level.applies_to and level.name not in names
    ]
    layers: list[Layer] = []
    for name in [*corporate, *names]:
        level = around.levels.get(name)
        if level is not None:
            layers.append(Layer(level.address, level.place, level.spec))
        elif not around.lost.may_have("ServiceLevel", name):
            problems.error(
                f'There is no service level "{name}"',
                f"The agreement extends it.{did_you_mean(name, around.levels)}",
                document.place.at(
                    "spec",
                    "extends",
                    *([names.index(name)] if isinstance(document.spec.get("extends"), list) else []),
                ),
            )
    layers.append(Layer(f"{kind.lower()}.{document.name}", document.place, document.spec))
    return tuple(layers)


def _owner(services: Sequence[str], around: Surroundings) -> str:
    first = around.services.get(services[0]) if services else None
    return first.owner if first else ""


def _customers(spec: Fields, around: Surroundings) -> tuple[str, ...]:
    if "customer" in spec.data:
        return spec.texts("customer")
    chosen = spec.data.get("customers")
    if not isinstance(chosen, Mapping):
        return spec.texts("customers")
    wanted = chosen.get("matching") or {}
    return tuple(
        name
        for name, party in sorted(around.parties.items())
        if "customer" in party.roles and all(party.labels.get(key) == value for key, value in wanted.items())
    )


def _term(term: Fields) -> Term:
    renewal = term.data.get("renewal")
    notice = term.data.get("notice")
    both = term.duration("notice") if isinstance(notice, str) else None
    start, until = term.date("from"), term.date("until")
    if start and until and until < start:
        term.error("The term ends before it begins", f"It runs from {start} until {until}.", "until")
    return Term(
        start=start,
        until=until,
        renewal=term.below("renewal").cadence("for") if isinstance(renewal, dict) else None,
        notice_provider=both or term.below("notice").duration("provider"),
        notice_customer=both or term.below("notice").duration("customer"),
    )


def _maintenance(fields: Fields) -> Maintenance | None:
    if not fields.data:
        return None
    windows = [maintenance_window(one) for one in fields.entries("windows")]
    return Maintenance(
        allowance=fields.fixed("allowance"),
        notice=fields.duration("notice"),
        windows=tuple(window for window in windows if window is not None),
    )


def _reviews(fields: Fields) -> Reviews:
    return Reviews(fields.cadence("every"), fields.date("first"), fields.text("adjustment"))


def _exit(fields: Fields) -> Mapping[str, Any]:
    missed, within = fields.data.get("missed"), fields.data.get("within")
    if missed is not None and within is not None and missed > within:
        fields.error(
            f"{missed} of {within} windows cannot be missed",
            f"Write how many in how many give the right to leave: missed is at most {within}.",
            "missed",
        )
    return fields.data


def _joint(fields: Fields) -> Joint | None:
    downtime = fields.fixed("downtime")
    if downtime is None:
        return None
    services = fields.texts("services")
    at_least = fields.data.get("atLeast", len(services))
    if at_least > len(set(services)):
        fields.error(
            f"At least {at_least} of {len(set(services))} cannot be down at once",
            f"Name more services, or a count between 1 and {len(set(services))}.",
            "atLeast",
        )
    return Joint(
        services,
        at_least,
        downtime,
        fields.window("window") or _MONTH,
        fields.place(),
    )


def _credits(spec: Fields) -> Credits | None:
    value = spec.data.get("credits")
    if not value:
        return None
    whole = spec.below("credits") if isinstance(value, dict) else None
    steps = list((whole or spec).entries("steps" if whole else "credits"))
    made = []
    for step in steps:
        below, credit = step.ratio("below"), step.ratio("credit")
        if below and credit:
            made.append(CreditStep(step.text("objective") or "", below, credit))
    if whole is None:
        return Credits(tuple(made))
    return Credits(
        steps=tuple(made),
        of="total-fee" if whole.text("of") == "total-fee" else "service-fee",
        max=whole.ratio("max"),
        claim_within=whole.duration("claimWithin"),
        sole_remedy=bool(whole.data.get("soleRemedy", False)),
    )


@dataclass(frozen=True, slots=True)
class Inherited:
    """What an objective takes from its agreement unless it says otherwise."""

    hours: str | None
    excludes: frozenset[str]
    status: Status
    backends: tuple[str, ...]


def _objectives(
    spec: Fields, address: str, services: tuple[str, ...], inherited: Inherited, alike: Alike
) -> list[Objective]:
    below = spec.below("objectives")
    made = (
        _objective(below.below(name), name, address, services, inherited, alike)
        for name, value in below.data.items()
        if isinstance(value, dict)
    )
    return [objective for objective in made if objective is not None]


def _objective(  # noqa: PLR0917 - what it says, and what it inherits
    fields: Fields,
    name: str,
    agreement_address: str,
    services: tuple[str, ...],
    inherited: Inherited,
    alike: Alike,
) -> Objective | None:
    metric = fields.text("metric") or name
    if metric not in METRICS:
        fields.error(
            f'The objective "{name}" names no metric',
            f"An objective named like a metric has it by default; this one needs `metric:`.{did_you_mean(metric, METRICS)}"
            f" Metrics: {', '.join(METRICS)}.",
        )
        return None
    target = _target(fields, metric)
    if target is None:
        return None
    data = fields.data
    return Objective(
        name=name,
        address=f"{agreement_address}.{name}",
        place=fields.place(),
        metric=cast("Metric", metric),
        services=fields.texts("service") or services,
        target=target,
        window=fields.window("window") or _MONTH,
        hours=calendar_name(fields.text("hours")) if "hours" in data else inherited.hours,
        excludes=frozenset(fields.texts("excludes")) if "excludes" in data else inherited.excludes,
        agreed=data.get("agreed", inherited.status is Status.AGREED),
        provisional=data.get("provisional", False),
        scope=data.get("scope", "end-to-end"),
        percentile=_percentile(fields, metric),
        priority=fields.text("priority"),
        share=fields.ratio("share"),
        minimum=data.get("minimum"),
        measure=alike.made(_measure, fields, "measure"),
        population=_population(fields.below("population")) if "population" in data else None,
        requires=fields.mapping("requires"),
        clock=fields.mapping("clock"),
        indicators=_indicators(data.get("indicator")),
        backends=(fields.texts("backends") if "backends" in data else inherited.backends) or None,
    )


def _target(fields: Fields, metric: str) -> Target | None:
    if fields.data.get("target") is None:
        fields.error("The objective has no target", f"Say what is promised: target: {_EXAMPLES[metric]}.")
        return None
    target = fields.attempt(lambda: parse_target(str(fields.data["target"]), metric), "target")
    if isinstance(target, Duration) and (target.months or target.milliseconds <= 0) and metric != "mtbf":
        fields.error(
            f"{target} cannot be a {metric}",
            "A time has a fixed length above zero; `m` is minutes, an upper-case `M` months.",
            "target",
        )
        return None
    return target


_EXAMPLES = dict.fromkeys(METRICS, "4h") | {
    "availability": "99.9%",
    "success-ratio": "99.5%",
    "latency": "300ms",
    "throughput": "500/s",
    "support-hours": "office-berlin",
    "mtbf": "60d",
}


def _percentile(fields: Fields, metric: str) -> Decimal | None:
    value = fields.data.get("percentile")
    if value is None:
        if metric == "latency":
            fields.error(
                "A latency objective needs a percentile", "Say of which share of requests: percentile: 95."
            )
        return None
    percentile = Decimal(str(value))
    if not 0 < percentile < 100:  # noqa: PLR2004 - a share in percent
        fields.error(
            f"There is no percentile {percentile}",
            "It lies between 0 and 100, like 95 or 99.9.",
            "percentile",
        )
        return None
    return percentile


def _measure(fields: Fields) -> Measure:
    return Measure(
        slice=fields.fixed("slice", above_zero=True),
        down_when=fields.text("downWhen"),
        counts_after=fields.fixed("countsAfter"),
        point=fields.text("point"),
        source="supplier-report" if fields.text("source") == "supplier-report" else "own",
    )


def _population(fields: Fields) -> Population | None:
    everyone, ours = fields.rate("all"), fields.rate("ours")
    if everyone is None or ours is None:
        return None
    if not 0 < ours.per_second <= everyone.per_second:
        fields.error(
            f"{ours} cannot be ours among {everyone}",
            "Ours are some of all the requests that the promise counts: more than none, and no more than all.",
            "ours",
        )
        return None
    return Population(everyone, ours)


def _indicators(value: Any) -> Mapping[str, str]:
    if isinstance(value, str):
        return {"*": value}
    return dict(value) if isinstance(value, dict) else {}
