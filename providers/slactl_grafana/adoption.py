"""Files of others that can become ours: a dashboard, or a provisioning file that names one folder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.provider import Candidate, Observed, Resource
from slactl.provider.marked_files import Body, load_yaml
from slactl.provider.marked_folder import MarkedFolder
from slactl_grafana.files import parse_dashboard


@dataclass(frozen=True, slots=True)
class Kind:
    """What files of one kind have in common."""

    noun: str
    suffixes: tuple[str, ...]
    holds: str
    """A list that every file of the kind holds."""
    load: Callable[[str], Body | None]
    traits: Callable[[Body], Iterator[str]]
    """By what Grafana tells one from another: two with the same are one too many."""
    single: bool = False
    """Whether a file that lists several cannot become ours: slactl writes whole files, and what others need would be lost."""


def _dashboard_traits(body: Body) -> Iterator[str]:
    for key in ("uid", "title"):
        if key in body:
            yield f"{key} {body[key]}"


def _load_provisioning(text: str) -> Body | None:
    try:
        found = load_yaml(text)
    except yaml.YAMLError:
        return None
    return found if isinstance(found, Mapping) else None


def _provisioning_traits(body: Body) -> Iterator[str]:
    for one in body["providers"]:
        options = one.get("options") if isinstance(one, Mapping) else None
        if isinstance(options, Mapping) and "path" in options:
            yield str(options["path"])


DASHBOARDS = Kind("dashboard", (".json",), "panels", parse_dashboard, _dashboard_traits)
PROVISIONING = Kind(
    "provisioning file", (".yaml", ".yml"), "providers", _load_provisioning, _provisioning_traits, single=True
)


@dataclass(frozen=True, slots=True)
class Drawer:
    """The files of one kind in their folder."""

    kind: Kind
    files: MarkedFolder

    def read(self, name: str) -> Observed | None:
        """The object in a file, ours or of others; None where there is no such file.

        Raises:
            SlactlError: when it is there and cannot become ours.
        """
        files = self.files
        path = files.path / name
        if path.parent != files.path or path.name.startswith(".") or not path.is_file():
            return None
        text = self._text(path)
        owner, marked = files.form.workspace_of(text), files.form.parse(text)
        if owner == files.workspace and marked is not None and path.name == files.name_of(marked.address):
            return Observed(marked.address, path.name, marked.body)
        if owner not in (None, files.workspace):
            raise SlactlError(
                f"{path} belongs to the workspace {owner}",
                "Take it out of that workspace first (removed, with keepObjects).",
            )
        return Observed("", path.name, self._foreign(path, text))

    def insist_on_adoptable(self, name: str) -> None:
        """Look again, just before a file is taken over.

        Raises:
            SlactlError: when it is not there any more, or cannot become ours.
        """
        found = self.read(name)
        if found is None or found.address:
            raise SlactlError(
                f"{self.files.path / name} is not there any more, or managed by now", "Plan again."
            )

    def candidates(self, wanted: Sequence[Resource]) -> Iterator[Candidate]:
        """Files of others that Grafana could not tell from wanted ones."""
        places = {
            trait: one.address
            for one in wanted
            if self.kind.holds in one.body
            for trait in self.kind.traits(one.body)
        }
        for path in sorted(self.files.path.glob("*")) if self.files.path.is_dir() else ():
            if path.suffix in self.kind.suffixes:
                body = self._adoptable(path.name)
                traits = () if body is None else self.kind.traits(body)
                addresses = {places[trait] for trait in traits if trait in places}
                yield from (Candidate(address, path.name) for address in sorted(addresses))

    def _foreign(self, path: Path, text: str) -> Body:
        body, kind = self.kind.load(text), self.kind
        listed: Any = None if body is None else body.get(kind.holds)
        if body is None or not isinstance(listed, list):
            raise SlactlError(
                f"{path} is no {kind.noun}: it holds no {kind.holds}", f"Name the file of a {kind.noun}."
            )
        if kind.single and len(listed) > 1:
            raise SlactlError(
                f"{path} is not slactl's, and holds {plural(len(listed), 'provider')}: it cannot become ours",
                "slactl writes whole files. Move the one that shall become ours into a file of its own.",
            )
        return body

    def _adoptable(self, name: str) -> Body | None:
        try:
            found = self.read(name)
        except SlactlError:
            return None
        return None if found is None or found.address else found.body

    def _text(self, path: Path) -> str:
        noun = self.kind.noun
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise SlactlError(
                f"{path} is no {noun}: it is not UTF-8", f"Name the file of a {noun}."
            ) from None
        except OSError as error:
            raise SlactlError(
                f"The {noun} {path} cannot be read: {error.strerror}", "Check its permissions."
            ) from error
