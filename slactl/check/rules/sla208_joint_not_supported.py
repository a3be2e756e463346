"""SLA208: what an OLA promises on joint downtime is carried by what is below it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA208",
    Severity.WARNING,
    title="An OLA's promise on joint downtime is supported by what is below it",
    rationale="Services that rest on one supplier are down together when it is. A team's word that they are not is then "
    "left out of every proof, as an OLA is that its own structure does not support.",
    source="SLA arithmetic: each agreement that its own structure does not support counts as what that guarantees",
    fix="Have the suppliers below promise as much about joint downtime, or take the promise out of the OLA.",
)
def joint_not_supported(evidence: Evidence) -> Iterator[Broken]:
    """Promises on joint downtime of OLAs that are left out."""
    for agreement, joint in evidence.unsupported_joint:
        names = ", ".join(joint.services)
        yield Broken(
            agreement.address,
            f"{agreement.address} promises at least {joint.at_least} of {names} down at once for at most "
            f"{joint.downtime} a {joint.window}, and what is below allows more: the promise counts for nothing.",
            place=joint.place,
        )
