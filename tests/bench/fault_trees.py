"""Fault trees in the shapes of the usual benchmarks, and what they cost: ours and SCRAM's, side by side.

    make bench BENCH="--no-sizes --no-prometheus"   # these alone
    PYTHONPATH=. python tests/bench/fault_trees.py ftr10   # some of them, by a part of their names

The shapes have the sizes and the sharing of well-known trees (so many basic events, so many gates); what is in them
is made up, always the same for a name. Trees that the Debian package `scram` brings along are read from there.
CPU time is that of whole processes, the start of Python included.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import overload
from xml.sax.saxutils import quoteattr

from slactl.base.fault_tree import FaultGate, FaultTree

SCRAM = ["scram", "--bdd", "--probability", "true", "-l", "1"]
OURS = """
import gc, sys
gc.disable()  # as the program does
from pathlib import Path
from slactl.assurance.fault_tree import top_event
from slactl.documents.open_psa import read_open_psa
for model in " ".join(sys.argv[1:]).split(" + "):
    first, *more = [(Path(name), name) for name in model.split()]
    tree = read_open_psa(*first, *more)
    for top in tree.tops:
        found = top_event(tree, top).probability
        print(float(found.lower), float(found.upper))
"""
_AGREES = 1e-5
"""SCRAM prints six digits."""
_PATIENCE_S = 120
"""SCRAM expands large votes, and takes hours over them."""
_SMALL_S = 0.3
"""Trees of less CPU time are computed in one call too, as the start of a process is most of it."""
SCRAM_INPUT = Path("/usr/share/scram/input")
SCRAM_TREES = {
    "chinese": ("Chinese/chinese.xml", "Chinese/chinese-basic-events.xml"),
    "baobab1": ("Baobab/baobab1.xml", "Baobab/baobab1-basic-events.xml"),
    "baobab2": ("Baobab/baobab2.xml", "Baobab/baobab2-basic-events.xml"),
    "cea9601": ("CEA9601/CEA9601.xml", "CEA9601/CEA9601-basic-events.xml"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a tree, and how much of it is shared."""

    events: int
    gates: int
    votes: float = 0.05
    """The share of gates that ask for some of their parts."""
    shared_gates: float = 0.15
    shared_events: float = 0.4
    """How many parts are added a second time somewhere else, as a share of all."""
    near: int = 12
    """How far from its first place a part is shared, counted in gates."""
    seed: int = 1


SHAPES = {
    "like chinese": Shape(25, 36, shared_events=1.0, shared_gates=0.5),
    "like das9201": Shape(122, 82, votes=0.15),
    "like das9601": Shape(122, 288, shared_gates=0.3),
    "like edf9205": Shape(165, 142, shared_events=0.5),
    "like ftr10": Shape(175, 94, shared_events=1.0),
    "like baobab1": Shape(61, 84, shared_events=1.0, shared_gates=0.3),
    "like isp9603": Shape(91, 95, shared_events=0.6),
    "like cea9601": Shape(186, 201, votes=0.04, shared_events=0.6, shared_gates=0.25),
}


def random_tree(name: str, shape: Shape) -> FaultTree:
    """A tree of a shape; the same one for the same name and shape."""
    source = random.Random(f"{name} {shape.seed}")  # noqa: S311 - repeatable trees, no secrets
    parts: list[list[str]] = [[] for _ in range(shape.gates)]
    for gate in range(1, shape.gates):
        nearby = range(max(0, (gate - 1) // 3 - shape.near), (gate - 1) // 2 + 1)
        parts[min(source.sample(nearby, min(2, len(nearby))), key=lambda one: len(parts[one]))].append(
            f"g{gate}"
        )
    hungry = [gate for gate in range(shape.gates) if len(parts[gate]) < 2]
    for event in range(shape.events):
        home = hungry[event % len(hungry)] if hungry else source.randrange(shape.gates)
        parts[home].append(f"e{event}")
        for _ in range(_extra(source, shape.shared_events)):
            _add(parts[_near(source, home, shape)], f"e{event}")
    for gate in range(2, shape.gates):
        for _ in range(_extra(source, shape.shared_gates)):
            _add(parts[source.randrange(max(0, gate // 2 - shape.near), max(1, gate // 2))], f"g{gate}")
    for gate in range(shape.gates):
        while len(parts[gate]) < 2:
            _add(parts[gate], f"e{source.randrange(shape.events)}")
    gates = {f"g{gate}": _gate(source, parts[gate], shape) for gate in range(shape.gates)}
    chances = {f"e{event}": _chance(source) for event in range(shape.events)}
    return FaultTree(name.replace(" ", "-"), ("g0",), gates, chances, {})


def votes(count: int, least: int) -> FaultTree:
    """So many of many events."""
    source = random.Random(count)  # noqa: S311 - repeatable trees, no secrets
    chances = {f"e{event}": _chance(source) for event in range(count)}
    return FaultTree(
        f"votes-{least}-of-{count}", ("top",), {"top": FaultGate(least, count, tuple(chances))}, chances, {}
    )


def grids(rows: int, columns: int) -> FaultTree:
    """A way through a grid from left to right is what holds: each cell's function uses two cells after it."""
    source = random.Random(rows)  # noqa: S311 - repeatable trees, no secrets
    gates: dict[str, FaultGate] = {}
    for column in range(columns):
        for row in range(rows):
            own = f"e{row}-{column}"
            if column + 1 == columns:
                gates[f"c{row}-{column}"] = FaultGate(1, 2, (own, "end"))
            else:
                ways = tuple(dict.fromkeys((f"c{row}-{column + 1}", f"c{(row + 1) % rows}-{column + 1}")))
                gates[f"w{row}-{column}"] = FaultGate(len(ways), len(ways), ways)
                gates[f"c{row}-{column}"] = FaultGate(1, 2, (own, f"w{row}-{column}"))
    first = tuple(f"c{row}-0" for row in range(rows))
    gates["top"] = FaultGate(rows, rows, first)
    names = [f"e{row}-{column}" for row in range(rows) for column in range(columns)]
    chances = {name: _chance(source) * 100 for name in [*names, "end"]}
    return FaultTree(f"grid-{rows}x{columns}", ("top",), gates, chances, {})


def _extra(source: random.Random, share: float) -> int:
    return int(share) + (source.random() < share % 1)


def _near(source: random.Random, home: int, shape: Shape) -> int:
    return source.randrange(max(0, home - shape.near), min(shape.gates, home + shape.near + 1))


def _add(parts: list[str], name: str) -> None:
    if name not in parts:
        parts.append(name)


def _gate(source: random.Random, parts: Sequence[str], shape: Shape) -> FaultGate:
    count = len(parts)
    if count > 2 and source.random() < shape.votes:
        return FaultGate(source.randrange(2, count), count, tuple(parts))
    return FaultGate(count if count < 5 and source.random() < 0.5 else 1, count, tuple(parts))


def _chance(source: random.Random) -> Fraction:
    return Fraction(source.randrange(100, 1000), 10 ** source.randrange(5, 8))


def xml(tree: FaultTree) -> Iterator[str]:
    """The tree in the Open-PSA format, line by line."""
    yield f'<?xml version="1.0"?>\n<opsa-mef>\n<define-fault-tree name={quoteattr(tree.name)}>\n'
    for name, gate in tree.gates.items():
        yield f"<define-gate name={quoteattr(name)}>{_formula(tree, gate)}</define-gate>\n"
    yield "</define-fault-tree>\n<model-data>\n"
    for name, chance in tree.probabilities.items():
        yield f'<define-basic-event name={quoteattr(name)}><float value="{float(chance)!r}"/></define-basic-event>\n'
    yield "</model-data>\n</opsa-mef>\n"


def _formula(tree: FaultTree, gate: FaultGate) -> str:
    inner = "".join(
        f"<{'gate' if part in tree.gates else 'basic-event'} name={quoteattr(part)}/>" for part in gate.of
    )
    if gate.least == len(gate.of):
        return f"<and>{inner}</and>"
    return f"<or>{inner}</or>" if gate.least == 1 else f'<atleast min="{gate.least}">{inner}</atleast>'


@dataclass(frozen=True, slots=True)
class Run:
    """What a process cost and said."""

    cpu_s: float
    peak_mb: float
    text: str


@overload
def run(command: Sequence[str]) -> Run: ...
@overload
def run(command: Sequence[str], given_up: int) -> Run | None: ...
def run(command: Sequence[str], given_up: int | None = None) -> Run | None:
    """Run a process to its end; a failure ends the bench, but for the exit code that says that patience is over: None."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    text = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode == given_up:
        return None
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def files(folder: Path) -> dict[str, list[str]]:
    """The files of every tree by its name, written where they are made up."""
    made = [random_tree(name, shape) for name, shape in SHAPES.items()]
    made += [votes(100, 50), grids(6, 12), grids(8, 10)]
    found = {}
    for tree in made:
        path = folder / f"{tree.name}.xml"
        path.write_text("".join(xml(tree)))
        found[tree.name] = [str(path)]
    for name, parts in SCRAM_TREES.items():
        if (SCRAM_INPUT / parts[0]).exists():
            found[name] = [str(SCRAM_INPUT / part) for part in parts]
    return found


def measure(say: Callable[..., None], wanted: str = "") -> None:
    """Print what each tree costs, and what it costs SCRAM where that is installed; then all that cost SCRAM little."""
    say("fault tree", "CPU", "peak memory", "SCRAM", "ours / SCRAM", "probability")
    small: list[Sequence[str]] = []
    small_s = 0.0
    with tempfile.TemporaryDirectory(prefix="slactl-bench-") as folder:
        for name, paths in files(Path(folder)).items():
            if wanted in name:
                ours = run([sys.executable, "-c", OURS, *paths])
                lower, upper = map(float, ours.text.split())
                theirs, theirs_s, ratio = _beside(name, paths, ours, lower)
                say(name, f"{ours.cpu_s:.2f} s", f"{ours.peak_mb:.0f} MB", theirs, ratio, upper)
                if theirs_s is not None and theirs_s < _SMALL_S:
                    small.append(paths)
                    small_s += theirs_s
        if len(small) > 1:
            _several(say, small, small_s)


def _several(say: Callable[..., None], models: Sequence[Sequence[str]], theirs_s: float) -> None:
    """Models that one call computes, beside calls of SCRAM, which takes one model each."""
    together = " + ".join(" ".join(paths) for paths in models).split()
    ours = run([sys.executable, "-c", OURS, *together])
    ratio = f"{ours.cpu_s / theirs_s:.2f} x"
    say(
        f"{len(models)} in a call",
        f"{ours.cpu_s:.2f} s",
        f"{ours.peak_mb:.0f} MB",
        f"{theirs_s:.2f} s",
        ratio,
        "",
    )


def _beside(name: str, paths: Sequence[str], ours: Run, probability: float) -> tuple[str, float | None, str]:
    if shutil.which("scram") is None:
        return "", None, ""
    theirs = run(["timeout", str(_PATIENCE_S), *SCRAM, *paths], given_up=124)
    if theirs is None:
        return f"> {_PATIENCE_S} s", None, f"< {ours.cpu_s / _PATIENCE_S:.3f} x"
    found = re.search(r'probability="([^"]*)"', theirs.text)
    if found is None or abs(float(found[1]) - probability) > _AGREES * probability:
        raise SystemExit(f"{name}: {probability} here, {found and found[1]} by SCRAM")
    return f"{theirs.cpu_s:.2f} s", theirs.cpu_s, f"{ours.cpu_s / theirs.cpu_s:.2f} x"


def _say(*cells: object) -> None:
    sys.stdout.write("  ".join(f"{cell!s:>14}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    measure(_say, *sys.argv[1:2])
