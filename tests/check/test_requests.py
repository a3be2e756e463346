"""Promises about latency and throughput on small estates whose numbers add up by hand, and the rules about them."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from time import process_time

import pytest

from slactl.check.engine import check
from slactl.check.requests import judge_requests
from slactl.check.result import AmountResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate

Write = Callable[..., Path]
TODAY, HORIZON = date(2026, 11, 23), date(2028, 11, 30)


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


PEOPLE = "".join([
    *(document("Party", name, "type: customer") for name in ("acme", "birch")),
    *(document("Party", name, "type: internal") for name in ("web", "data", "ops")),
    *(document("Party", name, "type: supplier") for name in ("cloud", "carrier")),
    document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}'),
    document("Calendar", "bureau", 'hours: {mon-fri: ["08:00-18:00"]}'),
])  # fmt: skip


def service(name: str, owner: str, needs: str = "", own: str = "") -> str:
    parts = [f"owner: {owner}"]
    parts += [f"dependsOn: {needs}"] if needs else []
    if own:
        percentile, target = own.split()
        parts += [f"intrinsic: {{latency: {{percentile: {percentile}, target: {target}}}}}"]
    return document("Service", name, ", ".join(parts))


def agreement(kind: str, name: str, on: str, objectives: str, extra: str = "") -> str:
    return document(kind, name, f"service: {on}, status: agreed, {extra} objectives: {{{objectives}}}")


def latency(*points: str, extra: str = "") -> str:
    """Objectives such as `99 200ms`."""
    split = (point.split() for point in points)
    return ", ".join(
        f"l{number}: {{metric: latency, percentile: {percentile}, target: {target}, {extra}}}"
        for number, (percentile, target) in enumerate(split)
    )


def throughput(rate: str, extra: str = "") -> str:
    return f"throughput: {{target: {rate}, {extra}}}"


def sla(objectives: str, extra: str = "", name: str = "a", on: str = "shop") -> str:
    return agreement("SLA", name, on, objectives, f"customer: acme, {extra}")


def ola(on: str, objectives: str, extra: str = "") -> str:
    return agreement("OLA", on, on, objectives, extra)


def uc(on: str, objectives: str, extra: str = "") -> str:
    return agreement("UC", on, on, objectives, extra)


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def judged(root: Path) -> Mapping[str, AmountResult]:
    return {one.address: one for one in judge_requests(estate_of(root), TODAY, HORIZON)}


def only(root: Path) -> AmountResult:
    results = judged(root)
    (address,) = [one for one in results if one.startswith("sla.a.")]
    return results[address]


def ms(number: int) -> Fraction:
    return Fraction(number, 1000)


SHOP = service("shop", "web", "[db, net]", "99.9 20ms") + service("db", "data") + service("net", "cloud")
BACKED = ola("db", latency("99 100ms")) + uc("net", latency("99 200ms"))


def test_limits_and_shares_that_miss_add_up(workspace: Write) -> None:
    result = only(workspace(PEOPLE + SHOP + BACKED + sla(latency("97.9 320ms"))))
    assert (result.verdict, result.local_verdict, result.unit) == ("guaranteed", "guaranteed", "s")
    assert result.supported == ms(320) == result.promised
    assert result.margin == 0
    assert result.worst == "2.1% of requests may take longer, 2.1% are allowed to"
    assert [(link.address, link.promise, link.amount) for link in result.links] == [
        ("uc.net.l0", "99% within 200ms", ms(200)),
        ("ola.db.l0", "99% within 100ms", ms(100)),
        ("service.shop.intrinsic", "99.9% within 20ms, claimed by its owner", ms(20)),
    ]


def test_a_millisecond_less_is_not_guaranteed(workspace: Write) -> None:
    result = only(workspace(PEOPLE + SHOP + BACKED + sla(latency("97.9 319ms"))))
    assert (result.verdict, result.margin) == ("unsupported", ms(-1))


def test_percentiles_do_not_add_and_a_stricter_one_than_below_has_no_limit(workspace: Write) -> None:
    result = only(workspace(PEOPLE + SHOP + BACKED + sla(latency("98 10s"))))
    assert (result.verdict, result.supported) == ("unsupported", None)
    assert result.worst == "2.1% of requests may take longer than any limit below, 2% are allowed to"
    assert [link.amount for link in result.links] == [ms(200), ms(100), ms(20)]


def test_of_curves_the_best_split_counts(workspace: Write) -> None:
    estate = SHOP + ola("db", latency("95 50ms", "99 300ms")) + uc("net", latency("95 100ms", "99 200ms"))
    # Of a budget of 6.1% the shop takes 0.1%: 5% and 1% are left, either way round.
    assert only(workspace(PEOPLE + estate + sla(latency("93.9 270ms")))).supported == ms(20 + 50 + 200)
    assert only(workspace(PEOPLE + estate + sla(latency("89.9 170ms")))).supported == ms(20 + 50 + 100)
    assert only(workspace(PEOPLE + estate + sla(latency("97.9 520ms")))).supported == ms(20 + 300 + 200)


@pytest.mark.parametrize(
    ("call", "percentile", "limit"),
    [
        ("calls: 3", "96.9", 3 * 200),
        ("calls: 3, mode: parallel", "96.9", 200),
        ("retries: 1, timeout: 200ms", "97.9", 2 * 200),
        ("calls: 2, retries: 2", "93.9", 6 * 200),
        ("calls: 2, retries: 2, mode: parallel", "93.9", 3 * 200),
    ],
)
def test_calls_and_attempts_multiply(workspace: Write, call: str, percentile: str, limit: int) -> None:
    estate = service("shop", "web", f"[{{service: net, {call}}}]", "99.9 20ms") + service("net", "cloud")
    estate += uc("net", latency("99 200ms"))
    result = only(workspace(PEOPLE + estate + sla(latency(f"{percentile} 10s"))))
    assert result.supported == ms(20 + limit)
    stricter = Fraction(percentile) + Fraction(1, 10)
    above = latency(f"{float(stricter):.1f} 10s")
    assert only(workspace(PEOPLE + estate + sla(above))).supported is None


def test_how_often_a_promise_counts_is_said(workspace: Write) -> None:
    estate = service("shop", "web", "[{service: net, calls: 3}]", "99.9 20ms") + service("net", "cloud")
    estate += uc("net", latency("99 200ms"))
    result = only(workspace(PEOPLE + estate + sla(latency("95 1s"))))
    assert result.links[0].promise == "99% within 200ms, 3 times"
    assert result.links[0].amount == ms(600)


def test_calls_at_once_take_as_long_as_the_slowest(workspace: Write) -> None:
    needs = "[{service: db, mode: parallel}, {service: net, mode: parallel}]"
    estate = service("shop", "web", needs, "99.9 20ms") + service("db", "data") + service("net", "cloud")
    result = only(workspace(PEOPLE + estate + BACKED + sla(latency("97.9 220ms"))))
    assert (result.verdict, result.supported) == ("guaranteed", ms(220))
    assert "ola.db.l0" not in {link.address for link in result.links}
    assert only(workspace(PEOPLE + estate + BACKED + sla(latency("98 1s")))).supported is None


def group(needs: str) -> str:
    estate = service("shop", "web", needs, "99.9 20ms")
    for name, promise in (("one", "99 100ms"), ("two", "99 200ms"), ("three", "98 300ms")):
        estate += service(name, "cloud") + uc(name, latency(promise))
    return estate


def parallel(*names: str) -> str:
    return ", ".join(f"{{service: {name}, mode: parallel}}" for name in names)


@pytest.mark.parametrize(
    ("needs", "percentile", "limit"),
    [
        ("{any: [one, two]}", "98.9", 200),  # one of them, nobody says which
        ("{any: [one, two, three]}", "97.9", 300),
        ("{any: [one, two, three]}", "98.9", None),
        (f"{{any: [{parallel('one', 'two')}]}}", "98.9", 100),  # the first answer counts
        (f"{{any: [{parallel('three', 'two')}]}}", "98.9", 200),
        (f"{{any: [{parallel('three', 'two')}]}}", "99.1", None),  # no better than the best alone
        # two of three: late when two are, at most min(1% + 1%, (1% + 1% + 2%) / 2) of requests
        (f"{{atLeast: {{count: 2, of: [{parallel('one', 'two', 'three')}]}}}}", "97.9", 200),
        (f"{{atLeast: {{count: 2, of: [{parallel('one', 'two', 'three')}]}}}}", "98", None),
    ],
)
def test_redundant_members(workspace: Write, needs: str, percentile: str, limit: int | None) -> None:
    result = only(workspace(PEOPLE + group(needs) + sla(latency(f"{percentile} 10s"))))
    assert result.supported == (None if limit is None else ms(20 + limit))


def test_a_member_without_promise_spoils_a_group_unless_all_are_asked_at_once(workspace: Write) -> None:
    for needs, verdict in (("[one, gone]", "unsupported"), (f"[{parallel('one', 'gone')}]", "guaranteed")):
        estate = group(f"{{any: {needs}}}") + service("gone", "cloud")
        assert only(workspace(PEOPLE + estate + sla(latency("98.9 120ms")))).verdict == verdict


def test_an_answer_after_the_timeout_is_none(workspace: Write) -> None:
    needs = "[{service: net, timeout: 150ms}]"
    estate = service("shop", "web", needs, "99.9 20ms") + service("net", "cloud")
    estate += uc("net", latency("95 100ms", "99 200ms"))
    assert only(workspace(PEOPLE + estate + sla(latency("94.9 120ms")))).verdict == "guaranteed"
    result = only(workspace(PEOPLE + estate + sla(latency("98 1s"))))
    assert (result.verdict, result.supported) == ("unsupported", None)
    early = only(workspace(PEOPLE + estate.replace("150ms", "50ms") + sla(latency("50 1s"))))
    assert early.worst == "too few answers are promised before they are given up"


def test_who_promises_nothing_leaves_nothing_guaranteed(workspace: Write) -> None:
    for objective in (latency("50 1h"), throughput("1/year")):
        promise = latency("99 1ms") if "latency" in objective else throughput("9/s")
        result = only(workspace(PEOPLE + SHOP + ola("db", promise) + sla(objective)))
        assert (result.verdict, result.supported, result.margin) == ("unsupported", None, None)
        assert [(link.address, link.promise) for link in result.links] == [("service.net", "no promise")]
        assert result.worst == "nothing is promised about net"


def test_an_estate_without_any_agreement_below_is_never_guaranteed(workspace: Write) -> None:
    for owner in ("web", "data"):
        estate = service("shop", "web", "[db]", "99.9 20ms") + service("db", owner)
        for objective in (latency("50 1h"), throughput("1/year")):
            assert only(workspace(PEOPLE + estate + sla(objective))).verdict == "unsupported"


def test_own_latency_that_is_not_stated_leaves_it_undecided(workspace: Write) -> None:
    estate = SHOP.replace(", intrinsic: {latency: {percentile: 99.9, target: 20ms}}", "") + BACKED
    result = only(workspace(PEOPLE + estate + sla(latency("98 300ms"))))
    assert (result.verdict, result.supported) == ("undecided", ms(300))
    assert result.links[-1].promise == "own latency not stated"
    assert only(workspace(PEOPLE + estate + sla(latency("98 299ms")))).verdict == "unsupported"


def test_a_promise_of_the_teams_own_part_takes_the_place_of_its_claim(workspace: Write) -> None:
    estate = SHOP + BACKED + ola("shop", latency("99.5 5ms", extra="scope: own"))
    result = only(workspace(PEOPLE + estate + sla(latency("97.5 305ms"))))
    assert (result.verdict, result.supported) == ("guaranteed", ms(305))
    below = service("shop", "web", "[db]", "99.9 20ms") + service("db", "data", "[net]", "90 1s")
    below += service("net", "cloud") + uc("net", latency("99 200ms"))
    below += ola("db", latency("99 100ms", extra="scope: own"))
    assert only(workspace(PEOPLE + below + sla(latency("97.9 320ms")))).verdict == "guaranteed"


def test_the_same_team_is_looked_through(workspace: Write) -> None:
    estate = service("shop", "web", "[cart]", "99.9 20ms") + service("cart", "web", "[net]", "99.9 30ms")
    estate += service("net", "cloud") + uc("net", latency("99 200ms"))
    assert only(workspace(PEOPLE + estate + sla(latency("98.8 250ms")))).verdict == "guaranteed"


def test_an_ola_counts_as_what_its_own_structure_guarantees(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "99.9 20ms") + service("db", "data", "[net]", "99.9 30ms")
    estate += service("net", "cloud") + uc("net", latency("99 200ms")) + ola("db", latency("98 100ms"))
    results = judged(workspace(PEOPLE + estate + sla(latency("97 120ms"))))
    below, top = results["ola.db.l0"], results["sla.a.l0"]
    assert (below.verdict, below.supported) == ("unsupported", ms(230))
    assert (top.verdict, top.local_verdict, top.supported) == ("unsupported", "guaranteed", ms(250))


def test_a_point_that_holds_counts_beside_one_that_does_not(workspace: Write) -> None:
    estate = service("shop", "web", "[db]", "99.9 20ms") + service("db", "data", "[net]", "99.9 30ms")
    estate += service("net", "cloud") + uc("net", latency("99 200ms", "95 50ms"))
    estate += ola("db", latency("90 85ms", "98.9 100ms"))
    results = judged(workspace(PEOPLE + estate + sla(latency("89.9 105ms"))))
    assert results["ola.db.l0"].verdict == "guaranteed"
    assert results["ola.db.l1"].verdict == "unsupported"
    assert (results["sla.a.l0"].verdict, results["sla.a.l0"].supported) == ("guaranteed", ms(105))


def test_a_share_of_a_longer_window_says_nothing_about_a_part_of_it(workspace: Write) -> None:
    for window, verdict in (
        ("calendar-year", "unsupported"),
        ("{rolling: 30d}", "unsupported"),
        ("calendar-day", "guaranteed"),
    ):
        backed = BACKED.replace("target: 200ms,", f"target: 200ms, window: {window}")
        result = only(workspace(PEOPLE + SHOP + backed + sla(latency("97 320ms"))))
        assert result.verdict == verdict
    assert only(
        workspace(PEOPLE + SHOP + BACKED + sla(latency("97 1s", extra="window: {rolling: 30d}")))
    ).worst.startswith("uc.net.l0 speaks of other hours")


@pytest.mark.parametrize(
    ("below", "above", "verdict"),
    [
        ("office", "office", "guaranteed"),
        ("office", "bureau", "guaranteed"),
        ("office", "24x7", "unsupported"),
        ("24x7", "office", "undecided"),  # all that miss may fall into office hours
    ],
)
def test_only_a_promise_about_the_same_hours_guarantees(
    workspace: Write, below: str, above: str, verdict: str
) -> None:
    estate = service("shop", "web", "[net]", "99.9 20ms") + service("net", "cloud")
    estate += uc("net", latency("99 200ms", extra=f"hours: {below}"))
    result = only(workspace(PEOPLE + estate + sla(latency("95 1s", extra=f"hours: {above}"))))
    assert result.verdict == verdict


def test_a_promise_over_a_larger_population_is_diluted(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "99.9 20ms") + service("net", "cloud")
    estate += uc("net", latency("99 200ms", extra="population: {all: 40000/month, ours: 10000/month}"))
    assert only(workspace(PEOPLE + estate + sla(latency("95.9 1s")))).supported == ms(220)
    assert only(workspace(PEOPLE + estate + sla(latency("96 1s")))).supported is None


def test_a_contract_that_ends_guarantees_nothing_from_then_on(workspace: Write) -> None:
    estate = service("shop", "web", "[net]", "99.9 20ms") + service("net", "cloud")
    ends = uc("net", latency("99 100ms"), "term: {until: 2027-06-30},")
    result = only(workspace(PEOPLE + estate + ends + sla(latency("95 1s"))))
    assert (result.supported, result.worst) == (None, "uc.net is not in force")
    follows = agreement("UC", "next", "net", latency("99 200ms"), "term: {from: 2027-07-01},")
    result = only(workspace(PEOPLE + estate + ends + follows + sla(latency("95 1s"))))
    assert (result.verdict, result.supported) == ("guaranteed", ms(220))
    shorter = sla(latency("95 1s"), "term: {until: 2027-06-30},")
    assert only(workspace(PEOPLE + estate + ends + follows + shorter)).supported == ms(120)


def test_a_provider_that_buys_the_service_rests_on_what_its_owner_promised_it(workspace: Write) -> None:
    estate = service("shop", "data", "[net]", "99.9 20ms") + service("net", "cloud")
    estate += ola("shop", latency("99 30ms"), "customer: web,")
    result = only(workspace(PEOPLE + estate + sla(latency("99 30ms"), "provider: web,")))
    assert (result.local_verdict, result.supported) == ("guaranteed", None)


def test_a_duty_of_the_customer_costs_nothing_where_its_faults_do_not_count(workspace: Write) -> None:
    estate = service("shop", "web", "[lan]", "99.9 20ms") + service("lan", "acme")
    result = only(workspace(PEOPLE + estate + sla(latency("99 20ms"))))
    assert (result.supported, result.worst) == (None, "lan is the customer's own")
    forgiving = sla(latency("99 20ms"), "excludes: [customer-fault],")
    assert only(workspace(PEOPLE + estate + forgiving)).verdict == "guaranteed"


def test_several_services_are_as_slow_as_the_slowest(workspace: Write) -> None:
    estate = SHOP + BACKED + service("blog", "web", "[net]", "99.9 20ms")
    both = document(
        "SLA",
        "a",
        f"services: [blog, shop], customer: acme, status: agreed, objectives: {{{latency('97 1s')}}}",
    )
    assert only(workspace(PEOPLE + estate + both)).supported == ms(320)


CAPABLE = ola("shop", throughput("900/s", "scope: own"))


def test_a_chain_carries_as_much_as_its_narrowest_part(workspace: Write) -> None:
    estate = SHOP + CAPABLE + ola("db", throughput("500/s")) + uc("net", throughput("18000/m"))
    result = only(workspace(PEOPLE + estate + sla(throughput("300/s"))))
    assert (result.verdict, result.unit, result.supported, result.margin) == (
        "guaranteed",
        "1/s",
        Fraction(300),
        Fraction(0),
    )
    assert result.worst == "uc.net.throughput carries the least"
    assert [link.amount for link in result.links] == [300, 500, 900]
    assert only(workspace(PEOPLE + estate + sla(throughput("301/s")))).verdict == "unsupported"


def test_calls_and_attempts_multiply_the_load(workspace: Write) -> None:
    needs = "[{service: net, calls: 2, retries: 1, mode: parallel}]"
    estate = (
        service("shop", "web", needs) + service("net", "cloud") + CAPABLE + uc("net", throughput("400/s"))
    )
    result = only(workspace(PEOPLE + estate + sla(throughput("100/s"))))
    assert (result.verdict, result.supported) == ("guaranteed", Fraction(100))
    assert result.links[0].promise == "400/s promised, 4 calls a request"


def test_all_ways_to_a_shared_dependency_count(workspace: Write) -> None:
    estate = service("shop", "web", "[one, two, net]") + CAPABLE + uc("net", throughput("600/s"))
    estate += service("one", "web", "[net]") + service("two", "data", "[net]") + service("net", "cloud")
    for name in ("one", "two"):
        estate += ola(name, throughput("900/s", "scope: own" if name == "one" else ""))
    assert only(workspace(PEOPLE + estate + sla(throughput("200/s")))).supported == 200


def test_what_others_were_promised_is_taken(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("blog", "web", "[net]") + service("net", "cloud")
    estate += CAPABLE + uc("net", throughput("500/s"))
    other = sla(throughput("100/s"), "workload: {requests: 200/s},", "other", "blog")
    result = only(workspace(PEOPLE + estate + other + sla(throughput("300/s"))))
    assert (result.verdict, result.supported) == ("guaranteed", Fraction(300))
    assert result.links[0].promise == "500/s promised, 200/s taken by others"
    draft = other.replace("status: agreed", "status: draft")
    assert only(workspace(PEOPLE + estate + draft + sla(throughput("300/s")))).supported == 500
    over = other.replace("workload:", "term: {until: 2026-12-31}, workload:")
    later = sla(throughput("500/s"), "term: {from: 2027-01-01},")
    assert only(workspace(PEOPLE + estate + over + later)).verdict == "guaranteed"


def test_who_follows_another_does_not_add_to_its_demand(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("blog", "web", "[net]") + service("net", "cloud")
    estate += CAPABLE + uc("net", throughput("500/s"))
    first = sla(throughput("200/s"), "term: {until: 2026-12-31},", "first", "blog")
    second = sla(throughput("200/s"), "term: {from: 2027-01-01},", "second", "blog")
    result = only(workspace(PEOPLE + estate + first + second + sla(throughput("300/s"))))
    assert (result.verdict, result.supported) == ("guaranteed", Fraction(300))


def test_a_promise_is_void_above_its_agreements_workload(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("net", "cloud") + CAPABLE
    estate += uc("net", throughput("500/s"), "workload: {requests: 200/s},")
    result = only(workspace(PEOPLE + estate + sla(throughput("500/s"))))
    assert (result.supported, result.worst) == (Fraction(200), "uc.net carries the least")


@pytest.mark.parametrize(
    ("needs", "rate"),
    [
        ("{any: [one, two, three]}", 100),
        ("{atLeast: {count: 2, of: [one, two, three]}}", 100 + 200),  # each takes a part of the load
        (f"{{atLeast: {{count: 2, of: [{parallel('one', 'two', 'three')}]}}}}", 100),  # each takes all of it
        ("[one, two, three]", 100),
    ],
)
def test_members_share_the_load_or_each_takes_all(workspace: Write, needs: str, rate: int) -> None:
    estate = service("shop", "web", needs) + CAPABLE
    for name, carried in (("one", 100), ("two", 200), ("three", 300)):
        estate += service(name, "cloud") + uc(name, throughput(f"{carried}/s"))
    assert only(workspace(PEOPLE + estate + sla(throughput("1/s")))).supported == rate


def test_own_throughput_that_is_not_stated_leaves_it_undecided(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("net", "cloud") + uc("net", throughput("500/s"))
    result = only(workspace(PEOPLE + estate + sla(throughput("500/s"))))
    assert (result.verdict, result.supported) == ("undecided", Fraction(500))
    assert result.links[-1].promise == "own throughput not stated"


def test_an_ola_that_promises_more_than_is_below_counts_as_that(workspace: Write) -> None:
    estate = service("shop", "web", "[db]") + service("db", "data", "[net]") + service("net", "cloud")
    estate += CAPABLE + uc("net", throughput("300/s")) + ola("db", throughput("400/s"))
    results = judged(workspace(PEOPLE + estate + sla(throughput("350/s"))))
    below, top = results["ola.db.throughput"], results["sla.a.throughput"]
    assert (below.verdict, below.supported) == ("unsupported", Fraction(300))
    assert (top.verdict, top.local_verdict, top.supported) == ("unsupported", "guaranteed", Fraction(300))


def test_what_is_over_or_of_another_metric_is_not_judged(workspace: Write) -> None:
    over = sla(latency("99 1s") + ", resolution-time: {target: 1h}", "term: {until: 2026-10-31},")
    assert judged(workspace(PEOPLE + SHOP + BACKED + over)) == {}


def test_a_chain_of_three_thousand_services_is_followed(workspace: Write) -> None:
    chain = service("shop", "web", "[s0]", "100 1ms")
    chain += "".join(service(f"s{number}", "web", f"[s{number + 1}]", "100 1ms") for number in range(3000))
    chain += service("s3000", "cloud") + uc("last", latency("99 500ms")).replace(
        "service: last", "service: s3000"
    )
    estate = estate_of(workspace(PEOPLE + chain + sla(latency("99 4s"))))
    begun = process_time()
    (result,) = judge_requests(estate, TODAY, HORIZON)
    assert process_time() - begun < 5
    assert (result.verdict, result.supported) == ("guaranteed", ms(3501))
    assert len(result.links) == 3002


def test_ways_that_double_in_every_layer_are_followed(workspace: Write) -> None:
    layers = 40
    estate = service("shop", "web", "[a0, b0]", "100 1ms")
    for number in range(layers):
        needs = f"[a{number + 1}, b{number + 1}]" if number < layers - 1 else "[net]"
        estate += "".join(service(f"{name}{number}", "web", needs, "100 1ms") for name in ("a", "b"))
    estate += service("net", "cloud") + uc("net", f"{latency('99 1ms')}, {throughput(f'{2**layers}/s')}")
    results = judged(workspace(PEOPLE + estate + sla(latency("98 1s") + ", " + throughput("2/s"))))
    assert results["sla.a.l0"].supported is None
    assert results["sla.a.throughput"].supported == 1


RULES = [f"SLA62{number}" for number in range(1, 6)]


def findings(root: Path, rule: str) -> list[str]:
    return [one.message for one in check(estate_of(root), TODAY).findings if one.rule == rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_about_requests_finds_its_bad_estate_and_not_its_good_one(
    workspace: Write, repository: Path, rule: str
) -> None:
    for name, expected in (("bad", True), ("good", False)):
        text = (repository / "tests" / "check" / "rules" / rule / f"{name}.yaml").read_text("utf-8")
        found = [one for one in check(estate_of(workspace(text)), TODAY).findings if one.rule == rule]
        assert bool(found) == expected
        assert all(one.place is not None and one.detail for one in found)


def test_demand_of_all_callers_is_named_with_the_day_on_which_it_is_too_much(workspace: Write) -> None:
    estate = service("shop", "web", "[{service: net, calls: 2, retries: 1}]") + service(
        "blog", "web", "[net]"
    )
    estate += service("net", "cloud") + uc("net", throughput("500/s"))
    first = sla(latency("50 1s"), "workload: {requests: 100/s},", "first")
    later = sla(latency("50 1s"), "term: {from: 2027-03-01}, workload: {requests: 101/s},", "later", "blog")
    root = workspace(PEOPLE + estate + first + later)
    assert findings(root, "SLA621") == [
        (
            "uc.net.throughput carries 500/s (500/s promised), and agreed SLAs send 501/s from 2027-03-01 on: "
            "400/s for sla.first and 101/s for sla.later."
        )
    ]
    over = first.replace("workload:", "term: {until: 2027-02-28}, workload:")
    assert findings(workspace(PEOPLE + estate + over + later), "SLA621") == []


def test_requests_that_may_go_to_either_of_two_services_are_not_counted_twice(workspace: Write) -> None:
    estate = service("shop", "web", "[net]") + service("blog", "web", "[{service: net, calls: 2}]")
    estate += service("net", "cloud") + uc("net", throughput("500/s"))
    for rate, found in (("250/s", 0), ("251/s", 1)):
        both = f"services: [shop, blog], customer: acme, status: agreed, workload: {{requests: {rate}}}"
        one = document("SLA", "a", f"{both}, objectives: {{{latency('50 1s')}}}")
        assert len(findings(workspace(PEOPLE + estate + one), "SLA621")) == found


def test_an_agreement_carries_the_demand_of_those_that_it_serves_alone(workspace: Write) -> None:
    estate = service("shop", "web", "[db]") + service("blog", "ops", "[db]") + service("db", "data")
    workload = "workload: {requests: 400/s},"
    estate += agreement("OLA", "for-web", "db", latency("99 1ms"), f"customer: web, {workload}")
    estate += agreement("OLA", "for-ops", "db", latency("99 1ms"), f"customer: ops, {workload}")
    slas = "".join(sla(latency("50 1s"), workload, name, name) for name in ("shop", "blog"))
    assert findings(workspace(PEOPLE + estate + slas), "SLA621") == []
    shared = estate.replace("customer: web, ", "")
    assert findings(workspace(PEOPLE + shared + slas), "SLA621") == [
        (
            "ola.for-web carries 400/s (workload limit 400/s), and agreed SLAs send 800/s: "
            "400/s for sla.blog and 400/s for sla.shop."
        )
    ]


def test_members_that_share_a_load_are_sent_a_part_of_it(workspace: Write) -> None:
    for needs, found in (("[one, two, three]", 0), (f"[{parallel('one', 'two', 'three')}]", 3)):
        estate = service("shop", "web", f"{{atLeast: {{count: 2, of: {needs}}}}}")
        for name in ("one", "two", "three"):
            estate += service(name, "cloud") + uc(name, throughput("100/s"))
        workload = sla(latency("50 1s"), "workload: {requests: 200/s},")
        assert len(findings(workspace(PEOPLE + estate + workload), "SLA621")) == found


def test_a_caller_that_gives_up_before_the_attempts_below_it_end_is_found(workspace: Write) -> None:
    estate = service("shop", "web", "[{service: cart, timeout: 300ms}]")
    estate += service("cart", "web", "[{service: net, retries: 3, timeout: 100ms}]") + service("net", "cloud")
    assert findings(workspace(PEOPLE + estate), "SLA622") == [
        "shop gives up on cart after 300ms, and cart may go on with its own calls for 400ms."
    ]
    assert findings(workspace(PEOPLE + estate.replace("retries: 3", "retries: 2")), "SLA622") == []


def test_attempts_at_once_wait_no_longer_than_one(workspace: Write) -> None:
    needs = "[{service: db, retries: 1, timeout: 100ms, mode: parallel}, {service: net, calls: 3, timeout: 150ms, mode: parallel}]"
    estate = service("shop", "web", needs) + service("db", "data") + service("net", "cloud")
    assert findings(workspace(PEOPLE + estate + sla(latency("95 200ms"))), "SLA622") == []
    in_turn = estate.replace(", mode: parallel", "")
    assert findings(workspace(PEOPLE + in_turn + sla(latency("95 200ms"))), "SLA622") == [
        "sla.a.l0 promises 200ms, and shop may wait 650ms for its calls, of which 450ms are for net."
    ]
