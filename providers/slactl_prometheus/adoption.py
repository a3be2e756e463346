"""Rule files of others that can become ours: those that hold one group, for slactl writes whole files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.provider import Candidate, Observed, Resource
from slactl.provider.marked_folder import MarkedFolder
from slactl_prometheus.files import parse_rules
from slactl_prometheus.formats import groups_of, in_normal_form

_SUFFIXES = (".yaml", ".yml")
Series = tuple[str, frozenset[tuple[str, str]]]


def file_of(name: str) -> str:
    """The file that an id names: `FILE`, or `FILE/GROUP`."""
    return name.partition("/")[0]


def read_object(files: MarkedFolder, name: str) -> Observed | None:
    """The object under an id, ours or of others; None where there is no such file or group.

    Raises:
        SlactlError: when it is there and cannot become ours.
    """
    path, group = files.path / file_of(name), name.partition("/")[2]
    if path.name.startswith(".") or not path.is_file():
        return None
    text = _text(path)
    owner, marked = files.form.workspace_of(text), files.form.parse(text)
    if owner == files.workspace and marked is not None and path.name == files.name_of(marked.address):
        return Observed(marked.address, path.name, marked.body)
    if owner not in (None, files.workspace):
        raise SlactlError(
            f"{path} belongs to the workspace {owner}",
            "Take it out of that workspace first (removed, with keepObjects).",
        )
    return _foreign(path, parse_rules(text), name, group, whole=owner == files.workspace)


def _foreign(
    path: Path, body: Mapping[str, Any] | None, name: str, group: str, *, whole: bool
) -> Observed | None:
    groups = groups_of(body)
    if body is None or not groups:
        raise SlactlError(f"{path} is no rule file: it holds no groups", "Name a file with one rule group.")
    if group and group not in [one.get("name") for one in groups]:
        return None
    if len(groups) > 1 and not whole:
        raise SlactlError(
            f"{path} is not slactl's, and holds {plural(len(groups), 'group')}: it cannot become ours",
            f"slactl writes whole files and touches no group of others. Move {group or 'the group'} into a file of its own "
            f"in {path.parent}, and import that file by its name.",
        )
    return Observed("", name, in_normal_form(body))


def insist_on_adoptable(files: MarkedFolder, name: str) -> None:
    """Look again, just before the file is taken over.

    Raises:
        SlactlError: when it is not there any more, or cannot become ours.
    """
    found = read_object(files, name)
    if found is None or found.address:
        raise SlactlError(
            f"{files.path / file_of(name)} is not there any more, or managed by now", "Plan again."
        )


def candidates(files: MarkedFolder, wanted: Sequence[Resource]) -> Iterator[Candidate]:
    """Files of others that record a series that a wanted file records, too: the same name with the same labels."""
    places: dict[Series, str] = {}
    for one in wanted:
        places.update(dict.fromkeys(_series(one.body), one.address))
    for path in sorted(files.path.glob("*")) if files.path.is_dir() else ():
        if path.suffix in _SUFFIXES:
            body = _adoptable(files, path.name)
            addresses = {places[series] for series in _series(body) if series in places}
            yield from (Candidate(address, path.name) for address in sorted(addresses))


def _adoptable(files: MarkedFolder, name: str) -> Mapping[str, Any]:
    try:
        found = read_object(files, name)
    except SlactlError:
        return {}
    return {} if found is None or found.address else found.body


def _series(body: Mapping[str, Any]) -> Iterator[Series]:
    for group in groups_of(body):
        for rule in group.get("rules") or ():
            if isinstance(rule, Mapping) and "record" in rule:
                labels = rule.get("labels")
                pairs = labels.items() if isinstance(labels, Mapping) else ()
                yield str(rule["record"]), frozenset((str(key), str(value)) for key, value in pairs)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SlactlError(
            f"{path} is no rule file: it is not UTF-8", "Name a file with one rule group."
        ) from None
    except OSError as error:
        raise SlactlError(
            f"The rule file {path} cannot be read: {error.strerror}", "Check its permissions."
        ) from error
