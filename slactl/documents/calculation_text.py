"""The text of a calculator's input: one document, in YAML or in JSON."""

import json
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Diagnostic, InvalidFiles, Place, Position, Range, Severity, SlactlError
from slactl.documents.reader import read_documents, read_text


def calculation_data(path: Path, shown: str) -> Any:
    """The one document of a file, YAML or JSON by its name's ending; every scalar is text.

    Raises:
        SlactlError: when it cannot be read, or holds no document or several.
    """
    text = read_text(path, shown)
    return _json(text, shown) if path.suffix == ".json" else _yaml(text, shown)


def _yaml(text: str, shown: str) -> Any:
    documents = read_documents(text, shown)
    if len(documents) != 1:
        raise SlactlError(
            f"A calculation is one document, and {shown} holds {len(documents)}",
            "Give each calculation a file of its own."
            if documents
            else "It has top, components, and services.",
            Place(shown),
        )
    return documents[0]


def _json(text: str, shown: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            names = [name for name, _ in pairs]
            double = next(name for name in names if names.count(name) > 1)
            raise SlactlError(
                f'The key "{double}" appears twice in one object',
                "Only one of them can hold; remove the other.",
                Place(shown),
            )
        return data

    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        lines = text.splitlines()
        at = Position(error.lineno, error.colno, error.pos)
        code = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        problem = Diagnostic(
            Severity.ERROR, "The file is not valid JSON", error.msg, Place(shown), Range(shown, at, at, code)
        )
        raise InvalidFiles([problem]) from None
    except RecursionError:
        raise SlactlError(
            f"{shown} is nested too deeply", "Give inner groups names of their own.", Place(shown)
        ) from None
