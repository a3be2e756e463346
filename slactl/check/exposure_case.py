"""Who is concerned when one supplier fails: the SLAs that owe credits, the contracts that pay, the policies behind both."""

from collections.abc import Iterator
from functools import cached_property

from slactl.base.quick_dataclass import dataclass
from slactl.check.credit_steps import credited
from slactl.check.failing import SoleCause, objectives_down, sole_causes
from slactl.check.fees import Exchange, fee_of
from slactl.check.policies import general, held_by, most_of
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.cover import Insurance
from slactl.model.estate import Estate


@dataclass(frozen=True)
class Case:
    """One supplier as sole cause, and everybody concerned."""

    estate: Estate
    cause: SoleCause
    slas: tuple[Agreement, ...]
    """Those that state a fee and owe a credit on something that is down."""
    contracts: tuple[Agreement, ...]
    """The agreed contracts on what is down: with the supplier, and with others whose services rest on it."""
    behind: dict[str, tuple[Insurance, ...]]
    """By the address of each of them: the general insurances in force that stand behind it."""

    @cached_property
    def currency(self) -> str | None:
        """The currency in which all of this can be added; None where a rate is missing."""
        return Exchange(self.estate.workspace.rates).common(self.currencies)

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that has a part in it."""
        sums = [
            money
            for one in (*self.slas, *self.contracts)
            for money in (fee_of(one, self.estate), one.liability_cap)
            if money is not None
        ]
        sums += [
            limit for policies in self.behind.values() for policy in policies for limit in most_of(policy)
        ]
        return tuple(sorted({money.currency for money in sums}))

    def owing(self, sla: Agreement) -> tuple[Objective, ...]:
        """The objectives of an SLA that are down and on which it owes a credit."""
        return tuple(one for one in objectives_down(sla, self.cause.services) if credited(sla, one))


def cases(evidence: Evidence) -> Iterator[Case]:
    """Every supplier that can make us owe a credit by itself, in name order."""
    estate = evidence.estate
    owing = {one.address: one for one in crediting(evidence) if fee_of(one, estate) is not None}
    by_service: dict[str, dict[str, None]] = {}
    for sla in owing.values():
        for objective in sla.objectives.values():
            if credited(sla, objective) and objective.agreed:
                for service in objective.services:
                    by_service.setdefault(service, {})[sla.address] = None
    for cause in sole_causes(estate) if owing else ():
        names = {name for service in cause.services for name in by_service.get(service, ())}
        slas = [owing[name] for name in sorted(names) if cause.supplier not in owing[name].customers]
        case = _case(evidence, cause, slas)
        if any(case.owing(sla) for sla in slas):
            yield case


def crediting(evidence: Evidence) -> Iterator[Agreement]:
    """The agreed SLAs whose term is not over and that owe credits on shares of time."""
    for sla in evidence.estate.slas():
        if sla.status is Status.AGREED and sla.credits is not None:
            judged = (one for one in sla.objectives.values() if one.address in evidence.results)
            if any(one.agreed and credited(sla, one) for one in judged):
                yield sla


def _case(evidence: Evidence, cause: SoleCause, slas: list[Agreement]) -> Case:
    contracts = {
        one.address: one
        for service in sorted(cause.services)
        for one in evidence.estate.agreements_on.get(service, ())
        if one.kind == "UC" and one.status is Status.AGREED and _runs(one, evidence)
    }
    behind = {
        one.address: general(held_by(one, evidence.estate), evidence.as_of)
        for one in (*slas, *contracts.values())
    }
    return Case(evidence.estate, cause, tuple(slas), tuple(contracts.values()), behind)


def _runs(agreement: Agreement, evidence: Evidence) -> bool:
    term = agreement.term
    begun = term.start is None or term.start <= evidence.as_of
    over = term.until is not None and term.until < evidence.as_of and term.renewal is None
    return begun and not over
