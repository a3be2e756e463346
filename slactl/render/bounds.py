"""What a calculation and a fault tree have in common as documents: bounds as decimals in texts, and the certificate."""

from fractions import Fraction
from math import log10
from typing import Any

from slactl.assurance.closed_forms import Bound
from slactl.assurance.structure import Structure
from slactl.assurance.worst_case import WorstCase
from slactl.base.ratio import decimal_text
from slactl.render.proof import budgets_document, steps_document, structure_document

_FIGURES = 30
_MOST_PLACES = 1000
"""Digits after the point; what is smaller becomes an interval."""


def certificate(structure: Structure, case: WorstCase) -> dict[str, Any]:
    """What proves the upper bound of the worst case, for the verifier."""
    return {
        "format": "slactl-certificate/1",
        **structure_document(structure, case.top, case.clauses),
        "budgets": budgets_document(case),
        **steps_document(case, structure),
        "bound": str(case.bound.upper),
    }


def best_numbers(best: Bound) -> dict[str, Any]:
    """The best case, as an availability and as an unavailability."""
    return {
        "best": _availability(best.lower, down=False),
        "best_unavailability": decimal(best.lower, up=False),
        "best_bounds": {
            "lower": _availability(best.upper, down=True),
            "upper": _availability(best.lower, down=False),
        },
    }


def numbers(name: str, down: Bound) -> dict[str, Any]:
    """Bounds under a name, as availabilities and as unavailabilities."""
    return {
        name: {"lower": _availability(down.upper, down=True), "upper": _availability(down.lower, down=False)},
        f"{name}_unavailability": {
            "lower": decimal(down.lower, up=False),
            "upper": decimal(down.upper, up=True),
        },
    }


def _availability(unavailability: Fraction, *, down: bool) -> str:
    return decimal_text(1 - unavailability, places(unavailability), up=not down)


def decimal(value: Fraction, *, up: bool) -> str:
    """A number to thirty figures, rounded to one side."""
    return decimal_text(value, places(value), up=up)


def places(value: Fraction, figures: int = _FIGURES) -> int:
    """So many digits after the point that at least so many of them are figures."""
    halvings = value.denominator.bit_length() - value.numerator.bit_length() + 1
    zeros = max(0, int(halvings * log10(2))) if value else 0
    return min(zeros + figures, _MOST_PLACES)
