"""How promises are measured above and below: slices, thresholds, what counts as down, points, populations, exclusions."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.check.measuring import counts_whatever
from slactl.check.result import Assessment, Finding
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.render.explanation import explanation_documents, explanation_text
from slactl.render.style import Style
from slactl.verify.verdict import Refused, verify

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
ROOT = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec: {organization: example-inc, files: ["agreements/*.yaml"], measurementPoints: [customer-site, edge, datacentre]}
"""


def document(kind: str, name: str, spec: str) -> str:
    return f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


PEOPLE = "".join([
    document("Party", "acme", "type: customer"),
    *(document("Party", name, "type: internal") for name in ("web", "data")),
    document("Party", "cloud", "type: supplier"),
    document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}'),
])  # fmt: skip


def service(name: str, owner: str, needs: str = "", intrinsic: str = "100%") -> str:
    depends = f"dependsOn: {needs}, intrinsic: {{availability: {intrinsic}}}" if needs else "dependsOn: []"
    return document("Service", name, f"owner: {owner}, {depends}")


def agreement(kind: str, name: str, on: str, objectives: str, extra: str = "") -> str:
    return document(kind, name, f"service: {on}, status: agreed, {extra} objectives: {{{objectives}}}")


def availability(target: str, extra: str = "") -> str:
    return f"availability: {{target: {target}, {extra}}}"


def sla(extra: str = "", target: str = "99%", terms: str = "") -> str:
    return agreement("SLA", "a", "shop", availability(target, extra), f"customer: acme, {terms}")


def uc(extra: str = "", target: str = "99.9%", terms: str = "", name: str = "net") -> str:
    return agreement("UC", name, "net", availability(target, extra), terms)


def ola(extra: str = "", target: str = "99.5%", terms: str = "") -> str:
    return agreement("OLA", "db", "db", availability(target, extra), terms)


NET = PEOPLE + service("shop", "web", "[net]") + service("net", "cloud")
"""The shop rests on a supplier."""
DB = PEOPLE + service("shop", "web", "[db]") + service("db", "data", "[net]") + service("net", "cloud")
"""The shop rests on a team, and that on a supplier."""


def assess(root: Path) -> Assessment:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, TODAY)


def findings(assessment: Assessment, rule: str) -> list[Finding]:
    return [one for one in assessment.findings if one.rule == rule]


def found(assessment: Assessment, rule: str) -> list[str]:
    return [one.message for one in findings(assessment, rule)]


# Granularity, SLA502


@pytest.mark.parametrize(
    ("slice_", "few"),
    [("259.2s", False), ("259200ms", False), ("4m", False), ("259.201s", True), ("5m", True)],
)
def test_a_budget_below_one_slice_cannot_be_measured(workspace: Write, slice_: str, few: bool) -> None:
    promised = sla(
        f"window: {{rolling: 30d}}, measure: {{slice: {slice_}}}", target="99.99%"
    )  # 259.2 seconds
    assert bool(found(assess(workspace(NET + uc() + promised)), "SLA502")) is few


def test_the_budget_is_that_of_the_shortest_window_in_service_hours(workspace: Write) -> None:
    promised = sla("measure: {slice: 13m}", target="99.9%", terms="hours: office,")
    (words,) = found(assess(workspace(NET + uc() + promised)), "SLA502")
    # February 2027 has 20 working days: 200 hours, of which a thousandth is 720 seconds
    assert words == "sla.a.availability allows 12m in 2027-02, and is measured every 13m."
    exact = sla("measure: {slice: 12m}", target="99.9%", terms="hours: office,")
    assert not found(assess(workspace(NET + uc() + exact)), "SLA502")


def test_a_window_that_the_term_cuts_short_counts_as_a_whole_one(workspace: Write) -> None:
    term = "term: {from: 2026-11-20, until: 2026-12-02},"
    promised = sla("measure: {slice: 40m}", target="99.9%", terms=term)  # 43m 12s in November
    assert not found(assess(workspace(NET + uc() + promised)), "SLA502")
    over = sla("measure: {slice: 50m}", target="99.9%", terms="term: {from: 2025-01-01, until: 2025-12-31},")
    assert not found(assess(workspace(NET + uc() + over)), "SLA502")


@pytest.mark.parametrize(
    ("after", "few"), [("30s", True), ("59999ms", True), ("60s", False), ("1m", False), ("0s", False)]
)
def test_a_threshold_below_one_slice_cannot_be_measured(workspace: Write, after: str, few: bool) -> None:
    promised = sla(f"measure: {{slice: 1m, countsAfter: {after}}}")
    words = found(assess(workspace(NET + uc() + promised)), "SLA502")
    assert words == ["sla.a.availability counts an outage after 30s, and is measured every 1m."] * few or (
        few and after == "59999ms"
    )


@pytest.mark.parametrize(
    ("indicator", "few"),
    [
        ("ratio: {good: a, total: b}, timeslice: {of: 10m, good: 95%}", True),
        ("ratio: {good: a, total: b}, timeslice: {of: 1m, good: 95%}", False),
        ("ratio: {good: a, total: b}", False),
        ("probe: up", False),
    ],
)
def test_slices_are_those_of_the_indicator_too(workspace: Write, indicator: str, few: bool) -> None:
    promised = sla("indicator: seen", target="99.99%") + document("Indicator", "seen", indicator)
    assert bool(found(assess(workspace(NET + uc() + promised)), "SLA502")) is few


def test_what_is_not_measured_in_slices_is_not_too_coarse(workspace: Write) -> None:
    assert not found(assess(workspace(NET + uc(target="99.999%") + sla())), "SLA502")


@pytest.mark.parametrize("kind", ["OLA", "UC"])
def test_agreements_below_are_measured_as_well(workspace: Write, kind: str) -> None:
    estate = PEOPLE + service("shop", "web", "[x]") + service("x", "data" if kind == "OLA" else "cloud")
    below = agreement(kind, "x", "x", availability("99.999%", "measure: {slice: 1m}"))
    one = findings(assess(workspace(estate + below + sla())), "SLA502")
    assert [finding.address for finding in one] == [f"{kind.lower()}.x.availability"]


# Thresholds, SLA503


@pytest.mark.parametrize(
    ("above", "below", "held"),
    [
        ("", "", True),
        ("5m", "5m", True),
        ("5m", "300s", True),
        ("5m", "", True),
        ("10m", "5m", True),
        ("", "0s", True),
        ("5m", "300001ms", False),
        ("5m", "1h", False),
        ("", "1ms", False),
    ],
)
def test_outages_count_below_no_later_than_above(
    workspace: Write, above: str, below: str, held: bool
) -> None:
    over, under = (f"measure: {{countsAfter: {one}}}" if one else "" for one in (above, below))
    assessment = assess(workspace(NET + uc(under) + sla(over)))
    result = assessment.objectives["sla.a.availability"]
    assert result.verdict == ("guaranteed" if held else "undecided")
    assert result.guaranteed.lower == Fraction(999, 1000)  # no number says how much the shorter ones are
    assert [one.address for one in findings(assessment, "SLA503")] == ["sla.a.availability"] * (not held)
    assert assessment.passed is held


def test_a_threshold_is_told_from_its_absence(workspace: Write) -> None:
    late = uc("measure: {countsAfter: 15m}")
    assert found(assess(workspace(NET + late + sla("measure: {countsAfter: 5m}"))), "SLA503") == [
        "uc.net.availability counts outages only after 15m, and sla.a.availability after 5m: nobody answers for those between."
    ]
    assessment = assess(workspace(NET + late + sla()))
    (words,) = found(assessment, "SLA503")
    assert words.endswith("and sla.a.availability counts every one: nobody answers for shorter ones.")
    (failing,) = findings(assessment, "SLA201")
    assert "outages that are too short to count below have no budget" in failing.message


def test_a_promise_that_counts_them_carries_beside_one_that_does_not(workspace: Write) -> None:
    stricter = uc("measure: {countsAfter: 5m}", target="99.99%", name="late")
    assessment = assess(workspace(NET + stricter + uc(target="99.5%") + sla()))
    result = assessment.objectives["sla.a.availability"]
    assert (result.verdict, result.guaranteed.lower) == ("guaranteed", Fraction(995, 1000))
    assert not found(assessment, "SLA503")
    # what rests on both may count on both
    both = assess(workspace(NET + stricter + uc(target="99.5%") + sla("measure: {countsAfter: 5m}")))
    assert both.objectives["sla.a.availability"].guaranteed.lower == Fraction(9999, 10_000)


def test_a_threshold_two_levels_down_is_found_where_the_promise_is_lost(workspace: Write) -> None:
    late = uc("measure: {countsAfter: 5m}")
    assessment = assess(workspace(DB + late + ola() + sla()))
    assert [one.address for one in findings(assessment, "SLA503")] == [
        "ola.db.availability",  # the team promises to count what its supplier does not
        "sla.a.availability",
    ]
    result = assessment.objectives["sla.a.availability"]
    assert (result.local_verdict, result.verdict) == ("guaranteed", "undecided")
    assert assessment.objectives["ola.db.availability"].verdict == "undecided"


def test_a_threshold_in_the_middle_concerns_the_level_above_alone(workspace: Write) -> None:
    late = "measure: {countsAfter: 5m}"
    assessment = assess(workspace(DB + uc(late) + ola(late) + sla()))
    assert [one.address for one in findings(assessment, "SLA503")] == ["sla.a.availability"]
    assert assessment.objectives["ola.db.availability"].verdict == "guaranteed"
    assert assess(workspace(DB + uc(late) + ola(late) + sla(late))).passed


def test_an_own_scope_that_leaves_outages_out_is_found_too(workspace: Write) -> None:
    own = ola("scope: own, measure: {countsAfter: 5m}")
    assessment = assess(workspace(DB + uc() + own + sla()))
    assert assessment.objectives["sla.a.availability"].verdict == "undecided"
    assert len(found(assessment, "SLA503")) == 1


def test_slas_with_other_thresholds_see_the_same_service_each_in_its_way(workspace: Write) -> None:
    strict = agreement("SLA", "b", "shop", availability("99%"), "customer: acme,")
    late = "measure: {countsAfter: 5m}"
    assessment = assess(workspace(NET + uc(late) + sla(late) + strict))
    verdicts = {address: one.verdict for address, one in assessment.objectives.items()}
    assert verdicts == {"sla.a.availability": "guaranteed", "sla.b.availability": "undecided"}


# Short outages that nobody counts, SLA507

LATE = "measure: {countsAfter: 5m}"


def two(needs: str, first: str = LATE, second: str = LATE) -> str:
    services = service("shop", "web", needs) + service("db", "data") + service("net", "cloud")
    return PEOPLE + services + ola(first, target="99.9%") + uc(second)


@pytest.mark.parametrize(
    ("estate", "target", "joining"),
    [
        (NET + uc(LATE), "99%", []),  # one leaf: its outages are those above
        (NET.replace("100%", "99.9%") + uc(LATE), "99%", ["uc.net.availability"]),
        (NET.replace("100%", "99.9%") + uc(), "99%", []),
        (two("[db, net]"), "99%", ["ola.db.availability", "uc.net.availability"]),
        (two("[db, net]", second=""), "99%", ["ola.db.availability"]),
        (two("[db, net]", "", ""), "99%", []),
        (
            two("{any: [db, net]}"),
            "99%",
            [],
        ),  # each of its outages lies within one of the other's, which counts
        (two("{any: [db, net]}"), "99.99%", ["ola.db.availability", "uc.net.availability"]),
        (NET + uc(LATE, target="100%"), "99%", []),
        (two("[db, net]", LATE.replace("5m", "0s"), ""), "99%", []),
    ],
)
def test_short_outages_may_join_where_several_can_fail(
    workspace: Write, estate: str, target: str, joining: list[str]
) -> None:
    assessment = assess(workspace(estate + sla(LATE, target)))
    result = assessment.objectives["sla.a.availability"]
    assert list(result.assumes_apart) == joining
    notes = findings(assessment, "SLA507")
    assert [one.severity.value for one in notes] == ["note"] * bool(joining)
    assert all(name in one.message for one in notes for name in joining)
    assert (result.verdict == "guaranteed") is (target == "99%")


def test_a_proof_beside_what_has_no_budget_says_so_to_who_checks_it(workspace: Write) -> None:
    root = workspace(two("[db, net]", LATE, "") + sla())
    built, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, found = explain(built, TODAY, "sla.a.availability")
    assert isinstance(found, Explanation)
    assert found.result.verdict == "undecided"
    proof = explanation_documents(found, assessment)["proof"]
    assert "and what has no budget below never takes it down (SLA203, SLA503)." in str(verify(proof))
    assert isinstance(verify({**proof, "assumes": 7}), Refused)


def test_a_proof_says_what_it_assumes(workspace: Write) -> None:
    for second, said in ((LATE, True), ("", False)):
        root = workspace(two("[db, net]", "", second) + sla(LATE))
        built, problems = build_estate(load_workspace(root))
        problems.raise_errors()
        assessment, found = explain(built, TODAY, "sla.a.availability")
        assert isinstance(found, Explanation)
        proof = explanation_documents(found, assessment)["proof"]
        assert ("assumes" in proof) is said
        assert ("It assumes that outages too short to count" in str(verify(proof))) is said
        assert (
            "It assumes that outages too short to count for uc.net.availability"
            in explanation_text(found, Style())
        ) is said


# What counts as down, SLA504


@pytest.mark.parametrize(
    ("below", "above", "covered"),
    [
        ("success-ratio < 95%", "success-ratio < 95%", True),
        ("success-ratio < 95%", "Success-Ratio  <  95.0%", True),
        ("success-ratio < 97%", "success-ratio < 95%", True),
        ("success-ratio < 50%", "success-ratio < 95%", False),
        ("success-ratio <= 95%", "success-ratio < 95%", True),
        ("success-ratio < 95%", "success-ratio <= 95%", False),
        ("latency > 500ms", "latency > 0.5s", True),
        ("latency > 200ms", "latency > 500ms", True),
        ("latency > 2s", "latency > 500ms", False),
        ("latency > 500ms", "latency >= 500ms", False),
        ("errors > 3", "errors > 5", True),
        ("errors > 5%", "errors > 5", False),
        ("errors > 3", "success-ratio < 95%", False),
        ("errors > 3", "errors < 3", False),
        ("the site is closed", "The site is closed", True),
        ("the site is closed", "errors > 5", False),
        ("errors > 1.2.3", "errors > 1.2.4", False),
        ("errors > 150%", "errors > 160%", False),
        ("latency > 1M", "latency > 2M", False),
    ],
)
def test_a_condition_covers_another_one_if_it_is_met_whenever_that_is(
    below: str, above: str, covered: bool
) -> None:
    assert counts_whatever(below, above) is covered


def down(condition: str, slice_: str = "1m") -> str:
    return f'measure: {{slice: {slice_}, downWhen: "{condition}"}}'


def test_what_is_down_above_is_down_below(workspace: Write) -> None:
    ours, theirs = "success-ratio < 95%", "success-ratio < 50%"
    assessment = assess(workspace(DB + uc(down(theirs)) + ola(down(ours)) + sla(down(ours))))
    assert found(assessment, "SLA504") == [
        "uc.net.availability is down when success-ratio < 50%, and ola.db.availability when success-ratio < 95%."
    ]
    stricter = uc(down("success-ratio < 97%"))
    assert not found(assess(workspace(NET + stricter + sla(down(ours)))), "SLA504")


def test_slices_are_of_one_length(workspace: Write) -> None:
    words = found(assess(workspace(NET + uc(down("x", "5m")) + sla(down("x")))), "SLA504")
    assert words == ["uc.net.availability counts slices of 5m, and sla.a.availability slices of 1m."]
    assert not found(assess(workspace(NET + uc(down("x", "60s")) + sla(down("x")))), "SLA504")


@pytest.mark.parametrize(
    ("below", "above", "words"),
    [
        ("", "x", "sla.a.availability is down when x; of uc.net.availability it is not said when."),
        ("x", "", "sla.a.availability does not say when it is down; of uc.net.availability it is said."),
        ("", "", None),
    ],
)
def test_what_only_one_side_says_is_a_note(
    workspace: Write, below: str, above: str, words: str | None
) -> None:
    over, under = (down(one) if one else "" for one in (above, below))
    assessment = assess(workspace(NET + uc(under) + sla(over)))
    assert found(assessment, "SLA504") == ([words] if words else [])
    assert assessment.passed


def test_an_indicator_measures_what_the_agreement_says(workspace: Write) -> None:
    seen = document("Indicator", "seen", "ratio: {good: a, total: b}, timeslice: {of: 5m, good: 90%}")
    said = down("success-ratio < 95%")
    assessment = assess(workspace(NET + uc(said) + sla(f"{said}, indicator: seen") + seen))
    assert found(assessment, "SLA504") == [
        "sla.a.availability is down when success-ratio < 95%, and its indicator calls it so when success-ratio < 90%.",
        "sla.a.availability speaks of slices of 1m, and its indicator measures slices of 5m.",
    ]
    alike = seen.replace("5m", "60s").replace("90%", "95.0%")
    assert not found(assess(workspace(NET + uc(said) + sla(f"{said}, indicator: seen") + alike)), "SLA504")


def test_a_condition_is_that_of_the_indicator_where_the_agreement_says_none(workspace: Write) -> None:
    seen = document("Indicator", "seen", "ratio: {good: a, total: b}, timeslice: {of: 1m, good: 95%}")
    estate = NET + uc(down("success-ratio < 50%")) + sla("indicator: seen") + seen
    assert found(assess(workspace(estate)), "SLA504") == [
        "uc.net.availability is down when success-ratio < 50%, and sla.a.availability when success-ratio < 95%."
    ]


# Measurement points, SLA505


def at(point: str) -> str:
    return f"measure: {{point: {point}}}" if point else ""


@pytest.mark.parametrize(
    ("above", "below", "severity"),
    [
        ("edge", "edge", None),
        ("datacentre", "edge", None),
        ("edge", "customer-site", None),
        ("edge", "datacentre", "warning"),
        ("customer-site", "edge", "warning"),
        ("edge", "cellar", "warning"),
        ("edge", "", "note"),
        ("datacentre", "", None),
        ("", "datacentre", "note"),
        ("", "customer-site", None),
        ("", "", None),
    ],
)
def test_a_promise_is_measured_at_or_inside_what_it_rests_on(
    workspace: Write, above: str, below: str, severity: str | None
) -> None:
    assessment = assess(workspace(NET + uc(at(below)) + sla(at(above)), root=ROOT))
    assert [one.severity.value for one in findings(assessment, "SLA505")] == ([severity] if severity else [])


def test_the_way_between_two_points_is_named(workspace: Write) -> None:
    assessment = assess(workspace(NET + uc(at("datacentre")) + sla(at("customer-site")), root=ROOT))
    (words,) = found(assessment, "SLA505")
    assert words.startswith(
        "sla.a.availability is measured at customer-site, and uc.net.availability at datacentre: "
    )
    assert words.endswith("nobody promises the way from customer-site to datacentre.")


def test_what_is_sold_as_it_is_bought_has_nobody_for_the_way_between(workspace: Write) -> None:
    estate = PEOPLE + service("net", "cloud") + uc(at("datacentre"), terms="customer: example-inc,")
    sold = agreement(
        "SLA", "a", "net", availability("99%", at("edge")), "customer: acme, provider: example-inc,"
    )
    assessment = assess(workspace(estate + sold, root=ROOT))
    assert [one.severity.value for one in findings(assessment, "SLA505")] == ["error"]
    assert not assessment.passed
    draft = assess(workspace(estate + sold.replace("status: agreed", "status: draft"), root=ROOT))
    assert [one.severity.value for one in findings(draft, "SLA505")] == ["warning"]


def test_another_promise_may_reach_as_far_out(workspace: Write) -> None:
    estate = PEOPLE + service("shop", "web", "[db, net]") + service("db", "data") + service("net", "cloud")
    estate += uc(at("customer-site")) + ola(at("datacentre")) + sla(at("edge"))
    (one,) = findings(assess(workspace(estate, root=ROOT)), "SLA505")
    assert one.severity.value == "note"
    assert "counts as far as uc.net.availability covers it" in one.message


def test_points_are_compared_level_by_level(workspace: Write) -> None:
    estate = DB + uc(at("datacentre")) + ola(at("edge")) + sla(at("edge"))
    assessment = assess(workspace(estate, root=ROOT))
    assert [one.address for one in findings(assessment, "SLA505")] == [
        "ola.db.availability",  # the team promises as far out as its supplier does not
        "sla.a.availability",  # which rests on what the team's own structure guarantees
    ]
    assert not findings(
        assess(workspace(DB + uc(at("edge")) + ola(at("edge")) + sla(at("edge")), root=ROOT)), "SLA505"
    )


def test_a_way_that_nobody_promises_is_a_leaf_of_its_own(workspace: Write) -> None:
    assessment = assess(workspace(NET + uc(at("datacentre")) + sla(at("edge")), root=ROOT))
    result = assessment.objectives["sla.a.availability"]
    assert result.verdict == "contradicted"
    assert result.guaranteed.upper == 0
    (link, *_) = result.links
    assert (link.address, link.promise) == (
        "service.net",
        "no promise: the way from edge to datacentre before service.net",
    )
    covered = assess(workspace(NET + uc(at("edge")) + sla(at("edge")), root=ROOT))
    assert covered.objectives["sla.a.availability"].verdict == "guaranteed"


@pytest.mark.parametrize(("above", "below"), [("edge", "cellar"), ("edge", ""), ("", "datacentre")])
def test_a_way_between_points_that_cannot_be_compared_is_a_finding_alone(
    workspace: Write, above: str, below: str
) -> None:
    assessment = assess(workspace(NET + uc(at(below)) + sla(at(above)), root=ROOT))
    assert assessment.objectives["sla.a.availability"].verdict == "guaranteed"
    assert findings(assessment, "SLA505")


PAIR = PEOPLE + service("db", "data") + service("net", "cloud") + ola(at("datacentre"), target="99.9%")


def test_a_way_is_covered_by_what_is_needed_whatever_happens(workspace: Write) -> None:
    """Of two of which one is enough the one that is measured far enough out may be down, and nobody promises the way."""
    net = uc(at("edge"), target="99%")
    both = assess(
        workspace(PAIR + service("shop", "web", "[db, net]") + net + sla(at("edge"), "98.9%"), root=ROOT)
    )
    result = both.objectives["sla.a.availability"]
    assert (result.verdict, result.guaranteed.lower) == ("guaranteed", Fraction(989, 1000))
    one = assess(
        workspace(PAIR + service("shop", "web", "{any: [db, net]}") + net + sla(at("edge")), root=ROOT)
    )
    assert one.objectives["sla.a.availability"].guaranteed.lower == Fraction(99, 100)
    (finding,) = findings(one, "SLA505")
    assert finding.severity.value == "warning"
    assert finding.message.endswith(
        "the way there is covered by uc.net.availability alone, without which it is up too."
    )


def test_a_stricter_promise_further_in_does_not_count_beside_one_that_reaches(workspace: Write) -> None:
    far = uc(at("edge"), target="99%")
    near = uc(at("datacentre"), target="99.99%", name="near")
    result = assess(workspace(NET + far + near + sla(at("edge")), root=ROOT)).objectives["sla.a.availability"]
    assert (result.verdict, result.guaranteed.lower) == ("guaranteed", Fraction(99, 100))
    inside = assess(workspace(NET + far + near + sla(at("datacentre"), "99.9%"), root=ROOT))
    assert inside.objectives["sla.a.availability"].guaranteed.lower == Fraction(9999, 10_000)


def test_a_promise_on_joint_downtime_says_nothing_of_the_way(workspace: Write) -> None:
    joint = "joint: [{services: [db, net], atLeast: 2, downtime: 1m, window: calendar-month}],"
    estate = (
        PEOPLE + service("db", "cloud") + service("net", "cloud") + service("shop", "web", "{any: [db, net]}")
    )
    estate += uc(at("datacentre")) + agreement(
        "UC", "db", "db", availability("99.9%", at("datacentre")), joint
    )
    inside = assess(workspace(estate + sla(at("datacentre")), root=ROOT)).objectives["sla.a.availability"]
    assert inside.guaranteed.lower > Fraction(9999, 10_000)
    outside = assess(workspace(estate + sla(at("edge")), root=ROOT)).objectives["sla.a.availability"]
    assert outside.guaranteed.upper == 0


# Populations, SLA506


def of(everyone: str, ours: str) -> str:
    return f"population: {{all: {everyone}, ours: {ours}}}"


def test_a_promise_about_all_requests_guarantees_ours_less(workspace: Write) -> None:
    assessment = assess(workspace(NET + uc(of("300000/month", "10000/month")) + sla(target="97%")))
    assert found(assessment, "SLA506") == [
        "uc.net.availability counts 300000/month requests, and 10000/month are ours: 99.9% guarantees us 97%."
    ]
    result = assessment.objectives["sla.a.availability"]
    assert (result.verdict, result.guaranteed.lower) == ("guaranteed", Fraction(97, 100))


def test_dilution_is_exact_whatever_the_units(workspace: Write) -> None:
    # a third of a day's requests are ours: 30 days are a month
    estate = NET + uc(of("3/d", "30/month")) + sla(target="99.7%")
    result = assess(workspace(estate)).objectives["sla.a.availability"]
    assert (result.verdict, result.guaranteed.lower) == ("guaranteed", Fraction(997, 1000))
    seventh = assess(workspace(NET + uc(of("7/month", "3/month")) + sla())).objectives["sla.a.availability"]
    assert seventh.guaranteed.lower == 1 - Fraction(7, 3000)


def test_a_promise_that_is_diluted_to_nothing_is_a_warning(workspace: Write) -> None:
    assessment = assess(workspace(NET + uc(of("1000/s", "1/s")) + sla()))
    (one,) = findings(assessment, "SLA506")
    assert one.severity.value == "warning"
    assert one.message.endswith("99.9% guarantees us nothing.")


def test_a_population_of_our_own_is_no_dilution(workspace: Write) -> None:
    assert not found(assess(workspace(NET + uc(of("10/s", "10/s")) + sla())), "SLA506")


def test_a_promise_to_many_is_not_kept_by_what_it_allows_a_few_of_them(workspace: Write) -> None:
    """What is promised of all requests is held against all of them; only who rests on it sees a part."""
    root = workspace(NET + uc(target="99%") + sla(of("1000/s", "10/s"), target="99.9%"))
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, explained = explain(estate, TODAY, "sla.a.availability")
    assert isinstance(explained, Explanation)
    assert (explained.result.verdict, explained.result.margin_s) == (
        "contradicted",
        -Fraction(9, 1000) * 30 * 86_400,
    )
    documents = explanation_documents(explained, assessment)
    assert documents["proof"] is None
    assert documents["witness"] is not None


def test_a_latency_is_diluted_like_any_share(workspace: Write) -> None:
    latency = "p99: {metric: latency, percentile: 99, target: 200ms, population: {all: 500/s, ours: 100/s}}"
    promised = "p95: {metric: latency, percentile: 95, target: 300ms}"
    estate = NET + agreement("UC", "net", "net", latency)
    estate += agreement("SLA", "a", "shop", promised, "customer: acme,")
    assert found(assess(workspace(estate)), "SLA506") == [
        "uc.net.p99 counts 500/s requests, and 100/s are ours: 99% within 200ms guarantees us 95%."
    ]


@pytest.mark.parametrize("ours", ["0/month", "11/month"])
def test_ours_are_some_of_all_requests(workspace: Write, ours: str) -> None:
    with pytest.raises(SlactlError, match="cannot be ours among 10/month"):
        assess(workspace(NET + uc(of("10/month", ours)) + sla()))


# Exclusions of every metric, SLA501


@pytest.mark.parametrize(
    "promise",
    [
        "availability: {target: 99%, EXTRA}",
        "success-ratio: {target: 99%, EXTRA}",
        "p99: {metric: latency, percentile: 99, target: 1s, EXTRA}",
        "throughput: {target: 10/s, EXTRA}",
        "response-time: {target: 4h, EXTRA}",
        "resolution-time: {target: 8h, EXTRA}",
        "recovery-time: {target: 8h, EXTRA}",
        "support-hours: {target: office, EXTRA}",
    ],
)
def test_an_exclusion_below_is_excluded_above_whatever_is_promised(workspace: Write, promise: str) -> None:
    name = promise.split(":", maxsplit=1)[0]
    below = agreement("UC", "net", "net", promise.replace("EXTRA", "excludes: [strike]"))
    above = agreement("SLA", "a", "shop", promise.replace("EXTRA", ""), "customer: acme,")
    assert found(assess(workspace(NET + below + above)), "SLA501") == [
        f"uc.net.{name} excludes strike, and sla.a.{name} does not."
    ]
    alike = above.replace(", }", ", excludes: [strike, flood]}")
    assert not found(assess(workspace(NET + below + alike)), "SLA501")


def test_an_exclusion_two_levels_down_is_found_at_the_level_above_it(workspace: Write) -> None:
    assessment = assess(workspace(DB + uc(terms="excludes: [strike],") + ola() + sla()))
    assert [one.address for one in findings(assessment, "SLA501")] == ["ola.db.availability"]


def test_maintenance_is_part_of_the_numbers_of_availability_alone(workspace: Write) -> None:
    excluded = "excludes: [planned-maintenance], maintenance: {allowance: 1h},"
    times = "response-time: {target: 4h}, availability: {target: 99.9%}"
    below = agreement("UC", "net", "net", times, excluded)
    above = agreement("SLA", "a", "shop", times.replace("99.9%", "99%"), "customer: acme,")
    assert [one.address for one in findings(assess(workspace(NET + below + above)), "SLA501")] == [
        "sla.a.response-time"
    ]


# Support hours around the clock


@pytest.mark.parametrize(("below", "verdict"), [("24x7", "guaranteed"), ("office", "unsupported")])
def test_support_hours_may_be_around_the_clock(workspace: Write, below: str, verdict: str) -> None:
    estate = NET + agreement("UC", "net", "net", f"support-hours: {{target: {below}}}")
    estate += agreement("SLA", "a", "shop", "support-hours: {target: 24x7}", "customer: acme,")
    assert assess(workspace(estate)).amounts["sla.a.support-hours"].verdict == verdict


def test_support_hours_name_a_calendar_that_there_is(workspace: Write) -> None:
    estate = NET + agreement("UC", "net", "net", "support-hours: {target: 24x8}") + sla()
    with pytest.raises(SlactlError, match='There is no calendar "24x8"'):
        assess(workspace(estate))
