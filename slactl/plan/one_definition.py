"""Whether backends measure an objective by one definition, and by the agreement's: what differs is said in the plan.

A figure is worth what its definition is. The providers say how they measure (`Compilation.definitions`); this is the one place
where they are compared, with each other and with the agreement.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.base.text import plural, sentence_list
from slactl.base.windows import Window
from slactl.base.zones import midnight
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl.provider import Definition, Notice

_MAINTENANCE = "planned-maintenance"
_MOST_NAMED = 3
_UTC = ZoneInfo("UTC")


class _Aspect(NamedTuple):
    """One thing in which definitions can differ."""

    title: str
    says: Callable[[Definition], str]
    """Empty: there is no such thing in this definition, and nothing to compare."""


class _Remark(NamedTuple):
    """What there is to say about some objectives, in the same words."""

    severity: Severity
    text: str
    backends: tuple[str, ...]


def definition_notices(estate: Estate, definitions: Iterable[Definition]) -> Iterator[Notice]:
    """Where figures are of other things than the agreement's, or than another backend's; the same words are said once."""
    by_objective: dict[str, list[Definition]] = {}
    for one in definitions:
        by_objective.setdefault(one.objective, []).append(one)
    concerned: dict[_Remark, list[Objective]] = {}
    for agreement, objective in estate.objectives():
        measured = sorted(by_objective.get(objective.address, ()), key=lambda one: one.backend)
        for remark in (*_between_backends(measured), *_from_the_agreement(agreement, objective, measured)):
            concerned.setdefault(remark, []).append(objective)
    for remark, objectives in concerned.items():
        yield _notice(remark, objectives)


def _notice(remark: _Remark, objectives: Sequence[Objective]) -> Notice:
    if len(objectives) == 1:
        return Notice(remark.severity, objectives[0].address, remark.text, objectives[0].place)
    named = [one.address for one in objectives[:_MOST_NAMED]]
    more = len(objectives) - len(named)
    listed = sentence_list([*named, *([f"{more} more"] if more else [])])
    return Notice(
        remark.severity,
        remark.backends[0],
        f"{remark.text} Of {plural(len(objectives), 'objective')}: {listed}.",
    )


def _edges(one: Definition) -> str:
    if one.counts == "requests":
        return ""
    if one.slice is not None:
        return f"in slices of {one.slice}"
    return f"within {one.step}" if one.step is not None else "to the second"


_WEIGHTY = (
    _Aspect("what counts", lambda one: one.counts),
    _Aspect("what tells", lambda one: sentence_list(one.indicators) or "what it rests on"),
    _Aspect("windows", lambda one: one.window),
    _Aspect(
        "service time that cannot be counted",
        lambda one: str(Duration(one.uncounted_s * 1000)) if one.uncounted_s else "none",
    ),
    _Aspect("excluded", lambda one: sentence_list(sorted(one.excludes)) or "nothing"),
)
_SLIGHT = (
    _Aspect("an outage's edges", _edges),
    _Aspect(
        "an outage of what it rests on",
        lambda one: "counts" if one.below else "counts where its indicator shows it",
    ),
    _Aspect("time without data", lambda one: one.no_data),
)


def _between_backends(measured: Sequence[Definition]) -> Iterator[_Remark]:
    """In what the backends that measure one objective differ."""
    if len(measured) < 2:  # noqa: PLR2004 - a difference takes two
        return
    backends = tuple(one.backend for one in measured)
    weighty, slight = (_differing(aspects, measured) for aspects in (_WEIGHTY, _SLIGHT))
    if weighty:
        yield _Remark(
            Severity.WARNING,
            f"{sentence_list(backends)} measure it by different definitions, and their figures will differ. {'; '.join(weighty)}. "
            "Say in its `backends` which one decides, or have all read an indicator of one kind.",
            backends,
        )
    if slight:
        yield _Remark(
            Severity.NOTE,
            f"{sentence_list(backends)} can differ by a little. {'; '.join(slight)}.",
            backends,
        )


def _differing(aspects: Sequence[_Aspect], measured: Sequence[Definition]) -> list[str]:
    found = []
    for aspect in aspects:
        said: dict[str, list[str]] = {}
        for one in measured:
            said.setdefault(aspect.says(one), []).append(one.backend)
        if len(said) > 1 and all(said):
            words = ", ".join(f"{value} ({sentence_list(backends)})" for value, backends in said.items())
            found.append(f"{aspect.title[0].upper()}{aspect.title[1:]}: {words}")
    return found


def _from_the_agreement(
    agreement: Agreement, objective: Objective, measured: Sequence[Definition]
) -> Iterator[_Remark]:
    """In what the figures of the backends are not those that the agreement means."""
    said: dict[tuple[Severity, str], list[str]] = {}
    for one in measured:
        if one.window != str(objective.window):
            text = f"The agreement's window is {objective.window}, in {{backends}} it is {one.window}: the figure is of other time."
            said.setdefault((Severity.WARNING, text), []).append(one.backend)
        for text in _deviations(agreement, objective, one):
            said.setdefault((Severity.NOTE, text), []).append(one.backend)
    for (severity, text), backends in said.items():
        yield _Remark(severity, text.format(backends=sentence_list(backends)), tuple(backends))


def _deviations(agreement: Agreement, objective: Objective, one: Definition) -> Iterator[str]:
    """Sentences in which `{backends}` stands for those of which they are true."""
    measure, maintenance = objective.measure, agreement.maintenance
    if measure.counts_after is not None:
        yield (
            f"By the agreement only outages longer than {measure.counts_after} count, and in {{backends}} every one: "
            "the figure can be lower than what is owed."
        )
    if (measure.slice or measure.down_when) and one.slice is None:
        yield f"By the agreement {_down(objective)}, and in {{backends}} while {_literal(one.down)}."
    untold = sorted(objective.excludes - one.excludes)
    if untold:
        yield (
            f"The agreement excludes {sentence_list(untold)}, and nothing tells {{backends}} when that was: "
            "take it out of the figure by hand."
        )
    dated = _MAINTENANCE in objective.excludes and _MAINTENANCE in one.excludes
    if dated and maintenance is not None and maintenance.allowance is not None:
        yield (
            f"Planned maintenance without dates (up to {maintenance.allowance} in each window) counts as downtime in {{backends}}: "
            "give it `windows`, or take it out of the figure by hand."
        )
    if not one.from_start and _begins_within_a_window(agreement, objective):
        yield "In the window in which the agreement begins, {backends} can count the time before it, too."


def _down(objective: Objective) -> str:
    measure = objective.measure
    when = f" when {_literal(' '.join(measure.down_when.split()))}" if measure.down_when else ""
    return f"a slice of {measure.slice} is down{when}" if measure.slice else f"it is down{when}"


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _begins_within_a_window(agreement: Agreement, objective: Objective) -> bool:
    start = agreement.term.start
    return start is not None and _is_within_a_window(start, objective.window)


@lru_cache(maxsize=1024)
def _is_within_a_window(start: date, window: Window) -> bool:
    if window.rolling_s is not None:
        return True
    day = midnight(start, _UTC)
    return window.spans(_UTC, day, day + 1)[0][0] != day
