"""What plan and apply know about sensitive variables: keyed digests, and the key."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from slactl.base.diagnostics import SlactlError
from slactl.base.files import put_once
from slactl.base.quick_dataclass import dataclass, field
from slactl.plan.keyed import keyed_digest, last_applied
from slactl.state.under_way import told

if TYPE_CHECKING:
    from slactl.cli.planning import Session

KEY_VARIABLE = "SLACTL_DIGEST_KEY"
_KEY_FILE = ".slactl/key"
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Digests:
    """Sensitive variables by digest, as they are and as they were when they were applied last."""

    now: Mapping[str, str] = field(default_factory=dict)
    applied: Mapping[str, str] = field(default_factory=dict)


def secrets_of(session: "Session") -> Digests:
    """The digests; the history is read only where a variable is sensitive."""
    now = digests_now(session)
    return Digests(now, last_applied(told(session.store))) if now else Digests()


def digests_now(session: "Session") -> dict[str, str]:
    """The digest of each sensitive variable's value.

    Raises:
        SlactlError: when the key cannot be read or made.
    """
    estate = session.estate
    if not estate.secrets:
        return {}
    key = _key(session.context.root)
    workspace = estate.workspace.name
    return {name: keyed_digest(key, workspace, name, value) for name, value in sorted(estate.secrets.items())}


def _key(root: Path) -> bytes:
    """From the environment, so that pipelines share one; else a file of this checkout, made when it is needed first."""
    stated = os.environ.get(KEY_VARIABLE)
    if stated:
        return stated.encode()
    path = root / _KEY_FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            put_once(
                path.with_name(".gitignore"), f"{path.name}\n"
            )  # a commit would take it to where the digests are
            put_once(path, secrets.token_hex(32) + "\n", _PRIVATE)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SlactlError(
            f"The key for digests of sensitive values cannot be kept in {path}: {error.strerror or error}",
            f"Give one by the environment: export {KEY_VARIABLE}=...",
        ) from error
    if not key:
        raise SlactlError(
            f"The key for digests of sensitive values is empty: {path}",
            "With an empty key their values could be found by trying. Remove the file; another key is made.",
        )
    return key
