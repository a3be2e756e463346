"""Dashboards of others that can become ours: files in the folder that slactl writes to."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider import Candidate, Observed, Resource
from slactl.provider.marked_folder import MarkedFolder
from slactl_grafana.files import parse_dashboard


def read_object(files: MarkedFolder, name: str) -> Observed | None:
    """The dashboard in a file, ours or of others; None where there is no such file.

    Raises:
        SlactlError: when it is there and cannot become ours.
    """
    path = files.path / name
    if path.parent != files.path or path.name.startswith(".") or not path.is_file():
        return None
    content = _text(path)
    owner, marked = files.form.workspace_of(content), files.form.parse(content)
    if owner == files.workspace and marked is not None and path.name == files.name_of(marked.address):
        return Observed(marked.address, path.name, marked.body)
    if owner not in (None, files.workspace):
        raise SlactlError(
            f"{path} belongs to the workspace {owner}",
            "Take it out of that workspace first (removed, with keepObjects).",
        )
    body = parse_dashboard(content)
    if body is None or "panels" not in body:
        raise SlactlError(f"{path} is no dashboard: it holds no panels", "Name the file of a dashboard.")
    return Observed("", path.name, body)


def insist_on_adoptable(files: MarkedFolder, name: str) -> None:
    """Look again, just before the file is taken over.

    Raises:
        SlactlError: when it is not there any more, or cannot become ours.
    """
    found = read_object(files, name)
    if found is None or found.address:
        raise SlactlError(f"{files.path / name} is not there any more, or managed by now", "Plan again.")


def candidates(files: MarkedFolder, wanted: Sequence[Resource]) -> Iterator[Candidate]:
    """Files of others with the uid or the title of a wanted dashboard."""
    places = {
        str(one.body[key]): one.address for one in wanted for key in ("uid", "title") if key in one.body
    }
    for path in sorted(files.path.glob(f"*{files.form.suffix}")) if files.path.is_dir() else ():
        body = _adoptable(files, path.name)
        addresses = {places[str(body[key])] for key in ("uid", "title") if str(body.get(key)) in places}
        yield from (Candidate(address, path.name) for address in sorted(addresses))


def _adoptable(files: MarkedFolder, name: str) -> Mapping[str, Any]:
    try:
        found = read_object(files, name)
    except SlactlError:
        return {}
    return {} if found is None or found.address else found.body


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SlactlError(
            f"{path} is no dashboard: it is not UTF-8", "Name the file of a dashboard."
        ) from None
    except OSError as error:
        raise SlactlError(
            f"The dashboard {path} cannot be read: {error.strerror}", "Check its permissions."
        ) from error
