"""What an Open-PSA model defines, by name, and what a name means inside a container."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from slactl.base.quick_dataclass import dataclass
from slactl.documents.xml_elements import Element

if TYPE_CHECKING:
    from slactl.base.diagnostics import Diagnostic

SILENT = frozenset({"label", "attributes"})
"""Elements that say something to people only."""
KINDS = {"define-gate": "gate", "define-basic-event": "basic event", "define-house-event": "house event"}
_IN_TREE = frozenset({*KINDS, "define-component"})
_IN_DATA = frozenset(KINDS) - {"define-gate"}
_NO_PART_OF_A_NAME = "./"


@dataclass(frozen=True, slots=True)
class Declared:
    """One event: a gate, a basic event or a house event."""

    name: str
    """Unique in the model: the public name, or the path through the containers where it is private."""
    kind: str
    element: Element
    scope: tuple[str, ...]
    """The containers around it, outermost first."""

    @property
    def body(self) -> list[Element]:
        """What defines it."""
        return [child for child in self.element.children if child.tag not in SILENT]


class Declarations:
    """Everything that is defined, before any formula is read, with the problems found on the way."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self.events: dict[str, Declared] = {}
        self.trees: dict[str, Element] = {}
        self._by_path: dict[str, Declared] = {}

    def add(self, root: Element) -> None:
        """Take in one file of the model."""
        if root.tag != "opsa-mef":
            detail = "Such a file begins with <opsa-mef>."
            self.problems.append(root.problem(f"<{root.tag}> is no Open-PSA model", detail))
            return
        for child in root.children:
            if child.tag == "define-fault-tree":
                self._tree(child)
            elif child.tag == "model-data":
                self._contents(child, (), "public", _IN_DATA)
            elif child.tag not in SILENT:
                self._not_read(child)

    def find(self, name: str, scope: tuple[str, ...]) -> Declared | None:
        """What a name means inside containers: the nearest one around, else the public one, else a whole path."""
        for depth in range(len(scope), 0, -1):
            found = self._by_path.get(".".join((*scope[:depth], name)))
            if found is not None:
                return found
        return self.events.get(name) or self._by_path.get(name)

    def _tree(self, element: Element) -> None:
        name = self._name(element)
        if name in self.trees:
            detail = f"It is in {_where(self.trees[name])} already; rename one of them."
            self.problems.append(element.problem(f"The fault tree {name} is defined twice", detail))
        self.trees[name] = element
        self._contents(element, (name,), element.attributes.get("role", "public"), _IN_TREE)

    def _contents(
        self, element: Element, scope: tuple[str, ...], role: str, allowed: Collection[str]
    ) -> None:
        for child in element.children:
            own = child.attributes.get("role", role)
            if child.tag in SILENT:
                continue
            if child.tag not in allowed:
                self._not_read(child)
            elif child.tag in KINDS:
                self._event(child, scope, own)
            else:
                self._contents(child, (*scope, self._name(child)), own, allowed)

    def _event(self, element: Element, scope: tuple[str, ...], role: str) -> None:
        short = self._name(element)
        path = ".".join((*scope, short))
        one = Declared(path if role == "private" else short, KINDS[element.tag], element, scope)
        first = self.events.get(one.name) or self._by_path.get(path)
        if first is not None:
            detail = f"It is a {first.kind} in {_where(first.element)} already; rename one of them."
            self.problems.append(element.problem(f"{one.name} is defined twice", detail))
            return
        self.events[one.name] = one
        self._by_path[path] = one

    def _name(self, element: Element) -> str:
        name = element.attributes.get("name", "")
        if not name.isprintable() or not name or name != name.strip() or set(_NO_PART_OF_A_NAME) & set(name):
            detail = (
                "A name is a text without points, slashes and line breaks, and without spaces at its ends."
            )
            self.problems.append(element.problem(f"<{element.tag}> needs a usable name", detail))
        return name

    def _not_read(self, element: Element) -> None:
        detail = (
            "Fault trees with components, gates, basic events and house events are read. "
            "Other parts of a model can change its result, so that they are not passed over: take it out."
        )
        self.problems.append(element.problem(f"<{element.tag}> is not read here", detail))


def _where(element: Element) -> str:
    return f"line {element.at.line} of {element.file}"
