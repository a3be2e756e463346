"""What suppliers as sole cause can cost, on estates whose sums add up by hand. November 2026 has 30 days."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.check.exposure import Exposure, exposures
from slactl.check.rules.rule import Evidence
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
RATED = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec: {organization: example-inc, files: ["agreements/*.yaml"], rates: {base: EUR, USD: "0.80"}}
"""


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


PEOPLE = (
    document("Party", "acme", "type: customer")
    + document("Party", "web", "type: internal")
    + document("Service", "shop", "owner: web, intrinsic: {availability: 99.99%}, dependsOn: [net]")
    + document("Service", "net", "owner: cloud")
)
CLOUD = document("Party", "cloud", "type: supplier")


def sla(name: str, extra: str, credit: str = "[{objective: availability, below: 99.5%, credit: 10%}]") -> str:
    return document(
        "SLA",
        name,
        f"service: shop, customer: acme, status: agreed, binding: legal, {extra} credits: {credit}, "
        "objectives: {availability: {target: 99.5%}}",
    )


def uc(extra: str, objective: str = "", on: str = "net") -> str:
    return document(
        "UC",
        f"for-{on}",
        f"service: {on}, status: agreed, binding: legal, {extra} "
        f"objectives: {{availability: {{target: 99.9%, {objective}}}}}",
    )


NINE_HUNDRED = "fee: 3000 EUR/month, credits: [{objective: availability, below: 99.9%, credit: 30%}],"


def evidence(root: Path, as_of: date = TODAY) -> Evidence:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    found = check(estate, as_of, explain=False)
    return Evidence(estate, as_of, found.horizon_end, found.objectives, (), (), {}, {})


def only(root: Path, as_of: date = TODAY) -> Exposure:
    (found,) = exposures(evidence(root, as_of))
    return found


def sums(found: Exposure) -> tuple[str, ...]:
    return tuple(str(one) for one in (found.owed, found.recovered, found.covered, found.uncovered))


def test_one_shared_supplier_owes_900_while_500_customers_are_owed_600000(workspace: Write) -> None:
    slas = "".join(sla(f"s{number:03}", "fee: 12000 EUR/month,") for number in range(500))
    found = only(workspace(PEOPLE + CLOUD + slas + uc(NINE_HUNDRED)))
    assert sums(found) == ("600000 EUR", "900 EUR", "0 EUR", "599100 EUR")
    assert found.downtime_s == Fraction(5, 1000) * 30 * 86_400
    assert (found.supplier, len(found.slas)) == ("cloud", 500)


def test_what_is_measured_once_is_owed_to_each_customer(workspace: Write) -> None:
    many = document("Party", "birch", "type: customer") + sla("both", "fee: 1000 EUR/month,").replace(
        "customer: acme", "customers: [acme, birch]"
    )
    assert sums(only(workspace(PEOPLE + CLOUD + many + uc("")))) == ("200 EUR", "0 EUR", "0 EUR", "200 EUR")


def test_the_price_of_a_level_stands_in_for_a_fee(workspace: Write) -> None:
    gold = document("ServiceLevel", "gold", "price: {amount: 5000 EUR/month, per: customer}, objectives: {}")
    found = only(workspace(PEOPLE + CLOUD + gold + sla("a", "extends: [gold],") + uc("")))
    assert str(found.owed) == "500 EUR"


def test_the_most_that_is_owed_in_a_window_and_the_liability_cap_limit_credits(workspace: Write) -> None:
    steps = "steps: [{objective: availability, below: 99%, credit: 80%}]"
    a = sla("a", "fee: 1000 EUR/month,", f"{{max: 50%, {steps}}}")
    b = sla("b", "fee: 1000 EUR/month, liability: {cap: 100 EUR/year},", f"{{{steps}}}")
    assert str(only(workspace(PEOPLE + CLOUD + a + b + uc(""))).owed) == "600 EUR"


def test_a_suppliers_cap_counts_once_for_all_slas_above(workspace: Write) -> None:
    slas = "".join(sla(f"s{number}", "fee: 10000 EUR/month,") for number in range(5))
    capped = NINE_HUNDRED + "liability: {cap: 500 EUR/year},"
    assert sums(only(workspace(PEOPLE + CLOUD + slas + uc(capped)))) == (
        "5000 EUR",
        "500 EUR",
        "0 EUR",
        "4500 EUR",
    )


def insured(policies: str) -> str:
    return document("Party", "cloud", f"type: supplier, insurance: [{policies}]")


def test_a_suppliers_insurance_pays_damages_beyond_credits_up_to_its_aggregate_once(workspace: Write) -> None:
    slas = "".join(sla(f"s{number}", "fee: 10000 EUR/month,") for number in range(5))
    policy = insured("{kind: liability, perEvent: 3000 EUR, aggregate: 2000 EUR}")
    # Two contracts lean on the one policy.
    second = document("Service", "dns", "owner: cloud") + uc("fee: 10 EUR/month,", on="dns")
    people = PEOPLE.replace("[net]", "[net, dns]")
    found = only(workspace(people + policy + second + slas + uc(NINE_HUNDRED)))
    assert sums(found) == ("5000 EUR", "900 EUR", "2000 EUR", "2100 EUR")


def test_damages_are_limited_by_what_the_cap_leaves_after_credits(workspace: Write) -> None:
    policy = insured("{kind: liability, aggregate: 20000 EUR}")
    capped = NINE_HUNDRED + "liability: {cap: 1500 EUR/year},"
    found = only(workspace(PEOPLE + policy + sla("a", "fee: 50000 EUR/month,") + uc(capped)))
    assert sums(found) == ("5000 EUR", "900 EUR", "600 EUR", "3500 EUR")


@pytest.mark.parametrize(
    "policy",
    [
        "{kind: liability, aggregate: 2000 EUR, until: 2026-11-22}",
        "{kind: liability, aggregate: 2000 EUR, for: [staff-accident]}",
        "{kind: liability}",
    ],
    ids=["lapsed", "for an indemnity", "no sum"],
)
def test_an_insurance_that_does_not_stand_behind_credits_covers_nothing(
    workspace: Write, policy: str
) -> None:
    found = only(workspace(PEOPLE + insured(policy) + sla("a", "fee: 10000 EUR/month,") + uc(NINE_HUNDRED)))
    assert sums(found) == ("1000 EUR", "900 EUR", "0 EUR", "100 EUR")


def test_no_damages_where_credits_are_the_sole_remedy_or_the_contract_is_informal(workspace: Write) -> None:
    policy = insured("{kind: liability, aggregate: 2000 EUR}")
    steps = "steps: [{objective: availability, below: 99.9%, credit: 30%}]"
    sole = f"fee: 1000 EUR/month, credits: {{soleRemedy: true, {steps}}},"
    above = PEOPLE + policy + sla("a", "fee: 10000 EUR/month,")
    assert str(only(workspace(above + uc(sole))).uncovered) == "700 EUR"
    informal = uc(f"fee: 1000 EUR/month, credits: {{{steps}}},").replace(
        "binding: legal", "binding: informal"
    )
    assert str(only(workspace(above + informal)).uncovered) == "700 EUR"


def test_our_own_policy_named_at_several_agreements_counts_once(workspace: Write) -> None:
    policy = "insurance: [{kind: indemnity, insurer: alpine, reference: A-1, aggregate: 1500 EUR}],"
    slas = sla("a", f"fee: 10000 EUR/month, {policy}") + sla("b", f"fee: 10000 EUR/month, {policy}")
    assert sums(only(workspace(PEOPLE + CLOUD + slas + uc("")))) == (
        "2000 EUR",
        "0 EUR",
        "1500 EUR",
        "500 EUR",
    )


def test_a_policy_pays_no_more_than_is_owed_under_its_own_sla(workspace: Write) -> None:
    policy = "insurance: [{kind: indemnity, aggregate: 9000 EUR}],"
    slas = sla("a", f"fee: 10000 EUR/month, {policy}") + sla("b", "fee: 20000 EUR/month,")
    assert sums(only(workspace(PEOPLE + CLOUD + slas + uc("")))) == (
        "3000 EUR",
        "0 EUR",
        "1000 EUR",
        "2000 EUR",
    )


def test_two_currencies_are_added_by_the_workspaces_rates(workspace: Write) -> None:
    files = PEOPLE + CLOUD + sla("a", "fee: 1000 EUR/month,") + sla("b", "fee: 1000 USD/month,")
    paid = "fee: 100 USD/month, credits: [{objective: availability, below: 99.9%, credit: 50%}],"
    assert sums(only(workspace(files + uc(paid), root=RATED))) == ("180 EUR", "40 EUR", "0 EUR", "140 EUR")


def test_a_sum_that_lacks_a_rate_is_never_made(workspace: Write) -> None:
    files = PEOPLE + CLOUD + sla("a", "fee: 1000 EUR/month,") + sla("b", "fee: 1000 USD/month,") + uc("")
    assert exposures(evidence(workspace(files))) == ()


def test_one_currency_alone_needs_no_rate(workspace: Write) -> None:
    assert str(only(workspace(PEOPLE + CLOUD + sla("a", "fee: 1000 USD/month,") + uc(""))).owed) == "100 USD"


def test_the_exposure_is_largest_before_the_suppliers_own_step(workspace: Write) -> None:
    late = "fee: 3000 EUR/month, credits: [{objective: availability, below: 98%, credit: 30%}],"
    found = only(workspace(PEOPLE + CLOUD + sla("a", "fee: 10000 EUR/month,") + uc(late)))
    assert (found.downtime_s, *sums(found)) == (12_960, "1000 EUR", "0 EUR", "0 EUR", "1000 EUR")


def test_each_sla_is_charged_in_its_own_window(workspace: Write) -> None:
    # 10 % of a quarter's fee is owed above 0.5 % of 92 days; the month's window ends the outage.
    quarter = sla("q", "fee: 1000 EUR/month,").replace(
        "target: 99.5%", "target: 99.5%, window: calendar-quarter"
    )
    files = PEOPLE + CLOUD + quarter + sla("m", "fee: 1000 EUR/month,") + uc("")
    found = only(workspace(files))
    assert (str(found.owed), found.downtime_s) == ("400 EUR", Fraction(92 * 432))


def test_a_suppliers_shorter_windows_are_filled_one_after_another(workspace: Write) -> None:
    # 99.5 % of 30 days allows 3 h 36 m, into the first day; the credit is 10 % of a day's fee of 30 EUR.
    daily = "fee: 30 EUR/day, credits: [{objective: availability, below: 99%, credit: 10%}],"
    found = only(
        workspace(PEOPLE + CLOUD + sla("m", "fee: 1000 EUR/month,") + uc(daily, "window: calendar-day"))
    )
    assert sums(found) == ("100 EUR", "3 EUR", "0 EUR", "97 EUR")
    deep = sla("m", "fee: 1000 EUR/month,", "[{objective: availability, below: 90%, credit: 10%}]")
    found = only(workspace(PEOPLE + CLOUD + deep + uc(daily, "window: calendar-day")))
    assert sums(found) == (
        "100 EUR",
        "9 EUR",
        "0 EUR",
        "91 EUR",
    )  # three days down, the fourth not yet long enough


def test_a_corner_of_a_window_in_another_time_zone_does_not_pay_twice(workspace: Write) -> None:
    # In UTC the hour before Berlin's November belongs to October.
    berlin = document("Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-sun: ["00:00-24:00"]}')
    files = PEOPLE + CLOUD + berlin + sla("a", "fee: 10000 EUR/month, hours: berlin,") + uc(NINE_HUNDRED)
    assert sums(only(workspace(files))) == ("1000 EUR", "900 EUR", "0 EUR", "100 EUR")


def test_downtime_falls_first_where_the_supplier_does_not_count_it(workspace: Write) -> None:
    office = document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}')
    files = PEOPLE + CLOUD + office + sla("a", "fee: 10000 EUR/month,")
    assert str(only(workspace(files + uc(NINE_HUNDRED + "hours: office,"))).recovered) == "0 EUR"


def test_a_supplier_of_all_notices_our_part_of_its_requests_late(workspace: Write) -> None:
    files = PEOPLE + CLOUD + sla("a", "fee: 10000 EUR/month,")
    # 99.9 % of all requests are bad only after 100 times as long without ours: 3 days.
    diluted = uc(NINE_HUNDRED, "population: {all: 1000000/month, ours: 10000/month}")
    assert str(only(workspace(files + diluted)).recovered) == "0 EUR"


def test_a_redundant_supplier_is_no_sole_cause_and_one_behind_both_is(workspace: Write) -> None:
    people = PEOPLE.replace("[net]", "[{any: [net, spare]}]")
    spare = document("Party", "other", "type: supplier") + document("Service", "spare", "owner: other")
    files = people + CLOUD + spare + sla("a", "fee: 1000 EUR/month,") + uc("") + uc("", on="spare")
    assert exposures(evidence(workspace(files))) == ()
    files = files.replace("owner: other", "owner: other, dependsOn: [net]")
    assert [one.supplier for one in exposures(evidence(workspace(files)))] == ["cloud"]


def test_everyone_whose_service_a_supplier_takes_down_pays(workspace: Write) -> None:
    power = document("Party", "power", "type: supplier") + document("Service", "grid", "owner: power")
    people = PEOPLE.replace("owner: cloud", "owner: cloud, dependsOn: [grid]")
    files = people + CLOUD + power + sla("a", "fee: 20000 EUR/month,") + uc(NINE_HUNDRED)
    found = {one.supplier: sums(one)[:2] for one in exposures(evidence(workspace(files)))}
    assert found == {"cloud": ("2000 EUR", "900 EUR"), "power": ("2000 EUR", "900 EUR")}


def test_a_customer_is_owed_nothing_for_an_outage_of_its_own(workspace: Write) -> None:
    files = PEOPLE.replace("type: customer", "type: [customer, supplier]").replace(
        "owner: cloud", "owner: acme"
    )
    birch = document("Party", "birch", "type: customer") + sla("b", "fee: 2000 EUR/month,").replace(
        "acme", "birch"
    )
    found = only(workspace(files + birch + sla("a", "fee: 1000 EUR/month,")))
    assert (found.supplier, found.slas, str(found.owed)) == ("acme", ("sla.b",), "200 EUR")


def test_a_target_only_and_a_draft_owe_nothing(workspace: Write) -> None:
    a = sla("a", "fee: 1000 EUR/month,").replace("target: 99.5%", "target: 99.5%, agreed: false")
    b = sla("b", "fee: 1000 EUR/month,").replace("status: agreed", "status: draft")
    assert exposures(evidence(workspace(PEOPLE + CLOUD + a + b + uc("")))) == ()
