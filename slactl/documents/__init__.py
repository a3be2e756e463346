"""Reading YAML with positions, JSON Schema, variables and repetition, and `fmt`."""
