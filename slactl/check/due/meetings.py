"""What recurs while an agreement is in force: reviews, reports, announcements of maintenance."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile

from slactl.base.duration import Duration
from slactl.base.zones import find_zone, local_date
from slactl.check.due.dates import day_after, last_day_for_notice, recurring
from slactl.check.due.duty import Duty, Undated
from slactl.model.agreement import Agreement
from slactl.model.calendar import MaintenanceWindow, occurrences
from slactl.model.merge import origin

_DAY = timedelta(days=1)


def over_after(agreement: Agreement) -> date:
    """The last day of an agreement; the last day there is where it renews or has no end."""
    term = agreement.term
    return term.until if term.until is not None and term.renewal is None else date.max


def review_duties(agreement: Agreement, as_of: date, last: date) -> Iterator[Duty | Undated]:
    """Every review up to a day: the first one and then each interval; without a first one, counted from the term's start.

    Nothing records that a review took place, so that those of the past are not listed.
    """
    if not _reviewed(agreement):
        return
    place = origin(agreement.layers, ("reviews",))[1]
    if _first_review(agreement) is None:
        yield Undated(
            agreement.address,
            f"a review every {agreement.reviews.every}",
            "Say reviews.first, or term.from to count from.",
            place,
        )
        return
    every = f", every {agreement.reviews.every}" if agreement.reviews.every else ""
    final = min(last, over_after(agreement))
    for number, day in takewhile(lambda one: one[1] <= final, _reviews(agreement, as_of)):
        yield Duty(
            on=day,
            kind="review",
            address=agreement.address,
            mark=f"review-{number}",
            what=f"review{every}",
            todo="Meet, and record what was decided.",
            who=(agreement.provider, *agreement.customers),
            place=place,
        )


def next_review(agreement: Agreement, as_of: date) -> date | None:
    """The first review that is not before a day, while the agreement is in force; None where there is none."""
    day = next((day for _, day in _reviews(agreement, as_of)), None)
    return None if day is None or day > over_after(agreement) else day


def provisional_duties(agreement: Agreement) -> Iterator[Duty | Undated]:
    """Targets that are provisional still: due at the agreement's first review, and overdue from then on."""
    due = _first_review(agreement)
    for objective in agreement.objectives.values():
        if not objective.provisional:
            continue
        what = f"the target {objective.target} is provisional still"
        todo = "Confirm or adjust it in the review, and drop provisional."
        place = origin(agreement.layers, ("objectives", objective.name, "provisional"))[1]
        if due is None:
            missing = "Say reviews.first or reviews.every with term.from: a provisional target is confirmed in a review."
            yield Undated(objective.address, what, missing, place)
        else:
            who = (agreement.provider, *agreement.customers)
            yield Duty(due, "provisional", objective.address, "provisional", what, todo, who, place)


def report_duties(agreement: Agreement, as_of: date) -> Iterator[Duty | Undated]:
    """The next report: each covers an interval from the term's start on, and is due on the day after it."""
    every, start = agreement.reporting_every, agreement.term.start
    if every is None:
        return
    place = origin(agreement.layers, ("reporting",))[1]
    what = f"report, every {every}"
    if start is None:
        yield Undated(agreement.address, what, "Say term.from to count from.", place)
        return
    for number, day in islice(recurring(start, every, 1, as_of), 1):
        if day - _DAY <= over_after(agreement):
            todo = f"Report up to {day - _DAY}."
            mark = f"report-{number}"
            yield Duty(day, "report", agreement.address, mark, what, todo, (agreement.provider,), place)


def announcement_duties(agreement: Agreement, as_of: date, last: date) -> Iterator[Duty]:
    """The next announcement of each dated maintenance, where the agreement asks for one."""
    maintenance = agreement.maintenance
    if maintenance is None or maintenance.notice is None:
        return
    for window in maintenance.windows:
        for day, start in _announcements(agreement, window, as_of, last):
            yield Duty(
                on=day,
                kind="maintenance-notice",
                address=agreement.address,
                mark=f"maintenance-{window.name}-{start}",
                what=f"last day to announce the maintenance {window.name} of {start} ({maintenance.notice} before)",
                todo="Tell the customer, or move the maintenance.",
                who=(agreement.provider,),
                place=origin(agreement.layers, ("maintenance", "notice"))[1],
            )
            break


def _announcements(
    agreement: Agreement, window: MaintenanceWindow, as_of: date, last: date
) -> Iterator[tuple[date, date]]:
    """The last day to announce each maintenance, and the day on which it begins."""
    maintenance = agreement.maintenance
    if maintenance is None or maintenance.notice is None:
        return
    zone = find_zone(window.timezone)
    final = min(over_after(agreement), day_after(last, maintenance.notice))
    for begin, _ in occurrences(window, _second(as_of) - window.duration_s, _second(final) + 2 * 86_400):
        start = local_date(begin, zone)
        day = last_day_for_notice(start, maintenance.notice)
        if as_of <= day <= last and start <= final:
            yield day, start


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _reviewed(agreement: Agreement) -> bool:
    return agreement.reviews.every is not None or agreement.reviews.first is not None


def _first_review(agreement: Agreement) -> date | None:
    return next((day for _, day in _reviews(agreement, date.min)), None)


def _reviews(agreement: Agreement, since: date) -> Iterator[tuple[int, date]]:
    reviews, start = agreement.reviews, agreement.term.start
    if reviews.first is not None:
        return recurring(reviews.first, reviews.every or Duration(), 0, since)
    if reviews.every is None or start is None:
        return iter(())
    return recurring(start, reviews.every, 1, since)
