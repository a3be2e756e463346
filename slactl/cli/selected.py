"""Which workspace of the files is selected: by the environment, or by a file of this checkout."""

import os
import re
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically
from slactl.model.workspace import DEFAULT, full_name

VARIABLE = "SLACTL_WORKSPACE"
_FILE = ".slactl/workspace"
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST = 63


def selected_workspace(root: Path) -> str:
    """The name: the environment's, else the one that was selected here, else the default."""
    stated = os.environ.get(VARIABLE)
    if stated:
        return stated
    try:
        return (root / _FILE).read_text(encoding="utf-8").strip() or DEFAULT
    except OSError:
        return DEFAULT


def select(root: Path, name: str) -> None:
    """Remember the name for this checkout.

    Raises:
        SlactlError: when it cannot be written, or the environment says another one.
    """
    stated = os.environ.get(VARIABLE)
    if stated and stated != name:
        raise SlactlError(
            f"{VARIABLE} says {stated}, and that counts before what is selected",
            f"Unset it, or set it to {name}.",
        )
    try:
        (root / _FILE).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(root / _FILE, name + "\n")
    except OSError as error:
        raise SlactlError(f"{root / _FILE} cannot be written: {error.strerror or error}") from error


def insist_on_name(name: str, base: str) -> None:
    """Refuse what is no name, or becomes too long one behind the files' own.

    Raises:
        SlactlError: with what a name is.
    """
    if not _LABEL.fullmatch(name) or "--" in name:
        raise SlactlError(
            f'"{name}" is no name for a workspace',
            "Use small letters, digits and single hyphens between them.",
        )
    if len(full_name(base, name)) > _LONGEST:
        raise SlactlError(
            f"The workspace {name} has too long a name",
            f"{full_name(base, name)} may have {_LONGEST} characters at most.",
        )
