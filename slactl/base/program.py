"""The program itself, by digest: what it computes follows from it as much as from the files."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import TZPATH

from slactl import __version__


@cache
def program_digest() -> str:
    """A digest that another version, a change in the code, other holidays or other time zones make another one."""
    parts = [__version__, sys.version, *_parts()]
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _parts() -> Iterator[object]:
    """A program that is being worked on changes without a new version; holidays and zones change without us."""
    package = Path(__file__).parent.parent
    for folder, below, names in os.walk(package):
        below[:] = sorted(name for name in below if name != "__pycache__")
        for name in sorted(names):
            state = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - five hundred of these
            yield name, state.st_mtime_ns, state.st_size
    for library in ("holidays", "tzdata"):
        found = find_spec(library)
        if found is not None and found.origin is not None:
            yield library, Path(found.origin).stat().st_mtime_ns
    for zones in TZPATH:
        if Path(zones).is_dir():
            yield zones, Path(zones).stat().st_mtime_ns
