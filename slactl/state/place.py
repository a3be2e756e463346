"""Where state is kept, as a place that can be named, compared and remembered: never with a secret in it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically
from slactl.model.workspace import DEFAULT, Workspace

DEFAULT_PATH = ".slactl/state.db"
RECOVERY_FILE = "errored.slactl-state.json"
"""What a store could not save at the end of an apply; it lies beside slactl.yaml until it is pushed."""
LOCATION = "location"
"""Beside the settings of a PostgreSQL state: the database that its address, references and all, leads to."""
PLACE_NOTE = ".slactl/place.json"
"""Where a checkout remembers the place, below the workspace's folder."""
_SECRETS = ("username", "password")
_REFERENCE = "${"


def settings_of(workspace: Workspace) -> dict[str, str]:
    """The settings of the place, defaults filled in; secrets stand as references.

    Raises:
        SlactlError: when a secret is written out.
    """
    found = {key: str(value) for key, value in workspace.state.items()}
    found.setdefault("type", "sqlite")
    if found["type"] == "sqlite":
        found.setdefault("path", DEFAULT_PATH)
    _refuse_secrets(found, workspace)
    return found


def _refuse_secrets(settings: Mapping[str, str], workspace: Workspace) -> None:
    if _is_written_out(settings.get("password", "")):
        raise _written_out("password", workspace)
    for key in ("dsn", "address", "lockAddress", "unlockAddress"):
        if _holds_password(settings.get(key, "")):
            raise _written_out(key, workspace)


def _is_written_out(value: str) -> bool:
    return bool(value) and _REFERENCE not in value


def _holds_password(address: str) -> bool:
    if any(map(_is_written_out, re.findall(r"\b(?:ssl)?password\s*=\s*([^\s&]+)", address))):
        return True
    try:
        _, colon, password = urlsplit(address).netloc.rpartition("@")[0].partition(":")
    except ValueError:
        return False
    return bool(colon) and _is_written_out(password)


def _written_out(key: str, workspace: Workspace) -> SlactlError:
    return SlactlError(
        f"spec.state.{key} has a password written out",
        "Files are read by many. Take it from the environment, ${env.NAME}, or from a file, ${file.PATH}.",
        workspace.place.at("spec", "state", key),
    )


def named(settings: Mapping[str, str]) -> str:
    """The place in words."""
    match settings["type"]:
        case "postgres":
            return f"PostgreSQL ({settings.get(LOCATION) or settings.get('dsn', '')})"
        case "http":
            return f"the state server {settings.get(LOCATION) or settings.get('address', '')}"
        case _:
            return settings["path"]


def is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both are one place; who logs in, and how it is locked, makes no other place of it."""
    by_name = LOCATION in one and LOCATION in other
    keys = ("type", LOCATION) if by_name else ("type", "path", "dsn", "address")
    return all(one.get(key) == other.get(key) for key in keys)


def noted(root: Path, selected: str = DEFAULT) -> dict[str, str] | None:
    """The place that this checkout used last for a workspace; None where nothing tells."""
    found = _notes(root).get(selected)
    if isinstance(found, dict) and found.get("type") in ("sqlite", "postgres", "http"):
        return {str(key): str(value) for key, value in found.items()}
    by_default = selected == DEFAULT and (root / DEFAULT_PATH).exists()
    return {"type": "sqlite", "path": DEFAULT_PATH} if by_default else None


def is_noted(settings: Mapping[str, Any], root: Path, selected: str = DEFAULT) -> bool:
    """Whether exactly this is remembered."""
    return bool(_notes(root).get(selected) == _kept(settings))


def note(settings: Mapping[str, Any], root: Path, selected: str = DEFAULT) -> None:
    """Remember the place; where the folder cannot be written nothing is remembered, and nothing is lost."""
    if is_noted(settings, root, selected):
        return
    notes = {**_notes(root), selected: _kept(settings)}
    try:
        (root / PLACE_NOTE).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(root / PLACE_NOTE, json.dumps(notes, sort_keys=True) + "\n")
    except OSError:
        return


def _kept(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in _SECRETS}


def _notes(root: Path) -> dict[str, Any]:
    """Places by workspace."""
    try:
        found = json.loads((root / PLACE_NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
