"""Variables: declared in the workspace, given by environment, files and options, put into texts as `${var.name}`."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.text import did_you_mean
from slactl.documents.reader import read_documents, read_text
from slactl.documents.variable_types import Source, declaration, rules_hold

DEFAULT_FILE = "slactl.slavars.yaml"
ENVIRONMENT_PREFIX = "SLACTL_VAR_"
DEFAULT_WORKSPACE = "default"
_REFERENCE = re.compile(r"\$(\$)?\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line gives, in its order: `("var", "name=value")` or `("file", "path")`."""

    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What texts of one document may refer to."""

    variables: Mapping[str, Any]
    each: Mapping[str, Any] = field(default_factory=dict)
    """`key` and `value` inside a repeated document; empty elsewhere."""
    secrets: bool = False
    """Whether `${env.X}`, `${file.X}` and sensitive variables may stand (a backend's configuration): they are kept as they are."""
    sensitive: frozenset[str] = frozenset()
    """Variables whose values are read when a connection is opened, like other secrets."""
    workspace: str = DEFAULT_WORKSPACE
    """The selected workspace, `${workspace.name}`."""


def collect_variables(
    declared: Mapping[str, Any],
    root: Path,
    given: Given,
    problems: Diagnostics,
    place: Place,
    *,
    complete: bool = True,
) -> dict[str, Any]:
    """Every declared variable's value: a text, a list or a mapping of texts; later sources win.

    With `complete` one that nobody gives a value is reported; without, it is left out.

    The order is Terraform's: default, environment, `slactl.slavars.yaml`, `*.auto.slavars.yaml` in name order, then
    `-var-file` and `-var` as the command line has them.
    """
    collected = _Collected(declared, problems)
    collected.take_defaults(place.at("spec", "variables"))
    collected.take_environment()
    for file in [DEFAULT_FILE, *sorted(path.name for path in root.glob("*.auto.slavars.yaml"))]:
        if (root / file).is_file():
            collected.take_file(root / file, file)
    for kind, text in given.options:
        if kind == "file":
            path = Path(text)
            collected.take_file(path if path.is_file() else root / text, text)
        else:
            collected.take_option(text)
    return collected.values(place, complete=complete)


class _Collected:
    """What the sources give, in their order."""

    def __init__(self, declared: Mapping[str, Any], problems: Diagnostics) -> None:
        self._declared = {name: declaration(name, one) for name, one in declared.items()}
        self._problems = problems
        self._given: dict[str, tuple[Any, Source]] = {}

    def take_defaults(self, place: Place) -> None:
        for name, one in self._declared.items():
            default = one.rules.get("default")
            if default is not None:
                self._given[name] = default, Source("its default", place.at(name, "default"))

    def take_environment(self) -> None:
        for key, value in sorted(os.environ.items()):
            if key.startswith(ENVIRONMENT_PREFIX):
                words = f"the environment variable {key}"
                self._take(key.removeprefix(ENVIRONMENT_PREFIX), value, Source(words), f" ({words})")

    def take_file(self, path: Path, shown: str) -> None:
        try:
            documents = read_documents(read_text(path, shown), shown)
        except SlactlError as error:
            self._problems.extend(error.diagnostics)
            return
        data = documents[0] if documents else {}
        if len(documents) > 1 or not isinstance(data, (Mapping, type(None))):
            self._problems.error(f"{shown} must be one mapping of variable names to values", "", Place(shown))
            return
        for name, value in (data or {}).items():
            self._take(
                name, value, Source(f"the file {shown}", Place(shown).at(name)), "", Place(shown).key_at(name)
            )

    def take_option(self, text: str) -> None:
        name, equals, value = text.partition("=")
        if equals:
            self._take(name, value, Source(f"the option -var {name}"))
        else:
            self._problems.error("A -var has no value", "Write -var NAME=VALUE.")

    def _take(self, name: str, value: Any, source: Source, also: str = "", key: Place | None = None) -> None:
        if name in self._declared:
            self._given[name] = value, source
        else:
            self._problems.error(_undeclared(name) + also, _declare(name, self._declared), key)

    def values(self, place: Place, *, complete: bool) -> dict[str, Any]:
        """What won, checked; what nobody gave is reported."""
        found = {}
        for name, one in self._declared.items():
            if not rules_hold(one, self._problems, place.at("spec", "variables", name)):
                continue
            if name in self._given and self._given[name][0] is not None:
                value, source = self._given[name]
                found[name] = one.value(value, source, self._problems)
                continue
            if not complete:
                continue
            self._problems.error(
                f'The variable "{name}" has no value',
                f"It has no default. Give one: -var {name}=..., {ENVIRONMENT_PREFIX}{name}=... or {DEFAULT_FILE}.",
                place.key_at("spec", "variables", name),
            )
        return found


def _undeclared(name: str) -> str:
    return f'The variable "{name}" is not declared'


def _declare(name: str, declared: Iterable[str]) -> str:
    return f"Declare it in slactl.yaml under spec.variables.{did_you_mean(name, declared)}"


def substitute(data: Any, scope: Scope, place: Place, problems: Diagnostics) -> Any:
    """The data with every reference replaced; `$${` is a literal `${`. Wrong references are reported."""
    if isinstance(data, str):
        return data if "${" not in data else _substitute_text(data, scope, place, problems)
    if isinstance(data, dict):
        return {key: substitute(value, scope, place.at(key), problems) for key, value in data.items()}
    if isinstance(data, list):
        return [substitute(item, scope, place.at(index), problems) for index, item in enumerate(data)]
    return data


def _substitute_text(text: str, scope: Scope, place: Place, problems: Diagnostics) -> Any:
    whole = _REFERENCE.fullmatch(text)
    if whole is not None and not whole[1]:
        value = _lookup(whole[2], scope, place, problems)
        return text if value is None else value
    return _REFERENCE.sub(lambda match: _replacement(match, scope, place, problems), text)


def _replacement(match: re.Match[str], scope: Scope, place: Place, problems: Diagnostics) -> str:
    if match[1]:
        return match[0][1:]
    value = _lookup(match[2], scope, place, problems)
    if value is None:
        return match[0]
    return value if isinstance(value, str) else json.dumps(value)


def _lookup(reference: str, scope: Scope, place: Place, problems: Diagnostics) -> Any:
    """The value that a reference names; None where it stays (a secret) or is wrong (and reported)."""
    source, _, name = reference.partition(".")
    if source == "var":
        return _lookup_variable(name, scope, place, problems)
    if source == "each":
        return _lookup_each(name, scope, place, problems)
    if source in ("env", "file"):
        if not scope.secrets:
            problems.error(
                f"${{{reference}}} may stand only in a backend's config",
                "It names a secret, which is read when a connection is opened and never stored. "
                "For other values use ${var.NAME}; the environment gives it as SLACTL_VAR_NAME.",
                place,
            )
    elif reference == "workspace.name":
        return scope.workspace
    else:
        problems.error(
            f"${{{reference}}} refers to nothing",
            "References are ${var.NAME}, ${workspace.name}, ${each.key} and ${each.value}, and in a backend's config "
            "${env.NAME} and ${file.PATH}. Write $${ for a text that has ${ in it.",
            place,
        )
    return None


def _lookup_variable(reference: str, scope: Scope, place: Place, problems: Diagnostics) -> Any:
    name, *steps = [reference] if reference in scope.variables else reference.split(".")
    if name in scope.sensitive:
        if not scope.secrets or steps:
            problems.error(
                f"${{var.{reference}}} is sensitive and may stand only in a backend's config",
                "What is written elsewhere is shown in plans and kept in state.",
                place,
            )
        return None
    if name not in scope.variables:
        problems.error(_undeclared(name), _declare(name, scope.variables), place)
        return None
    value = scope.variables[name]
    for step in steps:
        if not isinstance(value, Mapping) or step not in value:
            known = value if isinstance(value, Mapping) else ()
            problems.error(
                f"${{var.{reference}}} refers to nothing", did_you_mean(step, known).strip(), place
            )
            return None
        value = value[step]
    return value


def _lookup_each(name: str, scope: Scope, place: Place, problems: Diagnostics) -> Any:
    if not scope.each:
        problems.error(
            f"${{each.{name}}} stands in a document without forEach",
            "Add forEach, or use ${var.NAME}.",
            place,
        )
        return None
    value: Any = scope.each
    for step in name.split("."):
        if not isinstance(value, Mapping) or step not in value:
            problems.error(
                f"${{each.{name}}} refers to nothing",
                "Known here: ${each.key}, ${each.value} and, where the value is a mapping, ${each.value.NAME}.",
                place,
            )
            return None
        value = value[step]
    return value


def check_declarations(declared: Mapping[str, Any], problems: Diagnostics, place: Place) -> None:
    """Report names that cannot be referred to."""
    for name in declared:
        if not _NAME.match(name):
            problems.error(
                f'"{name}" is no name for a variable',
                "Use letters, digits, _ and -, beginning with a letter.",
                place.key_at("spec", "variables", name),
            )
