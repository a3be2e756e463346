"""Where caches of one workspace are kept: with the user, never beside the files, which others may commit to."""

import hashlib
import os
from pathlib import Path

VARIABLE = "SLACTL_CACHE_DIR"


def cache_folder(root: Path) -> Path:
    """The folder of a workspace's caches; it need not exist, and may be deleted at any time."""
    name = hashlib.blake2b(os.fsencode(os.path.realpath(root)), digest_size=12).hexdigest()
    return shared_cache_folder() / name


def shared_cache_folder() -> Path:
    """The folder of caches that have nothing to do with a workspace."""
    stated = os.environ.get(VARIABLE) or os.environ.get("XDG_CACHE_HOME")
    base = Path(stated) if stated else Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111 - never raises
    return base / "slactl"
