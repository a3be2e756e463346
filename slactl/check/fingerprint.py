"""Names of findings that stay when lines move, numbers change and messages are reworded."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from slactl.base.diagnostics import Place
from slactl.check.result import Finding

_DIGITS = 32


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A fingerprint for each finding, in their order: rule, address and field, hashed; never the same twice.

    Findings that agree in all three are counted through, in the order given: of two, the second differs from the
    first, and it is the first that is left when one of them is mended.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for finding in findings:
        key = (finding.rule, finding.address, field_of(finding.place))
        seen[key] += 1
        found.append(_hashed(*key, *([str(seen[key])] if seen[key] > 1 else [])))
    return found


def field_of(place: Place | None) -> str:
    """The name of the field that a place points to: its last key; positions in lists say nothing that lasts."""
    if place is None:
        return ""
    return next((step for step in reversed(place.path) if isinstance(step, str)), "")


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
