"""The file of a baseline: YAML, or JSON by its ending; written in one step, read with every word checked."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import Diagnostics, Place, SlactlError
from slactl.base.files import write_atomically
from slactl.base.ratio import decimal_text
from slactl.base.text import did_you_mean
from slactl.check.baseline import Entry, Margin
from slactl.documents.reader import read_documents, read_text

FORMAT = "slactl-baseline/1"
_HEADER = (
    "# Findings that are known to slactl check. Refresh it: slactl check -baseline FILE -update-baseline\n"
)
_FIELDS = ("rule", "address", "fingerprint", "recorded", "owner", "margin")
_NEEDED = _FIELDS[:-1]
_MARGIN = re.compile(r"(-?\d{1,30}(?:\.\d{1,30})?) (%|s|1/s)")
_NOTHING = "nothing guaranteed, in "
_SHOWN_PLACES = 9
_HOW_TO_RECORD = 'Record the findings of today: slactl check -baseline FILE -update-baseline -owner "NAME".'


def read_baseline(path: Path, shown: str) -> tuple[Entry, ...]:
    """The entries of a baseline; `shown` is how messages call the file.

    Raises:
        SlactlError: when there is no such file, or it is no baseline.
        InvalidFiles: with everything that is wrong with its entries.
    """
    if not path.exists():
        raise SlactlError(f"There is no baseline {shown}", _HOW_TO_RECORD)
    documents = read_documents(read_text(path, shown), shown)
    content = documents[0] if len(documents) == 1 else None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SlactlError(
            f"{shown} is no baseline that this release reads",
            f"A baseline is one document with format: {FORMAT}. {_HOW_TO_RECORD}",
            Place(shown),
        )
    return _entries(content.get("findings") or [], Place(shown).at("findings"))


def write_baseline(path: Path, shown: str, entries: Sequence[Entry]) -> None:
    """Put a baseline in place in one step; who may read it stays as it was.

    Raises:
        SlactlError: when it cannot be written; then the old one is as it was.
    """
    target = path.resolve()  # a link stays a link to the file that is written
    text = _json(entries) if path.suffix == ".json" else _yaml(entries)
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        write_atomically(target, text, mode)
    except OSError as error:
        raise SlactlError(
            f"The baseline {shown} cannot be written: {error.strerror or error}", "It is as it was before."
        ) from error


def _json(entries: Sequence[Entry]) -> str:
    findings = [_document(entry) for entry in entries]
    return json.dumps({"format": FORMAT, "findings": findings}, indent=2, ensure_ascii=False) + "\n"


def _yaml(entries: Sequence[Entry]) -> str:
    import yaml  # noqa: PLC0415 - only needed when a baseline is written

    content = {"format": FORMAT, "findings": [_document(entry) for entry in entries]}
    return _HEADER + str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000))


def _document(entry: Entry) -> dict[str, str]:
    fields = {name: str(getattr(entry, name)) for name in _NEEDED}
    return fields if entry.margin is None else fields | {"margin": margin_text(entry.margin)}


def margin_text(margin: Margin) -> str:
    """`-0.05 %`, `-1234.5 s`, or `nothing guaranteed, in s`."""
    if margin.value is None:
        return f"{_NOTHING}{margin.unit}"
    return f"{decimal_text(margin.value, _SHOWN_PLACES)} {margin.unit}"


def _entries(found: Any, place: Place) -> tuple[Entry, ...]:
    problems = Diagnostics()
    if not isinstance(found, list):
        problems.error("The findings of a baseline are a list", _HOW_TO_RECORD, place)
        found = []
    entries = [_read_entry(one, place.at(index), problems) for index, one in enumerate(found)]
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if entry is not None and seen.setdefault(entry.fingerprint, index) != index:
            problems.error(
                f"The fingerprint {entry.fingerprint} stands twice in the baseline",
                "Remove one of the two; merging two branches may leave both.",
                place.at(index, "fingerprint"),
            )
    problems.raise_errors()
    return tuple(entry for entry in entries if entry is not None)


def _read_entry(found: Any, place: Place, problems: Diagnostics) -> Entry | None:
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in _NEEDED):
        problems.error(
            "An entry of the baseline is not complete", f"Each has the texts {', '.join(_NEEDED)}.", place
        )
        return None
    for name in found.keys() - set(_FIELDS):
        hint = did_you_mean(str(name), _FIELDS)
        problems.error(f'An entry of a baseline has no field "{name}"', hint.strip(), place.key_at(name))
    try:
        return _typed(found, place)
    except SlactlError as error:
        problems.extend(error.diagnostics)
        return None


def _typed(found: Mapping[str, str], place: Place) -> Entry:
    try:
        day = date.fromisoformat(found["recorded"])
    except ValueError:
        raise SlactlError(
            f'"{found["recorded"]}" is no date', "Write it as 2026-11-23.", place.at("recorded")
        ) from None
    margin = None if "margin" not in found else _read_margin(found["margin"], place.at("margin"))
    return Entry(found["rule"], found["address"], found["fingerprint"], day, found["owner"], margin)


def _read_margin(text: Any, place: Place) -> Margin:
    words = text if isinstance(text, str) else ""
    if words in (f"{_NOTHING}s", f"{_NOTHING}1/s"):
        return Margin(None, words.removeprefix(_NOTHING))
    match = _MARGIN.fullmatch(words)
    if match is None:
        raise SlactlError(
            f'"{text}" is no margin', "Write it as slactl does: -0.05 %, -1234.5 s, or -20 1/s.", place
        )
    return Margin(Fraction(match[1]), match[2])
