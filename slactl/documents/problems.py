"""What is wrong with a document's data, in words: each schema error as a message that says what to do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slactl.base.diagnostics import Diagnostic, Place, Severity
from slactl.base.duration import parse_duration
from slactl.base.money import parse_money
from slactl.base.rate import parse_rate
from slactl.base.ratio import parse_ratio
from slactl.base.text import did_you_mean, plural, sentence_list
from slactl.documents.schemas import fast_validator, wordy_validator

_WORDS: Mapping[str, Callable[[str], Any]] = {
    "percentage": parse_ratio,
    "availability": parse_ratio,
    "duration": parse_duration,
    "money": parse_money,
    "rate": parse_rate,
}
"""Titles of texts whose parser explains a wrong one better than a pattern does."""
_ARTICLES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def schema_problems(schema_name: str, data: Any, root: Place) -> list[Diagnostic]:
    """Every way in which the data breaks its schema, in the order of the document; at least one."""
    errors = sorted(
        wordy_validator(schema_name).iter_errors(data),
        key=lambda error: [str(step) for step in error.absolute_path],
    )
    found = [problem for error in errors for problem in _explain(error, schema_name, root)]
    return found or [_unexplained(error, root) for error in fast_validator(schema_name).iter_errors(data)]


def _unexplained(error: Any, root: Place) -> Diagnostic:
    """The two validators read patterns alike but for digits of other scripts and line breaks at the end."""
    steps = list(error.instance_path)
    summary = f"{'.'.join(map(str, steps)) or 'The document'} is not valid: {_shown(error.instance)}"
    return _error(summary, "Write digits as 0 to 9, and no line break at the end.", root.at(*steps))


def _explain(error: Any, schema_name: str, root: Place) -> Iterator[Diagnostic]:
    if error.validator in ("oneOf", "anyOf"):
        yield from _explain_branches(error, schema_name, root)
    elif "propertyNames" in error.absolute_schema_path:
        yield _bad_key(error, root)
    else:
        yield from _EXPLAINERS.get(error.validator, _other)(error, root)


def _unknown_keys(error: Any, root: Place) -> Iterator[Diagnostic]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key not in known and not _matches_pattern(key, error.schema):
            hint = did_you_mean(key, known).strip() or "It has no meaning here."
            yield _error(f'Unknown key "{key}"{_below(error)}', hint, root.key_at(*error.absolute_path, key))


def _missing_keys(error: Any, root: Place) -> Iterator[Diagnostic]:
    for key in error.validator_value:
        if key not in error.instance:
            yield _error(
                f'"{key}" is missing{_below(error)}', _description(error, key), root.at(*error.absolute_path)
            )


def _wrong_type(error: Any, root: Place) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    kinds = [_ARTICLES[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted) if kind != "null"]
    summary = f"{_value_name(error)} must be {sentence_list(kinds, 'or')}, not {_shown(error.instance)}"
    yield _error(summary, _hint_of(error), root.at(*error.absolute_path))


def _not_allowed(error: Any, root: Place) -> Iterator[Diagnostic]:
    allowed = [str(value) for value in error.validator_value if value is not None]
    detail = f"Allowed: {', '.join(allowed)}."
    yield _error(
        f"{_value_name(error)} cannot be {_shown(error.instance)}", detail, root.at(*error.absolute_path)
    )


def _wrong_text(error: Any, root: Place) -> Iterator[Diagnostic]:
    summary = f"{_value_name(error)} is not valid: {_shown(error.instance)}"
    yield _error(summary, _why_not(error), root.at(*error.absolute_path))


def _out_of_range(error: Any, root: Place) -> Iterator[Diagnostic]:
    side = "at least" if error.validator == "minimum" else "at most"
    summary = f"{_value_name(error)} must be {side} {error.validator_value}, not {error.instance}"
    yield _error(summary, _hint_of(error), root.at(*error.absolute_path))


def _too_few(error: Any, root: Place) -> Iterator[Diagnostic]:
    needed = plural(error.validator_value, "entry", "entries")
    yield _error(
        f"{_value_name(error)} must have at least {needed}", _hint_of(error), root.at(*error.absolute_path)
    )


def _other(error: Any, root: Place) -> Iterator[Diagnostic]:
    yield _error(f"{_value_name(error)} is not valid", f"{error.message}.", root.at(*error.absolute_path))


_EXPLAINERS: Mapping[str, Callable[[Any, Place], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "type": _wrong_type,
    "enum": _not_allowed,
    "pattern": _wrong_text,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minItems": _too_few,
}


def _bad_key(error: Any, root: Place) -> Diagnostic:
    return _error(
        f'"{error.instance}" cannot be a key{_below(error)}',
        f"Keys here: {_hint_of(error)} Names have lower-case letters, digits and hyphens, at most 63.",
        root.key_at(*error.absolute_path, error.instance),
    )


def _explain_branches(error: Any, schema_name: str, root: Place) -> Iterator[Diagnostic]:
    """Of several forms, explain the one whose kind of data was written; else say which forms there are."""
    by_branch: dict[Any, list[Any]] = {}
    for below in error.context or ():
        by_branch.setdefault(below.schema_path[0], []).append(below)
    fitting = [errors for errors in by_branch.values() if not any(_wrong_kind(one, error) for one in errors)]
    if fitting:
        best = min(fitting, key=len)
        for below in best:
            yield from _explain(below, schema_name, root)
        return
    kinds = [
        _ARTICLES[kind]
        for errors in by_branch.values()
        for one in errors
        if _wrong_kind(one, error)
        for kind in ([one.validator_value] if isinstance(one.validator_value, str) else one.validator_value)
        if kind != "null"
    ]
    yield _error(
        f"{_value_name(error)} must be {sentence_list(list(dict.fromkeys(kinds)), 'or')}, not {_shown(error.instance)}",
        _hint_of(error),
        root.at(*error.absolute_path),
    )


def _wrong_kind(below: Any, error: Any) -> bool:
    return below.validator == "type" and list(below.absolute_path) == list(error.absolute_path)


def _why_not(error: Any) -> str:
    parse = _WORDS.get(error.schema.get("title", ""))
    if parse is not None:
        try:
            parse(str(error.instance))
        except ValueError as reason:
            return str(reason)
    return _hint_of(error)


def _hint_of(error: Any) -> str:
    return str(error.schema.get("description", "")) if isinstance(error.schema, Mapping) else ""


def _description(error: Any, key: str) -> str:
    below = error.schema.get("properties", {}).get(key, {})
    return str(below.get("description", "")) if isinstance(below, Mapping) else ""


def _matches_pattern(key: str, schema: Mapping[str, Any]) -> bool:
    import re  # noqa: PLC0415 - errors only

    return any(re.search(pattern, key) for pattern in schema.get("patternProperties", {}))


def _value_name(error: Any) -> str:
    path = list(error.absolute_path)
    if not path:
        return "The document"
    steps = [str(step) for step in path]
    if isinstance(path[-1], int):
        return f"Entry {path[-1] + 1} of {'.'.join(steps[:-1])}"
    return ".".join(steps)


def _below(error: Any) -> str:
    path = [str(step) for step in error.absolute_path]
    return f" in {'.'.join(path)}" if path else ""


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value)
    return f'"{text[:60]}..."' if len(text) > 60 else f'"{text}"'  # noqa: PLR2004 - a line of a message


def _error(summary: str, detail: str, place: Place) -> Diagnostic:
    return Diagnostic(Severity.ERROR, summary, detail, place)
