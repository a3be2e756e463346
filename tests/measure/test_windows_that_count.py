"""A report asks backends about windows in which something was promised, and about no others."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from slactl.documents.load import load_workspace
from slactl.measure.attainment import attainments
from slactl.model.building.estate import build_estate
from slactl.provider import Query, Reading
from slactl.render.report import report_text
from slactl.render.style import Style
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]


class Down:
    """A backend that has recorded an outage without end, before and after any agreement."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def measure(self, queries: Sequence[Query]) -> list[Reading]:
        return [Reading(query.objective.address, Fraction(0)) for query in queries]


def told(root: Path, as_of: date) -> str:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    connection: Any = Down()
    return report_text(attainments(estate, as_of, lambda _: connection), Style())


@pytest.mark.parametrize(
    ("as_of", "terms", "said"),
    [
        (date(2027, 1, 15), "", "2026-12  no data  target 99%   the agreement begins on 2027-01-01"),
        (date(2027, 2, 1), "", "2027-01  missed"),
        (date(2028, 1, 1), "", "2027-12  missed"),
        (date(2028, 2, 1), "", "2028-01  no data  target 99%   the agreement ended on 2027-12-31"),
        (date(2028, 2, 1), ", renewal: {for: 12M}", "2028-01  missed"),
    ],
)
def test_a_window_outside_the_term_is_neither_met_nor_missed(
    workspace: Write, as_of: date, terms: str, said: str
) -> None:
    term = f"customer: acme, term: {{from: 2027-01-01, until: 2027-12-31{terms}}},"
    root = workspace(
        PEOPLE
        + service("shop", "web", intrinsic="99.99%")
        + promise("SLA", "a", "shop", "99%", term, "indicator: up")
        + document("Indicator", "up", "probe: up")
        + document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}")
    )
    assert f"availability  {said}" in told(root, as_of)
