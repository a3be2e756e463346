"""Proposals of every kind on small estates: what is proposed holds, is the least, and nothing else stands worse."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.check.engine import check
from slactl.check.result import ObjectiveResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.suggest.edit import changed
from slactl.suggest.ladder import SHARES
from slactl.suggest.move import MONTH_S
from slactl.suggest.proposal import Proposal, Suggestion
from slactl.suggest.suggest import suggest
from slactl.suggest.write import write_edits
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
SUBJECT = "sla.a.availability"


def sla(target: str, extra: str = "", objective: str = "") -> str:
    return promise("SLA", "a", "shop", target, f"customer: acme, {extra}", objective)


def uc(name: str, target: str, extra: str = "", objective: str = "") -> str:
    return promise("UC", name, name, target, f"customer: example-inc, {extra}", objective)


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def suggestion(estate: Estate, address: str = SUBJECT) -> Suggestion:
    return suggest(estate, TODAY, address, most=50).items[address]


def changes(proposal: Proposal) -> dict[str, object]:
    return {f"{one.address} {one.field}": one.value for one in proposal.edits if not one.adds}


def assert_every_proposal_holds(root: Path, estate: Estate, found: Suggestion) -> None:
    """In memory and, the same, written into the files; what was guaranteed before still is."""
    before = check(estate, TODAY)
    for proposal in found.proposals:
        after = check(changed(estate, proposal.edits), TODAY)
        written = write_edits(root, proposal.edits)
        from_disk = check(estate_of(root), TODAY)
        written.take_back()
        address = found.result.address
        assert from_disk.objectives[address].guaranteed == after.objectives[address].guaranteed
        assert from_disk.objectives.keys() == after.objectives.keys()
        kept = [one.address for one in before.objectives.values() if one.verdict == "guaranteed"]
        assert all(from_disk.objectives[one].verdict == "guaranteed" for one in [address, *kept])


SHOP = service("shop", "web", "[db, net]", "99.99%") + service("db", "data") + service("net", "cloud")
BACKED = promise("OLA", "db", "db", "99.95%") + uc("net", "99.9%")


@pytest.mark.parametrize("target", ["99.85", "99.9", "99.95", "99.97", "99.99"])
def test_the_least_tightening_is_found(workspace: Write, target: str) -> None:
    """Against every combination of the ladder, weighed as the proposals are."""
    root = workspace(PEOPLE + SHOP + BACKED + sla(f"{target}%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    now = {"service.shop": "99.99", "ola.db": "99.95", "uc.net": "99.9"}
    rungs = [[one for one in SHARES if one.percent >= Decimal(value)] for value in now.values()]
    allowed = 1 - Fraction(Decimal(target)) / 100

    def effort(choice: tuple[Fraction, ...]) -> Fraction:
        weights, total = (1, 1, 3), Fraction(0)
        for weight, value, then in zip(weights, now.values(), choice, strict=True):
            before = 1 - Fraction(Decimal(value)) / 100
            total += weight * ((before - then) * MONTH_S + 60) if then < before else 0
        return total

    choices = product(*[[one.complement for one in several] for several in rungs])
    least = min(effort(choice) for choice in choices if sum(choice) <= allowed)
    assert min(one.cost.effort_s for one in found.proposals if one.kinds == ("target",)) == least
    assert found.proposals[0].cost.effort_s == least


def test_promising_less_comes_last(workspace: Write) -> None:
    found = suggestion(estate_of(workspace(PEOPLE + SHOP + BACKED + sla("99.9%"))))
    assert changes(found.proposals[-1]) == {"sla.a objectives.availability.target": "99.8%"}
    assert found.proposals[-1].kinds == ("promise-less",)


def test_an_ola_that_is_tightened_beyond_what_is_below_it_brings_that_with_it(workspace: Write) -> None:
    text = service("shop", "web", "[db]", "99.99%") + service("db", "data", "[disk]", "99.98%")
    text += service("disk", "cloud") + promise("OLA", "db", "db", "99.9%") + uc("disk", "99.92%")
    root = workspace(PEOPLE + text + sla("99.95%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    first = changes(found.proposals[0])
    assert first == {
        "ola.db objectives.availability.target": "99.97%",
        "service.db intrinsic.availability": "99.99%",
        "uc.disk objectives.availability.target": "99.98%",
    }


def test_a_yearly_promise_is_kept_by_the_month(workspace: Write) -> None:
    text = service("shop", "web", "[net]", "99.99%") + service("net", "cloud")
    text += uc("net", "99.9%", objective="window: calendar-year")
    root = workspace(PEOPLE + text + sla("99.8%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    assert changes(found.proposals[0]) == {"uc.net objectives.availability.window": "calendar-month"}
    assert found.proposals[0].cost.tightening_s == 0


def test_hours_are_extended(workspace: Write) -> None:
    text = service("shop", "web", "[db]", "99.99%") + service("db", "data")
    text += promise("OLA", "db", "db", "99.95%", "hours: office,")
    root = workspace(PEOPLE + text + sla("99.9%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    first = found.proposals[0]
    assert changes(first) == {"ola.db objectives.availability.hours": "24x7"}
    assert first.cost.hours_s == Fraction(7 * 24 - 50, 7 * 24) * MONTH_S


LEVELS = (
    document(
        "ServiceLevel",
        "cloud-basic",
        "price: {amount: 1000 EUR/month}, objectives: {availability: {target: 99.5%}}",
    )
    + document(
        "ServiceLevel",
        "cloud-plus",
        "price: {amount: 24000 EUR/year}, objectives: {availability: {target: 99.9%}}",
    )
    + document(
        "ServiceLevel",
        "cloud-top",
        "price: {amount: 9000 EUR/month}, objectives: {availability: {target: 99.99%}}",
    )
    + document(
        "ServiceLevel", "gold", "price: {amount: 1 EUR/month}, objectives: {availability: {target: 99.999%}}"
    )
)


def test_another_level_with_its_difference_in_price(workspace: Write) -> None:
    text = service("shop", "web", "[net]", "99.99%") + service("net", "cloud") + LEVELS
    text += uc("net", "", "extends: [cloud-basic],")
    text += document(
        "SLA", "b", "service: net, provider: cloud, customer: acme, extends: [gold], objectives: {}"
    )
    root = workspace(PEOPLE + text + sla("99.8%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    swaps = [one for one in found.proposals if one.kinds == ("level",)]
    assert [changes(one)["uc.net extends.0"] for one in swaps] == ["cloud-plus", "cloud-top"]
    assert [str(one.cost.prices[0].amount) for one in swaps] == ["1000", "8000"]
    assert all(not one.cost.contracts for one in swaps)


def test_a_promise_where_there_is_none(workspace: Write) -> None:
    text = service("shop", "web", "[db, net]", "99.99%") + service("db", "data") + service("net", "cloud")
    root = workspace(PEOPLE + text + uc("net", "99.95%") + sla("99.9%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    first = found.proposals[0]
    assert [one.address for one in first.edits if one.adds] == ["ola.db"]
    assert first.edits[0].value["spec"]["objectives"]["availability"]["target"] == "99.97%"


def test_an_agreement_gets_one_objective_more(workspace: Write) -> None:
    text = service("shop", "web", "[net]", "99.99%") + service("net", "cloud")
    text += document(
        "UC",
        "cloud-net",
        "service: net, customer: example-inc, status: agreed, objectives: {p95: {metric: latency, percentile: 95, target: 9ms}}",
    )
    root = workspace(PEOPLE + text + sla("99.9%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    promised = {"target": "99.95%", "window": "calendar-month"}
    assert changes(found.proposals[0]) == {"uc.cloud-net objectives.availability": promised}


def test_a_time_that_nobody_promised_below(workspace: Write) -> None:
    text = service("shop", "web", "[net, db]") + service("net", "cloud") + service("db", "data")
    text = text.replace("owner: web,", "owner: web, intrinsic: {triage-time: 30m},", 1)
    text += uc("net", "99.9%", "priorities: {scale: [S1, S2], map: {P1: S1}},")
    text += document(
        "SLA",
        "a",
        "service: shop, customer: acme, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, target: 8h}}",
    )
    estate = estate_of(workspace(PEOPLE + text))
    found = suggest(estate, TODAY, "sla.a.p1").items["sla.a.p1"]
    first = found.proposals[0]
    promised = {one.address: one.value for one in first.edits}
    assert promised["uc.net"]["priority"] == "S1"
    assert promised["ola.db"]["spec"]["objectives"]["p1"]["priority"] == "P1"


def test_support_hours_are_extended(workspace: Write) -> None:
    text = service("shop", "web", "[net]") + service("net", "cloud")
    text += document("Calendar", "long", "hours: {mon-sun: ['06:00-22:00']}")
    text += document(
        "UC",
        "net",
        "service: net, customer: example-inc, status: agreed, objectives: {support-hours: {target: office}}",
    )
    text += document(
        "SLA",
        "a",
        "service: shop, customer: acme, status: agreed, objectives: {support-hours: {target: long}}",
    )
    found = suggest(estate_of(workspace(PEOPLE + text)), TODAY).items["sla.a.support-hours"]
    assert changes(found.proposals[0]) == {"uc.net objectives.support-hours.target": "long"}


def test_own_failures_without_a_budget_get_one(workspace: Write) -> None:
    text = service("shop", "web", "[db]") + service("db", "data") + promise("OLA", "db", "db", "99.95%")
    root = workspace(PEOPLE + text + sla("99.9%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    assert changes(found.proposals[0]) == {"service.shop intrinsic.availability": "99.95%"}


def test_a_promise_on_joint_downtime_of_a_redundant_pair(workspace: Write) -> None:
    text = (
        service("shop", "web", "{any: [one, two]}", "100%")
        + service("one", "cloud")
        + service("two", "cloud")
    )
    text += document(
        "UC",
        "both",
        "services: [one, two], customer: example-inc, status: agreed, objectives: {availability: {target: 99%}}",
    )
    root = workspace(PEOPLE + text + sla("99.95%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    joint = next(one for one in found.proposals if one.kinds == ("replica",))
    assert changes(joint)["uc.both joint"] == [
        {"services": ["one", "two"], "atLeast": 2, "downtime": "20m", "window": "calendar-month"}
    ]


def test_one_more_replica_where_several_are_needed(workspace: Write) -> None:
    text = service("shop", "web", "{atLeast: {count: 2, of: [n-1, n-2, n-3]}}", "100%")
    for name in ("n-1", "n-2", "n-3"):
        text += service(name, "cloud") + uc(name, "99.9%", "fee: 100 EUR/month,")
    root = workspace(PEOPLE + text + sla("99.86%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    more = next(one for one in found.proposals if one.kinds == ("replica",))
    assert [one.address for one in more.edits] == ["service.n-4", "uc.n-4", "service.shop"]
    assert [(one.amount, one.currency) for one in more.cost.prices] == [(Decimal(100), "EUR")]
    result = more.result
    assert isinstance(result, ObjectiveResult)
    assert result.guaranteed.lower == 1 - Fraction(4, 3) / 1000


def test_a_second_one_beside_a_single_point_of_failure(workspace: Write) -> None:
    text = service("shop", "web", "[net]", "99.999%") + service("net", "cloud") + uc("net", "99.9%")
    root = workspace(PEOPLE + text + sla("99.95%"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    pair = next(one for one in found.proposals if one.kinds == ("replica",))
    assert changes(pair)["service.shop dependsOn.0"] == {"any": ["net", "net-2"]}


def test_a_time_is_shortened_below(workspace: Write) -> None:
    text = service("shop", "web", "[net]") + service("net", "cloud")
    text = text.replace("owner: web,", "owner: web, intrinsic: {triage-time: 30m},", 1)
    text += document(
        "UC",
        "net",
        "service: net, customer: example-inc, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, target: 8h}}",
    )
    text += document(
        "SLA",
        "a",
        "service: shop, customer: acme, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, target: 4h}}",
    )
    estate = estate_of(workspace(PEOPLE + text))
    found = suggest(estate, TODAY, "sla.a.p1").items["sla.a.p1"]
    assert [changes(one) for one in found.proposals] == [
        {"uc.net objectives.p1.target": "3h"},
        {"sla.a objectives.p1.target": "12h"},
    ]


def test_what_is_guaranteed_needs_nothing_and_names_the_strictest_target(workspace: Write) -> None:
    found = suggestion(estate_of(workspace(PEOPLE + SHOP + BACKED + sla("99.5%"))))
    assert found.guaranteed
    assert found.strictest == "99.8%"
    assert not found.proposals


def test_without_an_address_every_sla_objective_that_is_not_guaranteed(workspace: Write) -> None:
    text = sla("99.9%") + promise("SLA", "b", "shop", "99%", "customer: acme,")
    assert list(suggest(estate_of(workspace(PEOPLE + SHOP + BACKED + text)), TODAY).items) == [SUBJECT]


def test_where_nothing_helps_it_says_why(workspace: Write) -> None:
    text = service("shop", "web", "[lan]", "99.99%") + service("lan", "acme")
    found = suggestion(estate_of(workspace(PEOPLE + text + sla("99.9%"))))
    assert found.proposals == ()
    assert "service.lan" in found.why


def test_another_promise_never_gets_worse(workspace: Write) -> None:
    """The hours of the OLA could be narrowed for `a`, but `b` is promised around the clock."""
    text = (
        service("shop", "web", "[db]", "99.999%")
        + service("db", "data")
        + promise("OLA", "db", "db", "99.95%")
    )
    text += promise("SLA", "b", "shop", "99.9%", "customer: acme,")
    root = workspace(PEOPLE + text + sla("99.9%", "hours: office,"))
    estate = estate_of(root)
    found = suggestion(estate)
    assert_every_proposal_holds(root, estate, found)
    assert found.proposals
    assert not any("hours" in one.kinds for one in found.proposals)


@pytest.mark.parametrize(
    ("address", "words"),
    [("sla.nobody", "There is no objective"), ("uc.net", "Nothing about uc.net is judged")],
)
def test_an_address_that_is_not_judged_is_refused(workspace: Write, address: str, words: str) -> None:
    estate = estate_of(workspace(PEOPLE + SHOP + BACKED + sla("99.8%")))
    with pytest.raises(SlactlError, match=words):
        suggest(estate, TODAY, address)


def test_own_time_that_is_not_stated_is_stated(workspace: Write) -> None:
    text = service("shop", "web", "[net]") + service("net", "cloud")
    p1 = "objectives: {p1: {metric: resolution-time, priority: P1, target: %s}}"
    text += document("UC", "net", f"service: net, customer: example-inc, status: agreed, {p1 % '2h'}")
    text += document("SLA", "a", f"service: shop, customer: acme, status: agreed, {p1 % '4h'}")
    found = suggest(estate_of(workspace(PEOPLE + text)), TODAY).items["sla.a.p1"]
    assert changes(found.proposals[0]) == {"service.shop intrinsic.triage-time": "2h"}
