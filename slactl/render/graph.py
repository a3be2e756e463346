"""The dependency graph: customers, SLAs, services, and the OLAs and UCs behind them; as DOT and Mermaid."""

from collections.abc import Iterator

from slactl.base.quick_dataclass import dataclass
from slactl.model.estate import Estate
from slactl.model.service import Call, Group


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its id, what it is, and its label."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from what needs to what is needed."""

    source: str
    target: str
    label: str = ""


def nodes_and_edges(estate: Estate) -> tuple[list[Node], list[Edge]]:
    """The graph, in the order of addresses."""
    nodes = [
        Node(service.address, "service", f"{service.display_name or service.name}\n{service.owner}")
        for service in estate.services.values()
    ]
    edges = [
        edge
        for service in estate.services.values()
        for edge in _dependencies(service.address, service.depends_on, nodes)
    ]
    for agreement in estate.agreements.values():
        targets = ", ".join(f"{one.name} {one.target}" for one in agreement.objectives.values())
        nodes.append(Node(agreement.address, agreement.kind, f"{agreement.kind} {agreement.name}\n{targets}"))
        services = [f"service.{name}" for name in agreement.services]
        if agreement.kind == "SLA":
            edges += [Edge(agreement.address, service) for service in services]
            for customer in agreement.customers:
                nodes.append(Node(f"party.{customer}", "party", estate.parties[customer].title))
                edges.append(Edge(f"party.{customer}", agreement.address))
        else:
            edges += [Edge(service, agreement.address, "backed by") for service in services]
    return list(dict.fromkeys(nodes)), list(dict.fromkeys(edges))


def _dependencies(source: str, group: Group | None, nodes: list[Node]) -> Iterator[Edge]:
    for index, part in enumerate(group.parts if group else ()):
        if isinstance(part, Call):
            yield Edge(source, f"service.{part.service}")
        else:
            inner = f"{source}/{index}"
            nodes.append(Node(inner, "group", _group_label(part)))
            yield Edge(source, inner)
            yield from _dependencies(inner, part, nodes)


def _group_label(group: Group) -> str:
    if group.at_least == len(group.parts):
        return "all"
    return "any" if group.at_least == 1 else f"{group.at_least} of {len(group.parts)}"


_DOT_SHAPE = {"service": "box", "group": "diamond", "party": "ellipse"}


def dot(estate: Estate) -> str:
    """The graph in Graphviz's language."""
    nodes, edges = nodes_and_edges(estate)
    lines = ["digraph estate {", '  rankdir = "TB"', '  node [fontname = "sans-serif"]']
    for node in nodes:
        shape = _DOT_SHAPE.get(node.kind, "note")
        lines.append(f"  {_quoted(node.id)} [label = {_quoted(node.label)}, shape = {shape}]")
    for edge in edges:
        label = f" [label = {_quoted(edge.label)}, style = dashed]" if edge.label else ""
        lines.append(f"  {_quoted(edge.source)} -> {_quoted(edge.target)}{label}")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


_MERMAID_SHAPE = {"service": ("[", "]"), "group": ("{", "}"), "party": ("([", "])")}


def mermaid(estate: Estate) -> str:
    """The graph in Mermaid's language, which merge requests render."""
    nodes, edges = nodes_and_edges(estate)
    number = {node.id: f"n{index}" for index, node in enumerate(nodes)}
    lines = ["flowchart TB"]
    for node in nodes:
        opening, closing = _MERMAID_SHAPE.get(node.kind, ("[/", "/]"))
        lines.append(f'  {number[node.id]}{opening}"{_escaped(node.label)}"{closing}')
    for edge in edges:
        arrow = f'-. "{edge.label}" .->' if edge.label else "-->"
        lines.append(f"  {number[edge.source]} {arrow} {number[edge.target]}")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;")
        .replace('"', "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\n", "<br/>")
    )
