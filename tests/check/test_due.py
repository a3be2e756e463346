"""What falls due: by hand on small estates, and the arithmetic of days by property."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.base.diagnostics import SlactlError
from slactl.base.duration import Duration, parse_duration
from slactl.check.due import DueList, due
from slactl.check.due.dates import day_after, last_day_for_notice, recurring, term_ends
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
DAYS = st.dates(date(1990, 1, 1), date(2200, 12, 31))
LENGTHS = st.one_of(
    st.integers(1, 60).map(lambda months: Duration(months=months)),
    st.integers(1, 800).map(lambda days: Duration(days * 86_400_000)),
    st.integers(1, 2000).map(lambda hours: Duration(hours * 3_600_000)),
)

PARTIES = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: cloud}
spec: {type: supplier}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: web}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: net}
spec: {owner: cloud}
"""


def sla(spec: str, *, status: str = "agreed") -> str:
    return (
        "---\napiVersion: slactl/v1\nkind: SLA\nmetadata: {name: a}\n"
        f"spec: {{service: shop, customer: acme, status: {status}, objectives: {{availability: {{target: 99%}}}}, {spec}}}\n"
    )


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def listed(root: Path, within: str = "90d", as_of: date = TODAY) -> DueList:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return due(estate, as_of, parse_duration(within))


def days(found: DueList, kind: str) -> list[str]:
    return [str(one.on) for one in found.duties if one.kind == kind]


def test_a_term_without_renewal_ends_within_the_time_looked_at(workspace: Write) -> None:
    root = workspace(PARTIES + sla("term: {from: 2026-01-01, until: 2026-12-31, notice: 30d}"))
    assert days(listed(root, "38d"), "term-end") == ["2026-12-31"]
    assert days(listed(root, "37d"), "term-end") == []
    assert days(listed(root, "1Y"), "notice") == []


def test_a_term_that_is_over_stays_overdue_until_the_status_says_so(workspace: Write) -> None:
    terms = "term: {from: 2025-01-01, until: 2026-11-22}, reviews: {every: 1M}, reporting: {every: 1M}"
    open_ends = sla(terms).replace("{target: 99%}", "{target: 99%, provisional: true}")
    found = listed(workspace(PARTIES + open_ends))
    assert [(one.kind, str(one.on)) for one in found.overdue] == [("term-end", "2026-11-22")]
    assert found.coming == ()
    assert listed(workspace(PARTIES + sla(terms, status="expired"))).duties == ()


def test_the_last_day_of_a_term_is_not_yet_overdue(workspace: Write) -> None:
    found = listed(workspace(PARTIES + sla("term: {from: 2025-01-01, until: 2026-11-23}")))
    assert found.overdue == ()
    assert days(found, "term-end") == ["2026-11-23"]


def test_a_renewal_names_the_last_day_for_notice_on_each_side(workspace: Write) -> None:
    term = "term: {from: 2026-01-01, until: 2026-12-31, renewal: {for: 12M}, notice: {provider: 3M, customer: 30d}}"
    found = listed(workspace(PARTIES + sla(term)), "400d")
    notices = {(str(one.on), one.who) for one in found.duties if one.kind == "notice"}
    assert notices == {
        ("2026-12-01", ("acme",)),  # the provider's chance for this term, 30 September, is gone
        ("2027-09-30", ("web",)),
        ("2027-12-01", ("acme",)),
    }
    assert days(found, "renewal") == ["2026-12-31"]


def test_a_notice_longer_than_the_time_looked_at_is_due_before_the_term_ends(workspace: Write) -> None:
    term = "term: {from: 2026-01-01, until: 2027-12-31, renewal: {for: 12M}, notice: 12M}"
    found = listed(workspace(PARTIES + sla(term)), "90d")
    assert days(found, "notice") == ["2026-12-31", "2026-12-31"]
    assert days(found, "renewal") == []


@pytest.mark.parametrize(
    ("until", "notice", "last"),
    [
        ("2027-06-30", "3M", "2027-03-31"),
        ("2027-02-28", "1M", "2027-01-31"),
        ("2028-02-29", "1M", "2028-01-31"),
        ("2027-03-30", "1M", "2027-02-28"),
        ("2027-03-31", "1M", "2027-02-28"),
        ("2027-12-31", "90d", "2027-10-02"),
        ("2027-12-31", "2w", "2027-12-17"),
        ("2027-12-31", "36h", "2027-12-29"),
        ("2027-12-31", "0d", "2027-12-31"),
    ],
)
def test_the_last_day_for_notice(until: str, notice: str, last: str) -> None:
    assert str(last_day_for_notice(date.fromisoformat(until), parse_duration(notice))) == last


@given(DAYS, LENGTHS)
def test_notice_on_the_last_day_is_in_time_and_a_day_later_is_not(end: date, notice: Duration) -> None:
    def over(day: date) -> datetime:
        return notice.after(datetime.combine(day, time()))

    last = last_day_for_notice(end, notice)
    assert over(last) <= datetime.combine(end, time()) < over(last + timedelta(days=1))


@settings(deadline=None)  # counting every day since the first is slow
@given(DAYS, LENGTHS, st.integers(0, 1), st.integers(-400, 1500))
def test_recurring_days_are_counted_from_the_first(
    first: date, every: Duration, skip: int, later: int
) -> None:
    since = first + timedelta(days=later)
    step = every if every.months else Duration(max(every.milliseconds, 86_400_000))
    numbers = range(skip, 1600)
    all_days = ((n, day_after(first, Duration(step.milliseconds * n, step.months * n))) for n in numbers)
    expected = list(islice((one for one in all_days if one[1] >= since), 4))
    found = list(islice(recurring(first, every, skip, since), 4))
    assert found == expected
    assert all(one[1] < other[1] for one, other in pairwise(found))


def test_month_ends_are_kept_and_days_return_after_february() -> None:
    monthly = recurring(date(2027, 1, 31), parse_duration("1M"), 0, date(2027, 1, 1))
    assert [str(day) for _, day in islice(monthly, 4)] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
    ]
    halves = term_ends(date(2027, 6, 30), parse_duration("6M"), date(2027, 1, 1))
    assert [str(day) for _, day in islice(halves, 3)] == ["2027-06-30", "2027-12-31", "2028-06-30"]
    years = term_ends(date(2027, 2, 28), parse_duration("1Y"), date(2028, 1, 1))
    assert str(next(years)[1]) == "2028-02-29"


def test_what_recurs_never_is_due_once_and_what_lies_beyond_all_dates_is_not_due() -> None:
    assert list(recurring(TODAY, Duration(), 0, TODAY)) == [(0, TODAY)]
    assert list(recurring(TODAY, parse_duration("9000Y"), 1, TODAY)) == []
    assert last_day_for_notice(TODAY, parse_duration("9000Y")) == date.min


def test_reviews_count_from_the_first_or_from_the_start_of_the_term(workspace: Write) -> None:
    first = workspace(PARTIES + sla("reviews: {every: 3M, first: 2026-08-31}"))
    assert days(listed(first, "1Y"), "review") == ["2026-11-30", "2027-02-28", "2027-05-31", "2027-08-31"]
    term = "term: {from: 2026-01-15, until: 2027-01-31}"
    start = workspace(PARTIES + sla(f"{term}, reviews: {{every: 1M}}"))
    assert days(listed(start, "1Y"), "review") == ["2026-12-15", "2027-01-15"]
    once = workspace(PARTIES + sla("reviews: {first: 2026-12-01}"))
    assert days(listed(once, "1Y"), "review") == ["2026-12-01"]


def test_what_has_no_day_is_said_to_have_none(workspace: Write) -> None:
    found = listed(workspace(PARTIES + sla("reviews: {every: 3M}, reporting: {every: 1M}")))
    assert found.duties == ()
    assert [one.what for one in found.undated] == ["a review every 3M", "report, every 1M"]


def test_the_next_report_alone_is_due(workspace: Write) -> None:
    root = workspace(PARTIES + sla("term: {from: 2026-01-31}, reporting: {every: 1M}"))
    assert days(listed(root), "report") == ["2026-11-30"]
    over = workspace(PARTIES + sla("term: {from: 2026-10-15, until: 2026-11-30}, reporting: {every: 3M}"))
    assert days(listed(over), "report") == []


def test_a_provisional_target_is_overdue_once_its_first_review_went_by(workspace: Write) -> None:
    def provisional(first: str) -> DueList:
        reviews = f"reviews: {{every: 6M, first: {first}, adjustment: annex}}"
        root = workspace(PARTIES + sla(reviews).replace("{target: 99%}", "{target: 99%, provisional: true}"))
        return listed(root)

    (late,) = provisional("2026-03-31").overdue
    assert (late.kind, late.address, str(late.on)) == ("provisional", "sla.a.availability", "2026-03-31")
    assert provisional("2026-12-31").overdue == ()
    assert days(provisional("2026-12-31"), "provisional") == ["2026-12-31"]


def test_a_waiver_is_due_on_its_last_day_and_overdue_after_it(workspace: Write) -> None:
    def waived(until: str) -> DueList:
        spec = f"rule: SLA201, subject: sla.a.availability, reason: later, owner: head, until: {until}"
        return listed(workspace(PARTIES + document("Waiver", "w", spec)))

    assert [one.who for one in waived("2026-11-23").coming] == [("head",)]
    assert [one.address for one in waived("2026-11-22").overdue] == ["waiver.w"]
    assert waived("2027-11-23").duties == ()


def policy(until: str, start: str = "2026-01-01", kind: str = "liability") -> str:
    return f"{{kind: {kind}, insurer: alpine, perEvent: 1 MEUR, from: {start}, until: {until}}}"


def test_an_insurance_is_due_unless_another_continues_it(workspace: Write) -> None:
    def insured(*policies: str) -> list[str]:
        return days(listed(workspace(PARTIES + sla(f"insurance: [{', '.join(policies)}]"))), "insurance")

    assert insured(policy("2026-12-31")) == ["2026-12-31"]
    assert insured(policy("2026-12-31"), policy("2027-12-31", "2027-01-01")) == []
    assert insured(policy("2026-12-31"), policy("2027-12-31", "2027-01-02")) == ["2026-12-31"]
    assert insured(policy("2026-12-31"), policy("2027-12-31", "2027-01-01", "accident")) == ["2026-12-31"]
    assert insured(policy("2026-10-31")) == ["2026-10-31"]


def test_an_insurance_that_lasts_as_long_as_its_agreement_is_not_due(workspace: Write) -> None:
    term = "term: {from: 2026-01-01, until: 2026-12-31}"
    root = workspace(PARTIES + sla(f"{term}, insurance: [{policy('2026-12-31')}]"))
    assert days(listed(root), "insurance") == []
    early = workspace(PARTIES + sla(f"{term}, insurance: [{policy('2026-12-30')}]"))
    assert days(listed(early), "insurance") == ["2026-12-30"]


def test_an_insurance_of_a_party_is_due(workspace: Write) -> None:
    party = document("Party", "mill", f"type: supplier, insurance: [{policy('2026-12-31')}]")
    (found,) = listed(workspace(PARTIES + party)).duties
    assert (found.address, found.who) == ("party.mill", ("mill",))


def test_evidence_of_independence_ends_unless_other_evidence_outlasts_it(workspace: Write) -> None:
    def proven(*until: str) -> DueList:
        entries = ", ".join(
            f"{{between: [shop, net], evidence: audit {number}, signedBy: head, until: {day}}}"
            for number, day in enumerate(until)
        )
        pair = f"owner: web, dependsOn: {{any: [shop, net]}}, independence: [{entries}]"
        return listed(workspace(PARTIES + document("Service", "pair", pair)))

    assert days(proven("2026-12-31"), "evidence") == ["2026-12-31"]
    assert [one.who for one in proven("2026-11-01").overdue] == [("head",)]
    assert days(proven("2026-12-31", "2027-12-31"), "evidence") == []
    other = "{between: [shop, far], evidence: audit, signedBy: head, until: 2027-12-31}"
    own = "{between: [shop, net], evidence: audit, signedBy: head, until: 2026-12-31}"
    trio = document(
        "Service", "trio", f"owner: web, dependsOn: {{any: [shop, net, far]}}, independence: [{own}, {other}]"
    )
    root = workspace(PARTIES + document("Service", "far", "owner: cloud") + trio)
    assert days(listed(root), "evidence") == ["2026-12-31"]


def test_signatures_of_outside_parties_are_due_when_the_term_begins(workspace: Write) -> None:
    legal = "binding: legal, term: {from: 2026-12-01}"
    (missing,) = listed(workspace(PARTIES + sla(legal))).duties
    assert (missing.kind, missing.who, str(missing.on)) == ("signature", ("acme",), "2026-12-01")
    assert days(listed(workspace(PARTIES + sla(legal, status="proposed"))), "signature") == ["2026-12-01"]
    signed = f"{legal}, signed: [{{party: acme, on: 2026-11-01}}]"
    assert listed(workspace(PARTIES + sla(signed))).duties == ()
    assert listed(workspace(PARTIES + sla("term: {from: 2026-12-01}"))).duties == ()
    assert [one.what for one in listed(workspace(PARTIES + sla("binding: legal"))).undated] == [
        "a signature is missing (acme)"
    ]


def test_the_next_maintenance_is_announced_in_time(workspace: Write) -> None:
    monthly = '{name: patch, starts: "2026-02-06T16:00", duration: 2h, rrule: "FREQ=MONTHLY;BYDAY=1FR", timezone: Europe/Berlin}'
    root = workspace(PARTIES + sla(f"maintenance: {{notice: 5d, windows: [{monthly}]}}"))
    assert days(listed(root, as_of=date(2026, 11, 29)), "maintenance-notice") == ["2026-11-29"]
    assert days(listed(root, as_of=date(2026, 11, 30)), "maintenance-notice") == ["2026-12-27"]
    assert days(listed(root, "5d"), "maintenance-notice") == []
    term = "term: {from: 2026-01-01, until: 2026-12-03}"
    over = workspace(PARTIES + sla(f"{term}, maintenance: {{notice: 5d, windows: [{monthly}]}}"))
    assert days(listed(over), "maintenance-notice") == []


def test_drafts_owe_nothing(workspace: Write) -> None:
    terms = (
        f"binding: legal, term: {{from: 2026-01-01, until: 2026-12-31}}, insurance: [{policy('2026-10-31')}]"
    )
    assert listed(workspace(PARTIES + sla(terms, status="draft"))).duties == ()


def test_marks_tell_duties_apart_and_stay_when_days_move(workspace: Write) -> None:
    def marks(until: str) -> list[tuple[str, str]]:
        text = (
            f"term: {{from: 2026-01-01, until: {until}, renewal: {{for: 6M}}, notice: 30d}}, "
            f"reviews: {{every: 1M}}, reporting: {{every: 1M}}, insurance: [{policy(until)}]"
        )
        return [(one.address, one.mark) for one in listed(workspace(PARTIES + sla(text)), "1Y").duties]

    assert len(set(marks("2026-12-31"))) == len(marks("2026-12-31"))
    assert set(marks("2026-12-31")) == set(marks("2026-12-30"))


def test_nobody_plans_further_than_a_hundred_years(workspace: Write) -> None:
    root = workspace(PARTIES)
    assert listed(root, "100Y").duties == ()
    for length in ("101Y", "9999Y", "99999Y"):
        with pytest.raises(SlactlError, match="further than anybody can plan"):
            listed(root, length)
