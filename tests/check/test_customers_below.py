"""Customers that nobody matches, and services of theirs that ours rest on."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
DUTY = "duties: [{service: lan, of: customer, what: keeps the site network up}],"
SERVICES = (
    PEOPLE
    + service("shop", "web", "[tills]", "99.99%")
    + service("tills", "web", "[lan]", "99.99%")
    + service("lan", "acme", "[power]", "99.99%")
    + service("power", "acme")
)


def messages(root: Path, rule: str) -> list[str]:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return [one.message for one in check(estate, TODAY).findings if one.rule == rule]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (f"{DUTY} excludes: [customer-fault],", []),
        ("excludes: [customer-fault],", ["sla.a rests on lan, which its customer acme runs, and no duty of theirs says so."]),
        (DUTY, ["sla.a.availability counts the downtime of lan, which its customer acme runs."]),
    ],
    ids=["both said", "no duty", "their downtime counts"],
)  # fmt: skip
def test_what_the_customer_runs_below_is_a_duty_and_its_downtime_excluded(
    workspace: Write, terms: str, said: list[str]
) -> None:
    root = workspace(SERVICES + promise("SLA", "a", "shop", "99%", f"customer: acme, {terms}"))
    assert messages(root, "SLA107") == said


def test_what_other_customers_run_is_no_duty_of_this_one(workspace: Write) -> None:
    other = document("Party", "birch", "type: customer") + promise(
        "SLA", "b", "shop", "99%", "customer: birch,"
    )
    assert messages(workspace(SERVICES + other), "SLA107") == []


def test_labels_that_no_customer_has_are_named(workspace: Write) -> None:
    root = workspace(SERVICES + promise("SLA", "a", "shop", "99%", "customers: {matching: {plan: gold}},"))
    assert messages(root, "SLA101") == [
        "sla.a has no customer: no party that is one has the labels plan: gold."
    ]
