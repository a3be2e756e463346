"""Whether promises are supported by what is below them."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import spoken
from slactl.base.text import sentence_list
from slactl.check.result import ObjectiveResult
from slactl.check.rules.rule import Broken, Evidence, Gap, rule


@rule(
    "SLA201",
    Severity.ERROR,
    title="A customer's objective is guaranteed by what is below it",
    rationale="The OLAs and UCs below an SLA can all be kept while the SLA is broken. Then the promise rests on luck.",
    source="ISO/IEC 20000-1:2018, 8.3.3 and 8.3.4; ITIL, OLAs and UCs support the SLA targets",
    fix="Tighten the weakest promise below, add redundancy with recorded independence, or promise less.",
)
def not_guaranteed(evidence: Evidence) -> Iterator[Broken]:
    """SLA objectives whose verdict does not pass."""
    for result in evidence.results.values():
        if result.address.startswith("sla.") and result.verdict != "guaranteed":
            firm = (
                result.agreed
                and evidence.estate.agreements[result.address.rsplit(".", 1)[0]].status == "agreed"
            )
            yield Broken(
                result.address,
                _shortfall(result),
                _weakest(result),
                result.place,
                None if firm else Severity.WARNING,
            )


def _shortfall(result: ObjectiveResult) -> str:
    if result.margin_s >= 0:
        return (
            f"{result.address} promises {result.target}; the promises below would carry it, but own failures below "
            "have no budget, so nothing is guaranteed."
        )
    return (
        f"{result.address} promises {result.target}, and is {result.verdict}: in {result.window} it may be down for "
        f"{spoken(result.allowed_s)}, and what is below allows {spoken(result.allowed_s - result.margin_s)}."
    )


def _weakest(result: ObjectiveResult) -> str:
    links = [f"{link.address} ({link.promise}) allows {spoken(link.downtime_s)}" for link in result.links[:3]]
    fix = "Tighten the weakest promise below, add redundancy with recorded independence, or promise less."
    return f"Weakest links: {'; '.join(links)}.\n{fix}" if links else fix


@rule(
    "SLA202",
    Severity.WARNING,
    title="Every dependency of a promise is backed by an agreement",
    rationale="A service that nobody promised anything about may fail as it likes, and nobody owes a repair.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1 and 8.3.4.2",
    fix="Agree on an OLA with the owning team, or a UC with the supplier, that promises this metric.",
)
def gap(evidence: Evidence) -> Iterator[Broken]:
    """Dependencies without an agreement, for each metric that some SLA above promises."""
    missing: dict[str, list[Gap]] = {}
    for found in evidence.gaps:
        missing.setdefault(found.objective, []).append(found)
    for address, gaps in missing.items():
        agreement, name = address.rsplit(".", 1)
        owned = [f"{one.service} ({evidence.estate.services[one.service].owner})" for one in gaps]
        yield Broken(
            address,
            f"{address} rests on {sentence_list(owned)}, about whose {gaps[0].metric} nobody promises anything.",
            place=evidence.estate.agreements[agreement].objectives[name].place,
        )


@rule(
    "SLA203",
    Severity.WARNING,
    title="A service's own failures have a budget",
    rationale="What a service adds by itself (releases, configuration, its own defects) is part of every promise above "
    "it. Left unsaid it counts as perfect in the numbers, and the verdict is at most undecided.",
    source="SLA arithmetic: a chain is no better than the sum of what each part may fail",
    fix="State intrinsic.availability of the service, or an OLA with scope: own.",
)
def no_own_budget(evidence: Evidence) -> Iterator[Broken]:
    """Services below a promise that state no intrinsic availability."""
    above: dict[str, list[str]] = {}
    for objective, services in evidence.unbudgeted.items():
        for name in services:
            above.setdefault(name, []).append(objective)
    for name, objectives in above.items():
        service = evidence.estate.services[name]
        more = f" and {len(objectives) - 1} more" if len(objectives) > 1 else ""
        yield Broken(
            service.address,
            f"{service.address} states no availability of its own, and {objectives[0]}{more} rests on it.",
            place=service.place.at("spec"),
        )


@rule(
    "SLA204",
    Severity.WARNING,
    title="An OLA is supported by what is below it",
    rationale="A team that promises more than its own suppliers and dependencies allow will break its OLA without any "
    "fault of its own; the promises above count what is really guaranteed.",
    source="ISO/IEC 20000-1:2018, 8.3.4.2",
    fix="Tighten what is below the OLA, or promise what it allows.",
)
def ola_not_supported(evidence: Evidence) -> Iterator[Broken]:
    """OLA objectives whose verdict does not pass."""
    for result in evidence.results.values():
        if result.address.startswith("ola.") and result.verdict != "guaranteed":
            yield Broken(result.address, _shortfall(result), _weakest(result), result.place)
