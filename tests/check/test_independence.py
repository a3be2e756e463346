"""Evidence of independence, and promises on being down together: what they add to redundancy, and what they may not."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import document

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
SLA = "sla.acme-shop.availability"

PEOPLE = "".join(
    f"apiVersion: slactl/v1\nkind: Party\nmetadata: {{name: {name}}}\nspec: {{type: {kind}}}\n---\n"
    for name, kind in {
        "acme": "customer",
        "web": "internal",
        "cloud": "supplier",
        "other": "supplier",
    }.items()
)
EVIDENCE = "independence: [{between: [east, west], evidence: audit.pdf, signedBy: head of platform, until: 2027-06-30}]"


def pair(
    target: str,
    evidence: str = EVIDENCE,
    *,
    east: str = "owner: cloud",
    west: str = "owner: other",
    joint: str = "",
) -> str:
    """A shop on a redundant pair, each member promised at 99.5% a month; nothing of the shop's own fails."""
    uc = "customer: example-inc, status: agreed, objectives: {availability: {target: 99.5%}}"
    return (
        PEOPLE.removesuffix("---\n")
        + document("Service", "east", east)
        + document("Service", "west", west)
        + document(
            "Service",
            "shop",
            f"owner: web, intrinsic: {{availability: 100%}}, dependsOn: {{any: [east, west]}}, {evidence}",
        )
        + document("UC", "east", f"service: east, {joint} {uc}")
        + document("UC", "west", f"service: west, {uc}")
        + document(
            "SLA",
            "acme-shop",
            f"service: shop, customer: acme, status: agreed, objectives: {{availability: {{target: {target}}}}}",
        )
    )


def assess(root: Path, as_of: date = TODAY) -> Assessment:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, as_of)


def found(assessment: Assessment, rule: str) -> list[str]:
    return [one.address for one in assessment.findings if one.rule == rule]


def test_without_evidence_a_pair_is_worth_its_better_member(workspace: Write) -> None:
    assessment = assess(workspace(pair("99.9%", "")))
    result = assessment.objectives[SLA]
    assert result.verdict == "only-if-independent"
    assert result.guaranteed.lower == Fraction(995, 1000)
    assert (result.independence, result.passes, assessment.passed) == (None, False, False)


def test_evidence_makes_a_promise_pass_and_leaves_its_verdict(workspace: Write) -> None:
    assessment = assess(workspace(pair("99.9%")))
    result = assessment.objectives[SLA]
    assert (result.verdict, result.passes, assessment.passed) == ("only-if-independent", True, True)
    assert result.guaranteed.lower == Fraction(995, 1000)  # what is guaranteed needs no evidence
    assert result.independence is not None
    assert result.independence.guaranteed.lower == 1 - Fraction(5, 1000) ** 2
    # Each is down for 0.005 of the month once; they overlap for more than 0.001 where their starts are closer than 0.004.
    side = Fraction(995, 1000) - Fraction(4, 1000)
    assert result.independence.met.lower == side * side / Fraction(995, 1000) ** 2
    assert result.independence.met.lower > Fraction(99, 100)
    assert found(assessment, "SLA201") == []


def test_a_window_must_be_met_as_surely_as_the_workspace_asks(workspace: Write) -> None:
    text = pair("99.9%")
    strict = workspace(
        text,
        root="apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\n"
        "spec: {organization: example-inc, check: {confidence: 99.9%}}\n",
    )
    assessment = assess(strict)
    result = assessment.objectives[SLA]
    assert result.independence is not None
    assert (result.independence.suffices, result.passes) == (False, False)
    assert found(assessment, "SLA201") == [SLA]


def test_evidence_counts_until_its_last_day(workspace: Write) -> None:
    root = workspace(pair("99.9%"))
    assert assess(root, date(2027, 6, 30)).passed
    after = assess(root, date(2027, 7, 1))
    assert after.objectives[SLA].independence is None
    assert found(after, "SLA201") == [SLA]


@pytest.mark.parametrize(
    "shared",
    [
        {"west": "owner: cloud"},
        {"east": "owner: web, dependsOn: [grid]", "west": "owner: web, dependsOn: [grid]"},
    ],
)
def test_members_with_something_in_common_are_never_independent(
    workspace: Write, shared: dict[str, str]
) -> None:
    text = pair("99.9%", **shared)
    if "grid" in str(shared):
        text += document("Service", "grid", "owner: cloud") + document(
            "UC", "grid", "service: grid, customer: example-inc, objectives: {availability: {target: 99.9%}}"
        )
        text = text.replace("kind: UC\nmetadata: {name: east}", "kind: OLA\nmetadata: {name: east}")
        text = text.replace("kind: UC\nmetadata: {name: west}", "kind: OLA\nmetadata: {name: west}")
        text = text.replace("service: east,  customer: example-inc,", "service: east,").replace(
            "service: west, customer: example-inc,", "service: west,"
        )
    assessment = assess(workspace(text))
    assert assessment.objectives[SLA].independence is None
    assert not assessment.objectives[SLA].passes
    assert found(assessment, "SLA207") == ["service.shop"]


def test_a_promise_on_joint_downtime_is_guaranteed_whatever_is_independent(workspace: Write) -> None:
    joint = "joint: [{services: [east, west], atLeast: 2, downtime: 10m, window: calendar-month}],"
    result = assess(workspace(pair("99.97%", "", joint=joint))).objectives[SLA]
    assert result.verdict == "guaranteed"
    assert 1 - result.guaranteed.lower == Fraction(600, 28 * 86_400)  # of the shortest month, the worst
    assert result.window.endswith("-02")
    assert [link.address for link in result.links] == ["uc.east.joint.0"]


def test_a_joint_promise_on_other_services_adds_nothing(workspace: Write) -> None:
    joint = "joint: [{services: [east, spare], atLeast: 2, downtime: 10m, window: calendar-month}],"
    text = pair("99.97%", "", joint=joint) + document("Service", "spare", "owner: cloud")
    result = assess(workspace(text)).objectives[SLA]
    assert result.guaranteed.lower == Fraction(995, 1000)


def hidden(evidence: str = "") -> str:
    """A shop on two services with a promise each, which rest on one supplier below."""
    rest = "owner: team, intrinsic: {availability: 100%}, dependsOn: [hidden]"
    text = document("Party", "team", "type: internal") + document("Service", "hidden", "owner: cloud")
    text += document(
        "UC", "hidden", "service: hidden, status: agreed, objectives: {availability: {target: 99.9%}}"
    )
    for name in ("east", "west"):
        text += document("Service", name, rest)
        text += document(
            "OLA", name, f"service: {name}, status: agreed, objectives: {{availability: {{target: 99.9%}}}}"
        )
    shop = f"owner: web, intrinsic: {{availability: 100%}}, dependsOn: {{any: [east, west]}}, {evidence}"
    text += document("Service", "shop", shop)
    promised = "service: shop, customer: acme, status: agreed, objectives: {availability: {target: 99.99%}}"
    return PEOPLE.removesuffix("---\n") + text + document("SLA", "acme-shop", promised)


@pytest.mark.parametrize("evidence", ["", EVIDENCE])
def test_a_workspace_that_assumes_independence_does_not_make_a_hidden_supplier_two(
    workspace: Write, evidence: str
) -> None:
    root = "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {organization: example-inc, check: {assume: independent}}\n"
    result = assess(workspace(hidden(evidence), root=root)).objectives[SLA]
    assert result.verdict == "only-if-independent"
    assert result.independence is not None
    assert not result.passes
    assert "share" in result.independence.evidence[0]


def test_evidence_that_ended_does_not_hide_other_evidence_on_the_same_group(workspace: Write) -> None:
    ended = "{between: [west, east], evidence: old.pdf, signedBy: head of platform, until: 2026-01-31}]"
    result = assess(workspace(pair("99.9%", EVIDENCE.replace("}]", "}, ") + ended))).objectives[SLA]
    assert result.independence is not None
    assert "audit.pdf" in result.independence.evidence[0]


def test_a_team_cannot_promise_away_that_its_services_share_a_supplier(workspace: Write) -> None:
    joint = (
        "joint: [{services: [east, west], atLeast: 2, downtime: 1m, window: calendar-month}], status: agreed"
    )
    text = hidden().replace("service: east, status: agreed", f"service: east, {joint}")
    assessment = assess(workspace(text))
    assert assessment.objectives[SLA].verdict == "only-if-independent"
    assert assessment.objectives[SLA].guaranteed.upper == Fraction(999, 1000)
    assert found(assessment, "SLA208") == ["ola.east"]


@pytest.mark.parametrize(("kind", "owner", "provider"), [("OLA", "cloud", "web"), ("UC", "web", "cloud")])
def test_an_agreement_of_the_wrong_kind_backs_nothing(
    workspace: Write, kind: str, owner: str, provider: str
) -> None:
    text = document("Party", "team", "type: internal") + document(
        "Service", "shop", "owner: team, intrinsic: {availability: 100%}, dependsOn: [db]"
    )
    text += document("Service", "db", f"owner: {owner}")
    kept = (
        f"service: db, provider: {provider}, status: agreed, objectives: {{availability: {{target: 99.99%}}}}"
    )
    text += document(kind, "db", kept)
    promised = "service: shop, customer: acme, status: agreed, objectives: {availability: {target: 99.9%}}"
    text = PEOPLE.removesuffix("---\n") + text + document("SLA", "acme-shop", promised)
    assessment = assess(workspace(text))
    assert assessment.objectives[SLA].verdict == "contradicted"
    assert found(assessment, "SLA106") == [f"{kind.lower()}.db"]
