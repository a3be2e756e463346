"""What an apply would change: a pure function of files, state and readings."""
