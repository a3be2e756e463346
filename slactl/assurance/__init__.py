"""The mathematics of the check: structures and numbers, nothing of YAML or agreements."""
