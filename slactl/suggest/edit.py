"""One change of what the files say, and the estate as it would be with it.

An agreement is built again from its layers by the code that reads files: an edit means the same here as on disk.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from slactl.base.diagnostics import Diagnostics, Path, Place
from slactl.base.duration import parse_duration
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import parse_ratio
from slactl.documents.document import Document
from slactl.model.agreement import Agreement
from slactl.model.building.agreement import Surroundings
from slactl.model.building.agreement import agreement as built_agreement
from slactl.model.building.fields import Alike
from slactl.model.building.service import service as built_service
from slactl.model.estate import Estate
from slactl.model.merge import origin
from slactl.model.service import Call, Group, Service

AVAILABILITY = ("intrinsic", "availability")
TRIAGE_TIME = ("intrinsic", "triage-time")
"""What an owner claims about a service itself."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A value of a document that is set, an item that is added to a list, or a document that is added to a file."""

    address: str
    """Of what is changed: `uc.nimbus-cdn`, `service.shop`."""
    place: Place
    """The value's own place in the document of `address`; for an item or a document: where the new one will stand."""
    value: Any
    """What to write: a text, or a list or mapping of texts."""
    old: Any = None
    """What holds now, inherited or not; None where nothing does."""
    adds: bool = False
    """Whether `value` is a whole document, added to the file of `place`."""
    inherited: str = ""
    """The level that `old` comes from; the new value overrides it in the agreement itself."""

    @property
    def field(self) -> str:
        """`objectives.availability.target`; empty for a whole document."""
        return ".".join(str(step) for step in self.steps)

    @property
    def steps(self) -> Path:
        """The way from the document's `spec` to the value."""
        return self.place.path[1:]

    @property
    def key(self) -> str:
        """Equal for edits that say the same."""
        return f"{self.address} {self.field} {as_text(self.value)}"


def override(agreement: Agreement, steps: Path, value: Any, old: Any) -> Edit:
    """An edit of an agreement's own value; what a level says stays, for others extend it too."""
    layer, place = origin(agreement.layers, steps)
    inherited = layer.address if place.path == ("spec", *steps) and layer is not agreement.layers[-1] else ""
    return Edit(
        agreement.address, agreement.layers[-1].place.at("spec", *steps), value, old, inherited=inherited
    )


def as_text(value: Any) -> str:
    """A value as YAML of one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {as_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_text, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else scalar(str(value))


_PLAIN_REFUSED = frozenset("{}[],&*#?|-<>=!%@:\"'`")


def scalar(text: str) -> str:
    """A text as a YAML scalar, in quotes where it needs them."""
    plain = (
        text
        and text.strip() == text
        and text[0] not in _PLAIN_REFUSED
        and not any(char in text for char in '{}[],\n"')
        and ": " not in text
        and " #" not in text
        and not text.endswith(":")
        and text not in ("~", "null", "Null", "NULL")
    )
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def changed(estate: Estate, edits: Iterable[Edit]) -> Estate:
    """The estate with edits, made one after the other.

    Raises:
        InvalidFiles: when an edit makes a document that the language does not know.
    """
    for edit in edits:
        kind, name = edit.address.split(".", 1)
        if edit.adds:
            estate = _with_document(estate, Document(edit.value["kind"], name, edit.place, edit.value))
        elif kind == "service":
            edited = _edited_service(estate.services[name], edit)
            estate = replace(estate, services={**estate.services, name: edited})
        else:
            edited_agreement = _edited_agreement(estate, estate.agreements[edit.address], edit)
            estate = replace(estate, agreements={**estate.agreements, edit.address: edited_agreement})
    return estate


def with_value(data: Any, path: Path, value: Any) -> Any:
    """A copy of some data with one value set; a list index just behind the end adds an item."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(data or ())
        return [
            *items[:step],
            with_value(items[step] if step < len(items) else None, rest, value),
            *items[step + 1 :],
        ]
    below = data if isinstance(data, Mapping) else {}
    return {**below, step: with_value(below.get(step), rest, value)}


def _with_document(estate: Estate, document: Document) -> Estate:
    problems = Diagnostics()
    if document.kind == "Service":
        made = built_service(document, Alike(), problems)
        estate = replace(estate, services={**estate.services, document.name: made})
    else:
        agreed = built_agreement(document, _around(estate), problems)
        agreements = {**estate.agreements, agreed.address: agreed}
        estate = replace(estate, agreements=dict(sorted(agreements.items())))
    problems.raise_errors()
    return estate


def _around(estate: Estate) -> Surroundings:
    return Surroundings(estate.workspace.organization, estate.levels, estate.services, estate.parties)


def _edited_agreement(estate: Estate, agreement: Agreement, edit: Edit) -> Agreement:
    own = agreement.layers[-1]
    data = {"metadata": {"name": agreement.name}, "spec": with_value(own.spec, edit.steps, edit.value)}
    problems = Diagnostics()
    made = built_agreement(
        Document(agreement.kind, agreement.name, own.place, data), _around(estate), problems
    )
    problems.raise_errors()
    return replace(
        made,
        display_name=agreement.display_name,
        labels=agreement.labels,
        annotations=agreement.annotations,
        prevent_destroy=agreement.prevent_destroy,
        ignore_changes=agreement.ignore_changes,
    )


def _edited_service(service: Service, edit: Edit) -> Service:
    if edit.steps == AVAILABILITY:
        return replace(service, intrinsic=replace(service.intrinsic, availability=parse_ratio(edit.value)))
    if edit.steps == TRIAGE_TIME:
        return replace(service, intrinsic=replace(service.intrinsic, triage_time=parse_duration(edit.value)))
    if service.depends_on is None:
        raise ValueError(f"{edit.address} rests on nothing")
    group = _edited_part(service.depends_on, edit)
    return replace(service, depends_on=group if isinstance(group, Group) else Group(1, (group,), group.place))


def _edited_part(part: Call | Group, edit: Edit) -> Call | Group:
    """The part with the edit in it: a member more, or a call that becomes a redundant group."""
    path = edit.place.path
    if part.place.path == path:
        members = tuple(Call(one, part.place.at("any", index)) for index, one in enumerate(edit.value["any"]))
        return Group(1, members, part.place.at("any"))
    if isinstance(part, Call):
        return part
    if path[:-1] == part.place.path and path[-1] == len(part.parts):
        return replace(part, parts=(*part.parts, Call(edit.value, edit.place)))
    return replace(part, parts=tuple(_edited_part(one, edit) for one in part.parts))
