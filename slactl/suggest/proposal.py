"""What is proposed: moves that the engine accepted, with their cost and what they lead to."""

from collections.abc import Mapping
from datetime import date

from slactl.base.quick_dataclass import dataclass, field
from slactl.suggest.edit import Edit
from slactl.suggest.move import Cost, Kind, Move, total
from slactl.suggest.standing import Result


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes by which a promise is guaranteed and no other stands worse, as the engine found on the whole estate."""

    moves: tuple[Move, ...]
    result: Result
    """Of the promise, with the changes made."""
    helps: tuple[str, ...] = ()
    """Other promises that become guaranteed by it."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What kinds of change it makes, each once."""
        return tuple(dict.fromkeys(one.kind for one in self.moves))

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What to write, in this order."""
        return tuple(edit for one in self.moves for edit in one.edits)

    @property
    def cost(self) -> Cost:
        """What all its moves cost together."""
        return total(self.moves)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What there is to do about one promise."""

    result: Result
    """As it stands."""
    proposals: tuple[Proposal, ...] = ()
    """The cheapest first."""
    strictest: str | None = None
    """For a guaranteed promise: the strictest usual target that would still be, where that is stricter than its own."""
    why: str = ""
    """Where nothing helps: what stands in the way."""

    @property
    def guaranteed(self) -> bool:
        """Whether there is nothing to do."""
        return self.result.verdict == "guaranteed"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What there is to do about several promises, as of a day."""

    as_of: date
    items: Mapping[str, Suggestion] = field(default_factory=dict)
    """By objective address, in address order."""

    @property
    def helped(self) -> bool:
        """Whether every promise is guaranteed or has a proposal."""
        return all(one.guaranteed or one.proposals for one in self.items.values())
