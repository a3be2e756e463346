"""Variables: declared in the workspace, given by environment, files and options, put into texts as `${var.name}`."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.text import did_you_mean
from slactl.documents.reader import read_documents, read_text

DEFAULT_FILE = "slactl.slavars.yaml"
ENVIRONMENT_PREFIX = "SLACTL_VAR_"
_REFERENCE = re.compile(r"\$(\$)?\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line gives, in its order: `("var", "name=value")` or `("file", "path")`."""

    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What texts of one document may refer to."""

    variables: Mapping[str, str]
    each: Mapping[str, Any] = field(default_factory=dict)
    """`key` and `value` inside a repeated document; empty elsewhere."""
    secrets: bool = False
    """Whether `${env.X}` and `${file.X}` may stand (a backend's configuration): they are kept as they are."""


def collect_variables(
    declared: Mapping[str, Any], root: Path, given: Given, problems: Diagnostics, place: Place
) -> dict[str, str]:
    """Every declared variable's value; later sources win.

    The order is Terraform's: default, environment, `slactl.slavars.yaml`, `*.auto.slavars.yaml` in name order, then
    `-var-file` and `-var` as the command line has them.
    """
    values = {
        name: str(one["default"])
        for name, one in declared.items()
        if isinstance(one, Mapping) and one.get("default") is not None
    }
    for name in declared:
        if ENVIRONMENT_PREFIX + name in os.environ:
            values[name] = os.environ[ENVIRONMENT_PREFIX + name]
    for file in [DEFAULT_FILE, *sorted(path.name for path in root.glob("*.auto.slavars.yaml"))]:
        if (root / file).is_file():
            _take_file(root / file, file, declared, values, problems)
    for kind, text in given.options:
        if kind == "file":
            path = Path(text)
            _take_file(path if path.is_file() else root / text, text, declared, values, problems)
        else:
            _take_option(text, declared, values, problems)
    for name in declared:
        if name not in values:
            problems.error(
                f'The variable "{name}" has no value',
                f"It has no default. Give one: -var {name}=..., {ENVIRONMENT_PREFIX}{name}=... or {DEFAULT_FILE}.",
                place.key_at("spec", "variables", name),
            )
    return values


def _take_file(
    path: Path, shown: str, declared: Mapping[str, Any], values: dict[str, str], problems: Diagnostics
) -> None:
    try:
        documents = read_documents(read_text(path, shown), shown)
    except SlactlError as error:
        problems.extend(error.diagnostics)
        return
    data = documents[0] if documents else {}
    if len(documents) > 1 or not isinstance(data, (Mapping, type(None))):
        problems.error(f"{shown} must be one mapping of variable names to values", "", Place(shown))
        return
    for name, value in (data or {}).items():
        if name not in declared:
            problems.error(_undeclared(name), _declare(name, declared), Place(shown).key_at(name))
        elif isinstance(value, str):
            values[name] = value
        else:
            problems.error(f'The variable "{name}" must be a text', "", Place(shown).at(name))


def _take_option(
    text: str, declared: Mapping[str, Any], values: dict[str, str], problems: Diagnostics
) -> None:
    name, equals, value = text.partition("=")
    if not equals:
        problems.error(f'-var "{text}" has no value', "Write -var NAME=VALUE.")
    elif name not in declared:
        problems.error(_undeclared(name), _declare(name, declared))
    else:
        values[name] = value


def _undeclared(name: str) -> str:
    return f'The variable "{name}" is not declared'


def _declare(name: str, declared: Mapping[str, Any]) -> str:
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
    if source == "var" and name in scope.variables:
        return scope.variables[name]
    if source == "var":
        problems.error(_undeclared(name), _declare(name, scope.variables), place)
    elif source == "each":
        return _lookup_each(name, scope, place, problems)
    elif source in ("env", "file"):
        if not scope.secrets:
            problems.error(
                f"${{{reference}}} may stand only in a backend's config",
                "It names a secret, which is read when a connection is opened and never stored. "
                "For other values use ${var.NAME}; the environment gives it as SLACTL_VAR_NAME.",
                place,
            )
    else:
        problems.error(
            f"${{{reference}}} refers to nothing",
            "References are ${var.NAME}, ${each.key} and ${each.value}, and in a backend's config ${env.NAME} and "
            "${file.PATH}. Write $${ for a text that has ${ in it.",
            place,
        )
    return None


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
