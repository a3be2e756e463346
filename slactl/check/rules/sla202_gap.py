"""Every dependency of a promise is backed by an agreement."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.rules.rule import Broken, Evidence, Gap, rule


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
