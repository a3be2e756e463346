"""Runs a plan's stages against real backends, and records every step."""
