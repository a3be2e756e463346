"""Why an objective's verdict is what it is: the proof window by window, or outages on dates that break the promise."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from slactl.assurance.jointly import JointWorst
from slactl.assurance.placing import Outage, downtime_s
from slactl.assurance.structure import Structure
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import WorstCase
from slactl.base.diagnostics import SlactlError
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.check.clock import allowed_by
from slactl.check.engine import Judgement, judged
from slactl.check.interval import why_open
from slactl.check.olas import OPEN
from slactl.check.result import AmountResult, Assessment, Link, ObjectiveResult
from slactl.check.timeline import Stretch
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate


@dataclass(frozen=True, slots=True)
class Case:
    """Windows that look alike, and their programme."""

    windows: tuple[Stretch, ...]
    programme: WorstCase
    """Over promises that are brought into the window one by one."""
    joint: JointWorst | None = None
    """Over all cells of the window, where less comes out."""

    @property
    def upper(self) -> Fraction:
        """At most this share of each window is down."""
        return self.programme.bound.upper if self.joint is None else self.joint.upper


@dataclass(frozen=True, slots=True)
class Held:
    """A promise that the outages keep: what of it is down, and how it is counted."""

    item: str
    """A leaf of the structure, or a clause."""
    promise: Promise
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands behind one verdict on a share of downtime."""

    result: ObjectiveResult
    structure: Structure
    titles: Mapping[str, str]
    """By gate: what people call it."""
    top: str
    allowed: Fraction
    """The share of each window that the target allows."""
    cases: tuple[Case, ...]
    clauses: Mapping[str, tuple[int, tuple[str, ...]]]
    """For each clause on joint downtime how many of which parts it speaks of."""
    about: Mapping[str, Link]
    """What each leaf and clause is, and what it adds in the worst window."""
    worst: int
    """The case that holds the worst window."""
    counted: IntervalSet
    """The time of the worst window that counts."""
    window: Stretch
    outages: tuple[Outage, ...]
    """In the worst window, by which the promise is broken while every promise below is kept; none where it holds."""
    held: tuple[Held, ...]
    by_request: bool = False
    """Whether requests are counted: the outages assume that they come evenly."""
    interval: tuple[str, ...] = ()
    """Why the worst case is an interval, each reason in a sentence; none where it is one number."""


def explain(estate: Estate, as_of: date, address: str) -> tuple[Assessment, Explanation | AmountResult]:
    """Explain one objective.

    Raises:
        SlactlError: when nothing was judged under that address; the message says what was.
    """
    assessment, judgement = judged(estate, as_of)
    amount = assessment.amounts.get(address)
    if amount is not None:
        return assessment, amount
    result = assessment.objectives.get(address)
    if result is None:
        raise _not_judged(estate, address, [*assessment.objectives, *assessment.amounts])
    return assessment, _explained(judgement, result)


def _not_judged(estate: Estate, address: str, judged: Sequence[str]) -> SlactlError:
    below = [one for one in judged if one.startswith(f"{address}.")]
    name, _, objective = address.partition(".")[2].partition(".")
    agreement = estate.agreements.get(f"{address.partition('.')[0]}.{name}")
    if below:
        hint = f"Say one of {', '.join(below)}."
    elif agreement is not None and (not objective or objective in agreement.objectives):
        hint = _why_not(agreement)
    else:
        hint = did_you_mean(address, judged).strip() or "`slactl check` lists every objective that is judged."
    return SlactlError(f"Nothing was judged under the address {address}", hint)


def _why_not(agreement: Agreement) -> str:
    if agreement.status not in OPEN:
        return f"{agreement.address} is {agreement.status.value}: only what is in force or to come is judged."
    if agreement.kind == "SLA":
        return "Its term is over by that day, nothing of it counts until the horizon, or its metric is evidence only."
    impact = f"`slactl impact {agreement.address}` says who is hit when it fails."
    if agreement.kind == "UC":
        return f"What a supplier promises is taken at its word: nothing below it is ours to judge. {impact}"
    return (
        "What an OLA promises of services that rest on nothing else, or without what they rest on (scope: own), is taken at "
        f"its word, and one whose term is over is not looked at. {impact}"
    )


def _explained(judgement: Judgement, result: ObjectiveResult) -> Explanation:
    agreement, objective = judgement.objective(result.address)
    sight = judgement.sight(result.address)
    top, firmness = judgement.tops[result.address], agreement.status.firmness
    allowed = allowed_by(objective)
    numbers = sight.numbers(top, firmness)
    worst = numbers.window
    cases = [
        Case(tuple(sight.timeline.windows[index] for index in windows), programme, joint)
        for windows, programme, joint in sight.cases(top, firmness, allowed)
    ]
    window = sight.timeline.stretch(worst)
    shown = sight.timeline.windows[sight.timeline.column(worst)]
    clauses = sight.clauses(top, firmness)
    parts = dict(numbers.links)
    about = {
        name: sight.link(name, parts.get(name, Fraction(0)) * window.seconds, top, firmness)
        for name in [*judgement.structure.leaves(top), *(one.name for one in clauses)]
    }
    counted = sight.timeline.counted(worst)
    outages = sight.outages(top, firmness, worst) if numbers.worst.upper > allowed else ()
    broken = downtime_s(outages) > allowed * counted.seconds
    return Explanation(
        result=result,
        structure=judgement.structure,
        titles=judgement.titles,
        top=top,
        allowed=allowed,
        cases=tuple(cases),
        clauses={one.name: (one.together, one.parts) for one in clauses},
        about=about,
        worst=next(index for index, case in enumerate(cases) if shown in case.windows),
        counted=counted,
        window=window,
        outages=outages if broken else (),
        held=tuple(
            Held(one.item, one.promise, about[one.item].promise) for one in sight.held(top, firmness, worst)
        ),
        by_request=sight.timeline.by_request,
        interval=why_open(
            sight, numbers, top, firmness, settled=broken or all(case.upper <= allowed for case in cases)
        ),
    )
