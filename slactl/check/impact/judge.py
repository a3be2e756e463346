"""Judges an impact: the SLAs above the subject are checked again on estates as they would be."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from slactl.base.quick_dataclass import replace
from slactl.check.engine import check
from slactl.check.impact.above import estate_of, slas_above
from slactl.check.impact.money import Purse, credit_of
from slactl.check.impact.result import Change, Impact, ObjectiveImpact, Scenario, Standing
from slactl.check.impact.scenarios import ended, failed, with_target
from slactl.check.impact.subject import find_subject
from slactl.check.impact.sums import sums
from slactl.check.result import AmountResult, Assessment, ObjectiveResult, Verdict
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate

_BEST_FIRST: tuple[Verdict, ...] = (
    "guaranteed",
    "only-if-independent",
    "undecided",
    "unsupported",
    "contradicted",
)
_Rank = tuple[int, bool, Fraction]
Result = ObjectiveResult | AmountResult


def impact(estate: Estate, as_of: date, address: str, target: str | None = None) -> Impact:
    """What hangs on an OLA, a UC (or one objective of it), a service, or all that a party provides.

    Args:
        estate: all agreements.
        as_of: the day of the check.
        address: `uc.nimbus-cdn`, `ola.db.availability`, `service.shop`, `party.nimbus`.
        target: another target for its availability, or for the objective named.

    Raises:
        SlactlError: when the address or the target makes no sense, or fees cannot be added up.
    """
    subject = find_subject(estate, address)
    slas = slas_above(estate, subject.services)
    purse = Purse(estate, slas)
    small = estate_of(estate, slas)
    changed: dict[Scenario, Estate | None] = {
        "fails": failed(small, subject),
        "ends": ended(small, subject),
        "changes": with_target(small, subject, target) if target is not None else None,
    }
    today = check(small, as_of, explain=False)
    then = {name: check(one, as_of, explain=False) for name, one in changed.items() if one is not None}
    objectives = tuple(_objectives(slas, today, then))
    return Impact(
        subject=subject,
        as_of=as_of,
        target=target,
        objectives=objectives,
        sums={name: sums(objectives, {one.address: one for one in slas}, name, purse) for name in then},
        currency=purse.currency,
    )


def _objectives(
    slas: tuple[Agreement, ...], today: Assessment, then: Mapping[Scenario, Assessment]
) -> Iterator[ObjectiveImpact]:
    for sla in slas:
        for objective in sla.objectives.values():
            before = _result(today, objective.address)
            if before is not None:
                yield _objective(sla, before, then)


def _objective(sla: Agreement, before: Result, then: Mapping[Scenario, Assessment]) -> ObjectiveImpact:
    standings: dict[Scenario, Standing] = {}
    for name, assessment in then.items():
        after = _result(assessment, before.address)
        if after is not None and not (name == "fails" and isinstance(after, AmountResult)):
            standings[name] = _compared(sla, before, after)
    return ObjectiveImpact(
        address=before.address,
        target=before.target,
        unit=before.unit if isinstance(before, AmountResult) else "share",
        customers=sla.customers,
        today=_standing(sla, before),
        then=standings,
    )


def _result(assessment: Assessment, address: str) -> Result | None:
    return assessment.objectives.get(address) or assessment.amounts.get(address)


def _standing(sla: Agreement, result: Result) -> Standing:
    if isinstance(result, AmountResult):
        passes = result.verdict == "guaranteed"
        return Standing(result.verdict, passes, result.supported, result.margin, "")
    return Standing(
        verdict=result.verdict,
        passes=result.passes,
        guaranteed=result.guaranteed.lower,
        margin=result.margin_s,
        window=result.window,
        credit=credit_of(sla, result),
    )


def _compared(sla: Agreement, before: Result, after: Result) -> Standing:
    standing = _standing(sla, after)
    extra_s = Fraction(0)
    if isinstance(before, ObjectiveResult) and isinstance(after, ObjectiveResult):
        extra_s = (before.guaranteed.lower - after.guaranteed.lower) * after.window_s
    return replace(standing, extra_s=extra_s, change=_change(_rank(before), _rank(after)))


def _rank(result: Result) -> _Rank:
    """Larger is worse: the verdict first, then whether anything is guaranteed, then how little."""
    verdict = _BEST_FIRST.index(result.verdict)
    if isinstance(result, ObjectiveResult):
        return verdict, False, -result.guaranteed.lower
    return verdict, result.margin is None, -(result.margin or Fraction(0))


def _change(before: _Rank, after: _Rank) -> Change:
    if before == after:
        return "same"
    return "worse" if after > before else "better"
