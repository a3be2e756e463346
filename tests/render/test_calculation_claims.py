"""A calculation's document is refused where what it says is not what its steps and its timetable show."""

import copy
from typing import Any

import pytest

from slactl.verify import Refused, Verified, verify

TRUE: dict[str, Any] = {
    "format": "slactl-calc/1",
    "subject": "shop.yaml",
    "guaranteed": {"lower": "0.9994", "upper": "0.9994"},
    "guaranteed_unavailability": {"lower": "0.0006", "upper": "0.0006"},
    "target": "0.999",
    "verdict": "guaranteed",
    "certificate": {
        "format": "slactl-certificate/1",
        "structure": {
            "top": "shop",
            "gates": {
                "data": {"at_least": 1, "of": ["db", "queue"]},
                "shop": {"at_least": 2, "of": ["web", "data"]},
            },
        },
        "budgets": {"web": "1/2000", "db": "1/10000", "queue": "183/15500"},
        "given": {},
        "steps": [
            {"id": "data", "node": "data", "weights": {"db": "1"}, "bound": "1/10000"},
            {"id": "shop", "node": "shop", "weights": {"web": "1", "data": "1"}, "bound": "3/5000"},
        ],
        "bound": "3/5000",
    },
    "witness": [{"down": ["web"], "share": "1/2000"}, {"down": ["db", "queue"], "share": "1/10000"}],
}


def test_a_true_calculation_is_verified_with_and_without_its_timetable() -> None:
    assert isinstance(verify(TRUE), Verified)
    assert isinstance(verify(TRUE | {"witness": None}), Verified)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ({"guaranteed": {"lower": "0.9995", "upper": "0.9995"}}, "at least 4997/5000"),
        ({"guaranteed": {"lower": "0.9994", "upper": "0.999"}}, "at most 999/1000"),
        ({"guaranteed": {"lower": None, "upper": "1"}}, "guaranteed availability"),
        ({"target": "0.9999"}, 'The verdict is "guaranteed"'),
        ({"verdict": "unsupported"}, "keeps the target"),
        ({"verdict": "contradicted"}, "keeps the target"),
    ],
)
def test_a_claim_that_is_not_shown_is_refused(claim: dict[str, Any], said: str) -> None:
    found = verify(TRUE | claim)
    assert isinstance(found, Refused)
    assert said in found.reason


def test_a_certificate_claims_no_bound_below_its_steps() -> None:
    changed = copy.deepcopy(TRUE)
    changed["certificate"]["bound"] = "0"
    found = verify(changed)
    assert isinstance(found, Refused)
    assert "at most 3/5000, and 0 is claimed" in found.reason


def test_a_verdict_that_the_timetable_bears_out_is_verified() -> None:
    assert isinstance(verify(TRUE | {"target": "0.9995", "verdict": "unsupported"}), Verified)
