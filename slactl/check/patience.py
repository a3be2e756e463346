"""How long requests wait for calls that fail: timeouts, multiplied by calls and attempts along the way."""

from collections.abc import Mapping
from typing import NamedTuple

from slactl.check.request_latency import milliseconds
from slactl.model.estate import Estate
from slactl.model.service import Call, Group


class Patience(NamedTuple):
    """How long a service may wait for its calls before it gives up; calls without a timeout anywhere count as none."""

    longest_ms: int = 0
    once_ms: int = 0
    """The same if every call were made once."""


def patience_of(estate: Estate) -> Mapping[str, Patience]:
    """By service how long it may wait for all that it calls."""
    found: dict[str, Patience] = {}
    for name in estate.bottom_up:
        group = estate.services[name].depends_on
        found[name] = _group(group, found) if group is not None else Patience()
    return found


def waits_ms(call: Call, found: Mapping[str, Patience]) -> int:
    """How long a call may be waited for, in all its repetitions."""
    once = milliseconds(call.timeout) if call.timeout is not None else found[call.service].longest_ms
    return once * (1 + call.retries) * (1 if call.mode == "parallel" else call.calls)


def _group(group: Group, found: Mapping[str, Patience]) -> Patience:
    """Calls one after another add up; those at once, and those of which one is made, wait as long as the longest."""
    parts = [_part(part, found) for part in group.parts]
    if group.at_least < len(group.parts):
        return Patience(max(one.longest_ms for one in parts), max(one.once_ms for one in parts))
    parallel = [isinstance(part, Call) and part.mode == "parallel" for part in group.parts]
    together = [one for one, at in zip(parts, parallel, strict=True) if at] or [Patience()]
    others = [one for one, at in zip(parts, parallel, strict=True) if not at]
    return Patience(
        sum(one.longest_ms for one in others) + max(one.longest_ms for one in together),
        sum(one.once_ms for one in others) + max(one.once_ms for one in together),
    )


def _part(part: Call | Group, found: Mapping[str, Patience]) -> Patience:
    if isinstance(part, Group):
        return _group(part, found)
    once = milliseconds(part.timeout) if part.timeout is not None else found[part.service].once_ms
    return Patience(waits_ms(part, found), once)
