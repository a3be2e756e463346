"""How tests run the command line."""

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Runs a command in a workspace; gives its exit code, its standard output and its standard error."""
