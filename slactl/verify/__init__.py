"""The independent verifier of proofs and witnesses, in exact fractions; it shares no code with the engine.

`verify(document)` takes what `slactl explain -json`, `slactl explain -out` or `slactl calc -json` wrote.
"""

from slactl.verify.verdict import Refused, Verified, verify

__all__ = ["Refused", "Verified", "verify"]
