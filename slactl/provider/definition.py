"""How a backend measures an objective, said so that backends can be held against each other and against the agreement."""

from typing import Literal

from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """What one backend counts as down of one objective, and which time counts there.

    The core compares the definitions of all backends that measure an objective, and each with the agreement; a provider says
    only what it does.
    """

    objective: str
    """Its address."""
    backend: str
    """The backend's address."""
    counts: Literal["requests", "time"]
    """What the good share is a share of."""
    down: str
    """When it is down: `a problem with the tags service: shop is open`."""
    indicators: tuple[str, ...]
    """Addresses of the indicators that tell; none: what lies below tells."""
    window: str
    """The windows in which it counts, as `Window` is written where it has those of the agreement."""
    no_data: str
    """What time without data counts as: `up`, `as before`."""
    slice: Duration | None = None
    """Time counts in slices of this length, each wholly up or down; None: as it comes."""
    step: Duration | None = None
    """How exactly the edges of an outage are seen; None: to the second, or by request."""
    below: bool = False
    """Whether an outage of what the service rests on counts, by the structure, even where no indicator of its own shows it."""
    excludes: frozenset[str] = frozenset()
    """What of the agreement's exclusions it takes out, as far as that has dates."""
    uncounted_s: int = 0
    """Service time up to the horizon that it cannot count."""
    from_start: bool = False
    """Whether it leaves out the time before the agreement's term."""
