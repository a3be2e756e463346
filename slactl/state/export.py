"""The whole state as one JSON document: what `state pull` prints, the same for every store."""

from collections.abc import Iterable
from typing import Any

from slactl import __version__
from slactl.state.records import Applied, Entry, Recorded, Snapshot

FORMAT = "slactl-state"
VERSION = 1


def exported(
    workspace: str, snapshot: Snapshot, history: Iterable[Entry], under_way: Entry | None = None
) -> dict[str, Any]:
    """The document as data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "slactl_version": __version__,
        "workspace": workspace,
        "lineage": snapshot.lineage,
        "serial": snapshot.serial,
        "head": snapshot.head,
        "resources": [recorded_data(one) for one in snapshot.resources.values()],
        "agreements": [applied_data(one) for one in snapshot.agreements.values()],
        "intents": [{"address": one.address, "action": one.action} for one in snapshot.intents],
        "history": [one.data() for one in history],
        "under_way": None if under_way is None else under_way.data(),
    }


def recorded_data(one: Recorded) -> dict[str, Any]:
    """A backend object as data."""
    return {
        "address": one.address,
        "provider": one.provider,
        "id": one.id,
        "body": one.body,
        "attributes": one.attributes,
        "needed_by": list(one.needed_by),
        "depends_on": list(one.depends_on),
    }


def applied_data(one: Applied) -> dict[str, Any]:
    """An agreement as data."""
    return {
        "address": one.address,
        "promise": one.promise,
        "support": one.support,
        "prevent_destroy": one.prevent_destroy,
    }
