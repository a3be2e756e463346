"""The customers' promises that a plan leaves without support: what a reviewer looks at first."""

from slactl.base.quick_dataclass import dataclass
from slactl.plan.plan import Plan, PlanFinding, Support, SupportChange


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An SLA's objective that was supported before and is not now, or an SLA that an error of the check is about."""

    address: str
    change: SupportChange | None
    support: Support | None
    findings: tuple[PlanFinding, ...]
    """The errors about it, waived ones too."""

    @property
    def waived(self) -> bool:
        """Whether somebody has accepted all that the check says of it."""
        return bool(self.findings) and all(one.waived for one in self.findings)


def at_risk(plan: Plan) -> tuple[AtRisk, ...]:
    """By address; nothing is at risk when everything ends."""
    if plan.mode == "destroy":
        return ()
    lost = {one.address: one for one in plan.support_changes if one.after != "guaranteed"}
    failing = {one.address for one in plan.findings if is_failing_promise(one)}
    support = {one.address: one for one in plan.support}
    errors = _errors(plan)
    return tuple(
        AtRisk(address, lost.get(address), support.get(address), tuple(errors.get(address, ())))
        for address in sorted(lost.keys() | failing)
    )


def is_failing_promise(finding: PlanFinding) -> bool:
    """Whether it is an error about a promise to a customer that nobody has waived."""
    return finding.severity == "error" and not finding.waived and finding.address.startswith("sla.")


def _errors(plan: Plan) -> dict[str, list[PlanFinding]]:
    """The errors of the check by what they are about."""
    found: dict[str, list[PlanFinding]] = {}
    for one in plan.findings:
        if one.severity == "error":
            found.setdefault(one.address, []).append(one)
    return found
