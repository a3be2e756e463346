"""What proofs cost: large read-once trees, a bound for a whole estate at once, and exact or certified answers for many SLAs.

    make bench BENCH="--no-sizes --no-prometheus --no-fault-trees"   # these alone

Graphs are made up, always the same for a seed. CPU time is that of the work itself, without the start of Python; wall time
is said where processes share the work.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from statistics import median, quantiles

from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.worst_case import worst_case, worst_case_all

SHARES = tuple(Fraction(one, 100_000) for one in (1, 2, 5, 10, 20, 50))
ROUNDED = 1 + Fraction(1, 10**9)
"""A bound that a solver's numbers prove is rounded up."""
TREE_LEAVES = 100_000
SLAS = 2_000
BUDGET_S = {"tree": 1.0, "all": 1.0, "slas": 60.0}


@dataclass(frozen=True, slots=True)
class Shape:
    """How 10,000 services rest on suppliers and on each other."""

    layers: int
    suppliers: int
    services: int = 10_000
    far: float = 0.3
    """The share of dependencies that reach further down than one layer."""
    redundant: float = 0.25


SHAPES = {"5 layers, 200 suppliers": Shape(5, 200), "8 layers, 400 suppliers": Shape(8, 400)}


@dataclass(slots=True)
class Graph:
    """A structure with its budgets; `tops` are the services of the highest layer."""

    structure: Structure
    budgets: Mapping[str, Fraction]
    tops: list[str] = field(default_factory=list)


def tree(leaves: int) -> tuple[Graph, str]:
    """A tree in which each leaf occurs once."""
    dice = Random(1)  # noqa: S311 - the same each time
    gates: dict[str, Gate] = {}
    names = [f"leaf-{index}" for index in range(leaves)]
    budgets = {name: dice.choice(SHARES) for name in names}
    while len(names) > 1:
        above = []
        for start in range(0, len(names), 4):
            parts = tuple(names[start : start + 4])
            if len(parts) == 1:
                above.append(parts[0])
                continue
            name = f"gate-{len(gates)}"
            gates[name] = Gate(dice.choice([1, len(parts), len(parts), dice.randint(1, len(parts))]), parts)
            above.append(name)
        names = above
    return Graph(Structure(gates), budgets), names[0]


def estate(shape: Shape) -> Graph:
    """Layers of services, each with failures of its own, over suppliers that many share."""
    dice = Random(7)  # noqa: S311 - the same each time
    gates: dict[str, Gate] = {}
    layers = [[f"supplier-{index}" for index in range(shape.suppliers)]]
    for layer in range(shape.layers):
        near, far = layers[-1], [name for one in layers[-3:] for name in one]
        layers.append([])
        for index in range(shape.services // shape.layers):
            name = f"service-{layer}-{index}"
            parts = [f"{name} itself"]
            for number in range(dice.randint(1, 3)):
                pair = dice.sample(far if dice.random() < shape.far else near, 2)
                if dice.random() < shape.redundant:
                    gates[f"{name}/{number}"] = Gate.any_of(pair)
                    parts.append(f"{name}/{number}")
                else:
                    parts.append(pair[0])
            gates[name] = Gate.all_of(dict.fromkeys(parts))
            layers[-1].append(name)
    structure = Structure(gates)
    leaves = (name for name in structure.order() if name not in gates)
    return Graph(structure, {name: dice.choice(SHARES) for name in leaves}, layers[-1])


@contextmanager
def timed(cpu: list[float]) -> Iterator[None]:
    """Append the CPU seconds of what is done inside."""
    begin = time.process_time()
    yield
    cpu.append(time.process_time() - begin)


def measure(say: Callable[..., None]) -> None:
    """Print every figure beside its budget."""
    say("", "CPU s", "budget s")
    cpu: list[float] = []
    graph, top = tree(TREE_LEAVES)
    with timed(cpu):
        worst = worst_case(graph.structure, top, graph.budgets).bound
    say(f"worst case, read-once tree of {TREE_LEAVES} leaves", f"{cpu[-1]:.2f}", BUDGET_S["tree"])
    with timed(cpu):
        expected = independent(graph.structure, top, graph.budgets)
    say("the same, independent", f"{cpu[-1]:.2f}", BUDGET_S["tree"])
    if not worst.exact or expected.upper > worst.upper:
        sys.exit("a tree has an exact worst case, which nothing exceeds")
    for name, shape in SHAPES.items():
        _estate(say, name, shape, cpu)


def _estate(say: Callable[..., None], name: str, shape: Shape, cpu: list[float]) -> None:
    graph = estate(shape)
    with timed(cpu):
        bounds = worst_case_all(graph.structure, graph.budgets)
    say(f"sound bound of all {shape.services} services, {name}", f"{cpu[-1]:.2f}", BUDGET_S["all"])
    dice = Random(11)  # noqa: S311 - the same each time
    tops = [dice.choice(graph.tops) for _ in range(SLAS)]
    begin = time.monotonic()
    with multiprocessing.get_context("fork").Pool(2, _keep, (graph,)) as pool:
        found = pool.map(_answer, tops, chunksize=20)
    wall_s = time.monotonic() - begin
    if any(bound.upper > bounds[top] * ROUNDED for top, (bound, _) in zip(tops, found, strict=True)):
        sys.exit("an answer is above the bound for all")
    gaps = [float((one.upper - one.lower) / one.upper) for one, _ in found]
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say(f"{SLAS} SLAs of it on 2 cores, wall", f"{wall_s:.1f}", BUDGET_S["slas"])
    say("  CPU s, peak MB of a process", f"{sum(one for _, one in found):.1f}", f"{peak_mb:.0f}")
    exact = sum(not gap for gap in gaps) / len(gaps)
    say(
        "  exact, median gap, p95 gap",
        f"{exact:.1%}",
        f"{median(gaps):.2%}",
        f"{quantiles(gaps, n=20)[-1]:.2%}",
    )


_kept: list[Graph] = []


def _keep(graph: Graph) -> None:
    _kept[:] = [graph]


def _answer(top: str) -> tuple[Bound, float]:
    begin = time.process_time()
    found = worst_case(_kept[0].structure, top, _kept[0].budgets).bound
    return found, time.process_time() - begin
