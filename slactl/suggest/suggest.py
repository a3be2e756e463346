"""What to change so that promises are guaranteed: the front of this room."""

from collections.abc import Iterable
from datetime import date

from slactl.base.diagnostics import SlactlError
from slactl.base.duration import spoken
from slactl.base.text import did_you_mean, sentence_list
from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.model.estate import Estate
from slactl.suggest.cone import cone_of
from slactl.suggest.edit import changed
from slactl.suggest.move import Move
from slactl.suggest.planner import Planner
from slactl.suggest.proposal import Proposal, Suggestion, Suggestions
from slactl.suggest.search import Search, supported_targets
from slactl.suggest.standing import new_errors, result_of, results_of, standing_of, worse
from slactl.suggest.trial import Trial

MOST = 6
"""Proposals shown for one promise."""


def suggest(estate: Estate, as_of: date, address: str | None = None, most: int = MOST) -> Suggestions:
    """The cheapest changes by which promises are guaranteed, each accepted by the engine on the whole estate.

    Args:
        estate: as the files say.
        as_of: the day to look at.
        address: an objective, or an agreement with all its objectives; None: every objective of an SLA that is not
            guaranteed, but for those whose findings somebody has waived.
        most: proposals for one promise at most.

    Raises:
        SlactlError: when there is no such objective, or nothing about it is judged.
    """
    before = check(estate, as_of)
    chosen = _chosen(before, estate, address)
    return Suggestions(as_of, {one: _of(estate, before, one, most) for one in chosen})


def _chosen(before: Assessment, estate: Estate, address: str | None) -> list[str]:
    results = {one.address: one for one in results_of(before)}
    if address is None:
        slas = (one for one in sorted(results) if one.startswith("sla."))
        failing = {one.address for one in before.findings if one.fails}
        accepted = {one.address for one in before.findings if one.waived_by is not None} - failing
        return [one for one in slas if results[one].verdict != "guaranteed" and one not in accepted]
    chosen = [one for one in sorted(results) if address in (one, one.rsplit(".", 1)[0])]
    if not chosen:
        raise _nothing_judged(address, estate, results)
    return chosen


def _nothing_judged(address: str, estate: Estate, results: Iterable[str]) -> SlactlError:
    known = {*estate.agreements, *(one.address for _, one in estate.objectives())}
    if address not in known:
        return SlactlError(
            f"There is no objective or agreement {address}", did_you_mean(address, known).strip()
        )
    return SlactlError(
        f"Nothing about {address} is judged",
        "The check judges what rests on something: SLAs, and OLAs on services that depend on others, while they are in "
        f"force.{did_you_mean(address, results)}",
    )


def _of(estate: Estate, before: Assessment, address: str, most: int) -> Suggestion:
    result = result_of(before, address)
    if result is None:
        raise KeyError(address)
    agreement = estate.agreements[address.rsplit(".", 1)[0]]
    trial = Trial(cone_of(estate, agreement.address), before.as_of, address)
    search = Search(estate, trial, agreement, agreement.objectives[address.rsplit(".", 1)[1]])
    if result.verdict == "guaranteed":
        return Suggestion(result, strictest=_strictest(search))
    proposals: list[Proposal] = []
    for moves in search.proposals():
        if len(proposals) == most:
            break
        found = _verified(estate, before, address, moves)
        proposals += [found] if found is not None else []
    return Suggestion(result, tuple(proposals), why="" if proposals else _why(search))


def _strictest(search: Search) -> str | None:
    """The strictest usual target that would be guaranteed today, where it is stricter than what is promised."""
    outcome = search.trial.outcome(())
    if outcome is None or outcome.result is None:
        return None
    for target in supported_targets(outcome.result):
        if target == str(search.objective.target):
            return None
        move = search.target_move(target)
        if search.is_stricter(target) and search.trial.accepts((move,)):
            return target
    return None


def _verified(estate: Estate, before: Assessment, address: str, moves: tuple[Move, ...]) -> Proposal | None:
    """The proposal, if the engine accepts it on the whole estate."""
    after = check(changed(estate, (edit for one in moves for edit in one.edits)), before.as_of)
    result = result_of(after, address)
    if result is None or result.verdict != "guaranteed":
        return None
    if any(worse(before, after)) or new_errors(before, after, ()):
        return None
    return Proposal(moves, result, tuple(_helped(before, after, address)))


def _helped(before: Assessment, after: Assessment, address: str) -> Iterable[str]:
    for one in results_of(after):
        known = result_of(before, one.address)
        mended = known is not None and known.verdict != "guaranteed" and one.verdict == "guaranteed"
        if mended and one.address != address:
            yield one.address


def _why(search: Search) -> str:
    """What stands in the way even with everything at its strictest."""
    outcome = Planner(search.trial, search.need).strictest()
    if outcome is None or outcome.result is None:
        return "What is below it cannot be judged."
    if outcome.accepted:
        return "Every promise below would have to be at its strictest, and something else would stand worse then."
    if outcome.errors:
        return f"Stricter promises below would break other rules: {', '.join(outcome.errors)}."
    others = [one.address for one in outcome.broken if one.address != search.trial.subject]
    if outcome.result.verdict == "guaranteed":
        return f"It could be guaranteed, but {sentence_list(others)} would stand worse than today."
    standing = standing_of(outcome.result)
    parts = [one.address for one in standing.parts if one.amount_s > 0][:3]
    rest = f" What is left comes from {', '.join(parts)}." if parts else ""
    if standing.short_s is None or standing.short_s <= 0 or standing.unit == "1/s":
        return f"No change of the kinds that are known makes it guaranteed.{rest}"
    return f"With every promise below at its strictest usual target it is still short by {spoken(standing.short_s)}.{rest}"
