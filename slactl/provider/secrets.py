"""Secrets by reference: `${env.NAME}` and `${file.PATH}`, read only when a connection is opened."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Place, SlactlError

_REFERENCE = re.compile(r"\$\{(env|file)\.([^}]+)\}")


def resolve_secrets(value: Any, root: Path, place: Place) -> Any:
    """A copy of a configuration with every secret reference replaced by the secret.

    The result must not be stored, printed or logged.

    Raises:
        SlactlError: when an environment variable is not set or a file cannot be read.
    """
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _read(match[1], match[2], root, place), value)
    if isinstance(value, Mapping):
        return {key: resolve_secrets(item, root, place.at(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve_secrets(item, root, place.at(index)) for index, item in enumerate(value)]
    return value


def _read(source: str, name: str, root: Path, place: Place) -> str:
    if source == "env":
        if name not in os.environ:
            raise SlactlError(
                f"The environment variable {name} is not set",
                f"The backend's configuration takes a secret from it. Set it: export {name}=...",
                place,
            )
        return os.environ[name]
    try:
        return (root / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SlactlError(
            f"The secret file {name} cannot be read: {reason}",
            "The backend's configuration takes a secret from it.",
            place,
        ) from error
