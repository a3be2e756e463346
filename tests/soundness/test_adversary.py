"""No adversary who keeps the contracts gets below what check proves, of SLAs and of OLAs; and all that is written verifies."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.check.result import ObjectiveResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.explanation import explanation_documents
from slactl.verify.verdict import Verified, verify
from tests.soundness.adversary import measured_windows, worst_share
from tests.soundness.calendars import at
from tests.soundness.rich_estates import Agreed, Rich, percent, rich_estate

Write = Callable[..., Path]
TODAY, LAST = date(2027, 2, 10), date(2027, 4, 30)
ROOT = (
    "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\n"
    "spec: {organization: example-inc, check: {horizon: 2M}}\n"
)
SEEDS = range(60)
SLA = "sla.top.availability"


def built(workspace: Write, made: Rich, target: str) -> Estate:
    estate, problems = build_estate(load_workspace(workspace(made.document(target), root=ROOT)))
    problems.raise_errors()
    return estate


def attacked(made: Rich, promise: Agreed, seed: int) -> float:
    """The most downtime in any window, as a share of it."""
    looked_at = at(TODAY, "UTC"), at(LAST + timedelta(days=1), "UTC")
    shares = (
        worst_share(made, promise, measured) for measured in measured_windows(made, promise, looked_at, seed)
    )
    return max(shares, default=0.0)


def judged(made: Rich, results: dict[str, ObjectiveResult]) -> list[tuple[Agreed, ObjectiveResult]]:
    promises = [made.sla, *(one for one in made.agreed if one.kind == "OLA" and one.scope != "own")]
    named = [(one, f"{one.kind.lower()}.{one.name}.availability") for one in promises]
    return [(one, results[address]) for one, address in named if address in results]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_who_keeps_the_contracts_gets_below_what_is_proved(workspace: Write, seed: int) -> None:
    made = rich_estate(seed)
    results = dict(check(built(workspace, made, "50%"), TODAY).objectives)
    for promise, result in judged(made, results):
        assert attacked(made, promise, seed) <= 1 - result.guaranteed.lower + Fraction(1, 10**8), (
            result.address
        )


def test_the_adversary_gets_as_low_as_what_is_proved_where_it_is_one_number(workspace: Write) -> None:
    """Else he would prove nothing. Of OLAs he knows less than what is proved by them."""
    reached = tried = 0
    for seed in SEEDS:
        made = rich_estate(seed)
        result = check(built(workspace, made, "50%"), TODAY).objectives.get(SLA)
        if result is not None and result.guaranteed.lower == result.guaranteed.upper < 1:
            tried += 1
            reached += attacked(made, made.sla, seed) >= float(1 - result.guaranteed.lower) - 1e-6
    assert tried > len(SEEDS) // 4
    assert reached > tried // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_explained_on_either_side_of_the_number_verifies(workspace: Write, seed: int) -> None:
    made = rich_estate(seed)
    result = check(built(workspace, made, "50%"), TODAY).objectives.get(SLA)
    if result is None:  # its term is over
        return
    for share in (
        1 - result.guaranteed.lower * Fraction(999, 1000),
        (1 - result.guaranteed.lower) * Fraction(99, 100),
    ):
        target = percent(share)
        if target in ("0.000000%", "100.000000%"):
            continue
        assessment, found = explain(built(workspace, made, target), TODAY, SLA)
        assert isinstance(found, Explanation)
        documents = json.loads(json.dumps(explanation_documents(found, assessment)))
        for one in (documents["proof"], documents["witness"]):
            assert one is None or isinstance(verify(one), Verified), verify(one)
        proved = documents["proof"] is not None
        assert proved == (found.result.verdict == "guaranteed")
        if not proved and documents["witness"] is None:
            assert documents["interval"]
