"""`lifecycle.preventDestroy`: neither the agreement nor its objects go, whatever the reason; state keeps it, too."""

from collections.abc import Iterator, Sequence

from slactl.model.estate import Estate
from slactl.plan.plan import AgreementAction, AgreementChange, ObjectChange
from slactl.provider import Action
from slactl.state.readdress import agreement_of
from slactl.state.records import Snapshot


def protected(
    estate: Estate,
    snapshot: Snapshot,
    agreements: Sequence[AgreementChange],
    changes: Sequence[ObjectChange],
) -> Iterator[str]:
    """Why a plan would break a protection; an agreement that ends is named once, not object by object."""
    ending = {one.address for one in agreements if one.action is AgreementAction.DELETE}
    for change in agreements:
        if change.address in ending and change.prevent_destroy:
            yield (
                f"{change.address} has lifecycle.preventDestroy, and this plan would end it. {_how(change.address, estate)}"
            )
    for one in changes:
        if one.action in (Action.DELETE, Action.REPLACE):
            owner = _owner(one, estate, snapshot, ending)
            if owner is not None:
                verb = "replace" if one.action is Action.REPLACE else "destroy"
                yield (
                    f"{owner} has lifecycle.preventDestroy, and this plan would {verb} its object {one.address}. "
                    f"{_how(owner, estate)}"
                )


def _how(address: str, estate: Estate) -> str:
    if address in estate.agreements:
        return "Take the protection out of its file and apply that first, or keep the agreement as it was."
    return (
        "State keeps the protection although its file is gone: put its document back without the protection and apply that "
        "first, or keep the agreement."
    )


def _owner(change: ObjectChange, estate: Estate, snapshot: Snapshot, ending: set[str]) -> str | None:
    """The protected agreement that needs an object: by its file, or where that is gone by state."""
    recorded = snapshot.resources.get(change.address)
    users = {*change.needed_by, *(recorded.needed_by if recorded else ())}
    for agreement in sorted(set(map(agreement_of, users)) - ending):
        written, applied = estate.agreements.get(agreement), snapshot.agreements.get(agreement)
        if written.prevent_destroy if written else applied is not None and applied.prevent_destroy:
            return agreement
    return None
