"""What one supplier's outage costs in credits that nobody pays for."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import spoken
from slactl.base.text import plural
from slactl.check.exposure import Exposure, exposures
from slactl.check.exposure_case import crediting
from slactl.check.fees import fee_of, spoken_money
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA701",
    Severity.WARNING,
    title="Credits owed to customers are covered by suppliers and insurances",
    rationale="One supplier below many SLAs owes a share of one fee, and we owe a share of each customer's fee.",
    source="Back-to-back terms: service credits; SLA arithmetic, e(d) at its maximum for each supplier as sole cause",
    fix="Agree on higher credits or liability with the supplier, insure the rest, add redundancy, or accept it by a waiver.",
)
def credit_exposure(evidence: Evidence) -> Iterator[Broken]:
    """Suppliers that as sole cause leave credits uncovered, and SLAs whose credits have no known amount."""
    for found in exposures(evidence):
        if found.uncovered.amount:
            place = evidence.estate.parties[found.supplier].place
            yield Broken(f"party.{found.supplier}", _exposed(found), place=place)
    for sla in crediting(evidence):
        if fee_of(sla, evidence.estate) is None:
            yield Broken(
                sla.address,
                f"{sla.address} owes credits, and states no fee that they are a share of: their amount is unknown.",
                "State the fee of the SLA, or the price of a level that it extends.",
                origin(sla.layers, ("credits",))[1],
                Severity.NOTE,
            )


def _exposed(found: Exposure) -> str:
    recovered = spoken_money(found.recovered) if found.recovered.amount else "nothing"
    paid = [f"suppliers owe {recovered} in credits"]
    if found.covered.amount:
        paid.append(f"liability and insurances pay {spoken_money(found.covered)}")
    return (
        f"If {found.supplier} alone is down for more than {spoken(found.downtime_s)} in a window, we owe "
        f"{spoken_money(found.owed)} under {plural(len(found.slas), 'SLA')}, {' and '.join(paid)}: "
        f"{spoken_money(found.uncovered)} uncovered."
    )
