"""The strictest usual target that the engine accepts, everything else as it is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.suggest.support import strictest_share
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
AS_OF = date(2026, 11, 23)


def strictest(root: Path, address: str) -> str | None:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    found = strictest_share(estate, check(estate, AS_OF), address)
    return None if found is None else str(found)


@pytest.mark.parametrize("target", ["99%", "99.8%", "99.99%"])
def test_it_does_not_depend_on_the_present_target(workspace: Write, target: str) -> None:
    root = workspace(
        PEOPLE
        + service("shop", "web", "[db]", "99.99%")
        + service("db", "data")
        + promise("OLA", "db", "db", "99.9%")
        + promise("SLA", "a", "shop", target, "customer: acme,")
    )
    assert strictest(root, "sla.a.availability") == "99.8%"  # 99.89 % is guaranteed


def test_none_is_where_nothing_is_promised_below(workspace: Write) -> None:
    root = workspace(
        PEOPLE
        + service("shop", "web", "[db]", "99.99%")
        + service("db", "data")
        + promise("SLA", "a", "shop", "99%", "customer: acme,")
    )
    assert strictest(root, "sla.a.availability") is None


def test_of_a_latency_it_is_the_percentile(workspace: Write) -> None:
    objective = "p95: {metric: latency, percentile: 95, target: 300ms}"
    root = workspace(
        PEOPLE
        + document("Service", "shop", "owner: web, intrinsic: {latency: {percentile: 99, target: 20ms}}")
        + document("SLA", "a", f"service: shop, customer: acme, status: agreed, objectives: {{{objective}}}")
    )
    assert strictest(root, "sla.a.p95") == "99%"


def test_what_is_not_judged_has_none(workspace: Write) -> None:
    root = workspace(
        PEOPLE + service("db", "cloud") + promise("UC", "db", "db", "99.9%", "customer: example-inc,")
    )
    with pytest.raises(KeyError):
        strictest(root, "uc.db.availability")
