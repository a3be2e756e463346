"""The check on small estates: numbers that add up by hand, and every rule on a bad and a good example."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.diagnostics import InvalidFiles
from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)


def assess(root: Path, as_of: date = TODAY) -> Assessment:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, as_of)


def found(assessment: Assessment, rule: str) -> list[str]:
    return [one.address for one in assessment.findings if one.rule == rule]


SHOP = service("shop", "web", "[db, net]", "99.99%") + service("db", "data") + service("net", "cloud")
BACKED = promise("OLA", "db", "db", "99.95%") + promise("UC", "net", "net", "99.9%", "customer: example-inc,")


def test_a_chain_adds_unavailabilities(workspace: Write) -> None:
    result = assess(
        workspace(PEOPLE + SHOP + BACKED + promise("SLA", "a", "shop", "99.8%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert result.guaranteed.lower == result.guaranteed.upper == 1 - Fraction(1 + 5 + 10, 10_000)
    product = Fraction(9999, 10_000) * Fraction(9995, 10_000) * Fraction(999, 1000)
    assert abs(result.expected.lower - product) < Fraction(1, 10**30)
    assert result.best == Fraction(999, 1000)
    assert result.verdict == "guaranteed"
    assert [link.address for link in result.links] == [
        "uc.net.availability",
        "ola.db.availability",
        "service.shop.intrinsic",
    ]
    assert sum(link.downtime_s for link in result.links) == (1 - result.guaranteed.lower) * result.window_s


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("99.84%", "guaranteed"),
        ("99.8400001%", "only-if-independent"),
        ("99.85%", "unsupported"),
        ("99.91%", "contradicted"),
    ],
)
def test_the_verdict_follows_the_three_numbers(workspace: Write, target: str, verdict: str) -> None:
    assessment = assess(
        workspace(PEOPLE + SHOP + BACKED + promise("SLA", "a", "shop", target, "customer: acme,"))
    )
    assert assessment.objectives["sla.a.availability"].verdict == verdict
    assert assessment.passed == (verdict == "guaranteed")


def test_redundancy_guarantees_only_the_better_member(workspace: Write) -> None:
    estate = (
        service("shop", "web", "{any: [one, two]}", "100%")
        + service("one", "cloud")
        + service("two", "cloud")
    )
    estate += promise("UC", "one", "one", "99%") + promise("UC", "two", "two", "99.5%")
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.9%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert result.guaranteed.lower == Fraction(995, 1000)
    assert abs(result.expected.lower - (1 - Fraction(1, 20_000))) < Fraction(1, 10**30)
    assert result.verdict == "only-if-independent"


def test_a_shared_supplier_is_counted_once(workspace: Write) -> None:
    estate = service("shop", "web", "{any: [one, two]}", "100%")
    estate += (
        service("one", "web", "[net]", "100%")
        + service("two", "web", "[net]", "100%")
        + service("net", "cloud")
    )
    estate += promise("UC", "net", "net", "99%")
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.9%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert result.expected.upper == result.guaranteed.upper == Fraction(99, 100)
    assert result.verdict == "contradicted"


def test_a_yearly_promise_does_not_back_a_monthly_one(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "100%") + service("net", "cloud")
    estate += promise("UC", "net", "net", "99.9%", objective="window: calendar-year")
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.9%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    # all of a leap year's budget may fall into one February
    assert result.window == "2027-02"
    assert 1 - result.guaranteed.lower == Fraction(365, 1000) / 28


def test_office_hours_below_leave_the_night_unprotected(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[net]", "100%")
        + service("net", "cloud")
        + promise("UC", "net", "net", "99.9%", "hours: office,")
    )
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.5%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert result.guaranteed.upper < Fraction(1, 3)


def test_around_the_clock_below_may_spend_all_its_downtime_in_office_hours(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[net]", "100%")
        + service("net", "cloud")
        + promise("UC", "net", "net", "99.9%")
    )
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.5%", "customer: acme, hours: office,"))
    ).objectives["sla.a.availability"]
    days, hours = 31, 21 * 10  # August 2027 has 31 days and 22 working days; February 2027 28 and 20
    assert result.window_s <= 200 * 3600 <= hours * 3600
    assert 1 - result.guaranteed.lower >= Fraction(days * 24, 1000 * hours)


def test_an_ola_that_its_structure_does_not_support_counts_as_what_that_guarantees(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[db]", "100%")
        + service("db", "data", "[net]", "100%")
        + service("net", "cloud")
    )
    estate += promise("OLA", "db", "db", "99.95%") + promise("UC", "net", "net", "99.5%")
    assessment = assess(workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.9%", "customer: acme,")))
    result = assessment.objectives["sla.a.availability"]
    assert (result.local_verdict, result.verdict) == ("guaranteed", "contradicted")
    assert result.guaranteed.lower == Fraction(995, 1000)
    assert found(assessment, "SLA204") == ["ola.db.availability"]


def test_an_ola_on_several_services_is_judged_after_all_that_any_of_them_rests_on(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[a, b]", "100%") + service("a", "data") + service("b", "data", "[c]", "100%")
    )
    estate += (
        service("c", "web", "[net]", "100%") + service("net", "cloud") + promise("UC", "net", "net", "99%")
    )
    estate += promise("OLA", "c", "c", "99.99%")
    estate += document(
        "OLA", "both", "services: [a, b], status: agreed, objectives: {availability: {target: 99.95%}}"
    )
    assessment = assess(workspace(PEOPLE + estate + promise("SLA", "s", "shop", "99.9%", "customer: acme,")))
    assert found(assessment, "SLA204") == ["ola.both.availability", "ola.c.availability"]
    assert assessment.objectives["sla.s.availability"].verdict != "guaranteed"


def test_scope_own_counts_the_dependencies_beside_it(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "100%") + service("db", "data", "[net]") + service("net", "cloud")
    estate += promise("OLA", "db", "db", "99.95%", objective="scope: own") + promise(
        "UC", "net", "net", "99.9%"
    )
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.8%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert 1 - result.guaranteed.lower == Fraction(15, 10_000)


def test_a_supplier_never_uses_our_agreements(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[net]", "100%")
        + service("net", "cloud", "[db]", "100%")
        + service("db", "data")
    )
    estate += promise("OLA", "db", "db", "99.9%")
    assessment = assess(workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99%", "customer: acme,")))
    assert assessment.objectives["sla.a.availability"].guaranteed.upper == 0
    assert found(assessment, "SLA202") == ["sla.a.availability"]


def test_own_failures_without_a_budget_are_undecided(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("net", "cloud") + promise("UC", "net", "net", "99.9%")
    assessment = assess(workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.5%", "customer: acme,")))
    assert assessment.objectives["sla.a.availability"].verdict == "undecided"
    assert found(assessment, "SLA203") == ["service.shop"]
    assert not assessment.passed


def test_a_customers_duty_is_forgiven_where_its_faults_are(workspace: Write) -> None:
    estate = service("shop", "web", "[lan]", "99.9%") + service("lan", "acme")
    duty = "customer: acme, duties: [{service: lan, of: customer, what: keeps it up}],"
    strict = assess(workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99.5%", duty)))
    assert strict.objectives["sla.a.availability"].guaranteed.upper == 0
    forgiving = promise("SLA", "a", "shop", "99.5%", f"{duty} excludes: [customer-fault],")
    assert (
        assess(workspace(PEOPLE + estate + forgiving)).objectives["sla.a.availability"].verdict
        == "guaranteed"
    )


def test_maintenance_that_only_the_supplier_excludes_adds_to_downtime(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "100%") + service("net", "cloud")
    estate += promise(
        "UC", "net", "net", "99.9%", "excludes: [planned-maintenance], maintenance: {allowance: 4h},"
    )
    result = assess(
        workspace(PEOPLE + estate + promise("SLA", "a", "shop", "99%", "customer: acme,"))
    ).objectives["sla.a.availability"]
    assert 1 - result.guaranteed.lower == Fraction(28 * 24 - 4, 28 * 24) / 1000 + Fraction(4, 28 * 24)


@pytest.mark.parametrize(
    ("ours", "theirs", "times"),
    [
        ("calendar-year", "calendar-month", 12),
        ("calendar-year", "calendar-quarter", 4),
        ("calendar-year", "calendar-year", 0),
    ],
)
def test_maintenance_in_each_of_their_windows_is_more_than_as_much_in_one_of_ours(
    workspace: Write, ours: str, theirs: str, times: int
) -> None:
    allowed = "excludes: [planned-maintenance], maintenance: {allowance: 4h},"
    estate = service("shop", "web", "[net]", "100%") + service("net", "cloud")
    estate += promise("UC", "net", "net", "99.9%", allowed, f"window: {theirs}")
    estate += promise("SLA", "a", "shop", "99%", f"customer: acme, {allowed}", f"window: {ours}")
    result = assess(workspace(PEOPLE + estate)).objectives["sla.a.availability"]
    maintained_h = Fraction(4 * times)
    counted_h = 365 * 24 - maintained_h
    excused_h = 4 if times else 0
    assert 1 - result.guaranteed.lower == (counted_h / 1000 + maintained_h - excused_h) / (365 * 24)


def test_a_target_that_nobody_agreed_does_not_fail(workspace: Write) -> None:
    weak = promise("SLA", "a", "shop", "99.999%", "customer: acme,", "agreed: false")
    assessment = assess(workspace(PEOPLE + SHOP + BACKED + weak))
    assert [one.severity.value for one in assessment.findings if one.rule == "SLA201"] == ["warning"]
    assert assessment.passed


GOOD = PEOPLE + SHOP + BACKED + promise("SLA", "a", "shop", "99.8%", "customer: acme,")
WAIVER = "rule: SLA201, subject: sla.a.availability, reason: r, owner: o"
WEAK = GOOD.replace("99.8%", "99.9%")


def test_a_good_estate_has_no_findings(workspace: Write) -> None:
    assert assess(workspace(GOOD)).findings == ()


def test_a_waiver_in_force_lets_an_error_pass(workspace: Write) -> None:
    assessment = assess(workspace(WEAK + document("Waiver", "w", f"{WAIVER}, until: 2026-11-23")))
    assert assessment.passed
    assert not assess(workspace(WEAK + document("Waiver", "w", f"{WAIVER}, until: 2026-11-22"))).passed


@pytest.mark.parametrize(
    ("subject", "passes"),
    [
        ("sla.*", True),
        ("sla.a", False),
        ("+ola.db", True),
        ("customer:acme", True),
        ("path:agreements/", True),
        ("ola.db+", False),
        ("tag:nothing", False),
        ("customer:acme,ola.*", False),
    ],
)
def test_a_waiver_may_name_its_subject_by_a_selector(workspace: Write, subject: str, passes: bool) -> None:
    waiver = "rule: SLA201, reason: known, owner: me, until: 2026-11-23"
    assessment = assess(workspace(WEAK + document("Waiver", "w", f"{waiver}, subject: '{subject}'")))
    assert assessment.passed is passes
    assert bool(found(assessment, "SLA902")) is not passes


def test_a_waiver_whose_selector_is_none_is_an_error_at_its_place(workspace: Write) -> None:
    waiver = "rule: SLA201, reason: known, owner: me, until: 2026-11-23, subject: 'tga:gold'"
    with pytest.raises(InvalidFiles, match='there is no method "tga"'):
        assess(workspace(WEAK + document("Waiver", "w", waiver)))


def test_a_severity_can_be_changed_and_switched_off(workspace: Write) -> None:
    root = workspace(WEAK)
    text = (root / "slactl.yaml").read_text()
    for severity, count in (("warning", 1), ("off", 0)):
        (root / "slactl.yaml").write_text(
            text.replace("spec: {", f"spec: {{check: {{severity: {{SLA201: {severity}}}}}, ")
        )
        assessment = assess(root)
        assert assessment.passed
        assert len(found(assessment, "SLA201")) == count


def test_the_same_files_and_day_give_the_same_assessment(workspace: Write) -> None:
    root = workspace(GOOD)
    assert assess(root) == assess(root)


def test_a_chain_of_three_thousand_services_is_checked(workspace: Write) -> None:
    chain = "".join(
        service(f"s{number}", "web", f"[s{number + 1}]", "100%") for number in range(3000)
    ) + service("s3000", "cloud")
    estate = (
        chain
        + promise("UC", "last", "s3000", "99.9%")
        + promise("SLA", "a", "s0", "99.9%", "customer: acme,")
    )
    assert assess(workspace(PEOPLE + estate)).objectives["sla.a.availability"].verdict == "guaranteed"
