"""What a report says of one objective that several backends measure."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from slactl.documents.load import load_workspace
from slactl.measure.attainment import Attainment
from slactl.model.building.estate import build_estate
from slactl.provider import Reading
from slactl.render.report import report_text
from slactl.render.style import Style
from tests.estate_texts import PEOPLE, promise, service

Write = Callable[..., Path]


def test_each_figure_names_its_backend_where_there_are_several(workspace: Write) -> None:
    root = workspace(
        PEOPLE
        + service("shop", "web", intrinsic="99.99%")
        + promise("SLA", "a", "shop", "99%", "customer: acme,")
    )
    estate, _ = build_estate(load_workspace(root))
    agreement = estate.agreements["sla.a"]
    objective = agreement.objectives["availability"]

    def by(backend: str, good: str) -> Attainment:
        reading = Reading(objective.address, Fraction(good))
        return Attainment(agreement, objective, backend, "2026-10", (0, 100), 100, Fraction("0.99"), reading)

    both = report_text([by("prom", "0.995"), by("noc", "0.98")], Style()).splitlines()
    assert [line.split("%")[0] for line in both[1:3]] == [
        "  availability  by noc  2026-10  missed  98",
        "  availability  by prom  2026-10  met  99.5",
    ]
    alone = report_text([by("prom", "0.995")], Style()).splitlines()
    assert alone[1].startswith("  availability  2026-10  met  99.5%")
