"""What is wrong is said once, where it is wrong: what rests on a document that could not be read is not wrong as well."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
ABOVE = service("shop", "web", "[net]", "99.99%") + promise("SLA", "a", "shop", "99%", "customer: acme,")
NET = service("net", "cloud")


def summaries(root: Path) -> list[str]:
    _, problems = build_estate(load_workspace(root, cached=False))
    return [one.summary for one in problems.items]


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (NET.replace("owner", "ownr"), ['"owner" is missing in spec', 'Unknown key "ownr" in spec']),
        (NET.replace("cloud", "cloud, owner: cloud"), ['The key "owner" appears twice in one mapping']),
        (NET.replace("}\n", "\n", 2), ["The file is not valid YAML"]),
        ("forEach: net\n" + NET.replace("---\n", ""), ["forEach must be a list or a mapping"]),
    ],
    ids=["wrong key", "torn by a key that stands twice", "torn", "repetition"],
)
def test_a_service_that_could_not_be_read_is_not_missing(
    workspace: Write, spoiled: str, said: list[str]
) -> None:
    found = summaries(workspace(PEOPLE, ABOVE, spoiled))
    assert sorted(found) == sorted(said)


def test_a_name_that_no_torn_file_has_is_missing_all_the_same(workspace: Write) -> None:
    torn = service("network", "cloud").replace("}\n", "\n", 2)
    found = summaries(workspace(PEOPLE, ABOVE, torn))
    assert sorted(found) == ["The file is not valid YAML", 'There is no service "net"']


def test_a_level_that_could_not_be_read_is_not_missing_and_may_promise_what_the_agreement_does_not(
    workspace: Write,
) -> None:
    level = document("ServiceLevel", "gold", "scoop: service, objectives: {availability: {target: 99%}}")
    sla = document("SLA", "b", "service: shop, customer: acme, extends: [gold]")
    assert summaries(workspace(PEOPLE, ABOVE, NET, level, sla)) == ['Unknown key "scoop" in spec']


@pytest.mark.parametrize("target", ["99.9", "101%", "abc", "null"])
def test_an_agreement_whose_target_is_wrong_does_not_promise_nothing_as_well(
    workspace: Write, target: str
) -> None:
    found = summaries(workspace(PEOPLE, ABOVE.replace("target: 99%", f"target: {target}"), NET))
    assert len(found) == 1
    assert "target" in found[0]


def test_an_agreement_without_objectives_promises_nothing(workspace: Write) -> None:
    sla = document("SLA", "b", "service: shop, customer: acme")
    assert summaries(workspace(PEOPLE, ABOVE, NET, sla)) == ["The SLA b promises nothing"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("customer: acme,", "customer: acme, term: {from: 2026-01-01, until: 9999-12-31},", "2999-12-31"),
        ("customer: acme,", "customer: acme, term: {from: 0001-01-01},", "1900-01-01"),
        ("customer: acme,", "customer: acme, maintenance: {allowance: 99999999999h},", "1,000 years"),
        ("target: 99%", "target: 99%, window: {rolling: 999999999d}", "1,000 years"),
        ("customer: acme,", "customer: acme, exit: {missed: 7, within: 6},", "missed is at most 6"),
        (
            "customer: acme,",
            "customer: acme, joint: [{services: [net, shop], atLeast: 3, downtime: 5m}],",
            "between 1 and 2",
        ),
    ],
)
def test_what_no_calendar_or_count_can_hold_is_refused_with_what_it_can(
    workspace: Write, before: str, after: str, said: str
) -> None:
    _, problems = build_estate(
        load_workspace(workspace(PEOPLE, ABOVE.replace(before, after), NET), cached=False)
    )
    assert said in "".join(one.detail for one in problems.items)


def test_a_country_that_is_not_known_is_pointed_at_itself(workspace: Write) -> None:
    calendar = document("Calendar", "c", "holidays: {country: XX, subdivision: BW}")
    assert summaries(workspace(PEOPLE, ABOVE, NET, calendar)) == ["holidays.country is not valid"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: c\n", "Indent with spaces, not with tabs."),
        ("a: @b\n", 'A text that begins with "@" needs quotes.'),
        ('a: "x\0y"\n', "It has the control character U+0000 here"),
    ],
)
def test_a_character_that_yaml_refuses_is_shown_with_what_to_do(
    workspace: Write, text: str, said: str
) -> None:
    _, problems = build_estate(load_workspace(workspace(PEOPLE, text), cached=False))
    (found,) = problems.items
    assert said in found.detail
    assert found.range is not None
    assert found.range.start.line == text[: text.find("\0")].count("\n") + 1 if "\0" in text else True


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("customer: acme,", "customer: acme, maintenance: {allowance: 4M},", "allowance cannot be 4M"),
        ("customer: acme,", "customer: acme, reviews: {every: 0d},", "every cannot be 0s"),
        ("customer: acme,", "customer: acme, reporting: {every: 0M},", "every cannot be 0s"),
        ("customer: acme,", "customer: acme, joint: [{services: [net], atLeast: 1, downtime: 5M}],", "downtime cannot be 5M"),
        ("target: 99%", "target: 99%, measure: {slice: 0m}", "slice cannot be 0s"),
        ("intrinsic: {", "intrinsic: {triage-time: 30M, ", "triage-time cannot be 2Y6M"),
        ("intrinsic: {", "intrinsic: {latency: {percentile: 99, target: 3M}, ", "target cannot be 3M"),
    ],
)  # fmt: skip
def test_months_where_minutes_are_meant_and_lengths_of_nothing_are_refused(
    workspace: Write, before: str, after: str, said: str
) -> None:
    assert summaries(workspace(PEOPLE, ABOVE.replace(before, after), NET)) == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("owner: web", "owner: web, independence: [{between: [net, nett], evidence: e, signedBy: me, until: 2027-01-01}]", 'There is no service "nett"'),
        ("owner: web", "owner: web, independence: [{between: [net, net], evidence: e, signedBy: me, until: 2027-01-01}]", "Independence is between two services or more"),
        ("customer: acme,", "customer: acme, joint: [{services: [net, nett], atLeast: 2, downtime: 5m}],", 'There is no service "nett"'),
        ("customer: acme,", "customer: acme, credits: [{objective: uptime, below: 99%, credit: 10%}],", 'Credits are for the objective "uptime", and there is none of that name'),
    ],
)  # fmt: skip
def test_names_in_evidence_joint_promises_and_credits_lead_somewhere(
    workspace: Write, before: str, after: str, said: str
) -> None:
    assert summaries(workspace(PEOPLE, ABOVE.replace(before, after), NET)) == [said]


def test_credits_of_a_level_end_with_the_objective_that_an_agreement_takes_out(workspace: Write) -> None:
    level = document(
        "ServiceLevel",
        "gold",
        "objectives: {p95-latency: {metric: latency, percentile: 95, target: 1s}}, "
        "credits: [{objective: p95-latency, below: 99%, credit: 10%}]",
    )
    taken_out = ABOVE.replace("customer: acme,", "customer: acme, extends: [gold],")
    taken_out = taken_out.replace("objectives: {", "objectives: {p95-latency: null, ")
    assert summaries(workspace(PEOPLE, taken_out, NET, level)) == []


@pytest.mark.parametrize("length", ["0m", "1M", "500ms", "1500ms"])
def test_a_slice_of_time_is_whole_seconds_long(workspace: Write, length: str) -> None:
    """Backends evaluate rules each so many seconds: half of one was a rule every 0 days."""
    slices = document(
        "Indicator", "i", f"ratio: {{good: g, total: t}}, timeslice: {{of: {length}, good: 95%}}"
    )
    assert summaries(workspace(PEOPLE, ABOVE, NET, slices)) == [
        "A slice of time has a fixed length of whole seconds above zero"
    ]
