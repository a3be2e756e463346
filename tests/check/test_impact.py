"""Impacts on small estates: numbers that add up by hand, and the engine asked about the whole estate as the judge."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.base.ratio import Ratio
from slactl.check.engine import check
from slactl.check.impact import CustomerSum, Impact, impact
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
NOVEMBER_S = 30 * 86_400
RATES = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec: {organization: example-inc, files: ["agreements/*.yaml"], rates: {base: EUR, USD: "0.5"}}
"""


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def promise(kind: str, name: str, on: str, target: str, extra: str = "") -> str:
    spec = f"service: {on}, status: agreed, {extra} objectives: {{availability: {{target: {target}}}}}"
    return document(kind, name, spec)


def service(name: str, owner: str, needs: str = "", intrinsic: str = "100%") -> str:
    return document(
        "Service",
        name,
        f"owner: {owner}"
        + (f", dependsOn: {needs}, intrinsic: {{availability: {intrinsic}}}" if needs else ""),
    )


PARTIES = "".join(
    document("Party", name, f"type: {kind}")
    for name, kind in [
        ("acme", "customer"),
        ("birch", "customer"),
        ("web", "internal"),
        ("data", "internal"),
        ("cloud", "supplier"),
        ("wires", "supplier"),
    ]
)
SERVICES = (
    service("shop", "web", "[db, {any: [east, west]}]")
    + service("wiki", "web", "[net]")
    + service("db", "data", "[net]")
    + service("net", "cloud")
    + service("east", "wires")
    + service("west", "cloud")
)
NET = promise("UC", "net", "net", "99.9%", "customer: example-inc,")
BELOW = (
    promise("OLA", "db", "db", "99.9%")
    + NET
    + promise("UC", "east", "east", "99.5%", "customer: example-inc,")
    + promise("UC", "west", "west", "99.7%", "customer: example-inc,")
)
CREDITS = (
    "credits: {max: 40%, steps: [{objective: availability, below: 99.5%, credit: 10%}, "
    "{objective: availability, below: 99%, credit: 50%}]},"
)
SLAS = promise("SLA", "a", "shop", "99.5%", f"customer: acme, fee: 1000 EUR/month, {CREDITS}") + promise(
    "SLA", "b", "wiki", "99.5%", "customer: birch, fee: 600 EUR/quarter,"
)
ESTATE = PARTIES + SERVICES + BELOW + SLAS


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def found(root: Path, address: str, target: str | None = None) -> Impact:
    return impact(estate_of(root), TODAY, address, target)


def money(one: CustomerSum) -> tuple[object, ...]:
    return one.fees, one.credits, one.credits_today


def test_today_is_what_the_check_of_the_whole_estate_says(workspace: Write) -> None:
    estate = estate_of(workspace(ESTATE))
    whole = check(estate, TODAY)
    for address in ("uc.net", "ola.db", "service.west", "party.wires", "party.cloud"):
        result = impact(estate, TODAY, address)
        assert result.objectives
        for one in result.objectives:
            known = whole.objectives[one.address]
            assert (one.today.verdict, one.today.margin) == (known.verdict, known.margin_s)
            assert one.today.guaranteed == known.guaranteed.lower


def test_only_slas_above_are_looked_at(workspace: Write) -> None:
    root = workspace(ESTATE)
    assert [one.address for one in found(root, "uc.net").objectives] == [
        "sla.a.availability",
        "sla.b.availability",
    ]
    assert [one.address for one in found(root, "uc.east").objectives] == ["sla.a.availability"]


def test_a_failure_goes_through_ola_and_structure_to_the_top(workspace: Write) -> None:
    shop, wiki = found(workspace(ESTATE), "uc.net").objectives
    for one in (shop, wiki):
        assert one.then["fails"].guaranteed == 0
        assert one.then["fails"].verdict == "contradicted"
    assert wiki.then["fails"].extra_s == Fraction(999, 1000) * NOVEMBER_S
    assert wiki.then["fails"].margin == -Fraction(995, 1000) * NOVEMBER_S


def test_one_of_a_redundant_pair_leaves_the_other_ones_promise(workspace: Write) -> None:
    (shop,) = found(workspace(ESTATE), "uc.west").objectives
    assert shop.today.guaranteed == 1 - Fraction(1 + 3, 1000)
    assert shop.then["fails"].guaranteed == 1 - Fraction(1 + 5, 1000)
    assert (shop.today.verdict, shop.then["fails"].verdict) == ("guaranteed", "unsupported")
    assert shop.then["fails"].extra_s == Fraction(2, 1000) * NOVEMBER_S


def test_a_party_fails_with_all_that_it_provides(workspace: Write) -> None:
    root = workspace(ESTATE)
    by_party = {one.address: one for one in found(root, "party.cloud").objectives}
    assert by_party["sla.a.availability"].then["fails"].guaranteed == 0
    assert found(root, "party.cloud").subject.services == {"net", "west"}
    assert found(root, "party.cloud").subject.agreements == ("uc.net", "uc.west")


def test_a_contract_does_not_keep_up_what_rests_on_a_failed_service(workspace: Write) -> None:
    resold = service("resold", "wires", "[net]") + promise(
        "UC", "resold", "resold", "99.99%", "customer: example-inc,"
    )
    sold = service("portal", "web", "[resold]") + promise("SLA", "c", "portal", "99.9%", "customer: acme,")
    one = next(
        one
        for one in found(workspace(ESTATE + resold + sold), "service.net").objectives
        if one.address == "sla.c.availability"
    )
    assert one.today.verdict == "guaranteed"
    assert one.then["fails"].guaranteed == 0
    assert one.then["ends"].change == "same"


def test_an_agreement_that_ends_leaves_what_the_check_makes_of_the_estate_without_it(
    workspace: Write,
) -> None:
    estate = estate_of(workspace(ESTATE))
    for address in ("uc.net", "ola.db", "uc.west"):
        rest = {name: one for name, one in estate.agreements.items() if name != address}
        without = check(replace(estate, agreements=rest), TODAY)
        for one in impact(estate, TODAY, address).objectives:
            known = without.objectives[one.address]
            assert (one.then["ends"].verdict, one.then["ends"].margin) == (known.verdict, known.margin_s)


def test_a_service_without_agreements_cannot_end(workspace: Write) -> None:
    root = workspace(
        PARTIES + service("shop", "web", "[own]") + service("own", "web", "[net]") + service("net", "cloud")
    )
    assert set(found(root, "service.own").sums) == {"fails"}


def test_another_target_is_judged_as_if_it_were_written(workspace: Write) -> None:
    written = estate_of(workspace(ESTATE.replace("99.7%", "99.6%")))
    known = check(written, TODAY).objectives["sla.a.availability"]
    (shop,) = found(workspace(ESTATE), "uc.west", "99.6%").objectives
    assert (shop.then["changes"].verdict, shop.then["changes"].margin) == (known.verdict, known.margin_s)
    assert shop.then["changes"].extra_s == Fraction(1, 1000) * NOVEMBER_S
    (better,) = found(workspace(ESTATE), "uc.west.availability", "99.8%").objectives
    assert better.then["changes"].change == "better"
    assert better.then["changes"].extra_s == -Fraction(1, 1000) * NOVEMBER_S


def test_an_ola_on_several_services_does_not_carry_a_change_from_one_to_the_other(workspace: Write) -> None:
    shared = service("calm", "data", "[quiet]") + service("quiet", "wires")
    shared += promise("UC", "quiet", "quiet", "99.95%", "customer: example-inc,") + document(
        "OLA", "both", "services: [db, calm], status: agreed, objectives: {availability: {target: 99.8%}}"
    )
    shared += service("page", "web", "[calm]") + promise("SLA", "p", "page", "99.5%", "customer: acme,")
    text = ESTATE + shared
    before = check(estate_of(workspace(text)), TODAY).objectives["sla.p.availability"]
    after = check(estate_of(workspace(text.replace(NET, NET.replace("99.9%", "90%")))), TODAY).objectives
    assert (after["ola.both.availability"].verdict, after["sla.p.availability"]) == ("contradicted", before)
    hit = [one.address for one in found(workspace(text), "uc.net", "90%").objectives]
    assert "sla.p.availability" not in hit


def test_extra_downtime_is_counted_in_the_worst_window_of_then(repository: Path) -> None:
    result = found(repository / "examples" / "webshop", "uc.paylane")
    birch = next(one for one in result.objectives if one.address == "sla.birch-shop.availability")
    then = birch.then["fails"]
    assert (birch.today.window, then.window) == ("2028-04", "2026-11")
    assert then.margin is not None
    assert birch.today.guaranteed is not None
    window_s = -then.margin / Fraction(995, 1000)
    assert then.extra_s == birch.today.guaranteed * window_s


def test_a_target_of_a_time_needs_the_objective_by_name(workspace: Write) -> None:
    times = document(
        "UC",
        "help",
        "service: net, customer: example-inc, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, target: 2h}}",
    )
    top = document(
        "SLA",
        "t",
        "service: wiki, customer: acme, status: agreed, objectives: {p1: {metric: resolution-time, priority: P1, target: 4h}}",
    )
    root = workspace(ESTATE + times + top)
    with pytest.raises(SlactlError, match="promises no availability"):
        found(root, "uc.help", "3h")
    by_address = {one.address: one for one in found(root, "uc.help.p1", "6h").objectives}
    after = by_address["sla.t.p1"]
    assert "fails" not in after.then
    assert after.then["changes"].margin is not None
    assert after.today.margin is not None
    assert after.today.margin - after.then["changes"].margin == 4 * 3600


def test_credits_follow_the_steps_and_their_limit(workspace: Write) -> None:
    result = found(workspace(ESTATE), "uc.west")
    assert result.currency == "EUR"
    (acme,) = result.sums["fails"]
    assert acme.customer == "acme"
    assert money(acme) == (1000, 100, 0)
    total = found(workspace(ESTATE), "service.db").sums["fails"]
    assert [one.credits for one in total] == [400]


def test_a_step_is_owed_below_it_and_not_at_it(workspace: Write) -> None:
    (exact,) = found(workspace(ESTATE), "uc.west", "99.6%").objectives
    assert exact.then["changes"].guaranteed == Fraction(995, 1000)
    assert exact.then["changes"].credit == 0
    (below,) = found(workspace(ESTATE), "uc.west", "99.5999%").objectives
    assert below.then["changes"].credit == Fraction(1, 10)


def test_customers_are_summed_each_and_together(workspace: Write) -> None:
    acme, birch, together = found(workspace(ESTATE), "party.cloud").sums["fails"]
    assert (acme.customer, birch.customer, together.customer) == ("acme", "birch", None)
    assert money(birch) == (200, 0, 0)
    assert money(together) == (1200, 400, 0)
    assert together.worse == together.lost == ("sla.a.availability", "sla.b.availability")


def test_an_agreement_with_several_customers_owes_each_of_them(workspace: Write) -> None:
    both = ESTATE.replace("customer: acme, fee", "customers: [acme, birch], fee")
    acme, birch, together = found(workspace(both), "service.db").sums["fails"]
    assert acme.credits == birch.credits == 400
    assert together.credits == 800


def test_sums_over_currencies_need_rates(workspace: Write) -> None:
    mixed = ESTATE.replace("600 EUR/quarter", "600 USD/quarter")
    with pytest.raises(SlactlError, match="Fees in EUR and USD cannot be added up"):
        found(workspace(mixed), "uc.net")
    assert found(workspace(mixed), "uc.east").currency == "EUR"
    acme, birch, together = found(workspace(mixed, root=RATES), "uc.net").sums["fails"]
    assert [money(one)[0] for one in (acme, birch, together)] == [1000, 100, 1100]


def test_a_mere_target_and_an_unstated_fee_owe_nothing(workspace: Write) -> None:
    draft = ESTATE.replace("service: shop, status: agreed", "service: shop, status: draft")
    (shop,) = found(workspace(draft), "uc.east").objectives
    assert shop.then["fails"].credit == 0
    free = ESTATE.replace("fee: 1000 EUR/month, ", "")
    (acme,) = found(workspace(free), "service.db").sums["fails"]
    assert money(acme) == (None, None, None)


def test_a_customers_own_service_is_a_duty(workspace: Write) -> None:
    lan = service("lan", "acme") + service("desk", "web", "[net, lan]")
    lan += promise("SLA", "d", "desk", "99%", "customer: acme, excludes: [customer-fault],")
    root = workspace(ESTATE + lan)
    assert [one.then["fails"].change for one in found(root, "service.lan").objectives] == ["same"]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sla.a", "Nothing rests on sla.a"),
        ("sla.a.availability", "Nothing rests on sla.a"),
        ("party.acme", "acme provides nothing here"),
        ("uc.nett", "There is nothing under the address uc.nett"),
        ("uc.net.latency", "There is nothing under the address"),
        ("", "There is nothing under the address"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(workspace: Write, address: str, message: str) -> None:
    with pytest.raises(SlactlError, match=message):
        found(workspace(ESTATE), address)


def test_a_target_that_is_none_is_refused(workspace: Write) -> None:
    with pytest.raises(SlactlError, match=r"99\.5 is no target for uc\.net\.availability") as error:
        found(workspace(ESTATE), "uc.net", "99.5")
    assert "99.5%" in error.value.diagnostics[0].detail


@pytest.mark.parametrize(
    ("objective", "target"),
    [
        ("p1: {metric: resolution-time, priority: P1, target: 2h}", "1M"),
        ("p1: {metric: resolution-time, priority: P1, target: 2h}", "0s"),
        ("p1: {metric: support-hours, target: office}", "nights"),
    ],
)
def test_a_target_is_read_as_strictly_as_in_a_file(workspace: Write, objective: str, target: str) -> None:
    hours = document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}')
    spec = f"service: net, customer: example-inc, status: agreed, objectives: {{{objective}}}"
    with pytest.raises(SlactlError, match=r"is no target for uc\.help\.p1"):
        found(workspace(ESTATE + hours + document("UC", "help", spec)), "uc.help.p1", target)


def test_nothing_above_is_no_impact(workspace: Write) -> None:
    alone = service("lonely", "cloud") + promise("UC", "lonely", "lonely", "99%", "customer: example-inc,")
    result = found(workspace(ESTATE + alone), "uc.lonely")
    assert result.objectives == ()
    assert all(not customers for customers in result.sums.values())


def test_the_estate_itself_is_not_changed(workspace: Write) -> None:
    estate = estate_of(workspace(ESTATE))
    before = check(estate, TODAY).objectives
    impact(estate, TODAY, "party.cloud", "98%")
    assert check(estate, TODAY).objectives == before
    assert estate.agreements["uc.net"].objectives["availability"].target == Ratio(Decimal("99.9"))
