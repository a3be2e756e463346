"""Fault trees in the Open-PSA Model Exchange Format, the XML that the tools of reliability engineers share.

Read are fault trees and their components with gates, basic events of constant probability and house events, in any
order, and model data. What could change the result and is not read is refused, never passed over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from slactl.base.diagnostics import Diagnostic, InvalidFiles, Place, SlactlError
from slactl.base.fault_tree import FaultGate, FaultTree
from slactl.base.quick_dataclass import replace
from slactl.base.text import did_you_mean, plural
from slactl.documents.circle import circle
from slactl.documents.open_psa_names import Declarations, Declared
from slactl.documents.open_psa_values import OPERATORS, REFERENCES, constant, probability, range_of
from slactl.documents.xml_elements import Element, read_xml

if TYPE_CHECKING:
    from fractions import Fraction

_WANTED = {
    "gate": "A gate has one formula, like <or>...</or>.",
    "basic event": 'A basic event has one probability, like <float value="0.001"/>.',
    "house event": 'A house event has one state, like <constant value="true"/>.',
}
_MOST_SHOWN = 10
"""So many undefined names are reported one by one."""


def read_open_psa(path: Path, shown: str, *data: tuple[Path, str]) -> FaultTree:
    """Read the fault trees of one file.

    Args:
        path: the file.
        shown: its name in messages.
        data: more files of the same model, for example with its probabilities, and their names in messages.

    Raises:
        InvalidFiles: with everything that is wrong, by file and line.
        SlactlError: when a file cannot be read, or defines no gate.
    """
    declarations = Declarations()
    for file, name in ((path, shown), *data):
        declarations.add(read_xml(file, name))
    reading = _Reading(declarations)
    reading.read()
    if reading.problems:
        raise InvalidFiles(reading.problems)
    if not reading.gates:
        raise SlactlError(f"{shown} defines no gate", "A fault tree has a gate on top.", Place(shown))
    name = next(iter(declarations.trees)) if len(declarations.trees) == 1 else path.stem
    return FaultTree(name, reading.tops(), reading.gates, reading.probabilities, reading.house)


class _Reading:
    """From declarations to gates, probabilities and switches."""

    def __init__(self, declarations: Declarations) -> None:
        self._known = declarations
        self._missing: dict[str, Diagnostic] = {}
        self.problems = declarations.problems
        self.gates: dict[str, FaultGate] = {}
        self.probabilities: dict[str, Fraction] = {}
        self.house: dict[str, bool] = {}

    def read(self) -> None:
        for one in self._known.events.values():
            if len(one.body) == 1:
                self._event(one, one.body[0])
            else:
                summary = f"The {one.kind} {one.name} needs one value, and has {len(one.body)}"
                self.problems.append(one.element.problem(summary, _WANTED[one.kind]))
        self._report_missing()
        self._report_circle()

    def tops(self) -> tuple[str, ...]:
        inside = {
            (self._written(name).scope[0], part) for name, gate in self.gates.items() for part in gate.of
        }
        gates = [one for one in self._known.events.values() if one.name in self.gates]
        return tuple(one.name for one in gates if (one.scope[0], one.name) not in inside)

    def _written(self, gate: str) -> Declared:
        """The gate of the file that a gate stands in: itself, or the one around it."""
        return self._known.events[gate.split("/", maxsplit=1)[0]]

    def _event(self, one: Declared, value: Element) -> None:
        if one.kind == "basic event":
            with self._located(one, value):
                self.probabilities[one.name] = probability(value)
        elif one.kind == "house event":
            with self._located(one, value):
                self.house[one.name] = constant(value)
        elif value.tag in OPERATORS:
            self._operator(one, value, one.name)
        else:
            self.gates[one.name] = FaultGate(1, 1, (self._part(one, value),))

    @contextmanager
    def _located(self, one: Declared, element: Element) -> Iterator[None]:
        """Turn what is wrong with an element into a problem at its line."""
        try:
            yield
        except ValueError as error:
            self.problems.append(element.problem(f"The {one.kind} {one.name} cannot be read", str(error)))

    def _operator(self, gate: Declared, operator: Element, name: str) -> None:
        """Read an operator and those inside it; each inner one becomes a gate with a name of its own."""
        self.gates[name] = FaultGate(0, 0, ())  # inner ones come after it
        parts = tuple(self._part(gate, part) for part in operator.children)
        with self._located(gate, operator):
            self.gates[name] = FaultGate(*range_of(operator, parts), parts)

    def _part(self, gate: Declared, part: Element) -> str:
        inner = f"{gate.name}/{part.at.line}:{part.at.column}"
        if part.tag in REFERENCES:
            return self._reference(gate, part)
        if part.tag in OPERATORS:
            self._operator(gate, part, inner)
        else:
            with self._located(gate, part):
                self.house[inner] = constant(part)
        return inner

    def _reference(self, gate: Declared, part: Element) -> str:
        name = part.attributes.get("name", "")
        word = part.attributes.get("type", "") if part.tag == "event" else part.tag
        kind = REFERENCES.get(word, word)
        found = self._known.find(name, gate.scope)
        if found is not None and kind in (found.kind, "event"):
            return found.name
        if name not in self._missing:
            self._missing[name] = part.problem(*self._why_missing(name, kind, found))
        return name

    def _why_missing(self, name: str, kind: str, found: Declared | None) -> tuple[str, str]:
        if found is not None:
            return f"{name} is no {kind}", f"It is a {found.kind}."
        known = [one.name for one in self._known.events.values() if kind in (one.kind, "event")]
        hint = " Its probability may stand in another file of the model." if kind == "basic event" else ""
        return f'There is no {kind} "{name}"', f"Define it.{hint}{did_you_mean(name, known)}"

    def _report_missing(self) -> None:
        missing = list(self._missing.values())
        self.problems += missing[:_MOST_SHOWN]
        if len(missing) > _MOST_SHOWN:
            more = plural(len(missing) - _MOST_SHOWN, "more name is", "more names are")
            self.problems.append(replace(missing[_MOST_SHOWN], summary=f"{more} not defined", detail=""))

    def _report_circle(self) -> None:
        found = circle({name: gate.of for name, gate in self.gates.items()})
        if found:
            first = self._written(found[0]).element
            summary = f"{found[0]} is part of itself: {' -> '.join(found)}"
            self.problems.append(first.problem(summary, "Take one of these references out."))
