"""What a provider's tests tell the suite: how to connect, what to make, and how a person changes the system past the provider."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Any, Protocol

from slactl.base.quick_dataclass import dataclass, field
from slactl.provider.conformance.bodies import Path
from slactl.provider.protocol import Connection
from slactl.provider.resource import Observed, Resource

Body = Mapping[str, Any]
Connect = Callable[[], AbstractContextManager[Connection]]
Look = Callable[[], object]
"""Looks at something in the system and gives what can be compared."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """An object that somebody else has made."""

    look: Look
    id: str | None = None
    """The name by which it can be imported; None where it can never become ours."""


class Fault(StrEnum):
    """What a wire does to a request."""

    ERROR = "answers 500 and passes nothing on"
    LATE = "passes it on and keeps the answer"
    CUT_BEFORE = "breaks off before it passes it on"
    CUT_AFTER = "passes it on and breaks off before the answer"


class Wire(Protocol):
    """What stands between the connections and the system, and can fail."""

    @property
    def arrivals(self) -> Sequence[float]:
        """When each request came, in seconds of a clock that only goes on; since `calm`."""

    @property
    def writes(self) -> Sequence[str]:
        """The requests among them that change something, each as a text of its own; since `calm`."""

    def fail(self, fault: Fault, *, times: int = 1, writing: bool = False) -> None:
        """Do this to the next requests; `writing`: to the next ones that change something."""

    def calm(self) -> None:
        """Pass everything on again, and forget what came."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider under test, with a real system behind it that holds nothing of ours yet.

    Bodies are as `compile` makes them; a `Ref` in them is followed as the core does.
    """

    connect: Connect
    """Opens a new connection for this workspace."""
    created: Mapping[str, Body]
    """Bodies of two objects or more, by address: at least one of each type."""
    updated: Mapping[str, Body]
    """Other bodies for the same addresses, each a change in place."""
    touch: Callable[[Observed], None]
    """Changes an object by hand, past the provider, so that its body differs."""
    remove: Callable[[Observed], None]
    """Deletes an object by hand, past the provider."""
    foreign: Look
    """What of others is in the system; the suite checks that it never changes."""

    replaced: Mapping[str, Body] = field(default_factory=dict)
    """Other bodies for the same addresses, each of which needs a new object."""
    replace_on: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By type: `Resource.replace_on`."""
    irreplaceable: Mapping[str, str] = field(default_factory=dict)
    """Types whose objects cannot be made anew while others stand on them, and why; that is refused, and they stay as they are."""
    by_hand: Callable[[Observed, Path], None] | None = None
    """Changes one attribute by hand; the path leads to a text, a number, or an empty list or mapping of the body."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Attributes that nobody can change by hand, as `type.path` (`*` for a number in it), and why."""
    stranger: Callable[[str, Body], AbstractContextManager[Stranger]] | None = None
    """Puts an object of somebody else where an address's object would stand, and takes it away again."""
    unmarked: Callable[[Observed], AbstractContextManager[Look]] | None = None
    """Takes our mark off an object by hand; removes the object at the end."""
    nameless: Mapping[str, str] = field(default_factory=dict)
    """Types of which the system may hold two that are alike, so that no name can be taken, and why."""
    elsewhere: Connect | None = None
    """Opens a connection for another workspace to the same system."""
    refused: Mapping[str, Body] = field(default_factory=dict)
    """Objects that the system refuses."""
    many: Mapping[str, Body] = field(default_factory=dict)
    """A thousand objects."""
    most_requests: Mapping[str, int] = field(default_factory=dict)
    """The bounds on requests for `many`: to `create`, `read` and `delete` them, connecting included; they need `wire`."""
    estate: Callable[[], Sequence[Resource]] | None = None
    """Compiles a small estate."""
    wire: Wire | None = None
    """What `connect` and `impatient` go through."""
    impatient: Connect | None = None
    """Opens a connection that waits a second or two for an answer, and no longer."""
