"""Baselines in words, worst first."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import ceil, floor

from slactl.base.duration import spoken
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio, decimal_text
from slactl.base.text import plural, sentence_list
from slactl.measure.baseline import ENOUGH, Baseline
from slactl.measure.past_windows import risk_left, wilson
from slactl.render.style import Style

_ADVICE = {
    "too-strict": "too strict for its history",
    "insufficient": "not enough history",
    "about-right": "about right",
    "more-possible": "more could be promised",
}
_COUNTED = {
    "too-strict": "too strict",
    "insufficient": "without enough history",
    "about-right": "about right",
    "more-possible": "with more to promise",
}
_ORDER = tuple(_ADVICE)
METHODS = {
    "block-bootstrap": "bootstrap of 7-day blocks",
    "compound-poisson": "compound Poisson model of its incidents",
}
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Baselines:
    """What `slactl baseline` found."""

    as_of: date
    found: Sequence[Baseline]
    without: Sequence[str] = ()
    """Objectives that could be measured, and that no source was asked about: addresses."""

    @property
    def ordered(self) -> list[Baseline]:
        """The worst first: too strict by the chance to be met, then what lacks history."""
        return sorted(
            self.found,
            key=lambda one: (
                _ORDER.index(one.advice),
                one.chance.lower if one.chance is not None else 0,
                one.history.objective.address,
                one.history.source,
            ),
        )


def baseline_text(told: Baselines, style: Style) -> str:
    """A block for each objective and source, then the sum."""
    parts = ["\n".join(_block(one, style)) + "\n" for one in told.ordered]
    return "\n".join([*parts, *_sum(told)])


def _block(one: Baseline, style: Style) -> Iterator[str]:
    objective = one.history.objective
    paint = {"too-strict": style.bad, "insufficient": style.warn}.get(one.advice, style.good)
    goal = str(one.target) if objective.percentile is None else f"{one.target} within {objective.target}"
    yield f"{style.bold(objective.address)}  {goal} a {_window(one)}: {paint(_ADVICE[one.advice])}"
    rows = [
        ("history", _history(one)),
        ("past", _past(one)),
        ("next", _next(one)),
        ("target", _target(one)),
        ("to do", _todo(one)),
    ]
    for name, text in rows:
        yield f"  {name:<8} {text}"


def _window(one: Baseline) -> str:
    return str(one.history.objective.window).removeprefix("calendar-")


def _history(one: Baseline) -> str:
    history = one.history
    last = history.until - timedelta(days=1)
    without = f", {len(history.missing)} without" if history.missing else ""
    text = f"{plural(len(history.days), 'day')} with data{without}, {history.first} to {last}, from {history.source}"
    if history.note:
        text += f" ({history.note})"
    if not history.days:
        return text
    incidents = plural(one.incidents, "incident")
    if history.unit == "events":
        share = decimal_text(history.bad / history.counted * 100, 4, up=True)
        return f"{text}; {share}% of its events were bad, {incidents} (runs of days that spend more than their share)"
    kind = "" if history.outages is not None else " (runs of days with downtime)"
    return f"{text}; {incidents}{kind}, down {spoken(history.bad)} of {spoken(history.counted)}"


def _past(one: Baseline) -> str:
    of, met = len(one.windows.shares), one.windows.met(one.target.share)
    left_out = (
        f", {plural(one.windows.left_out, 'window')} with too little data left out"
        if one.windows.left_out
        else ""
    )
    if not of:
        return f"no whole window{left_out}"
    low, high = wilson(met, of)
    return f"{met} of {plural(of, 'window')} met{left_out}; Wilson's 90 % interval: {down(low)} to {up(high)}"


def _next(one: Baseline) -> str:
    if one.chance is None or one.method is None:
        text = f"unknown: {one.insufficient}"
        of = len(one.windows.shares)
        if of and one.windows.met(one.target.share) == of:
            text += f"; {plural(of, 'clean window')} still allow{'s' if of == 1 else ''} a risk of {up(risk_left(of))} (at 90 % confidence)"
        return text
    year = float(one.windows_a_year)
    return (
        f"met with {down(one.chance.point)}, at least {down(one.chance.lower)} (one-sided 90 % bound), by a {METHODS[one.method]}; "
        f"to expect: {year * (1 - one.chance.point):.1f} breaches a year, at most {ceil(year * (1 - one.chance.lower) * 10) / 10:.1f}"
    )


def _target(one: Baseline) -> str:
    if one.provisional is not None:
        kept = one.provisional.target
        return (
            f"{kept} as a provisional one"
            if kept is not None
            else "none that every past window met and the check supports"
        )
    bears = f"met with at least {ENOUGH:.0%}"
    if one.limit is None:
        return f"{_named(one.by_history)} ({bears}); the check does not judge it"
    if one.achievable == one.by_history and one.achievable is not None:
        return f"{one.achievable} ({bears}, and guaranteed by what is below)"
    return (
        f"{_named(one.achievable)}: history alone bears {_named(one.by_history)} ({bears}), "
        f"and what is below guarantees {_named(one.limit.strictest)}"
    )


def _named(target: Ratio | None) -> str:
    return "no standard target" if target is None else str(target)


def _todo(one: Baseline) -> str:
    if one.provisional is not None:
        return _until_confirmed(one)
    unsupported = one.limit is not None and one.limit.verdict != "guaranteed"
    why = (
        f" The check calls {one.target} {one.limit.verdict}: see slactl suggest."
        if unsupported and one.limit
        else ""
    )
    if one.advice == "about-right":
        return f"Keep {one.target}.{why}" if not unsupported else f"History bears {one.target}.{why}"
    if one.advice == "more-possible":
        return f"{one.achievable} could be promised."
    hope = (
        ""
        if one.chance is None or one.chance.point < ENOUGH
        else " The estimate alone would do: more history may bear it out."
    )
    if one.achievable is None:
        return f"Mend the service, or promise something else.{hope}{why}"
    return f"Promise {one.achievable}, or mend the service.{hope}{why}"


def _until_confirmed(one: Baseline) -> str:
    loose = one.provisional
    if loose is None:
        raise TypeError("a target with enough history needs no confirmation")
    steps = [] if loose.stated else ["Say provisional: true."]
    if loose.target is not None and loose.target != one.target:
        steps.insert(0, f"Promise {loose.target}.")
    steps.append(
        "Owe no credits until it is confirmed." if loose.credits else "No penalties until it is confirmed."
    )
    steps.append(
        "The agreement names no process that adjusts it (SLA402): say reviews.adjustment."
        if loose.process is None
        else f"It is adjusted by {loose.process}."
    )
    steps.append(
        "No review has a day: say reviews.first, or reviews.every with term.from."
        if loose.review is None
        else f"Review: {loose.review}."
    )
    return " ".join(steps)


def _sum(told: Baselines) -> Iterator[str]:
    if told.without:
        named = [*told.without[:_MOST_NAMED]]
        more = len(told.without) - len(named)
        yield f"Nothing measures {sentence_list([*named, f'{more} more'] if more else named)}."
    counts = [(name, sum(one.advice == name for one in told.found)) for name in _ORDER]
    words = [f"{count} {_COUNTED[name]}" for name, count in counts if count]
    total = plural(len(told.found), "baseline")
    yield f"{total}{': ' if words else ''}{', '.join(words)}. As of {told.as_of}."


def down(chance: float) -> str:
    """A chance in per cent, rounded down: what is said to be at least so much is."""
    return f"{floor(chance * 1000) / 10:g} %"


def up(chance: float) -> str:
    """A chance in per cent, rounded up."""
    return f"{ceil(chance * 1000) / 10:g} %"
