"""Where the lists of Alertmanager's file begin, in what others wrote: found by a YAML parser, named by offsets into the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from slactl.base.diagnostics import SlactlError
from slactl_alertmanager.names import SECTIONS

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Texts: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_INDENT = 2
_DASH = re.compile(r"^( *)-(?:\s|$)", re.MULTILINE)
_START = re.compile(r"^---(?:\s.*)?$", re.MULTILINE)
_NAMES = {"receivers": ("receivers",), "time_intervals": ("time_intervals", "mute_time_intervals")}


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the file."""

    name: str
    offset: int
    """Where our items go in, the first of the list, or (a list that is not there) its key with them."""
    indent: int
    """How far in the dashes of its items stand."""
    missing: bool = False
    empty: tuple[int, int] | None = None
    """Where the file says `[]` or `null`, which has to be commented out while there are items."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The lists of a file, and the names that others have given in it."""

    sections: dict[str, Section]
    receivers: frozenset[str]
    intervals: frozenset[str]
    routes: tuple[Any, ...] = ()
    """The routes of others below the root, every value as text."""


def layout_of(text: str, file: str) -> Layout:
    """Find the lists.

    Raises:
        SlactlError: when the file is no YAML, no configuration of Alertmanager, or written in a way that leaves no place for
            items of ours.
    """
    finder = _Finder(text, file)
    root = finder.root()
    route = finder.route(root)
    sections = {name: finder.section(name, route if name == "routes" else root) for name in SECTIONS}
    if route.value:
        sections["routes"] = finder.inside(sections["routes"], route)
    return Layout(
        sections,
        frozenset(_names(root, _NAMES["receivers"])),
        frozenset(_names(root, _NAMES["time_intervals"])),
        tuple(_routes(text)),
    )


class _Finder:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def root(self) -> Any:
        try:
            root = yaml.compose(self._text, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" (line {mark.line + 1} without slactl's part)" if mark is not None else ""
            raise SlactlError(
                f"{self._file} cannot be read as YAML{where}: {getattr(error, 'problem', None) or 'unknown'}",
                "Mend the file; slactl has changed nothing in it.",
            ) from None
        if not isinstance(root, yaml.MappingNode) or not root.value:
            raise SlactlError(
                f"{self._file} is no configuration of Alertmanager: it has no route",
                "Write a configuration with a route and its receiver first; slactl adds its part to it.",
            )
        self._insist_on_lines(root, "The configuration")
        return root

    def route(self, root: Any) -> Any:
        pair = _pair(root, "route")
        if pair is None or not isinstance(pair[1], yaml.MappingNode):
            raise SlactlError(
                f"{self._file} is no configuration of Alertmanager: it has no route",
                "Write a configuration with a route and its receiver first; slactl adds its part to it.",
            )
        self._insist_on_lines(pair[1], "route")
        if pair[1].start_mark.index < pair[0].start_mark.index:
            raise self._refused("route is an alias", pair[0])
        return pair[1]

    def section(self, name: str, parent: Any) -> Section:
        pair = _pair(parent, name)
        column = parent.value[0][0].start_mark.column
        if pair is None:
            if any(key.tag == _MERGE for key, _ in parent.value):
                raise self._refused("a merge key (<<) may hide lists", parent)
            return Section(name, self._document_start(), column + _INDENT, missing=True)
        return self._present(name, column, *pair)

    def inside(self, section: Section, route: Any) -> Section:
        """A missing list of routes goes into the root route, before its first key."""
        if not section.missing:
            return section
        return Section(
            section.name, self._line_start(route.value[0][0].start_mark.index), section.indent, missing=True
        )

    def _present(self, name: str, column: int, key: Any, value: Any) -> Section:
        start, end = key.start_mark.index, value.start_mark.index
        if end < start:
            raise self._refused(f"{name} is an alias", key)
        after = self._text.find("\n", key.end_mark.index) + 1
        if after == 0 or not re.match(r"['\"]?\s*:", self._text[key.end_mark.index : after]):
            raise self._refused(f"the line of {name} has no end, or is not written as a plain key", key)
        if _is_empty(value):
            written = (end, value.end_mark.index)
            one_line = "\n" not in self._text[start : written[1]]
            if written[0] == written[1]:
                return Section(name, after, column + _INDENT)
            if not one_line:
                raise self._refused(f"{name} is an empty list over several lines", key)
            return Section(name, after, column + _INDENT, empty=written)
        if not isinstance(value, yaml.SequenceNode) or value.flow_style:
            raise self._refused(f"{name} is not written as a list with a line for each dash", key)
        dash = _DASH.search(self._text, after)
        if dash is None:
            raise self._refused(f"{name} is not written as a list with a line for each dash", key)
        return Section(name, after, len(dash[1]))

    def _insist_on_lines(self, node: Any, what: str) -> None:
        if node.flow_style or not node.value:
            raise self._refused(f"{what} is written in braces", node)

    def _refused(self, why: str, node: Any) -> SlactlError:
        line = self._text.count("\n", 0, node.start_mark.index) + 1
        return SlactlError(
            f"{self._file} leaves no place for slactl's part: {why} (line {line} without slactl's part)",
            "Write it in the usual way, a line for each key and each dash; slactl has changed nothing in it.",
        )

    def _document_start(self) -> int:
        found = _START.search(self._text)
        return min(found.end() + 1, len(self._text)) if found else 0

    def _line_start(self, index: int) -> int:
        return self._text.rfind("\n", 0, index) + 1


def _routes(text: str) -> list[Any]:
    found = yaml.load(text, Loader=_Texts)["route"].get("routes")  # noqa: S506 - texts, lists and mappings alone
    return found if isinstance(found, list) else []


def _pair(parent: Any, name: str) -> tuple[Any, Any] | None:
    return next(((key, value) for key, value in parent.value if key.value == name), None)


def _is_empty(value: Any) -> bool:
    return value.tag == _NULL or (isinstance(value, yaml.SequenceNode) and not value.value)


def _names(root: Any, lists: tuple[str, ...]) -> Iterator[str]:
    for name in lists:
        pair = _pair(root, name)
        items = pair[1].value if pair is not None and isinstance(pair[1], yaml.SequenceNode) else ()
        for item in items:
            found = _pair(item, "name") if isinstance(item, yaml.MappingNode) else None
            if found is not None:
                yield str(found[1].value)
