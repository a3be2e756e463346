"""What refactorings of the files need beside state and readings: the history, and objects of others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slactl.base.diagnostics import SlactlError
from slactl.model.refactoring import Import
from slactl.plan.imports import all_imports, is_done
from slactl.plan.past import Past, asks_the_past, recall
from slactl.provider import Adopting, Connection, Observed
from slactl.state.under_way import told

if TYPE_CHECKING:
    from slactl.cli.planning import Session


def past_of(session: "Session") -> Past:
    """What the history says about the refactorings of the files; it is read only where one asks."""
    return recall(told(session.store)) if asks_the_past(session.estate) else Past()


def read_foreign(
    session: "Session", observed: Mapping[str, Sequence[Observed]]
) -> dict[str, Observed | None]:
    """What the imports that are not done yet name, by the address that takes it over.

    Raises:
        SlactlError: when a backend cannot be read, or its provider cannot take anything over.
    """
    by_backend: dict[str, list[Import]] = defaultdict(list)
    for one in all_imports(session.estate):
        if not is_done(one, observed):
            by_backend[one.target.split(".", 1)[0]].append(one)
    found: dict[str, Observed | None] = {}
    if by_backend:
        session.watch.gives_up()  # they are looked up one by one
    for name, imports in by_backend.items():
        with session.connect(name) as connection:
            for one in imports:
                found[one.target] = _read(one, connection)
    return found


def _read(one: Import, connection: Connection) -> Observed | None:
    if not isinstance(connection, Adopting):
        raise SlactlError(
            f"{one.target} cannot be imported: the provider of this backend takes nothing over",
            "Take the import out: an apply makes the object anew; remove the old one by hand.",
            one.place,
        )
    try:
        return connection.read(one.id)
    except SlactlError as error:
        cause = error.diagnostics[0]
        raise SlactlError(cause.summary, cause.detail, cause.place or one.place.at("id")) from error
