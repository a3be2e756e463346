"""The check of an estate that was checked before: the same files on the same day by the same program have the same result."""

import hashlib
import json
from datetime import date
from pathlib import Path

from slactl.base.cache_folder import cache_folder
from slactl.base.codec import decoder, encoder
from slactl.base.files import write_atomically
from slactl.base.program import program_digest
from slactl.check.result import Assessment
from slactl.model.estate import Estate

_FORM = 1
_PRIVATE = 0o600
_LARGEST = 256 * 1024 * 1024


def remembered_check(
    estate: Estate, as_of: date, root: Path, *, explain: bool = True, cached: bool = True
) -> Assessment:
    """`check`, or what it found last time; a memory that cannot be read or written is passed over.

    An explained check says all that the other does, and serves for it.
    """
    explained, short = cache_folder(root) / "check-explained.json", cache_folder(root) / "check.json"
    path = explained if explain else short
    key = _key(estate, as_of)
    known = None
    if cached:
        known = _read(path, key) or (None if explain else _read(explained, key))
    if known is None:
        from slactl.check.engine import check  # noqa: PLC0415 - a sixth of a second that a second run need not pay

        known = check(estate, as_of, explain=explain)
        if cached:
            _write(path, key, known)
    return known


def _read(path: Path, key: str) -> Assessment | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        with path.open(encoding="utf-8") as file:
            if file.readline() != key + "\n":
                return None
            found: Assessment = decoder(Assessment)(json.load(file))
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return found


def _write(path: Path, key: str, assessment: Assessment) -> None:
    try:
        text = json.dumps(encoder(Assessment)(assessment), ensure_ascii=False, separators=(",", ":"))
        if len(text) <= _LARGEST:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, f"{key}\n{text}", _PRIVATE)
    except (OSError, ValueError):
        return


def _key(estate: Estate, as_of: date) -> str:
    """Everything that a check is a function of: files and variables, the day, the program, calendars and time zones."""
    parts = [_FORM, program_digest(), estate.digest, as_of.isoformat()]
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
