"""Writing files so that nobody ever sees half of one."""

import os
from collections.abc import Mapping
from pathlib import Path


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file's new text beside it, flush it to the disk, and put it in place in one step.

    Raises:
        OSError: when it cannot be written; the old file is as it was, and nothing is left beside it.
    """
    write_together({path: text}, mode)


def write_together(texts: Mapping[Path, str], mode: int = 0o644) -> None:
    """The same for several files: all of them are on the disk before the first is put in place, in their order.

    Raises:
        OSError: when one cannot be written; nothing is left beside them.
    """
    temporaries: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            temporaries[path] = _beside(path, text, mode)
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except BaseException:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)
        raise
    for folder in dict.fromkeys(path.parent for path in texts):
        sync_folder(folder)


def rewrite(path: Path, text: str) -> None:
    """Give a file that somebody keeps another text; its permissions stay, and a link to it stays a link.

    Raises:
        OSError: when it cannot be written; the file is as it was.
    """
    kept = path.resolve()
    write_atomically(kept, text, kept.stat().st_mode & 0o777)


def put_once(path: Path, text: str, mode: int = 0o644) -> None:
    """The same where there is no file yet; one that another process puts there first stays.

    Raises:
        OSError: when it cannot be written; nothing is left beside it.
    """
    temporary = _beside(path, text, mode)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _beside(path: Path, text: str, mode: int) -> Path:
    """A file beside it that has the text on the disk; an error names the file that is meant, not this one."""
    try:
        return _written_beside(path, text, mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _written_beside(path: Path, text: str, mode: int) -> Path:
    import tempfile  # noqa: PLC0415 - loads archivers and random numbers, and most runs write nothing

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """Make new and renamed entries of a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
