"""One document: its envelope and its schema."""

from collections.abc import Mapping
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.documents.schemas import API_VERSION, SCHEMA_OF_KIND, fast_validator, typed

_KEEPS_NULLS = frozenset({"SLA", "OLA", "UC", "ServiceLevel"})
"""Kinds in which null removes an inherited value; elsewhere it is the same as leaving the key out."""


@dataclass(frozen=True, slots=True)
class Document:
    """One valid document; a repeated one appears once for each element."""

    kind: str
    name: str
    place: Place
    data: Mapping[str, Any]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The document's `spec`."""
        spec: Mapping[str, Any] = self.data.get("spec") or {}
        return spec

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The document's `metadata`."""
        metadata: Mapping[str, Any] = self.data["metadata"]
        return metadata


def validated(data: Any, place: Place, problems: Diagnostics) -> Document | None:
    """The document, typed, if its envelope and its schema hold; what is wrong is reported."""
    if not _envelope_holds(data, place, problems):
        return None
    kind = data["kind"]
    schema = SCHEMA_OF_KIND[kind]
    whole = typed(schema, data if kind in _KEEPS_NULLS else without_nulls(data))
    if not fast_validator(schema).is_valid(whole):
        from slactl.documents.problems import schema_problems  # noqa: PLC0415 - words are needed for errors only

        problems.extend(schema_problems(schema, whole, place))
        return None
    return Document(kind, whole["metadata"]["name"], place, whole)


def known_valid(data: dict[str, Any], place: Place, *, nulls: bool) -> Document:
    """A document that was valid before: typed again (caches hold it as text), not validated again."""
    kind = data["kind"]
    whole = typed(SCHEMA_OF_KIND[kind], without_nulls(data) if nulls and kind not in _KEEPS_NULLS else data)
    return Document(kind, whole["metadata"]["name"], place, whole)


def _envelope_holds(data: Any, place: Place, problems: Diagnostics) -> bool:
    if not isinstance(data, dict):
        problems.error(
            "A document must be a mapping",
            f"It begins with apiVersion: {API_VERSION}, kind, metadata and spec.",
            place,
        )
        return False
    version, kind = data.get("apiVersion"), data.get("kind")
    if isinstance(version, str) and version.startswith("openslo/"):
        problems.error(
            f"OpenSLO documents ({version}) are not read yet",
            f"Write the agreement as apiVersion: {API_VERSION}, or leave the file out with spec.files.",
            place.at("apiVersion"),
        )
        return False
    if version != API_VERSION:
        problems.error(
            f'apiVersion must be "{API_VERSION}"' if version is not None else "apiVersion is missing",
            f"The document must begin with apiVersion: {API_VERSION}.",
            place.at("apiVersion"),
        )
        return False
    if not isinstance(kind, str) or kind not in SCHEMA_OF_KIND:
        problems.error(
            f'There is no kind "{kind}"' if isinstance(kind, str) else "kind is missing, or no text",
            f"The kinds are {', '.join(SCHEMA_OF_KIND)}.{did_you_mean(str(kind), SCHEMA_OF_KIND)}",
            place.at("kind"),
        )
        return False
    return True


def without_nulls(data: Any) -> Any:
    """The data without what is null: the same as leaving it out, but where null removes an inherited value."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [without_nulls(value) for value in data if value is not None]
    return data
