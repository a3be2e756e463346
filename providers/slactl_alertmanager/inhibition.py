"""Which alerts keep others quiet: the faster of an objective its slower, a dependency's those of what cannot do without it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.model.estate import Estate
from slactl.model.service import Call, Group
from slactl_alertmanager.names import ALERT, LONG_WINDOWS, any_of, matcher
from slactl_alertmanager.watched import Coverage, Watched

_ALERT = matcher("alertname", ALERT)
_LATENCY = "latency"
_QUIETED = {"page": ("page", "ticket"), "ticket": ("ticket",)}
"""By severity: what is no more urgent than it."""


def faster_burn() -> list[dict[str, Any]]:
    """A fast burn says all that the slower one of the same objective would."""
    return [
        {
            "source_matchers": [_ALERT, matcher("long", long)],
            "target_matchers": [_ALERT, any_of("long", LONG_WINDOWS[index + 1 :])],
            "equal": ["agreement", "objective"],
        }
        for index, long in enumerate(LONG_WINDOWS[:-1])
    ]


@dataclass(frozen=True, slots=True)
class Quieting:
    """What the alerts on one service keep quiet."""

    service: str
    rules: tuple[Mapping[str, Any], ...]
    needed_by: tuple[str, ...]
    uncovered: tuple[tuple[str, str], ...]
    """Objectives whose alerts do not, since they are told at other hours: the dependency's, the dependent's."""


class Structure:
    """What cannot do without what: `all` edges alone, over any number of steps."""

    def __init__(self, estate: Estate) -> None:
        self._needs_me: dict[str, list[str]] = {}
        self.loose: dict[str, tuple[str, ...]] = {}
        """By service: dependencies of which not all are needed."""
        for service in estate.services.values():
            strict, loose = _split(service.depends_on)
            for name in strict:
                self._needs_me.setdefault(name, []).append(service.name)
            spare = tuple(name for name in loose if name not in strict)
            if spare:
                self.loose[service.name] = spare

    def dependents(self, service: str) -> tuple[str, ...]:
        """The services that are down whenever this one is, in name order."""
        found: set[str] = set()
        ahead = [service]
        while ahead:
            more = [one for one in self._needs_me.get(ahead.pop(), ()) if one not in found]
            found.update(more)
            ahead += more
        return tuple(sorted(found - {service}))


def _split(group: Group | None) -> tuple[dict[str, None], dict[str, None]]:
    """The services that are needed in any case, and those of which some are."""
    strict: dict[str, None] = {}
    loose: dict[str, None] = {}
    for part in group.parts if group is not None else ():
        if group is not None and group.at_least < len(group.parts):
            loose.update(
                dict.fromkeys(one.service for one in ([part] if isinstance(part, Call) else part.calls()))
            )
        elif isinstance(part, Call):
            strict[part.service] = None
        else:
            below, spare = _split(part)
            strict, loose = strict | below, loose | spare
    return strict, loose


def quieted(
    structure: Structure,
    found: Sequence[Watched],
    told: Mapping[str, Collection[str]],
    coverage: Coverage,
) -> Iterator[Quieting]:
    """What each service's alerts keep quiet; `told` are the severities that reach somebody, by agreement.

    An alert that reaches nobody, or nobody at that hour, keeps nothing quiet. Neither does one on several services: it does not
    say which of them is bad.
    """
    by_service: dict[str, list[Watched]] = {}
    for one in found:
        if len(one.objective.services) == 1:
            by_service.setdefault(one.objective.service, []).append(one)
    for service, causes in sorted(by_service.items()):
        symptoms = [one for name in structure.dependents(service) for one in by_service.get(name, ())]
        if symptoms:
            yield _quieting(service, causes, symptoms, told, coverage)


def _quieting(
    service: str,
    causes: Sequence[Watched],
    symptoms: Sequence[Watched],
    told: Mapping[str, Collection[str]],
    coverage: Coverage,
) -> Quieting:
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    uncovered: list[tuple[str, str]] = []
    for cause in causes:
        explained = [one for one in symptoms if _explains(cause, one)]
        heard: list[str] = []
        for one in explained:
            if coverage.covers(cause.times, one.times):
                heard.append(one.objective.address)
            else:
                uncovered.append((cause.objective.address, one.objective.address))
        targets = tuple(sorted(heard))
        for severity in _QUIETED if targets else ():
            if severity in told[cause.agreement.address]:
                groups.setdefault((severity, targets), []).append(cause.objective.address)
    rules = tuple(
        _rule(severity, tuple(sorted(sources)), targets)
        for (severity, targets), sources in sorted(groups.items())
    )
    involved = {one.agreement.address for one in (*causes, *symptoms)}
    return Quieting(service, rules, tuple(sorted(involved)), tuple(uncovered))


def _explains(cause: Watched, symptom: Watched) -> bool:
    """A dependency that is down explains anything, one that is slow explains what is slow."""
    return cause.objective.metric != _LATENCY or symptom.objective.metric == _LATENCY


def _rule(severity: str, sources: tuple[str, ...], targets: tuple[str, ...]) -> dict[str, Any]:
    return {
        "source_matchers": [_ALERT, matcher("severity", severity), any_of("objective", sources)],
        "target_matchers": [_ALERT, any_of("severity", _QUIETED[severity]), any_of("objective", targets)],
    }
