"""What a document states as given: the structure, the clauses on joint downtime, the budgets; read with suspicion."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


class RefusedError(Exception):
    """Why a document proves nothing, in a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Up while at least so many of its parts are up; a clause: down while at least so many of them are down."""

    count: int
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Gates and clauses by name; what is neither is a leaf."""

    top: str
    gates: Mapping[str, Gate]
    clauses: Mapping[str, Gate]


def facts_of(document: Mapping[str, Any]) -> Facts:
    """The structure of a document.

    Raises:
        RefusedError: when it is none: a part is missing, a count cannot be, a gate is part of itself.
    """
    structure = mapping(document, "structure")
    gates = {
        name: _gate(gate, f"gate {name}", "at_least") for name, gate in mapping(structure, "gates").items()
    }
    clauses = {
        name: _gate(gate, f"clause {name}", "together")
        for name, gate in mapping(document, "clauses", {}).items()
    }
    facts = Facts(text(structure, "top"), gates, clauses)
    if set(gates) & set(clauses):
        raise RefusedError("A gate and a clause have the same name.")
    below(facts, facts.top, *(part for clause in clauses.values() for part in clause.parts))
    return facts


def below(facts: Facts, *tops: str, stops: frozenset[str] = frozenset()) -> list[str]:
    """The tops and all below them, parts before the gates that they are in; what lies under a stop is left out.

    Raises:
        RefusedError: when a gate is part of itself.
    """
    finished: list[str] = []
    state: dict[str, bool] = {}
    for top in tops:
        todo = [(top, False)]
        while todo:
            name, leave = todo.pop()
            if leave:
                state[name] = True
                finished.append(name)
            elif name not in state:
                state[name] = False
                todo.append((name, True))
                if name not in stops and name in facts.gates:
                    todo += [(part, False) for part in facts.gates[name].parts if state.get(part) is not True]
            elif not state[name]:
                raise RefusedError(f"The gate {name} is part of itself.")
    return finished


def budgets_of(document: Mapping[str, Any], facts: Facts) -> dict[str, Fraction]:
    """The budget of every leaf below the top and of every clause, as shares of the window."""
    given = {name: share(value, f"budget of {name}") for name, value in mapping(document, "budgets").items()}
    for name in [*below(facts, facts.top), *facts.clauses]:
        if name not in facts.gates and name not in given:
            raise RefusedError(f"No budget is stated for {name}.")
    return given


def mapping(data: Mapping[str, Any], key: str, otherwise: dict[str, Any] | None = None) -> Mapping[str, Any]:
    """The mapping at a key, or `otherwise` where the key is missing."""
    value = data.get(key, otherwise)
    if not isinstance(value, dict):
        raise RefusedError(f'"{key}" is missing or no object.')
    return value


def sequence(data: Mapping[str, Any], key: str) -> list[Any]:
    """The list at a key."""
    value = data.get(key)
    if not isinstance(value, list):
        raise RefusedError(f'"{key}" is missing or no list.')
    return value


def text(data: Mapping[str, Any], key: str) -> str:
    """The text at a key."""
    value = data.get(key)
    if not isinstance(value, str):
        raise RefusedError(f'"{key}" is missing or no text.')
    return value


def number(value: Any, what: str) -> Fraction:
    """An exact number of at least zero, written as a whole, a decimal or a fraction in a text."""
    if not isinstance(value, str) or len(value) > 100_000 or "e" in value.lower():  # noqa: PLR2004 - no sane length
        raise RefusedError(f"The {what} is no exact number in a text: {value!r:.80}.")
    try:
        read = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise RefusedError(f"The {what} is no exact number: {value!r:.80}.") from None
    if read < 0:
        raise RefusedError(f"The {what} is below zero: {value:.80}.")
    return read


def share(value: Any, what: str) -> Fraction:
    """A number from 0 to 1."""
    read = number(value, what)
    if read > 1:
        raise RefusedError(f"The {what} is above 1: {value:.80}.")
    return read


def names(value: Any, what: str) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RefusedError(f"The {what} is no list of names.")
    return value


def _gate(data: Any, what: str, key: str) -> Gate:
    if not isinstance(data, dict):
        raise RefusedError(f"The {what} is no object.")
    parts, count = names(data.get("of"), what), data.get(key)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= len(parts):
        raise RefusedError(f"The {what} asks for {count} of {len(parts)} parts.")
    return Gate(count, tuple(parts))
