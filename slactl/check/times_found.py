"""What the structure below a promise about time guarantees while the same agreements are in force."""

from fractions import Fraction

from slactl.assurance.escalation import Longest
from slactl.assurance.late_tickets import carries, may_be_late
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import decimal_text
from slactl.base.text import sentence_list
from slactl.base.zones import local_time
from slactl.check.handover import Answer, Handovers
from slactl.check.recovery import oldest_data, restoring
from slactl.check.result import AmountLink, Verdict
from slactl.check.support_hours import links as hours_links
from slactl.check.support_hours import support_calendar, uncovered, worst_window
from slactl.check.times_chain import escalation
from slactl.check.times_work import Reckoner, Work, late_of
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

_ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Found:
    """What the structure below an objective guarantees in some stretch of time."""

    supported: Fraction | None
    worst: str
    links: tuple[AmountLink, ...] = ()
    open: bool = False
    """Something that is needed is not stated: nothing is guaranteed, and the number counts it as none."""

    @property
    def badness(self) -> tuple[bool, Fraction]:
        """Larger where less is guaranteed."""
        return self.supported is None, self.supported or Fraction(0)

    def verdict(self, promised: Fraction) -> Verdict:
        """What a promise is worth against it."""
        if self.supported is None:
            return "undecided" if self.open else "unsupported"
        if self.supported > promised:
            return "unsupported"
        return "undecided" if self.open else "guaranteed"


def found_in_stretch(
    agreement: Agreement, objective: Objective, handovers: Handovers, reckoner: Reckoner
) -> Found:
    """What is guaranteed below an objective in the stretch of time that the handovers see.

    A response whose clock stops when it is `acknowledged` is the first team's own; any other, and every resolution,
    takes the ticket's whole way.
    """
    tops = handovers.tops(agreement, objective)
    if objective.metric == "support-hours":
        return _hours_missed(objective, list(handovers.below(tops)), handovers)
    if objective.metric == "recovery-point":
        work, links = oldest_data(handovers, tops)
        oldest = links[0] if links else None
        age = Found(oldest.amount if oldest else Fraction(0), oldest.address if oldest else "", tuple(links))
        return _as_far_as_known(age, work, handovers.estate)
    if objective.metric == "recovery-time":
        work = restoring(handovers, tops)
    else:
        first_only = objective.metric == "response-time" and objective.clock.get("stops") == _ACKNOWLEDGED
        work = escalation(handovers, tops, first_team_only=first_only)
    return _longest(objective, work, handovers, reckoner)


def _longest(objective: Objective, work: Work, handovers: Handovers, reckoner: Reckoner) -> Found:
    if work.too_large:
        return Found(None, "the structure below is too large to be followed", open=True)
    if work.missing:
        return _as_far_as_known(Found(None, ""), work, handovers.estate)
    late, allowed = work.lateness(objective.window), late_of(objective)
    if not carries(late, allowed):
        shares = (
            f"{_percent(may_be_late(late))} of tickets may be late below, and {_percent(allowed.share)} here"
        )
        minimum = any(one.minimum > 1 for one in late)
        few = ", or all of a few that are not judged below" if minimum else ""
        return Found(None, f"{shares}{few}", _as_promised(work), open=False)
    sight = handovers.sight
    longest = reckoner.longest(work.pieces, objective.hours, (sight.start, sight.end))
    if longest is None:
        return Found(Fraction(0), "its hours never begin")
    links = _links(work, longest)
    found = Found(longest.seconds, _when(objective, longest, handovers.estate), links)
    return _as_far_as_known(found, work, handovers.estate)


def _as_far_as_known(found: Found, work: Work, estate: Estate) -> Found:
    """What was found, less what is missing or not stated."""
    if work.missing:
        names = tuple(dict.fromkeys(work.missing))
        links = (
            AmountLink(f"service.{name}", "no promise", Fraction(0), estate.services[name].place)
            for name in names
        )
        return Found(None, f"nothing is promised about {sentence_list(names)}", tuple(links))
    if not work.unstated:
        return found
    own = (
        AmountLink(
            f"service.{name}.intrinsic", "own time not stated", Fraction(0), estate.services[name].place
        )
        for name in dict.fromkeys(work.unstated)
    )
    return replace(found, links=(*found.links, *own), open=True)


def _hours_missed(objective: Objective, answers: list[Answer], handovers: Handovers) -> Found:
    missing = [answer.ask.service for answer in answers if answer.missing]
    if missing:
        return _as_far_as_known(Found(None, ""), Work(missing=missing), handovers.estate)
    sight, hours = handovers.sight, handovers.estate.hours
    span = (sight.start, sight.end)
    gaps = list(uncovered(hours, objective, answers, span))
    time = IntervalSet.of(part for gap in gaps for part in gap.time)
    zone = hours.zone(support_calendar(objective))
    window = worst_window(objective.window, zone, time, span)
    first = next(iter(time.clip(*window)), None)
    worst = "" if first is None else f"from {_local(first[0], support_calendar(objective), handovers.estate)}"
    return Found(Fraction(time.clip(*window).seconds), worst, tuple(hours_links(gaps, window)))


def _links(work: Work, longest: Longest) -> tuple[AmountLink, ...]:
    """What each step adds on the clock, most first; those that others outlast are left out."""
    if longest.seconds is None:
        return _as_promised(work)
    parts = [
        AmountLink(piece.address, piece.promise, spent, piece.place, piece.service)
        for piece, spent in zip(work.pieces, longest.spent, strict=True)
        if spent
    ]
    return tuple(sorted(parts, key=lambda link: -link.amount))


def _as_promised(work: Work) -> tuple[AmountLink, ...]:
    """Each step with the seconds that it is promised in."""
    return tuple(
        AmountLink(
            piece.address,
            piece.promise,
            Fraction(min(length for _, length in piece.stages)),
            piece.place,
            piece.service,
        )
        for piece in work.pieces
    )


def _when(objective: Objective, longest: Longest, estate: Estate) -> str:
    """When the worst begins: `logged just after Fri 2026-04-03 17:50 Europe/Berlin`."""
    verb = "down from" if objective.metric == "recovery-time" else "logged"
    if longest.seconds is None:
        return f"{verb} {_local(longest.start, objective.hours, estate)}, work never ends"
    just = "just after" if longest.approached else "on" if verb == "logged" else ""
    return " ".join(word for word in (verb, just, _local(longest.start, objective.hours, estate)) if word)


def _local(instant: Fraction | int, calendar: str | None, estate: Estate) -> str:
    zone = estate.hours.zone(calendar)
    local = local_time(int(instant), zone)
    return f"{local:%a %Y-%m-%d %H:%M}{f':{local:%S}' if local.second else ''} {zone.key}"


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100, 6, up=True)}%"
