"""How often suppliers report to us and meet us, beside what we promised our customers."""

from collections.abc import Callable, Iterator

from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass
from slactl.check.exits import is_longer
from slactl.check.leaning import contracts_and_slas
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Rarer:
    """A contract that says something more rarely than the SLA that asks for it most often, or never."""

    contract: Agreement
    sla: Agreement
    theirs: Duration | None
    ours: Duration
    more: int
    """How many other SLAs are concerned."""


def rarer(evidence: Evidence, every: Callable[[Agreement], Duration | None]) -> Iterator[Rarer]:
    """Contracts under agreed SLAs that say something more rarely than these, by an agreement's own period for it."""
    for contract, slas in contracts_and_slas(evidence):
        theirs = every(contract)
        missed = [
            (ours, sla)
            for sla in slas
            if (ours := every(sla)) is not None and is_longer(theirs, ours, evidence.as_of)
        ]
        if missed:
            ours, sla = min(missed, key=lambda one: (one[0].after(evidence.as_of), one[1].address))
            yield Rarer(contract, sla, theirs, ours, len(missed) - 1)
