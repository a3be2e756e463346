"""How long work takes that passes through teams, each with its own hours, on somebody else's clock.

A step that needs `d` seconds of a team's hours, begun at t, ends at f(t): the earliest instant by which `d` seconds of these
hours have passed since t. f never decreases and is continuous from the left; it jumps wherever the work ends with a
span of the hours, for a start a moment later runs on into the next span. Steps follow one another or run at once, so
that the end F(t) of all of them is made of such functions by composition, maximum and minimum.

The time on the clock, h(t) = clock(F(t)) - clock(t), falls or stands still as t moves through the clock's hours, but
for the jumps of F, and only rises outside of them. So its supremum is found at the first instants of the clock's spans
and just after the jumps of F: the ends of every step's spans pulled back through the steps before it (SLA_MATH,
section 4). Nothing is sampled; all numbers are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil

from slactl.assurance.meter import Meter, Moment, Seconds
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass

_Pattern = tuple[int, tuple[tuple[tuple[int, int], ...], ...]]
_WEEK_S = 7 * 86_400
"""Hours repeat weekly but for holidays and changes of the clock: a week that looks like one before is worked out once."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Work that needs so many seconds of these hours."""

    hours: IntervalSet
    duration_s: Seconds


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work: it begins when all steps before it have ended.

    Several stages are promises about the same work that hold at once: it ends with the earliest of them.
    """

    stages: tuple[Stage, ...]
    after: tuple[int, ...] = ()
    """Positions of the steps that come before, all lower than its own; none: it begins at the start."""


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest time on the clock."""

    seconds: Fraction | None
    """The supremum; None: work begun at `start` does not end within the hours that are known."""
    start: Fraction
    """The start that attains it, in UTC seconds, the first where there are several."""
    approached: bool = False
    """True: it is not attained at `start`, only approached by starts just after it."""
    spent: tuple[Fraction, ...] = ()
    """What each step adds to it, in the order of the steps; a step that others outlast adds nothing."""


def longest(steps: Sequence[Step], clock: IntervalSet, start: int, end: int) -> Longest | None:
    """The longest time on a clock from a start in `[start, end)` until all steps have ended.

    Args:
        steps: in an order in which each comes after those it waits for.
        clock: when the clock runs; only starts in these hours count, later ones wait for them. The hours of clock
            and steps must be known well beyond `end`: what does not end within them counts as never ending.
        start: the first start, in UTC seconds.
        end: starts before this instant count.

    Returns:
        None where the clock never runs in `[start, end)`.
    """
    if not clock.clip(start, end):
        return None
    hours = {id(one): one for one in (clock, *(stage.hours for step in steps for stage in step.stages))}
    meters = {key: Meter(one) for key, one in hours.items()}
    work, mine, seen = _merged(steps), meters[id(clock)], set[_Pattern]()
    best_s, best_start = Fraction(-1), Fraction(start)
    for week in range(start, end, _WEEK_S):
        last = min(week + _WEEK_S, end)
        reach = _end(_ends(work, meters, (last, False)))
        if reach is None:
            near = hours
        else:  # whatever begins in this week ends by then: later hours do not matter
            near = {key: one.clip(week, ceil(reach[0]) + 1) for key, one in hours.items()}
            pattern = _pattern(near.values(), week, last)
            if pattern in seen:
                continue
            seen.add(pattern)
        found = _longest_within(work, {key: Meter(one) for key, one in near.items()}, clock, week, last)
        if found[0] is None:
            return Longest(None, Fraction(found[1]))
        if found[0] > best_s:
            best_s, best_start = Fraction(found[0]), Fraction(found[1])
    return _explained(steps, meters, mine, best_s, best_start)


def _pattern(hours: Iterable[IntervalSet], week: int, last: int) -> _Pattern:
    """How hours look from the start of a week; weeks that look the same have the same longest time."""
    spans = (tuple((start - week, end - week) for start, end in one) for one in hours)
    return last - week, tuple(spans)


def _longest_within(
    work: Sequence[Step], meters: Mapping[int, Meter], clock: IntervalSet, start: int, end: int
) -> tuple[Seconds | None, Seconds]:
    """The longest time for starts in `[start, end)` and the first of these; or None and one from which work never ends."""
    mine = meters[id(clock)]
    candidates: set[Seconds] = {first for first, _ in clock.clip(start, end)}
    candidates.update(t for t in _jumps(work, meters) if start <= t < end and mine.runs(t))
    best: tuple[Seconds, Seconds] = (-1, start)
    for t in sorted(candidates):
        last = _end(_ends(work, meters, (t, True)))
        if last is None:
            return None, t
        spent = mine.passed(last[0]) - mine.passed(t)
        if spent > best[0]:
            best = spent, t
    return best


def _explained(
    steps: Sequence[Step], meters: Mapping[int, Meter], clock: Meter, seconds: Fraction, start: Fraction
) -> Longest:
    at_start = _end(_ends(steps, meters, (start, False)))
    approached = at_start is None or clock.passed(at_start[0]) - clock.passed(start) < seconds
    spent = _spent(steps, meters, clock, (start, approached))
    return Longest(seconds, start, approached, spent)


def _ends(steps: Sequence[Step], meters: Mapping[int, Meter], start: Moment) -> list[Moment | None]:
    """When each step ends; None: never."""
    ends: list[Moment | None] = []
    for step in steps:
        begin = _begin(step, ends, start)
        if begin is None:
            ends.append(None)
        elif len(step.stages) == 1:
            (stage,) = step.stages
            ends.append(meters[id(stage.hours)].add(begin, stage.duration_s))
        else:
            possible = (meters[id(stage.hours)].add(begin, stage.duration_s) for stage in step.stages)
            ends.append(min((one for one in possible if one is not None), default=None))
    return ends or [start]


def _begin(step: Step, ends: Sequence[Moment | None], start: Moment) -> Moment | None:
    """When a step begins; None: never."""
    if len(step.after) == 1:
        return ends[step.after[0]]
    return _end([ends[before] for before in step.after]) if step.after else start


def _end(ends: Iterable[Moment | None]) -> Moment | None:
    """The last of some moments; None where one of them never comes."""
    latest: Moment | None = None
    for one in ends:
        if one is None:
            return None
        if latest is None or one > latest:
            latest = one
    return latest


def _jumps(steps: Sequence[Step], meters: Mapping[int, Meter]) -> set[Seconds]:
    """Every start at which the end of the work may jump."""
    at_start = set[Seconds]()
    at_end: list[set[Seconds]] = [set() for _ in steps]
    for index in range(len(steps) - 1, -1, -1):
        begins = set[Seconds]()
        for stage in steps[index].stages:
            meter = meters[id(stage.hours)]
            begins |= _pulled_back(at_end[index], stage.duration_s, meter)
            if stage.duration_s:
                begins |= _pulled_back(meter.ends, stage.duration_s, meter)
        for before in steps[index].after:
            at_end[before] |= begins
        if not steps[index].after:
            at_start |= begins
        at_end[index] = set()
    return at_start


def _pulled_back(ends: Iterable[Seconds], duration_s: Seconds, meter: Meter) -> set[Seconds]:
    """For each end the last begin from which the work ends no later."""
    if duration_s == 0:
        return set(ends)
    begins = {meter.last(meter.passed(end) - duration_s) for end in ends}
    return {begin for begin in begins if begin is not None}


def _merged(steps: Sequence[Step]) -> list[Step]:
    """The same work in fewer steps: d and then e seconds of the same hours are d + e seconds of them."""
    followers = [0] * len(steps)
    for step in steps:
        for before in step.after:
            followers[before] += 1
    work: list[Step] = []
    place: list[int] = []
    for step in steps:
        alone = len(step.after) == 1 and followers[step.after[0]] == 1
        joins = place[step.after[0]] if alone else -1
        if alone and _same_hours(work[joins], step):
            work[joins] = _joined(work[joins], step)
            place.append(joins)
        else:
            place.append(len(work))
            work.append(Step(step.stages, tuple(sorted({place[before] for before in step.after}))))
    return work


def _same_hours(first: Step, then: Step) -> bool:
    return (
        len(first.stages) == len(then.stages) == 1 and first.stages[0].hours is then.stages[0].hours
    )  # fmt: skip


def _joined(first: Step, then: Step) -> Step:
    (one,), (two,) = first.stages, then.stages
    return Step((Stage(one.hours, one.duration_s + two.duration_s),), first.after)


def _spent(
    steps: Sequence[Step], meters: Mapping[int, Meter], clock: Meter, start: Moment
) -> tuple[Fraction, ...]:
    """What each step adds on the clock, along the steps that others wait for."""
    spent = [Fraction(0)] * len(steps)
    ends = [end or start for end in _ends(steps, meters, start)]
    last: Sequence[int] = range(len(steps))
    while last:
        index = max(last, key=ends.__getitem__)
        last = steps[index].after
        begin = max((ends[before] for before in last), default=start)
        spent[index] = Fraction(clock.passed(ends[index][0]) - clock.passed(begin[0]))
    return tuple(spent)
