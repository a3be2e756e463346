"""`lifecycle.ignoreChanges`: attributes of an agreement's objects that stay as the backend has them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from slactl.model.estate import Estate
from slactl.plan.paths import Pattern, below, inside, matches, pattern, steps_of
from slactl.plan.plan import PlanNotice
from slactl.state.readdress import agreement_of

_ABSENT = object()


class Ignored:
    """What each agreement leaves to others."""

    def __init__(self, estate: Estate | None = None) -> None:
        self._paths = {
            address: one.ignore_changes
            for address, one in (estate.agreements if estate else {}).items()
            if one.ignore_changes
        }

    @cached_property
    def _patterns(self) -> Mapping[str, frozenset[Pattern]]:
        return {address: frozenset(map(pattern, paths)) for address, paths in self._paths.items()}

    def of(self, needed_by: Iterable[str]) -> list[Pattern]:
        """What is ignored of an object: what every agreement that needs it ignores, so that none decides for another."""
        if not self._patterns:
            return []
        each = [self._patterns.get(agreement_of(user), frozenset()) for user in needed_by]
        return sorted(frozenset.intersection(*each)) if each else []

    def kept(self, wanted: Any, there: Any, needed_by: Iterable[str]) -> Any:
        """A body as it is wanted, with what is ignored as it is there."""
        patterns = self.of(needed_by)
        return _kept(wanted, there, patterns) if patterns else wanted

    def unknown(self, bodies: Iterable[tuple[Iterable[str], Any]]) -> Iterator[PlanNotice]:
        """Paths that lead to nothing in any object of their agreement; `bodies` with who needs them."""
        if not self._paths:
            return
        mine: dict[str, list[Any]] = {address: [] for address in self._paths}
        for needed_by, body in bodies:
            for agreement in set(map(agreement_of, needed_by)) & mine.keys():
                mine[agreement].append(body)
        for agreement, found in mine.items():
            for path in self._paths[agreement]:
                steps = pattern(path)
                if found and not (steps and any(matches(body, steps) for body in found)):
                    yield PlanNotice(
                        "warning",
                        agreement,
                        f"lifecycle.ignoreChanges names {path}, and none of its backend objects has such an attribute. "
                        "Write the path as a plan shows it.",
                    )


def _kept(wanted: Any, there: Any, patterns: Sequence[Pattern]) -> Any:
    if () in patterns:
        return there
    if not patterns:
        return wanted
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        return _kept_mapping(wanted, there, patterns)
    if isinstance(wanted, (list, tuple)) and isinstance(there, (list, tuple)):
        return _kept_list(wanted, there, patterns)
    return wanted


def _kept_mapping(
    wanted: Mapping[str, Any], there: Mapping[str, Any], patterns: Sequence[Pattern]
) -> dict[str, Any]:
    made = {}
    for key in [*wanted, *(key for key in there if key not in wanted)]:
        value = _member(wanted.get(key, _ABSENT), there.get(key, _ABSENT), below(patterns, key))
        if value is not _ABSENT:
            made[key] = value
    return made


def _kept_list(wanted: Sequence[Any], there: Sequence[Any], patterns: Sequence[Pattern]) -> list[Any]:
    """Members by name; one that only the backend has, and that is ignored, keeps its position there."""
    old, new = (dict(zip(steps_of(items), items, strict=True)) for items in (there, wanted))
    made = [_member(item, old.get(step, _ABSENT), inside(patterns, step)) for step, item in new.items()]
    for index, (step, item) in enumerate(old.items()):
        if step not in new and () in inside(patterns, step):
            made.insert(index, item)
    return [one for one in made if one is not _ABSENT]


def _member(wanted: Any, there: Any, patterns: Sequence[Pattern]) -> Any:
    if () in patterns:
        return there
    return wanted if wanted is _ABSENT or there is _ABSENT else _kept(wanted, there, patterns)
