"""How long each leaf may be down in each window of a timeline: by its promise, by its owner's claim, or all the time."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from slactl.check.cone import Leaf
from slactl.check.timeline import Shares, Timeline
from slactl.model.estate import Estate

if TYPE_CHECKING:
    from slactl.base.ratio import Ratio

_ONE = Fraction(1)


class LeafShares:
    """Shares of leaves on one timeline, each found once."""

    def __init__(self, estate: Estate, timeline: Timeline, *, forgiving: bool) -> None:
        """`forgiving`: whether downtime by the customer's fault does not count."""
        self._estate = estate
        self._timeline = timeline
        self._forgiving = forgiving
        self._claims: dict[Ratio, Shares] = {}
        self._known: dict[tuple[str, bool], Shares] = {}
        """By leaf, and whether our own undated maintenance excuses that of its promises."""

    def shares(self, leaves: Sequence[Leaf]) -> dict[str, Shares]:
        """The shares of leaves that are below one thing, by their names."""
        excused = self.excused(leaves) if self._timeline.excused_ms else None
        found: dict[str, Shares] = {}
        for leaf in leaves:
            key = leaf.name, excused is None or all(one.agreement.address in excused for one in leaf.backers)
            if key not in self._known:
                self._known[key] = self._share(leaf, excused=key[1])
            found[leaf.name] = self._known[key]
        return found

    def excused(self, leaves: Sequence[Leaf]) -> Collection[str]:
        """The agreements whose undated maintenance ours excuses: all, or the one with most where ours is too short for all.

        Nothing says that suppliers do their maintenance at the same time, and ours is there once in each window.
        """
        undated = {one.agreement.address: Fraction(0) for leaf in leaves for one in leaf.backers}
        if not self._timeline.excused_ms:
            return undated
        for leaf in leaves:
            for one in leaf.backers:
                asked = self._timeline.undated_ms(one.agreement, one.objective)
                undated[one.agreement.address] = max(undated[one.agreement.address], asked)
        if sum(undated.values()) <= self._timeline.excused_ms:
            return undated
        most = max(undated, key=lambda address: (undated[address], address))
        return [address for address, asked in undated.items() if not asked or address == most]

    def _share(self, leaf: Leaf, *, excused: bool) -> Shares:
        if leaf.kind == "promise":
            backers = [(one.agreement, one.objective) for one in leaf.backers]
            shares = self._timeline.promised(backers, excused=excused)
            return shares if leaf.times == 1 else _often(shares, leaf.times)
        claim = self._estate.services[leaf.service].intrinsic.availability
        if leaf.kind == "intrinsic" and claim is not None:
            shares = self._claims.get(claim) or self._claims.setdefault(claim, self._timeline.claimed(claim))
            return shares if leaf.times == 1 else _often(shares, leaf.times)
        return self._timeline.constant(0 if leaf.kind == "duty" and self._forgiving else 1)


def _often(shares: Shares, times: int) -> Shares:
    """So many calls a request fail at most so many times as often."""
    return tuple(min(_ONE, times * share) for share in shares[0]), min(_ONE, times * shares[1])
