"""What is wrong with a document's data, in words: each schema error as a message that says what to do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slactl.base.diagnostics import Diagnostic, Place, Severity
from slactl.base.duration import parse_duration
from slactl.base.money import parse_money
from slactl.base.rate import parse_rate
from slactl.base.ratio import parse_ratio
from slactl.base.text import did_you_mean, sentence_list
from slactl.documents.schemas import bundled, wordy_validator

_WORDS: Mapping[str, Callable[[str], Any]] = {
    "percentage": parse_ratio,
    "duration": parse_duration,
    "money": parse_money,
    "rate": parse_rate,
}
"""Definitions whose parser explains a wrong text better than a pattern does."""
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
    """Every way in which the data breaks its schema, in the order of the document."""
    errors = sorted(
        wordy_validator(schema_name).iter_errors(data),
        key=lambda error: [str(step) for step in error.absolute_path],
    )
    return [problem for error in errors for problem in _explain(error, schema_name, root)]


def _explain(error: Any, schema_name: str, root: Place) -> Iterator[Diagnostic]:
    place = root.at(*error.absolute_path)
    name = _value_name(error)
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            known = list(error.schema.get("properties", {}))
            for key in error.instance:
                if key not in known and not _matches_pattern(key, error.schema):
                    yield _error(
                        f'Unknown key "{key}"{_below(error)}',
                        f"{did_you_mean(key, known).strip() or 'It has no meaning here.'}",
                        root.key_at(*error.absolute_path, key),
                    )
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            for key in missing:
                yield _error(f'"{key}" is missing{_below(error)}', _description(error, key), place)
        case "oneOf" | "anyOf":
            yield from _explain_branches(error, schema_name, root)
        case "type":
            wanted = error.validator_value
            kinds = [wanted] if isinstance(wanted, str) else [kind for kind in wanted if kind != "null"]
            yield _error(
                f"{name} must be {sentence_list([_ARTICLES[kind] for kind in kinds], 'or')}, "
                f"not {_shown(error.instance)}",
                _hint_of(error),
                place,
            )
        case "enum":
            allowed = [str(value) for value in error.validator_value if value is not None]
            yield _error(
                f"{name} cannot be {_shown(error.instance)}",
                f"Allowed: {', '.join(allowed)}.{did_you_mean(str(error.instance), allowed) if len(allowed) > 12 else ''}",  # noqa: PLR2004 - short lists are shown whole anyway
                place,
            )
        case "const":
            yield _error(
                f'{name} must be "{error.validator_value}"', f"It is {_shown(error.instance)}.", place
            )
        case "pattern":
            yield _error(f"{name} is not valid: {_shown(error.instance)}", _why_not(error), place)
        case "minimum" | "maximum":
            side = "at least" if error.validator == "minimum" else "at most"
            yield _error(
                f"{name} must be {side} {error.validator_value}, not {error.instance}", _hint_of(error), place
            )
        case "minItems":
            yield _error(f"{name} must have at least {error.validator_value} entries", _hint_of(error), place)
        case "uniqueItems":
            yield _error(f"{name} names something twice", "Each entry may appear once.", place)
        case "propertyNames" | _ if error.parent is None and error.validator == "propertyNames":
            yield _error(f"A name{_below(error)} is not valid", _hint_of(error), place)
        case _:
            if isinstance(error.instance, str) and error.schema_path and "propertyNames" in error.schema_path:
                yield _error(
                    f'The name "{error.instance}" is not valid',
                    "A name has lower-case letters, digits and hyphens, at most 63, and begins and ends with a "
                    "letter or digit (a DNS label).",
                    root.key_at(*error.absolute_path, error.instance),
                )
            else:
                yield _error(f"{name} is not valid", f"{error.message}.", place)


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
    for name, parse in _WORDS.items():
        if error.validator_value == _pattern_of(name):
            try:
                parse(str(error.instance))
            except ValueError as reason:
                return str(reason)
    return _hint_of(error)


def _pattern_of(definition: str) -> str | None:
    found = bundled("agreement")["$defs"].get(definition, {}).get("pattern")
    return found if isinstance(found, str) else None


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
