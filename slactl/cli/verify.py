"""`slactl verify`: check proofs, witnesses and calculations with code that shares nothing with the engine."""

import argparse
import json
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.verify import Refused, Verified, verify


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="what explain -out or calc -json wrote")
    parser.add_argument(
        "--json", action="store_true", help="print a JSON document on a line for each document"
    )
    add_output(parser)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Check each file; exit code 0 when all that they say holds, else 1."""
    refused = False
    for file in parsed.files:
        for found in _checked(parsed.root / file, file):
            refused |= isinstance(found, Refused)
            console.print(_json(file, found) if parsed.json else _text(file, found, console))
    return int(refused)


def _checked(path: Path, shown: str) -> list[Verified | Refused]:
    """What the documents of a file say; a file that cannot be read is refused like one that does not hold."""
    try:
        return [verify(document) for document in _documents(path, shown)]
    except SlactlError as error:
        return [
            Refused("file", "", " ".join(f"{one.summary}. {one.detail}" for one in error.diagnostics).strip())
        ]


def _documents(path: Path, shown: str) -> list[Any]:
    """One document, a list of them, or one a line.

    Raises:
        SlactlError: when the file cannot be read, or holds none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SlactlError(
            f"The file {shown} cannot be read: {error.strerror if isinstance(error, OSError) else error}", ""
        ) from error
    try:
        found = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise SlactlError(
            f"{shown} is no JSON: {error}", "Give what `slactl explain -out` or `calc -json` wrote."
        ) from error
    if not found:
        raise SlactlError(
            f"{shown} holds nothing to verify", "Give what `slactl explain -out` or `calc -json` wrote."
        )
    return [part for one in found for part in _parts(one)]


def _parsed(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _parts(document: Any) -> list[Any]:
    """What an explanation holds: its proof or its witness; any other document is itself."""
    if not isinstance(document, dict) or document.get("format") != "slactl-explanation/1":
        return [document]
    return [document[kind] for kind in ("proof", "witness") if document.get(kind) is not None] or [document]


def _text(file: str, found: Verified | Refused, console: Console) -> str:
    style = console.out_style
    about = f"{file}{f': {found.subject}' if found.subject and found.subject != file else ''}"
    if isinstance(found, Refused):
        return f"{style.bad('Refused:')} {about}\n  {found.reason}"
    return f"{style.good('Verified:')} {about}\n  {found.statement}"


def _json(file: str, found: Verified | Refused) -> str:
    holds = isinstance(found, Verified)
    words = found.statement if isinstance(found, Verified) else found.reason
    return json.dumps(
        {"file": file, "subject": found.subject, "format": found.kind, "verified": holds, "message": words},
        ensure_ascii=False,
    )
