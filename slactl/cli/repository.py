"""Where a workspace lies in its repository: pipelines name files from there."""

from pathlib import Path


def below_repository(root: Path) -> str:
    """The workspace's folder below the root of the repository; empty where they are the same."""
    folder = root.resolve()
    found = folder.relative_to(repository_of(folder)).as_posix()
    return "" if found == "." else found


def repository_of(folder: Path) -> Path:
    """The nearest folder above that has a `.git`, or the folder itself."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
