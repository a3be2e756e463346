"""What names a rule names one that there is."""

from collections.abc import Iterator

from slactl.base.diagnostics import Place, Severity
from slactl.base.text import did_you_mean
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.estate import Estate


@rule(
    "SLA903",
    Severity.WARNING,
    title="What names a rule names one that there is",
    rationale="A mistyped id changes nothing: whoever wrote it believes that a finding is accepted, or a rule off, and it is not so.",
    source="Risk acceptance with owner and expiry",
    fix="Correct the id; `slactl rules` lists them all.",
)
def unknown_rule(evidence: Evidence) -> Iterator[Broken]:
    """Waivers of rules, and severities for rules, that do not exist."""
    from slactl.check.rules import all_rules  # noqa: PLC0415 - the list is made of this file, too

    known = [one.id for one in all_rules()]
    for address, named, place in _named(evidence.estate):
        if named not in known:
            yield Broken(
                address,
                f"{address} speaks of {named}, and there is no such rule.{did_you_mean(named, known)}",
                place=place,
            )


def _named(estate: Estate) -> Iterator[tuple[str, str, Place]]:
    for waiver in estate.waivers.values():
        yield waiver.address, waiver.rule, waiver.place.at("spec", "rule")
    workspace = estate.workspace
    for named in workspace.check.severity:
        yield "check.severity", named, workspace.place.at("spec", "check", "severity", named)
