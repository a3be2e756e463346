"""What speaks against a plan, as findings: those of its check, what a backend cannot hold, and what protects the estate."""

from collections.abc import Iterator

from slactl.base.diagnostics import Place, Severity
from slactl.base.quick_dataclass import replace
from slactl.check.result import Assessment, Finding
from slactl.documents.locate import Locator
from slactl.model.estate import Estate
from slactl.plan.plan import Plan
from slactl.render.check_report import CheckReport

RULE = "plan"
"""Stands where a rule of the check has its id."""


def plan_report(
    plan: Plan, assessment: Assessment, estate: Estate, locator: Locator, folder: str
) -> CheckReport:
    """The report of the check that the plan was made with, and what the plan itself has to say."""
    findings = (*assessment.findings, *_own(plan, estate))
    waivers = {one.address: one for one in estate.waivers.values()}
    return CheckReport(
        replace(assessment, findings=findings), locator, waivers, folder=folder, command="plan"
    )


def _own(plan: Plan, estate: Estate) -> Iterator[Finding]:
    said = set()
    for one in plan.notices:
        said.add(f"{one.address}: {one.message}")
        yield Finding(
            RULE, Severity(one.severity), one.address, one.message, place=_place(one.address, estate)
        )
    workspace = f"workspace.{plan.workspace}"
    for error in plan.errors:
        if error not in said:
            yield Finding(RULE, Severity.ERROR, workspace, f"This plan must not be applied. {error}")
    for warning in plan.too_much:
        yield Finding(RULE, Severity.WARNING, workspace, warning, "If it is meant: slactl apply -force.")


def _place(address: str, estate: Estate) -> Place | None:
    """Of an agreement, also for one of its objectives, or of a backend."""
    kind, _, name = address.partition(".")
    if kind == "backend":
        backend = estate.backends.get(name)
        return None if backend is None else backend.place
    agreement = estate.agreements.get(address) or estate.agreements.get(address.rpartition(".")[0])
    return None if agreement is None else agreement.place
