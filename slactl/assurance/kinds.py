"""Gates that are an "and" or an "or", which most rewrites are about; a vote, which asks for some of its parts, is neither."""

from collections.abc import Sequence

from slactl.assurance.structure import Gate


def plain(gate: Gate) -> bool:
    """Whether it is an "and" or an "or"."""
    return gate.at_least in (1, len(gate.of))


def kind_of(gate: Gate) -> int:
    """1 where one part is enough, -1 where all are needed."""
    return 1 if gate.at_least == 1 else -1


def of_kind(kind: int, parts: Sequence[str]) -> Gate:
    """A gate of a kind over these parts."""
    return Gate.any_of(parts) if kind == 1 else Gate.all_of(parts)
