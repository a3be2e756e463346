"""The room of the independent verifier of proofs and witnesses: it shares no code with the engine, not even `base`."""
