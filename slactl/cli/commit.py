"""From which commit the files are read, for the history; a folder without git has none, and nothing here fails."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

_ALWAYS = ("slactl.yaml", "*.slavars.yaml")
_EVERYTHING = ("**/*.yaml", "**/*.yml")
"""What a workspace reads that names no files."""


def commit_of(root: Path) -> str | None:
    """The commit that is checked out, or None."""
    return (_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") or "").strip() or None


def dirty_files(root: Path, patterns: Sequence[str]) -> bool | None:
    """Whether files differ from the commit: tracked ones, or some that slactl reads and git does not know.

    `patterns` are the workspace's file patterns. What slactl writes (state, rule files) does not count while git does not track it.
    None where it cannot be told.
    """
    tracked = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    reads = [f":(glob){one}" for one in (*(patterns or _EVERYTHING), *_ALWAYS)]
    unknown = _git(root, "status", "--porcelain", "--untracked-files=all", "--", *reads)
    return None if tracked is None or unknown is None else bool(tracked or unknown)


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, or None where it says that it cannot."""
    try:
        found = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(root), *arguments],  # noqa: S607 - git is where the user's PATH says
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout if found.returncode == 0 else None
