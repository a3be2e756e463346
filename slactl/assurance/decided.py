"""Where a leaf or a shared gate occurs to no effect, since whatever is above that place is decided by it anyway.

What is down takes down each gate that needs all its parts and has it among them. Where every way from an occurrence
to the top leads through such a gate, entering it by another part, the occurrence may count as up: that makes a
difference only while it is down, and then it is not seen. The same with up and down exchanged.

All such occurrences may be taken out at once: on each way to the top the highest of the deciding places stays, and a
gate that one of its parts decides stays decided by it whatever becomes of the others. That holds one occurrence after
another, and for a gate as for a leaf, since it is never below itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from slactl.assurance.modules import in_at_least, simplified
from slactl.assurance.structure import Gate, Structure

Gates = Mapping[str, Gate]


def without_decided(gates: Gates, top: str) -> tuple[str | bool, Gates]:
    """What `top` has become, and the gates below it, without occurrences that have no effect.

    The same gates where there are none.
    """
    root: str | bool = top
    found = True
    while found:
        found = False
        for down in (True, False):
            if isinstance(root, str) and root in gates:
                constants = _without_effect(gates, root, down=down)
                if constants:
                    root, gates = simplified(gates, root, {}, constants)
                    found = True
    return root, gates


def _without_effect(gates: Gates, top: str, *, down: bool) -> dict[str, dict[str, bool]]:
    """For some gates the parts that may count as up (`down`: as they decide what is above when down) or down."""
    order = Structure(gates).order(top)
    uses = Counter(part for name in order if name in gates for part in gates[name].of)
    bit = {name: 1 << index for index, name in enumerate(name for name in order if uses[name] > 1)}
    beside: dict[str, list[int]] = {}
    for name in order:
        gate = gates.get(name)
        if gate is not None:
            parts = [bit.get(part, 0) for part in gate.of]
            decides = gate.down_at == 1 if down else gate.at_least == 1
            own = in_at_least(1, parts) if decides else 0
            beside[name] = [own & ~part for part in parts]
    skipped = _skipped(order, beside, gates)
    return {
        name: found
        for name in beside
        if (found := {part: down for part in gates[name].of if bit.get(part, 0) & skipped[name]})
    }


def _skipped(order: Sequence[str], beside: Mapping[str, Sequence[int]], gates: Gates) -> dict[str, int]:
    """For each name what decides a gate on every way up from it."""
    skipped = dict.fromkeys(order, -1)
    skipped[order[-1]] = 0
    for name in reversed(order):
        for part, decided in zip(gates[name].of if name in gates else (), beside.get(name, ()), strict=True):
            skipped[part] &= skipped[name] | decided
    return skipped
