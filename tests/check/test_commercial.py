"""The commercial rules: an amount or a date for each, worked out by hand, on their fixtures and on variations of them."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.base.duration import Duration, parse_duration
from slactl.base.money import parse_money
from slactl.base.windows import parse_window
from slactl.check.cover import Cover, Hole, first_hole
from slactl.check.engine import check
from slactl.check.exits import Gap, days_of_notice, is_longer, largest_gap, last_days
from slactl.check.fees import fee_between, fee_in_window, rounded, spoken_money
from slactl.check.result import Finding
from slactl.check.rules import all_rules
from slactl.documents.load import load_workspace
from slactl.model.agreement import Term
from slactl.model.building.estate import build_estate

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
RULES = [one.id for one in all_rules() if one.id.startswith("SLA7") or one.id in ("SLA304", "SLA305")]
HORIZON = date(2028, 11, 30)


def findings(root: Path, rule: str) -> list[Finding]:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return [one for one in check(estate, TODAY).findings if one.rule == rule]


@pytest.fixture
def fixture(workspace: Write, repository: Path) -> Callable[..., list[Finding]]:
    """The findings of a rule on one of its fixtures, in which some text is replaced before."""

    def found(rule: str, name: str, *changes: tuple[str, str]) -> list[Finding]:
        text = (repository / "tests" / "check" / "rules" / rule / f"{name}.yaml").read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return findings(workspace(text), rule)

    return found


Fixture = Callable[..., list[Finding]]


@pytest.mark.parametrize("rule", RULES)
def test_a_commercial_rule_finds_its_bad_estate_and_not_its_good_one(fixture: Fixture, rule: str) -> None:
    found = fixture(rule, "bad")
    assert found
    assert all(one.place is not None and one.detail for one in found)
    assert fixture(rule, "good") == []


SAID = {
    "SLA304": "nimbus may end uc.nimbus-hosting with 30d notice and we sla.acme-shop with 180d: notice on 2026-11-23 leaves "
    "150 days uncovered, from 2026-12-24 to 2027-05-22.",
    # 23 December to 22 May: 8 days of December, 4 months, 22 days of May.
    "SLA305": "If the customers of sla.acme-shop give notice on 2026-11-23, uc.nimbus-hosting goes on for 150 days, from "
    "2026-12-24 to 2027-05-22: 14,903.23 EUR of stranded fees, our notice being 180d.",
    "SLA701": "If nimbus alone is down for more than 3h 36m in a window, we owe 2,400 EUR under 1 SLA, suppliers owe 900 "
    "EUR in credits: 1,500 EUR uncovered.",
    "SLA702": "sla.acme-shop gives the indemnity data-loss up to 2,000,000 EUR, and from 2027-01-01 nothing stands behind "
    "it: 2,000,000 EUR missing.",
    # April's credits until 30 May, the second quarter until 30 June: 31 days.
    "SLA703": "Credits of uc.nimbus-hosting may have to be claimed by 2027-05-30, and whether sla.acme-shop.availability "
    "was broken in the same window is known on 2027-06-30, 31 days later.",
    "SLA704": "uc.nimbus-hosting binds informally, and sla.acme-shop above owes credits by law: it gives no recourse.",
    "SLA705": "uc.nimbus-hosting reports every 3M, and sla.acme-shop reports every 1M.",
    "SLA706": "uc.nimbus-hosting is reviewed every 1Y, and sla.acme-shop is reviewed every 6M.",
    "SLA707": "uc.nimbus-hosting allows data in US, where only EU is promised (sla.acme-shop).",
    "SLA709": "The professional liability insurance of uc.nimbus-hosting does not cover 2027-01-01, and what it stands "
    "behind lasts until 2028-11-30.",
    "SLA710": "What an outage of nimbus costs is in EUR and USD, and the workspace has no rates to add these by.",
    "SLA711": "uc.nimbus-hosting is agreed and legally binding, and no signature is recorded.",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_finding_states_its_amount_or_date(fixture: Fixture, rule: str) -> None:
    assert [one.message for one in fixture(rule, "bad")] == [SAID[rule]]


def test_periods_that_end_apart_leave_a_gap_with_equal_notice(fixture: Fixture) -> None:
    renews = "until: 2027-06-30, renewal: {for: 12M}, notice: 90d"
    (found,) = fixture(
        "SLA304",
        "good",
        ("until: 2028-12-31, notice: {provider: 180d, customer: 30d}", renews),
        (
            "until: 2027-12-31, notice: {provider: 180d, customer: 180d}",
            "until: 2027-12-31, renewal: {for: 12M}, notice: 90d",
        ),
    )
    assert found.severity == "note"
    assert "notice on 2026-11-23 leaves 184 days uncovered, from 2027-07-01 to 2027-12-31" in found.message


def test_no_fee_is_stranded_while_another_customer_stays(fixture: Fixture) -> None:
    stays = (
        "---\napiVersion: slactl/v1\nkind: SLA\nmetadata: {name: birch-shop}\nspec: {service: shop, customer: acme, "
        "status: agreed, term: {from: 2026-01-01, until: 2027-12-31}, objectives: {availability: {target: 99%}}}\n"
        "---\napiVersion: slactl/v1\nkind: UC\n"
    )
    assert fixture("SLA305", "bad", ("---\napiVersion: slactl/v1\nkind: UC\n", stays)) == []


def test_credits_without_a_fee_have_an_unknown_amount(fixture: Fixture) -> None:
    (found,) = fixture("SLA701", "bad", ("  fee: 12000 EUR/month\n", ""))
    assert (found.address, found.severity) == ("sla.acme-shop", "note")
    assert "states no fee" in found.message


def test_too_small_an_insurance_lacks_the_rest(fixture: Fixture) -> None:
    (found,) = fixture(
        "SLA702", "good", ("perEvent: 2000000 EUR", "perEvent: 3000000 EUR, aggregate: 1500000 EUR")
    )
    assert found.message.endswith("from 2026-11-23 too little stands behind it: 500,000 EUR missing.")


def test_the_same_indemnity_from_a_supplier_below_stands_behind_ours(fixture: Fixture) -> None:
    given = "  indemnities: [{name: data-loss, cause: loss of our data, cap: 2000000 EUR}]\n"
    assert fixture("SLA702", "bad", ("  fee: 3000 EUR/month\n", "  fee: 3000 EUR/month\n" + given)) == []
    (found,) = fixture(
        "SLA702",
        "bad",
        ("  fee: 3000 EUR/month\n", "  fee: 3000 EUR/month\n" + given.replace("2000000", "700000")),
    )
    assert "from 2027-01-01 too little stands behind it: 1,300,000 EUR missing" in found.message


def test_an_insurance_of_the_organization_stands_behind_every_indemnity(fixture: Fixture) -> None:
    ours = (
        "kind: Party\nmetadata: {name: team-shop}\nspec: {type: internal, "
        "insurance: [{kind: cyber, perEvent: 2000000 EUR}]}"
    )
    plain = "kind: Party\nmetadata: {name: team-shop}\nspec: {type: internal}"
    assert fixture("SLA702", "bad", (plain, ours)) == []


def test_an_indemnity_of_an_sla_that_renews_is_covered_to_the_horizon(fixture: Fixture) -> None:
    (found,) = fixture(
        "SLA702", "good", ("until: 2027-12-31, notice", "until: 2027-12-31, renewal: {for: 12M}, notice")
    )
    assert "from 2028-01-01 nothing stands behind it" in found.message


def test_more_may_lean_on_an_aggregate_than_it_pays(fixture: Fixture) -> None:
    two = (
        "  indemnities:\n    - {name: data-loss, cause: loss of data, cap: 2000000 EUR}\n"
        "    - {name: accident, cause: injury on site, cap: 1500000 EUR}\n"
        "  insurance: [{kind: business, insurer: alpine, reference: A-7, aggregate: 3000000 EUR}]\n"
    )
    (found,) = fixture("SLA709", "good", ("  fee: 12000 EUR/month\n", "  fee: 12000 EUR/month\n" + two))
    assert found.message == (
        "sla.acme-shop (accident) and sla.acme-shop (data-loss) lean on business A-7 of alpine for 3,500,000 EUR in all, "
        "and it pays at most 3,000,000 EUR a year: 500,000 EUR missing."
    )


def test_a_policy_that_is_renewed_is_not_two(fixture: Fixture) -> None:
    """Of the policies of two years one pays at a time; and two of one year pay together, for all that lean on them."""
    indemnities = "  indemnities: [{name: accident, cause: any, cap: 2000000 EUR}, {name: data-loss, cause: any, cap: 1500000 EUR}]\n"
    policy = "{{kind: business, insurer: alpine, reference: {}, aggregate: {} EUR{}}}"

    def missing(*policies: str) -> list[str]:
        two = f"{indemnities}  insurance: [{', '.join(policies)}]\n"
        found = fixture("SLA709", "good", ("  fee: 12000 EUR/month\n", "  fee: 12000 EUR/month\n" + two))
        return [one.message.partition(" lean on ")[2] for one in found]

    this_year = policy.format("A-7", 3_000_000, ", until: 2026-12-31")
    next_year = policy.format("A-8", 3_200_000, ", from: 2027-01-01")
    assert missing(this_year, next_year) == [
        "business A-7 of alpine for 3,500,000 EUR in all, and it pays at most 3,000,000 EUR a year: 500,000 EUR missing.",
        "business A-8 of alpine for 3,500,000 EUR in all, and it pays at most 3,200,000 EUR a year: 300,000 EUR missing.",
    ]
    one, other = (policy.format(name, 1_500_000, "") for name in ("B-1", "B-2"))
    (both,) = missing(one, other)
    assert both.startswith("business B-1 of alpine and business B-2 of alpine for 3,500,000 EUR in all, ")
    assert both.endswith("and they pay at most 3,000,000 EUR a year: 500,000 EUR missing.")
    assert missing(this_year.replace("3000000", "3500000"), next_year.replace("3200000", "3500000")) == []
    assert missing(one, policy.format("B-3", 2_000_000, "")) == []
    assert missing(one, "{kind: business, insurer: alpine, reference: B-4}") == []


def test_terms_that_a_contract_does_not_state_are_warnings(fixture: Fixture) -> None:
    theirs = (
        "  flowDown: {dataLocation: [EU], subProcessors: none, breachNotification: 12h, auditRights: true}\n"
    )
    found = fixture("SLA707", "good", (theirs, ""))
    assert [one.severity for one in found] == ["warning"] * 4
    (later,) = fixture("SLA707", "good", ("12h", "3d"))
    assert "breaches reported within 3d, where 1d is promised" in later.message
    (other,) = fixture("SLA707", "good", (theirs, theirs.replace("none", "only affiliates")))
    assert other.severity == "note"


def test_a_supplier_that_measures_for_us_has_to_report(fixture: Fixture) -> None:
    quiet = fixture("SLA705", "bad", ("  reporting: {every: 3M}\n", ""))
    assert [one.severity for one in quiet] == ["note"]
    measured = (
        "    availability: {target: 99.9%}",
        "    availability: {target: 99.9%, measure: {source: supplier-report}}",
    )
    assert [
        one.severity for one in fixture("SLA705", "bad", ("  reporting: {every: 3M}\n", ""), measured)
    ] == ["warning"]


def test_an_informal_ola_is_a_note(fixture: Fixture) -> None:
    ola = (
        "---\napiVersion: slactl/v1\nkind: Party\nmetadata: {name: data}\nspec: {type: internal}\n"
        "---\napiVersion: slactl/v1\nkind: Service\nmetadata: {name: db}\nspec: {owner: data}\n"
        "---\napiVersion: slactl/v1\nkind: OLA\nmetadata: {name: db}\nspec: {service: db, status: agreed, "
        "objectives: {availability: {target: 99.99%}}}\n---\napiVersion: slactl/v1\nkind: SLA\n"
    )
    needs = ("dependsOn: [hosting]", "dependsOn: [hosting, db]")
    found = fixture("SLA704", "good", ("---\napiVersion: slactl/v1\nkind: SLA\n", ola), needs)
    assert [(one.address, one.severity) for one in found] == [("ola.db", "note")]


def test_an_indemnity_and_its_insurance_need_a_common_currency(fixture: Fixture) -> None:
    given = (
        "  fee: 12000 EUR/month\n  indemnities: [{name: data-loss, cause: loss of data, cap: 1000 EUR}]\n"
        "  insurance: [{kind: cyber, aggregate: 5000 USD}]\n"
    )
    found = fixture("SLA710", "good", ("  fee: 12000 EUR/month\n", given))
    assert "party.nimbus" in [one.address for one in found]
    assert any(one.address == "sla.acme-shop" and "EUR and USD" in one.message for one in found)


def test_an_insurance_that_ends_before_it_begins_is_refused(workspace: Write, repository: Path) -> None:
    text = (repository / "tests" / "check" / "rules" / "SLA702" / "bad.yaml").read_text("utf-8")
    _, problems = build_estate(
        load_workspace(workspace(text.replace("until: 2026-12-31, for", "until: 2025-12-31, for")))
    )
    assert [one.summary for one in problems.items] == ["The insurance ends before it begins"]


@pytest.mark.parametrize(
    ("fee", "first", "last", "worth"),
    [
        ("3000 EUR/month", "2027-01-01", "2027-03-31", 9000),
        ("3100 EUR/month", "2027-01-16", "2027-02-14", 1600 + 1550),
        ("1200 EUR/year", "2027-01-01", "2027-02-28", 200),
        ("70 EUR/week", "2027-01-01", "2027-01-10", 100),
        ("500 EUR", "2027-01-01", "2027-01-10", None),
        ("500 EUR/incident", "2027-01-01", "2027-01-10", None),
    ],
)
def test_a_fee_between_two_days(fee: str, first: str, last: str, worth: int | None) -> None:
    assert fee_between(parse_money(fee), date.fromisoformat(first), date.fromisoformat(last)) == worth


@pytest.mark.parametrize(
    ("fee", "window", "worth"),
    [
        ("900 EUR/month", "calendar-quarter", 2700),
        ("900 EUR/quarter", "calendar-month", 300),
        ("30 EUR/day", "calendar-day", 30),
        ("70 EUR/week", "calendar-week", 70),
        ("4800 EUR/month", {"rolling": "146097d"}, Fraction(4800 * 4800)),
        ("500 EUR/incident", "calendar-month", 500),
    ],
)
def test_the_fee_of_a_window(fee: str, window: str, worth: int) -> None:
    assert fee_in_window(parse_money(fee), parse_window(window)) == worth


def test_amounts_are_rounded_to_the_cautious_side_and_read_well() -> None:
    assert (str(rounded(Fraction(10, 3), "EUR")), str(rounded(Fraction(10, 3), "EUR", up=False))) == (
        "3.34 EUR",
        "3.33 EUR",
    )
    assert str(rounded(Fraction(-10, 3), "EUR")) == "-3.33 EUR"
    assert (spoken_money(parse_money("600000 EUR")), spoken_money(parse_money("1250.5 EUR"))) == (
        "600,000 EUR",
        "1,250.50 EUR",
    )


def term(until: str | None, renewal: str | None = None, notice: str | None = None) -> Term:
    period = parse_duration(notice) if notice else None
    return Term(
        date(2025, 1, 1),
        date.fromisoformat(until) if until else None,
        parse_duration(renewal) if renewal else None,
        period,
        period,
    )


@pytest.mark.parametrize(
    ("one", "last"),
    [
        (term(None), "2028-11-30"),
        (term(None, notice="30d"), "2026-12-23"),
        (term("2027-06-30"), "2027-06-30"),
        (term("2027-06-30", notice="30d"), "2026-12-23"),
        (term("2026-12-10", notice="30d"), "2026-12-10"),
        (term("2026-12-31", "12M", "30d"), "2026-12-31"),
        (term("2026-12-10", "12M", "30d"), "2027-12-10"),
        (term("2026-12-10", "12M"), "2028-11-30"),
        (term("2026-11-30", "3M", "1M"), "2027-02-28"),
        (term("2026-12-10", "10Y", "30d"), "2028-11-30"),
    ],
    ids=[
        "endless",
        "notice",
        "fixed",
        "early",
        "ends before",
        "in time",
        "too late",
        "no notice",
        "months",
        "beyond",
    ],
)
def test_the_earliest_exit(one: Term, last: str) -> None:
    assert date.fromordinal(last_days(one, "provider", TODAY, HORIZON)[0]).isoformat() == last


periods = st.one_of(st.integers(1, 200).map(lambda n: f"{n}d"), st.integers(1, 7).map(lambda n: f"{n}M"))
terms = st.builds(
    term,
    st.dates(date(2026, 6, 1), date(2029, 1, 1)).map(date.isoformat) | st.none(),
    st.none() | st.integers(1, 14).map(lambda n: f"{n}M") | st.integers(20, 400).map(lambda n: f"{n}d"),
    st.none() | periods,
)


def exit_by_hand(one: Term, told: date, end: date) -> date:
    """The last day, found by trying day after day."""
    notice = one.notice_provider
    renews = one.until is not None and one.renewal is not None
    last = one.until if one.until is not None and not renews else end
    if notice is not None:
        earliest = notice.after(told)
        if renews and one.until is not None and one.renewal is not None:
            count = 0
            while (
                day := Duration(one.renewal.milliseconds * count, one.renewal.months * count).after(one.until)
            ) < earliest:
                count += 1
            earliest = day
        last = min(last, earliest)
    return min(last, end)


@given(terms)
@settings(deadline=None)
def test_exits_are_those_found_day_by_day(one: Term) -> None:
    end = date(2027, 12, 31)
    every = [date.fromordinal(day) for day in range(TODAY.toordinal(), end.toordinal() + 1)]
    by_hand = [exit_by_hand(one, day, end).toordinal() for day in every]
    assert list(last_days(one, "provider", TODAY, end)) == by_hand
    fixed = one.until is not None and one.renewal is None
    effective = [day < min(one.until or end, end).toordinal() if fixed else True for day in by_hand]
    assert days_of_notice(one, "provider", TODAY, end) == (sum(effective) if one.notice_provider else 0)


def test_the_largest_gap_is_the_first_of_equal_ones() -> None:
    day = TODAY.toordinal()
    assert largest_gap([day, day + 1, day + 2], [day + 1, day + 4, day + 5, day + 99], TODAY) == Gap(
        date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 27)
    )
    assert largest_gap([day], [day], TODAY) is None
    assert largest_gap([], [day], TODAY) is None


@pytest.mark.parametrize(
    ("one", "other", "longer"),
    [("36h", "1d", True), ("30d", "1M", False), ("31d", "1M", True), (None, "9Y", True), ("1d", None, False), (None, None, False)],
)  # fmt: skip
def test_periods_are_compared_on_the_calendar(one: str | None, other: str | None, longer: bool) -> None:
    mine, theirs = (parse_duration(text) if text else None for text in (one, other))
    assert is_longer(mine, theirs, TODAY) is longer


def test_part_of_a_day_of_notice_does_not_count() -> None:
    assert (
        last_days(term(None, notice="36h"), "provider", TODAY, HORIZON)[0] == date(2026, 11, 24).toordinal()
    )


D = date.fromisoformat


@pytest.mark.parametrize(
    ("covers", "needed", "hole"),
    [
        ([], 5, Hole(D("2027-01-01"), Fraction(5), nothing=True)),
        ([Cover(None, None, None)], 5, None),
        ([Cover(None, None, Fraction(4))], 5, Hole(D("2027-01-01"), Fraction(1), nothing=False)),
        ([Cover(None, None, Fraction(4)), Cover(None, D("2027-06-30"), Fraction(1))], 5, Hole(D("2027-07-01"), Fraction(1), nothing=False)),
        ([Cover(None, D("2027-06-30"), None), Cover(D("2027-07-01"), None, None)], None, None),
        ([Cover(None, D("2027-06-30"), None), Cover(D("2027-07-02"), None, None)], None, Hole(D("2027-07-01"), None, nothing=True)),
        ([Cover(None, D("2027-12-31"), Fraction(9))], 5, None),
    ],
)  # fmt: skip
def test_the_first_day_without_cover(covers: list[Cover], needed: int | None, hole: Hole | None) -> None:
    sum_needed = Fraction(needed) if needed is not None else None
    assert first_hole(covers, D("2027-01-01"), D("2027-12-31"), sum_needed) == hole


def test_a_rolling_window_above_is_known_its_whole_length_later(fixture: Fixture) -> None:
    rolling = ("window: calendar-quarter", "window: {rolling: 28d}")
    assert fixture("SLA703", "bad", rolling) == []
    (found,) = fixture("SLA703", "bad", rolling, ("claimWithin: 30d", "claimWithin: 14d"))
    assert found.message.endswith("14 days later.")
    (found,) = fixture("SLA703", "bad", ("target: 99.9%}", "target: 99.9%, window: {rolling: 30d}}"))
    assert found.message.endswith(
        "62 days later."
    )  # a quarter of 92 days, at whose first instant the downtime is


def test_a_renewal_of_no_length_is_none() -> None:
    one = Term(None, D("2027-01-31"), Duration(), None, Duration(months=6))
    assert last_days(one, "customer", TODAY, HORIZON)[0] == D("2027-01-31").toordinal()
