"""Secrets by reference: `${env.NAME}`, `${file.PATH}`, and sensitive variables, put in only when a connection is opened."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Place, SlactlError

_REFERENCE = re.compile(r"\$\{(env|file|var)\.([^}]+)\}")


def resolve_secrets(value: Any, root: Path, place: Place, variables: Mapping[str, str] | None = None) -> Any:
    """A copy of a configuration with every secret reference replaced by the secret.

    `variables` are the values of sensitive ones. The result must not be stored, printed or logged.

    Raises:
        SlactlError: when an environment variable is not set, a file cannot be read, or either is empty.
    """
    if isinstance(value, str):
        known = variables or {}
        return _REFERENCE.sub(lambda match: _read(match[1], match[2], root, place, known), value)
    if isinstance(value, Mapping):
        return {key: resolve_secrets(item, root, place.at(key), variables) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve_secrets(item, root, place.at(index), variables) for index, item in enumerate(value)]
    return value


def _read(source: str, name: str, root: Path, place: Place, variables: Mapping[str, str]) -> str:
    if source == "var":
        return variables[name]  # that it is declared was checked when the files were read
    if source == "env":
        if found := os.environ.get(name):
            return found
        raise SlactlError(  # pipelines hand over an empty text for a secret that they do not have
            f"The environment variable {name} is {'empty' if name in os.environ else 'not set'}",
            f"{_taker(place)} takes a secret from it. Set it: export {name}=...",
            place,
        )
    try:
        found = (root / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlactlError(
            f"The secret file {name} cannot be read: {reason}",
            f"{_taker(place)} takes a secret from it.",
            place,
        ) from error
    if not found:
        raise SlactlError(
            f"The secret file {name} is empty", f"{_taker(place)} takes a secret from it.", place
        )
    return found


def _taker(place: Place) -> str:
    return "The place of the state" if place.path[:2] == ("spec", "state") else "The backend's configuration"
