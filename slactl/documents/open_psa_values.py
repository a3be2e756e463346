"""The values of an Open-PSA model: probabilities as exact fractions, constants, and how many parts a gate asks for."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from slactl.base.text import plural
from slactl.documents.xml_elements import Element

_NUMBER = re.compile(
    r"\s*[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?\s*\Z"
)
_COUNT = re.compile(r"\s*\+?([0-9]{1,9})\s*\Z")
_CONSTANTS = {"true": True, "1": True, "false": False, "0": False}
_COUNTING = frozenset({"atleast", "cardinality", "xor"})
"""Operators to which it matters how often a part is named."""
Least = int
Most = int


def probability(element: Element) -> Fraction:
    """The probability that `<float>` or `<int>` says.

    Raises:
        ValueError: with a sentence for the user.
    """
    if element.tag not in ("float", "int"):
        raise ValueError(
            f"<{element.tag}> is no constant; write the probability itself, as <float value=...>."
        )
    text = element.attributes.get("value", "")
    if not _NUMBER.match(text):
        raise ValueError(f'"{text}" is no number that can be read; write it like 0.001 or 1e-3.')
    value = Fraction(Decimal(text.strip()))
    if not 0 <= value <= 1:
        raise ValueError(f"{text.strip()} is no probability; it lies between 0 and 1.")
    return value


def constant(element: Element) -> bool:
    """What `<constant>` says.

    Raises:
        ValueError: with a sentence for the user.
    """
    text = element.attributes.get("value", "")
    if element.tag != "constant":
        raise ValueError(f"<{element.tag}> is not read here.")
    if text not in _CONSTANTS:
        raise ValueError('A state is written <constant value="true"/> or <constant value="false"/>.')
    return _CONSTANTS[text]


def range_of(element: Element, parts: Sequence[str]) -> tuple[Least, Most]:
    """Between how many of its parts an operator asks for.

    Raises:
        ValueError: with a sentence for the user.
    """
    allowed, least_and_most = _OPERATORS[element.tag]
    if not allowed(len(parts)):
        raise ValueError(f"<{element.tag}> cannot have {plural(len(parts), 'part')}.")
    if element.tag in _COUNTING and len(set(parts)) < len(parts):
        twice = next(part for part in parts if parts.count(part) > 1)
        raise ValueError(f"<{element.tag}> names {twice} twice and would count it twice; name it once.")
    return least_and_most(element, len(parts))


def _count(element: Element, attribute: str) -> int:
    text = element.attributes.get(attribute, "")
    match = _COUNT.match(text)
    if match is None:
        raise ValueError(f'{attribute}="{text}" is no whole number.')
    return int(match[1])


def _at_least(element: Element, parts: int) -> tuple[Least, Most]:
    least = _count(element, "min")
    if not 1 <= least <= parts:
        raise ValueError(f"At least {least} of {parts} cannot be asked for; min lies between 1 and {parts}.")
    return least, parts


def _cardinality(element: Element, parts: int) -> tuple[Least, Most]:
    least, most = _count(element, "min"), _count(element, "max")
    if not least <= most <= parts:
        raise ValueError(
            f"Between {least} and {most} of {parts} cannot be asked for; min is at most max, max at most {parts}."
        )
    return least, most


def _some(parts: int) -> bool:
    return parts > 0


_OPERATORS: dict[str, tuple[Callable[[int], bool], Callable[[Element, int], tuple[Least, Most]]]] = {
    "and": (_some, lambda _, parts: (parts, parts)),
    "or": (_some, lambda _, parts: (1, parts)),
    "not": (lambda parts: parts == 1, lambda _, __: (0, 0)),
    "xor": (lambda parts: parts == 2, lambda _, __: (1, 1)),  # noqa: PLR2004 - of more its readings differ
    "nand": (_some, lambda _, parts: (0, parts - 1)),
    "nor": (_some, lambda _, __: (0, 0)),
    "atleast": (_some, _at_least),
    "cardinality": (_some, _cardinality),
}
OPERATORS = frozenset(_OPERATORS)
REFERENCES = {
    "gate": "gate",
    "basic-event": "basic event",
    "house-event": "house event",
    "event": "event",
    "": "event",
}
"""What a reference is to, by its element, or by the `type` of an `<event>`."""
