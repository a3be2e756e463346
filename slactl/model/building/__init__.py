"""Documents to the model: one builder a kind, then references across the estate."""
