"""A calculation as a question to the mathematics."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from slactl.assurance.calculation import Question
from slactl.assurance.joint import Clause
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.windows import Promise
from slactl.documents.calculation import Calculation

_UTC = ZoneInfo("UTC")


def question_of(calculation: Calculation) -> Question:
    """The question that a calculation asks; its days begin at midnight UTC."""
    gates = {name: Gate(one.at_least, one.parts) for name, one in calculation.services.items()}
    components = {
        name: Promise(one.unavailability, one.window, _UTC) for name, one in calculation.components.items()
    }
    clauses = {
        one.name: (
            Clause(one.name, one.parts, one.at_least, Fraction(1)),
            Promise(one.downtime.seconds, one.window, _UTC, absolute=True),
        )
        for one in calculation.joint
    }
    term = None
    if calculation.term is not None:
        first, last = calculation.term
        term = (_second(first), _second(last + timedelta(days=1)))
    return Question(Structure(gates), calculation.top, components, clauses, calculation.window, term)


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
