"""Documents to an estate: build each kind, then follow every reference; all errors at once."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slactl.base.diagnostics import Diagnostics, Place
from slactl.documents.document import Document
from slactl.documents.load import Bundle
from slactl.model.building import simple
from slactl.model.building.agreement import Surroundings, agreement
from slactl.model.building.fields import Alike
from slactl.model.building.maintenance import calendar
from slactl.model.building.refactorings import check_refactorings
from slactl.model.building.references import check_references
from slactl.model.building.service import service
from slactl.model.estate import Estate
from slactl.model.party import Party

T = TypeVar("T")


def build_estate(bundle: Bundle) -> tuple[Estate, Diagnostics]:
    """The estate that a workspace's files describe, and everything that is wrong with them.

    With errors the estate is incomplete and only good for more messages; `diagnostics.raise_errors()` ends there.
    """
    problems = bundle.problems
    documents = _by_kind(bundle, problems)
    workspace = simple.workspace(bundle.workspace, problems)

    def made(kind: str, build: Callable[[Document, Diagnostics], T]) -> dict[str, T]:
        return {name: build(one, problems) for name, one in documents.get(kind, {}).items()}

    parties = made("Party", simple.party)
    parties.setdefault(
        workspace.organization, Party(workspace.organization, workspace.place, frozenset({"internal"}))
    )
    alike = Alike()
    services = made("Service", lambda document, found: service(document, alike, found))
    levels = made("ServiceLevel", simple.level)
    around = Surroundings(workspace.organization, levels, services, parties, bundle.lost, alike)
    agreements = {
        one.address: one
        for kind in ("OLA", "SLA", "UC")
        for one in made(kind, lambda document, found: agreement(document, around, found)).values()
    }
    estate = Estate(
        workspace=workspace,
        parties=parties,
        services=services,
        calendars=made("Calendar", calendar),
        levels=levels,
        agreements=agreements,
        indicators=made("Indicator", simple.indicator),
        backends=made("Backend", simple.backend),
        waivers=made("Waiver", simple.waiver),
        refactorings=made("Refactoring", simple.refactoring),
        digest=bundle.digest,
        variables=_shown(bundle),
        secrets={name: bundle.variables[name] for name in bundle.sensitive if name in bundle.variables},
    )
    check_references(estate, problems, bundle.lost)
    check_refactorings(estate, problems)
    return estate, problems


def _shown(bundle: Bundle) -> dict[str, Any]:
    """Variables in name order, without the values of sensitive ones."""
    return {
        name: None if name in bundle.sensitive else value for name, value in sorted(bundle.variables.items())
    }


def _by_kind(bundle: Bundle, problems: Diagnostics) -> Mapping[str, dict[str, Document]]:
    """Documents by kind and name, in name order; a name that stands twice is an error at both places."""
    found: dict[str, dict[str, Document]] = {}
    for document in bundle.documents:
        if document.kind == "Workspace":
            problems.error(
                "A workspace has one Workspace document",
                "It stands in slactl.yaml; remove this one.",
                document.place,
            )
            continue
        known = found.setdefault(document.kind, {})
        if document.name in known:
            _report_twice(document, known[document.name].place, problems)
        else:
            known[document.name] = document
    return {kind: dict(sorted(named.items())) for kind, named in sorted(found.items())}


def _report_twice(document: Document, first: Place, problems: Diagnostics) -> None:
    where: Any = first.file + (
        f", document {first.document + 1}" if first.file == document.place.file else ""
    )
    problems.error(
        f'There are two documents of kind {document.kind} with the name "{document.name}"',
        f"The other one is in {where}. Rename or remove one.",
        document.place.at("metadata", "name"),
    )
