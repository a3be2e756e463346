"""Diagnostics as text for a person and as Terraform's document for machines."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from slactl.base.diagnostics import Diagnostic, Range, Severity
from slactl.base.text import plural, printable
from slactl.documents.locate import Locator
from slactl.render.style import Style

_WIDTH = 100
_MOST_CODE = 160


def located(diagnostic: Diagnostic, locator: Locator | None) -> Range | None:
    """Where a diagnostic points, with the line itself."""
    if locator is None:
        return diagnostic.range
    if diagnostic.range is not None:
        return locator.with_code(diagnostic.range)
    return locator.range(diagnostic.place) if diagnostic.place is not None else None


def in_order(
    diagnostics: Iterable[Diagnostic], locator: Locator | None
) -> list[tuple[Diagnostic, Range | None]]:
    """Each diagnostic once, with its range, by file and line; those without a place first."""
    pairs = {(one, located(one, locator)): None for one in diagnostics}
    return sorted(pairs, key=_order)


def _order(pair: tuple[Diagnostic, Range | None]) -> tuple[str, int, int, str]:
    diagnostic, found = pair
    if found is not None:
        return found.file, found.start.line, found.start.column, diagnostic.summary
    return diagnostic.place.file if diagnostic.place else "", 0, 0, diagnostic.summary


def diagnostics_text(diagnostics: Iterable[Diagnostic], locator: Locator | None, style: Style) -> str:
    """Every diagnostic with its file, line, column, the line itself, and what to do."""
    return "\n".join(_one(diagnostic, found, style) for diagnostic, found in in_order(diagnostics, locator))


def _one(diagnostic: Diagnostic, found: Range | None, style: Style) -> str:
    paint = style.bad if diagnostic.severity is Severity.ERROR else style.warn
    lines = [
        f"{paint(diagnostic.severity.value.capitalize() + ':')} {style.bold(printable(diagnostic.summary))}"
    ]
    if found is not None:
        lines += [
            "",
            f"  on {found.file} line {found.start.line}, column {found.start.column}{_element(diagnostic)}:",
        ]
        lines += _snippet(found, style)
    elif diagnostic.place is not None:
        lines += ["", f"  in {diagnostic.place.file}"]
    if diagnostic.detail:
        lines += ["", *_wrapped(printable(diagnostic.detail))]
    return "\n".join(lines) + "\n"


def _element(diagnostic: Diagnostic) -> str:
    element = diagnostic.place.element if diagnostic.place else ""
    return f' (forEach element "{element}")' if element else ""


def _snippet(found: Range, style: Style) -> list[str]:
    if not found.code:
        return []
    code = printable(found.code)[:_MOST_CODE]
    margin = f"  {found.start.line:>4}: "
    width = max(1, found.end.column - found.start.column) if found.end.line == found.start.line else 1
    column = min(found.start.column - 1, len(code))
    marks = "^" * min(width, max(1, len(code) - column))
    return [f"{style.dim(margin)}{code}", " " * (len(margin) + column) + style.bad(marks)]


def _wrapped(detail: str) -> list[str]:
    lines: list[str] = []
    for line in detail.splitlines():
        lines += (
            [line] if line.startswith("  ") else textwrap.wrap(line, _WIDTH, break_long_words=False) or [""]
        )
    return lines


def validate_document(diagnostics: Sequence[Diagnostic], locator: Locator | None) -> dict[str, Any]:
    """The document of `validate -json`, in Terraform's shape."""
    pairs = in_order(diagnostics, locator)
    errors = sum(one.severity is Severity.ERROR for one, _ in pairs)
    return {
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": sum(one.severity is Severity.WARNING for one, _ in pairs),
        "diagnostics": [diagnostic_document(one, found) for one, found in pairs],
    }


def diagnostic_document(diagnostic: Diagnostic, found: Range | None) -> dict[str, Any]:
    """One diagnostic in Terraform's shape; our `address` beside it where there is one."""
    document: dict[str, Any] = {
        "severity": diagnostic.severity.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
    }
    if diagnostic.address:
        document["address"] = diagnostic.address
    if found is not None:
        document["range"] = range_document(found)
        start = found.start.column - 1
        same_line = found.end.line == found.start.line
        document["snippet"] = {
            "context": None,
            "code": found.code,
            "start_line": found.start.line,
            "highlight_start_offset": start,
            "highlight_end_offset": found.end.column - 1 if same_line else len(found.code),
            "values": [],
        }
    return document


def range_document(found: Range) -> dict[str, Any]:
    """A range in Terraform's shape: lines and columns from 1, bytes from 0."""
    return {
        "filename": found.file,
        "start": {"line": found.start.line, "column": found.start.column, "byte": found.start.byte},
        "end": {"line": found.end.line, "column": found.end.column, "byte": found.end.byte},
    }


def validate_json(diagnostics: Sequence[Diagnostic], locator: Locator | None) -> str:
    """The document of `validate -json` as text."""
    return json.dumps(validate_document(diagnostics, locator), indent=2, ensure_ascii=False)


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(one.severity is Severity.ERROR for one in diagnostics)
    warnings = sum(one.severity is Severity.WARNING for one in diagnostics)
    parts = [plural(errors, "error")] if errors else []
    return ", ".join([*parts, plural(warnings, "warning")] if warnings else parts)
