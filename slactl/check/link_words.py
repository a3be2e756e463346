"""What a leaf of a structure is, in words for people: a promise, a claim of an owner, or nothing that anybody promises."""

from fractions import Fraction

from slactl.base.diagnostics import Place
from slactl.base.ratio import Ratio
from slactl.check.backing import Backer
from slactl.check.cone import Leaf
from slactl.model.estate import Estate


def leaf_words(leaf: Leaf, estate: Estate) -> tuple[str, str, Place | None, str]:
    """The address, what is promised there, where it stands, and the service where a promise is about several."""
    if leaf.kind == "promise":
        backer = min(leaf.backers, key=_strictness)
        best = backer.objective
        service = leaf.service if len(best.services) > 1 else ""
        return best.address, f"{best.target} a {best.window}{_where(backer)}", best.place, service
    if leaf.kind == "intrinsic":
        claim = estate.services[leaf.service].intrinsic.availability
        return leaf.name, f"{claim} claimed by its owner", leaf.place, ""
    if leaf.kind == "way":
        return f"service.{leaf.service}", f"no promise: {leaf.name}", leaf.place, ""
    words = "a duty of the customer" if leaf.kind == "duty" else "no promise"
    return f"service.{leaf.service}", words, leaf.place, ""


def _where(backer: Backer) -> str:
    """The time that a promise leaves out of its windows, in words: it may be all of what it allows to go down."""
    hours = f", hours {backer.objective.hours}" if backer.objective.hours else ""
    maintained = backer.agreement.maintenance and "planned-maintenance" in backer.objective.excludes
    return hours + (", outside planned maintenance" if maintained else "")


def _strictness(backer: Backer) -> Fraction:
    target = backer.objective.target
    return target.complement if isinstance(target, Ratio) else Fraction(1)
