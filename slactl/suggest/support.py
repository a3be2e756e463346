"""The strictest usual target of a promise that the engine accepts with everything else as it is."""

from slactl.base.ratio import Ratio
from slactl.check.result import Assessment, ObjectiveResult
from slactl.model.estate import Estate
from slactl.suggest.cone import cone_of
from slactl.suggest.edit import Edit, override
from slactl.suggest.ladder import SHARES, supported_shares
from slactl.suggest.move import Move, cost_of
from slactl.suggest.standing import result_of
from slactl.suggest.trial import Trial


def strictest_share(estate: Estate, before: Assessment, address: str) -> Ratio | None:
    """The strictest standard share (of a latency: percentile) that would be guaranteed; None: none is.

    Nothing else may stand worse for it, as with every proposal of `suggest`.

    Raises:
        KeyError: for an objective that the check does not judge.
    """
    result = result_of(before, address)
    if result is None:
        raise KeyError(address)
    agreement = estate.agreements[address.rsplit(".", 1)[0]]
    objective = agreement.objectives[address.rsplit(".", 1)[1]]
    by_percentile = objective.percentile is not None
    field, now = ("percentile", objective.percentile) if by_percentile else ("target", objective.target)
    trial = Trial(cone_of(estate, agreement.address), before.as_of, address)
    usual = (
        supported_shares(result.guaranteed.lower)
        if isinstance(result, ObjectiveResult) and not by_percentile
        else reversed(SHARES)
    )
    for share in usual:
        text = str(share).removesuffix("%") if by_percentile else str(share)
        edit: Edit = override(agreement, ("objectives", objective.name, field), text, str(now))
        if trial.accepts((Move("promise-less", address, (edit,), cost_of(), text),)):
            return share
    return None
