"""Keyed digests of sensitive values: whether one changed can be seen, and what it is cannot be found by trying.

HMAC-SHA-256 with a key that is kept outside of state, plan and files; a digest is written as `KEY:DIGEST`, KEY being an id of the
key, so that digests of two keys are never compared.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from slactl.state.records import Entry

PREFIX = "var."
_ID_LENGTH = 8


def keyed_digest(key: bytes, workspace: str, name: str, value: str) -> str:
    """The digest of one variable's value; the same value in another workspace or variable has another one."""
    text = f"{workspace}\0{name}\0{value}".encode()
    return f"{_id(key)}:{hmac.new(key, text, hashlib.sha256).hexdigest()}"


def _id(key: bytes) -> str:
    return hmac.new(key, b"slactl key id", hashlib.sha256).hexdigest()[:_ID_LENGTH]


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The variables whose values differ, as far as both digests are of one key."""
    both = sorted(before.keys() & now.keys())
    return [
        name
        for name in both
        if before[name] != now[name] and before[name].partition(":")[0] == now[name].partition(":")[0]
    ]


def as_results(digests: Mapping[str, str]) -> dict[str, str]:
    """The digests as the history keeps them, beside what became of each change."""
    return {PREFIX + name: f"sensitive: {digest}" for name, digest in digests.items()}


def last_applied(entries: Iterable[Entry]) -> dict[str, str]:
    """The digests that the history, oldest entry first, says last."""
    return {
        address.removeprefix(PREFIX): text.removeprefix("sensitive: ")
        for entry in entries
        for address, text in entry.results.items()
        if address.startswith(PREFIX)
    }
