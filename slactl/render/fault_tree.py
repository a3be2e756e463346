"""What the calculator found about a fault tree: in the form of every other calculation, and as lines for a person."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

from slactl.assurance.closed_forms import Bound
from slactl.assurance.fault_tree import Dependent, TopEvent
from slactl.base.text import plural
from slactl.render.bounds import best_numbers, certificate, numbers
from slactl.render.proof import timetable_document
from slactl.render.style import Style

NOT_COHERENT = (
    "Fewer failures may bring this event about (not, xor, or at most so many): its probability is given for independent "
    "events, and no worst and no best case."
)
_FIGURES = 6
_MOST_LINES = 12


def fault_tree_document(name: str, event: TopEvent, dependent: Dependent | None) -> dict[str, Any]:
    """The document of `calc -json` for one top event, whose probability stands as an unavailability.

    For a tree that is not coherent `guaranteed`, `best`, `certificate` and `witness` are null, and `note` says why.
    """
    document: dict[str, Any] = {
        "format": "slactl-calc/1",
        "subject": f"{name}: {event.name}",
        "top": event.name,
    }
    document |= {"window": None, "worst_window": None}
    if dependent is None:
        empty = ("guaranteed", "guaranteed_unavailability", "best", "best_unavailability", "best_bounds")
        document |= dict.fromkeys(empty) | numbers("expected", event.probability)
        document |= {"exact": event.probability.exact, "certificate": None, "witness": None}
        return document | {"note": NOT_COHERENT}
    worst = dependent.worst
    document |= numbers("guaranteed", worst.bound) | numbers("expected", dependent.independent)
    document |= best_numbers(dependent.best) | {"exact": worst.bound.exact}
    document["certificate"] = certificate(dependent.structure, worst)
    document["witness"] = None if worst.timetable is None else timetable_document(worst.timetable)
    return document


def fault_tree_text(name: str, event: TopEvent, dependent: Dependent | None, style: Style) -> str:
    """The probability of the top event, and what it can be when events depend on each other."""
    probability = event.probability if dependent is None else dependent.independent
    lines = [
        style.bold(f"{name}: {event.name}"),
        f"  probability {_near(probability)}, if events are independent",
    ]
    if dependent is None:
        return "\n".join([*lines, f"  {NOT_COHERENT}"])
    worst = dependent.worst
    most = f"at most {_figures(worst.bound.upper, ROUND_CEILING)}"
    attained = "" if worst.bound.exact else f" (at least {_figures(worst.bound.lower, ROUND_FLOOR)})"
    links = worst.links
    made_of = ", made of" if links else ""
    lines.append(f"  worst case  {most}{attained}, whatever happens together{made_of}")
    lines += [f"    {_figures(share, ROUND_CEILING):>12}  {item}" for item, share in links[:_MOST_LINES]]
    if len(links) > _MOST_LINES:
        rest = sum((share for _, share in links[_MOST_LINES:]), Fraction(0))
        lines.append(
            f"    {_figures(rest, ROUND_CEILING):>12}  {plural(len(links) - _MOST_LINES, 'more event')}"
        )
    return "\n".join([*lines, f"  best case   at least {_figures(dependent.best.lower, ROUND_FLOOR)}"])


def _near(found: Bound) -> str:
    """A number that is known to more figures than are shown, or the interval."""
    lower, upper = (_figures(share, ROUND_HALF_EVEN) for share in (found.lower, found.upper))
    if lower == upper:
        return lower
    return f"between {_figures(found.lower, ROUND_FLOOR)} and {_figures(found.upper, ROUND_CEILING)}"


def _figures(share: Fraction, rounding: str) -> str:
    context = Context(prec=_FIGURES, rounding=rounding, Emin=-(10**15), Emax=10**15)
    return f"{context.divide(Decimal(share.numerator), Decimal(share.denominator)).normalize(context):g}"
