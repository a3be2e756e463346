"""What each supplier as sole cause can cost us in service credits, and who pays for it (SLA_MATH, section 5).

e(d) is what d seconds of downtime of all that the supplier provides cost us under EVERY SLA that does not stand without it,
less what suppliers owe us for it. Each SLA is charged for one of its own windows, in its own hours; a supplier's shorter
windows are filled one after another. The outage lies inside the shortest window of the SLAs concerned, and where the SLAs
count time that a contract does not, it falls there first: exact where all have the same hours, otherwise rather too much.

Beyond credits a supplier pays damages where its contract is binding and credits are not the sole remedy: at most up to its
liability cap, and at most what its general insurances pay. Our own general insurances come last. Everything counts once.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.credits import Steps, exposure
from slactl.base.intervals import IntervalSet
from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span
from slactl.check.credit_steps import CreditSteps
from slactl.check.exposure_case import Case, cases
from slactl.check.fees import Exchange, rounded
from slactl.check.policies import distinct, worth_of
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement
from slactl.model.cover import Insurance


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one supplier can cost us at worst; sums in the base currency, or in the only one there is."""

    supplier: str
    downtime_s: Fraction
    """The least downtime above which it comes to this."""
    owed: Money
    """To customers."""
    recovered: Money
    """In credits of suppliers."""
    covered: Money
    """Paid beyond that: damages within liability caps and insurances, then our own insurances."""
    uncovered: Money
    slas: tuple[str, ...]
    """Addresses of the SLAs concerned."""


def exposures(evidence: Evidence) -> tuple[Exposure, ...]:
    """The credit exposure to each supplier from outside that can make us owe a credit, by name.

    A supplier whose sums have no common currency is left out: rule SLA710 reports it.
    """
    exchange = Exchange(evidence.estate.workspace.rates)
    credit = CreditSteps(evidence.estate, exchange, evidence.as_of)
    found = [_Sums(case, case.currency, credit) for case in cases(evidence) if case.currency is not None]
    return tuple(one.worst() for one in found)


class _Sums:
    """The functions of downtime of one case, and what they come to."""

    def __init__(self, case: Case, currency: str, credit: CreditSteps) -> None:
        self._case, self._currency, self._credit = case, currency, credit
        down, span = case.cause.services, self._shortest()
        asked = self._asked(span)
        self._until_s = span[1] - span[0]
        self._owed = {one.address: credit.owed(one, down, currency) for one in case.slas}
        self._recovered = {
            one.address: credit.recovered(one, down, currency, span, asked) for one in case.contracts
        }

    def worst(self) -> Exposure:
        """The exposure where most is left uncovered; where nothing is, where it is largest."""
        edges = {edge for one in self._functions() for edge, _ in one.edges if edge < self._until_s}
        net = exposure(self._owed.values(), self._recovered.values())
        covered = {edge: self._covered(edge) for edge in sorted({Fraction(0), *edges})}
        worst = max(
            covered, key=lambda edge: (max(0, net.beyond(edge) - covered[edge]), net.beyond(edge), -edge)
        )
        return self._exposure(worst, covered[worst])

    def _exposure(self, edge: Fraction, covered: Fraction) -> Exposure:
        owed, recovered = _at(self._owed, edge), _at(self._recovered, edge)
        paid = max(Fraction(0), min(covered, owed - recovered))
        return Exposure(
            self._case.cause.supplier,
            edge,
            rounded(owed, self._currency),
            rounded(recovered, self._currency, up=False),
            rounded(paid, self._currency, up=False),
            rounded(max(Fraction(0), owed - recovered - paid), self._currency),
            tuple(address for address, one in self._owed.items() if one.beyond(edge)),
        )

    def _functions(self) -> tuple[Steps, ...]:
        return (*self._owed.values(), *self._recovered.values())

    def _shortest(self) -> Span:
        spans = {self._credit.window_of(one) for sla in self._case.slas for one in self._case.owing(sla)}
        return min(spans, key=lambda span: (span[1] - span[0], span))

    def _asked(self, span: Span) -> IntervalSet:
        times = {
            self._credit.measured(sla, one, span) for sla in self._case.slas for one in self._case.owing(sla)
        }
        return IntervalSet.of(part for time in times for part in time)

    def _covered(self, edge: Fraction) -> Fraction:
        """What is paid beyond credits for downtime just above an edge."""
        by_provider: dict[str, list[Agreement]] = {}
        for one in self._case.contracts:
            by_provider.setdefault(one.provider, []).append(one)
        damages = (self._damages(contracts, edge) for contracts in by_provider.values())
        return sum(damages, Fraction(0)) + self._insured(edge)

    def _damages(self, contracts: list[Agreement], edge: Fraction) -> Fraction:
        """What one supplier pays in damages: within its liability, and as far as it is insured."""
        liable = [one for one in contracts if _liable(one)]
        policies = distinct(policy for one in liable for policy in self._case.behind[one.address])
        cover = sum((self._worth(policy) for policy in policies), Fraction(0))
        rooms = [self._room(one, edge) for one in liable]
        known = [room for room in rooms if room is not None]
        return cover if len(known) < len(rooms) else min(cover, sum(known, Fraction(0)))

    def _room(self, contract: Agreement, edge: Fraction) -> Fraction | None:
        """What is left of a liability cap after credits; None: it has none."""
        cap = self._credit.cap(contract, self._currency)
        return None if cap is None else cap - self._recovered[contract.address].beyond(edge)

    def _insured(self, edge: Fraction) -> Fraction:
        """What our own policies pay: each at most what is owed under the SLAs that it stands behind."""
        owed: dict[object, Fraction] = {}
        held: dict[object, Insurance] = {}
        for sla in self._case.slas:
            for policy in self._case.behind[sla.address]:
                held[policy.policy] = policy
                owed[policy.policy] = owed.get(policy.policy, Fraction(0)) + self._owed[sla.address].beyond(
                    edge
                )
        return sum((min(self._worth(policy), owed[key]) for key, policy in held.items()), Fraction(0))

    def _worth(self, policy: Insurance) -> Fraction:
        return worth_of(policy, self._credit.exchange, self._currency)


def _liable(contract: Agreement) -> bool:
    """Whether a supplier owes damages beyond credits."""
    return contract.binding == "legal" and not (contract.credits and contract.credits.sole_remedy)


def _at(functions: Mapping[str, Steps], edge: Fraction) -> Fraction:
    return sum((one.beyond(edge) for one in functions.values()), Fraction(0))
