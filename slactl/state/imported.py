"""The document that `state pull` prints, read back: what `state push`, migrations and remote stores take in."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from slactl.base.diagnostics import SlactlError
from slactl.state.export import FORMAT, VERSION
from slactl.state.records import Applied, Contents, Entry, Intent, Recorded, Snapshot

_Addressed = TypeVar("_Addressed", Recorded, Applied)


def parsed(text: str | bytes, source: str) -> Contents:
    """The state in a text of JSON; `source` names it in messages.

    Raises:
        SlactlError: when it is no state, is damaged, or was written by a newer release.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SlactlError(f"{source} is no state of slactl: it is no JSON ({error})", _HINT) from error
    return imported(document, source)


def imported(document: Any, source: str) -> Contents:
    """The state in a document.

    Raises:
        SlactlError: when it is no state, is damaged, or was written by a newer release.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise SlactlError(f"{source} is no state of slactl", _HINT)
    version = document.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise SlactlError(
            f"{source} was written by a newer slactl (form {version}, this one knows {VERSION})",
            "Use the newer release: an older one would lose what it does not know.",
        )
    try:
        return _contents(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SlactlError(f"{source} is damaged: {_what(error)}", _HINT) from error


def what_others_have(text: bytes) -> str:
    """What a text is that was never a state of slactl, in words; empty for one that is, or may have been before it was damaged."""
    if text.lstrip().startswith(b"<"):
        return "it is a page"
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(document, Mapping) and document.get("format") == FORMAT:
        return ""
    terraform = isinstance(document, Mapping) and "terraform_version" in document
    return "it is one of Terraform's" if terraform else "it is other JSON"


_HINT = "`slactl state pull` prints such a document."


def _contents(document: Mapping[str, Any]) -> Contents:
    snapshot = Snapshot(
        _text(document["lineage"]),
        _serial(document["serial"]),
        _by_address(map(recorded, document["resources"])),
        _by_address(map(applied, document["agreements"])),
        tuple(Intent(_text(one["address"]), _text(one["action"])) for one in document["intents"]),
        _text(document["head"]),
    )
    left = document.get("under_way")
    return Contents(
        _text(document["workspace"]),
        snapshot,
        tuple(map(entry, document["history"])),
        None if left is None else entry(left),
    )


def _by_address(found: Iterable[_Addressed]) -> dict[str, _Addressed]:
    known: dict[str, _Addressed] = {}
    for one in found:
        if known.setdefault(one.address, one) is not one:
            raise ValueError(f"{one.address} stands there twice")
    return known


def recorded(data: Mapping[str, Any]) -> Recorded:
    """A backend object from its data; raises what any broken data does."""
    return Recorded(
        _text(data["address"]),
        _text(data["provider"]),
        _text(data["id"]),
        _mapping(data["body"]),
        _mapping(data["attributes"]),
        _texts(data["needed_by"]),
        _texts(data["depends_on"]),
    )


def applied(data: Mapping[str, Any]) -> Applied:
    """An agreement from its data."""
    return Applied(
        _text(data["address"]),
        _mapping(data["promise"]),
        _mapping(data["support"]),
        bool(data["prevent_destroy"]),
    )


def entry(data: Mapping[str, Any]) -> Entry:
    """An entry of the history from its data."""
    moment = datetime.fromisoformat(data["at"])
    if moment.tzinfo is None:
        raise ValueError("a moment of the history has no zone")
    return Entry(**{**data, "at": moment})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where a text must")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} stands where a mapping must")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} stands where a list must")
    return tuple(map(_text, value))


def _serial(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} stands where a serial must")
    return value


def _what(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)
