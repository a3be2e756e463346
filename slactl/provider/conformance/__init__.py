"""What every provider must do, as a suite that any provider's tests call against its real system.

    from slactl.provider.conformance import Subject, run_conformance

    left_out = run_conformance(Subject(connect=..., created=..., updated=..., touch=..., remove=..., foreign=...))
    assert left_out == {}

The six fields above are needed; each further one of `Subject` adds steps. What a subject does not give is not tried, and said: the
suite returns each step that it left out, with the reason.
"""

from slactl.provider.conformance.bodies import Path, with_other
from slactl.provider.conformance.run import run_conformance
from slactl.provider.conformance.subject import Body, Fault, Look, Stranger, Subject, Wire

__all__ = [
    "Body",
    "Fault",
    "Look",
    "Path",
    "Stranger",
    "Subject",
    "Wire",
    "run_conformance",
    "with_other",
]
