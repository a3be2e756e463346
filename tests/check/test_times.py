"""Promises about time on small estates whose numbers add up by hand, and the rules about them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from slactl.check.engine import check
from slactl.check.result import AmountResult
from slactl.check.times import judge_times
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate

Write = Callable[..., Path]
TODAY, HORIZON = date(2026, 11, 23), date(2028, 11, 30)
MINUTE, HOUR = 60, 3600


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


PEOPLE = "".join([
    document("Party", "acme", "type: customer"),
    *(document("Party", name, "type: internal") for name in ("web", "data", "ops")),
    *(document("Party", name, "type: supplier") for name in ("cloud", "carrier")),
    document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}'),
    document("Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}'),
    document("Calendar", "evenings", 'hours: {mon-fri: ["08:00-22:00"]}'),
    document("Calendar", "mornings", 'hours: {mon-fri: ["06:00-18:00"]}'),
])  # fmt: skip


def service(name: str, owner: str, needs: str = "", triage: str = "", extra: str = "") -> str:
    parts = [f"owner: {owner}", f"dependsOn: {needs or []}"]
    parts += [f"intrinsic: {{triage-time: {triage}}}"] if triage else []
    return document("Service", name, ", ".join([*parts, *([extra] if extra else [])]))


def agreement(kind: str, name: str, on: str, objectives: str, extra: str = "") -> str:
    return document(kind, name, f"service: {on}, status: agreed, {extra} objectives: {{{objectives}}}")


def resolution(target: str, extra: str = "") -> str:
    return f"resolution-time: {{target: {target}, {extra}}}"


def sla(objectives: str, extra: str = "") -> str:
    return agreement("SLA", "a", "shop", objectives, f"customer: acme, {extra}")


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def judged(root: Path) -> Mapping[str, AmountResult]:
    return {one.address: one for one in judge_times(estate_of(root), TODAY, HORIZON)}


def only(root: Path) -> AmountResult:
    results = judged(root)
    (address,) = [one for one in results if one.startswith("sla.")]
    return results[address]


SHOP = service("shop", "web", "[db, net]", "30m") + service("db", "data") + service("net", "cloud")
BACKED = agreement("OLA", "db", "db", resolution("2h")) + agreement("UC", "net", "net", resolution("4h"))


def test_triage_and_every_dependency_add_up(workspace: Write) -> None:
    result = only(workspace(PEOPLE + SHOP + BACKED + sla(resolution("390m"))))
    assert (result.verdict, result.local_verdict) == ("guaranteed", "guaranteed")
    assert result.supported == 30 * MINUTE + 2 * HOUR + 4 * HOUR == result.promised
    assert {link.address: link.amount for link in result.links} == {
        "uc.net.resolution-time": 4 * HOUR,
        "ola.db.resolution-time": 2 * HOUR,
        "service.shop.intrinsic": 30 * MINUTE,
    }
    assert result.links[0].promise == "resolution within 4h"


def test_a_minute_less_is_not_guaranteed(workspace: Write) -> None:
    result = only(workspace(PEOPLE + SHOP + BACKED + sla(resolution("389m"))))
    assert result.verdict == "unsupported"
    assert result.margin == -MINUTE


def test_teams_that_are_asked_at_once_cost_the_slowest_alone(workspace: Write) -> None:
    shop = SHOP.replace("owner: web,", "owner: web, escalation: parallel,")
    result = only(workspace(PEOPLE + shop + BACKED + sla(resolution("270m"))))
    assert result.verdict == "guaranteed"
    assert result.supported == 30 * MINUTE + 4 * HOUR
    assert "ola.db.resolution-time" not in {link.address for link in result.links}


def test_office_hours_below_cost_the_weekend(workspace: Write) -> None:
    estate = SHOP + BACKED.replace("target: 4h,", "target: 4h, hours: office")
    result = only(workspace(PEOPLE + estate + sla(resolution("100h"))))
    # In hand with the supplier just after Friday 14:00: four hours of office are over on Monday, just after 14:00
    assert result.supported == 30 * MINUTE + 2 * HOUR + 4 * HOUR + (14 + 48) * HOUR
    assert result.worst == "logged just after Fri 2026-11-06 11:30 UTC"


def test_the_customers_clock_stands_still_outside_its_hours(workspace: Write) -> None:
    estate = SHOP + BACKED.replace("target: 4h,", "target: 4h, hours: evenings")
    result = only(workspace(PEOPLE + estate + sla(resolution("390m", "hours: office"))))
    assert result.verdict == "guaranteed"


def test_hours_of_two_zones_are_compared_on_real_dates(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "1h") + service("net", "cloud")
    estate += agreement("UC", "net", "net", resolution("1h", "hours: berlin"))
    result = only(workspace(PEOPLE + estate + sla(resolution("4h", "hours: office"))))
    # In summer the desk in Berlin closes at 16:00 UTC and opens at 6:00: handed over just after 15:00, done before 8:00
    assert result.supported == (18 - 14) * HOUR
    assert result.worst == "logged just after Mon 2027-03-29 14:00 UTC"


def test_who_promises_nothing_leaves_nothing_guaranteed(workspace: Write) -> None:
    missing = agreement("OLA", "db", "db", resolution("2h"))
    result = only(workspace(PEOPLE + SHOP + missing + sla(resolution("100h"))))
    assert (result.verdict, result.supported, result.margin) == ("unsupported", None, None)
    assert [(link.address, link.promise) for link in result.links] == [("service.net", "no promise")]
    assert result.worst == "nothing is promised about net"


def test_a_triage_time_that_is_needed_and_not_stated_leaves_it_undecided(workspace: Write) -> None:
    estate = SHOP.replace(", intrinsic: {triage-time: 30m}", "") + BACKED
    result = only(workspace(PEOPLE + estate + sla(resolution("6h"))))
    assert result.verdict == "undecided"
    assert result.supported == 6 * HOUR
    assert only(workspace(PEOPLE + estate + sla(resolution("5h")))).verdict == "unsupported"


def test_an_estate_without_any_agreement_below_is_never_guaranteed(workspace: Write) -> None:
    for owner in ("web", "data"):
        estate = service("shop", "web", "[db]", "30m") + service("db", owner)
        for metric in ("response-time", "resolution-time", "recovery-time", "recovery-point"):
            result = only(workspace(PEOPLE + estate + sla(f"{metric}: {{target: 1000h}}")))
            assert result.verdict != "guaranteed"


def test_the_same_team_is_looked_through_without_another_triage(workspace: Write) -> None:
    estate = (
        service("shop", "web", "[cart]", "30m") + service("cart", "web", "[net]") + service("net", "cloud")
    )
    estate += agreement("UC", "net", "net", resolution("4h"))
    result = only(workspace(PEOPLE + estate + sla(resolution("5h"))))
    assert result.verdict == "guaranteed"
    assert result.supported == 30 * MINUTE + 4 * HOUR


def test_a_shared_supplier_is_asked_once(workspace: Write) -> None:
    estate = service("shop", "web", "[one, two]", "30m") + service("net", "cloud")
    estate += service("one", "web", "[net]") + service("two", "web", "[net]")
    estate += agreement("UC", "net", "net", resolution("4h"))
    assert only(workspace(PEOPLE + estate + sla(resolution("5h")))).supported == 30 * MINUTE + 4 * HOUR


def test_a_shared_supplier_is_asked_by_both_of_two_that_work_at_once(workspace: Write) -> None:
    estate = service("shop", "web", "[one, two]", "30m", "escalation: parallel") + service("net", "cloud")
    estate += service("one", "web", "[net]", "1h") + service("two", "web", "[net]", "2h")
    estate += agreement("UC", "net", "net", resolution("4h"))
    assert only(workspace(PEOPLE + estate + sla(resolution("7h")))).supported == 390 * MINUTE


def test_scope_own_takes_the_place_of_triage_and_goes_on(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "30m") + service("db", "data", "[net]") + service("net", "cloud")
    estate += agreement("OLA", "db", "db", resolution("1h", "scope: own"))
    estate += agreement("UC", "net", "net", resolution("4h"))
    result = only(workspace(PEOPLE + estate + sla(resolution("6h"))))
    assert result.verdict == "guaranteed"
    assert result.supported == 330 * MINUTE


def test_an_ola_counts_as_what_its_own_structure_guarantees(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "30m") + service("db", "data", "[net]", "1h")
    estate += service("net", "cloud") + agreement("UC", "net", "net", resolution("4h"))
    estate += agreement("OLA", "db", "db", resolution("2h"))
    results = judged(workspace(PEOPLE + estate + sla(resolution("3h"))))
    ola, top = results["ola.db.resolution-time"], results["sla.a.resolution-time"]
    assert ola.verdict == "unsupported"
    assert ola.supported == 5 * HOUR
    assert (top.verdict, top.local_verdict) == ("unsupported", "guaranteed")
    assert top.supported == 330 * MINUTE


MAPPED = "priorities: {scale: [S1, S2, S3], map: {P1: S1, P2: S2, P3: S2}},"
BY_PRIORITY = "one: {metric: resolution-time, priority: S1, target: 1h}, two: {metric: resolution-time, priority: S2, target: 8h}"


@pytest.mark.parametrize(("priority", "hours"), [("P1", 1), ("P2", 8), ("P3", 8), ("P4", None), ("S1", None)])
def test_priorities_are_mapped(workspace: Write, priority: str, hours: int | None) -> None:
    estate = service("shop", "web", "[net]", "1h") + service("net", "cloud")
    estate += agreement("UC", "net", "net", BY_PRIORITY, MAPPED)
    result = only(workspace(PEOPLE + estate + sla(resolution("1000h", f"priority: {priority}"))))
    assert result.supported == (None if hours is None else (1 + hours) * HOUR)


def test_a_team_hands_a_ticket_on_in_its_own_scale(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "1h") + service("db", "data", "[net]") + service("net", "cloud")
    estate += agreement(
        "OLA", "db", "db", "one: {metric: resolution-time, priority: S1, target: 2h, scope: own}", MAPPED
    )
    estate += agreement("UC", "net", "net", BY_PRIORITY)
    result = only(workspace(PEOPLE + estate + sla(resolution("4h", "priority: P1"))))
    assert result.verdict == "guaranteed"
    assert result.supported == 4 * HOUR


def test_a_promise_for_any_priority_rests_on_the_slowest_of_the_scale(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "1h") + service("net", "cloud")
    scale = "priorities: {scale: [S1, S2]},"
    all_of_them = agreement("UC", "net", "net", BY_PRIORITY, scale)
    assert only(workspace(PEOPLE + estate + all_of_them + sla(resolution("9h")))).verdict == "guaranteed"
    wider = agreement("UC", "net", "net", BY_PRIORITY, scale.replace("S2", "S2, S3"))
    assert only(workspace(PEOPLE + estate + wider + sla(resolution("9h")))).supported is None


def test_of_two_promises_that_hold_at_once_the_earlier_counts_at_every_start(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "1h") + service("net", "cloud")
    estate += agreement("UC", "slow", "net", resolution("20h"))
    estate += agreement("UC", "office", "net", resolution("2h", "hours: office"))
    # The office alone may take the weekend; the contract around the clock never more than 20 hours.
    assert only(workspace(PEOPLE + estate + sla(resolution("21h")))).supported == 21 * HOUR


@pytest.mark.parametrize(
    ("above", "below", "verdict"),
    [
        ("share: 95%", ("share: 97%", "share: 98%"), "guaranteed"),
        ("share: 95%", ("share: 97%", "share: 97.9%"), "unsupported"),
        ("", ("share: 99.99%", ""), "unsupported"),
        ("share: 95%", ("", ""), "guaranteed"),
        ("share: 95%", ("share: 97%, window: calendar-year", ""), "unsupported"),
        ("share: 95%, window: calendar-year", ("share: 97%", ""), "guaranteed"),
        ("share: 95%", ("share: 99%, minimum: 20", ""), "unsupported"),
        ("share: 90%, minimum: 500", ("share: 95%, minimum: 20", ""), "guaranteed"),
        ("share: 90%, minimum: 300", ("share: 95%, minimum: 20", ""), "unsupported"),
    ],
)
def test_shares_that_may_be_late_add_up(
    workspace: Write, above: str, below: tuple[str, str], verdict: str
) -> None:
    estate = SHOP + agreement("OLA", "db", "db", resolution("2h", below[0]))
    estate += agreement("UC", "net", "net", resolution("4h", below[1]))
    result = only(workspace(PEOPLE + estate + sla(resolution("8h", above))))
    assert result.verdict == verdict
    assert (result.supported is None) == (verdict == "unsupported")


def test_a_contract_that_ends_guarantees_nothing_from_then_on(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "1h") + service("net", "cloud")
    ends = agreement("UC", "net", "net", resolution("4h"), "term: {until: 2027-06-30},")
    assert only(workspace(PEOPLE + estate + ends + sla(resolution("8h")))).supported is None
    follows = agreement("UC", "next", "net", resolution("6h"), "term: {from: 2027-07-01},")
    result = only(workspace(PEOPLE + estate + ends + follows + sla(resolution("8h"))))
    assert result.verdict == "guaranteed"
    assert result.supported == 7 * HOUR
    assert result.worst == "logged on Thu 2027-07-01 00:00 UTC"


def test_a_provider_that_buys_the_service_rests_on_what_its_owner_promised_it(workspace: Write) -> None:
    estate = service("shop", "data", "[net]") + service("net", "cloud")
    estate += agreement("OLA", "shop", "shop", resolution("3h"), "customer: web,")
    result = only(workspace(PEOPLE + estate + sla(resolution("3h"), "provider: web,")))
    assert (result.local_verdict, result.supported) == ("guaranteed", None)
    assert result.worst == "nothing is promised about net"


def test_a_duty_of_the_customer_costs_nothing_where_its_faults_do_not_count(workspace: Write) -> None:
    estate = service("shop", "web", "[lan]", "1h") + service("lan", "acme")
    assert only(workspace(PEOPLE + estate + sla(resolution("2h")))).supported is None
    forgiving = sla(resolution("2h", "clock: {pauses: [customer-pending]}"))
    assert only(workspace(PEOPLE + estate + forgiving)).verdict == "guaranteed"


def test_a_response_that_is_an_acknowledgement_is_the_first_teams_own(workspace: Write) -> None:
    acknowledged = sla("response-time: {target: 30m, clock: {stops: acknowledged}}")
    result = only(workspace(PEOPLE + SHOP + acknowledged))
    assert result.verdict == "guaranteed"
    assert result.supported == 30 * MINUTE
    assert only(workspace(PEOPLE + SHOP + sla("response-time: {target: 30m}"))).supported is None


def test_recovery_takes_the_longest_path_and_own_time_after_it(workspace: Write) -> None:
    estate = SHOP + agreement("OLA", "db", "db", "recovery-time: {target: 2h}")
    estate += agreement("UC", "net", "net", "recovery-time: {target: 4h}")
    result = only(workspace(PEOPLE + estate + sla("recovery-time: {target: 5h}")))
    assert result.verdict == "guaranteed"
    assert result.supported == 270 * MINUTE
    assert result.worst == "down from Sun 2026-11-01 00:00 UTC"


def test_one_team_of_ours_restores_one_service_after_another(workspace: Write) -> None:
    estate = service("shop", "web", "[one, two, east, west]", "30m")
    for name, owner, kind in (
        ("one", "data", "OLA"),
        ("two", "data", "OLA"),
        ("east", "cloud", "UC"),
        ("west", "cloud", "UC"),
    ):
        estate += service(name, owner) + agreement(kind, name, name, "recovery-time: {target: 3h}")
    assert only(workspace(PEOPLE + estate + sla("recovery-time: {target: 7h}"))).supported == 390 * MINUTE


def test_data_is_as_old_as_in_the_worst_store(workspace: Write) -> None:
    estate = SHOP + agreement("OLA", "db", "db", "recovery-point: {target: 15m}", "hours: office,")
    estate += agreement("UC", "net", "net", "recovery-point: {target: 1h}")
    result = only(workspace(PEOPLE + estate + sla("recovery-point: {target: 1h}")))
    assert (result.verdict, result.worst) == ("guaranteed", "uc.net.recovery-point")
    assert result.supported == HOUR
    assert only(workspace(PEOPLE + estate + sla("recovery-point: {target: 59m}"))).verdict == "unsupported"


def test_support_hours_count_what_somebody_below_leaves_uncovered(workspace: Write) -> None:
    estate = SHOP + agreement("OLA", "db", "db", "support-hours: {target: evenings}")
    estate += agreement("UC", "net", "net", "support-hours: {target: mornings}")
    covered = only(workspace(PEOPLE + estate + sla("support-hours: {target: office}")))
    assert covered.verdict == "guaranteed"
    assert covered.supported == 0
    short = only(workspace(PEOPLE + estate + sla("support-hours: {target: evenings}")))
    assert short.verdict == "unsupported"
    assert short.margin == -23 * 4 * HOUR  # a month of 23 working days
    assert short.worst == "from Tue 2026-12-01 18:00 UTC"


def test_several_services_are_as_slow_as_the_slowest(workspace: Write) -> None:
    estate = SHOP + BACKED + service("blog", "web", "[net]", "1h")
    both = document(
        "SLA",
        "a",
        "services: [shop, blog], customer: acme, status: agreed, objectives: {resolution-time: {target: 7h}}",
    )
    assert only(workspace(PEOPLE + estate + both)).supported == 390 * MINUTE


def test_what_is_over_or_no_time_is_not_judged(workspace: Write) -> None:
    over = sla(resolution("1h") + ", mtbf: {target: 60d}", "term: {until: 2026-10-31},")
    assert judged(workspace(PEOPLE + SHOP + BACKED + over)) == {}


def test_a_chain_of_three_thousand_services_is_followed(workspace: Write) -> None:
    chain = service("shop", "web", "[s0]", "1h")
    chain += "".join(service(f"s{number}", "web", f"[s{number + 1}]", "1m") for number in range(3000))
    chain += service("s3000", "cloud") + agreement("UC", "last", "s3000", resolution("1h"))
    estate = estate_of(workspace(PEOPLE + chain + sla(resolution("52h"))))
    begun = process_time()
    (result,) = judge_times(estate, TODAY, HORIZON)
    assert process_time() - begun < 5
    assert result.verdict == "guaranteed"
    assert result.supported == 52 * HOUR


def test_a_structure_that_grows_without_end_is_given_up_honestly(workspace: Write) -> None:
    layers = 20
    estate = service("shop", "web", "[a0, b0]", "1m", "escalation: parallel")
    for number in range(layers):
        for name in ("a", "b"):
            needs = f"[a{number + 1}, b{number + 1}]" if number < layers - 1 else "[net]"
            estate += service(f"{name}{number}", "web", needs, "1m", "escalation: parallel")
    estate += service("net", "cloud") + agreement("UC", "net", "net", resolution("1h"))
    result = only(workspace(PEOPLE + estate + sla(resolution("100h"))))
    assert result.verdict == "undecided"
    assert result.supported is None


RULES = [f"SLA60{number}" for number in range(1, 9)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_about_times_finds_its_bad_estate_and_not_its_good_one(
    workspace: Write, repository: Path, rule: str
) -> None:
    for name, expected in (("bad", True), ("good", False)):
        text = (repository / "tests" / "check" / "rules" / rule / f"{name}.yaml").read_text("utf-8")
        findings = [one for one in check(estate_of(workspace(text)), TODAY).findings if one.rule == rule]
        assert bool(findings) == expected
        assert all(one.place is not None and one.detail for one in findings)


def test_a_map_that_turns_the_order_round_is_found(workspace: Write) -> None:
    turned = MAPPED.replace("P1: S1, P2: S2", "P1: S2, P2: S1").replace("P3: S2", "P3: S4")
    for scale, words in ((turned, "maps to S4"), (turned.replace("S4", "S3"), "less urgent below")):
        estate = SHOP + agreement("UC", "net", "net", BY_PRIORITY, scale)
        findings = check(estate_of(workspace(PEOPLE + estate)), TODAY).findings
        assert [words in one.message for one in findings if one.rule == "SLA601"] == [True]
