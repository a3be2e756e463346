"""A file of outages, as an ITSM tool exports them: CSV with the columns objective or service, start and end."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from slactl.base.diagnostics import Diagnostic, InvalidFiles, Position, Range, Severity
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean, sentence_list
from slactl.model.estate import Estate

_SUBJECTS = ("objective", "service")
_COLUMNS = (*_SUBJECTS, "start", "end")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """One row: from when to when something was down; parts of seconds are rounded outwards."""

    subject: str
    """An objective's address, or `service.NAME`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    column: int
    """Where it begins; the first character of a line is 1."""


class _Reader:
    """Reads rows, and collects what is wrong with each."""

    def __init__(self, file: str, estate: Estate) -> None:
        self.problems: list[Diagnostic] = []
        self._file = file
        self._estate = estate
        self._objectives = {one.address: one for _, one in estate.objectives()}

    def rows(self, lines: Sequence[str]) -> Iterator[Outage]:
        numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        if not numbered:
            self._wrong(1, "", _Cell("", 1), "The file is empty", _HOW)
            return
        header = self._header(*numbered[0])
        for number, line in numbered[1:] if header else ():
            found = self._row(number, line, header)
            if found is not None:
                yield found

    def _header(self, number: int, line: str) -> tuple[str, ...]:
        cells = _cells(line)
        names = tuple(cell.text.strip().lower() for cell in cells)
        for name, cell in zip(names, cells, strict=True):
            if name not in _COLUMNS:
                self._wrong(
                    number,
                    line,
                    cell,
                    f'There is no column "{name}"',
                    f"{_HOW}{did_you_mean(name, _COLUMNS)}",
                )
            elif names.count(name) > 1:
                self._wrong(number, line, cell, f'The column "{name}" is there twice', _HOW)
        missing = [one for one in ("start", "end") if one not in names]
        missing += [] if set(names) & set(_SUBJECTS) else ["objective or service"]
        if missing and not self.problems:
            self._wrong(number, line, cells[-1], f"The column {sentence_list(missing)} is missing", _HOW)
        return () if self.problems else names

    def _row(self, number: int, line: str, header: tuple[str, ...]) -> Outage | None:
        cells = _cells(line)
        if len(cells) != len(header):
            self._wrong(
                number, line, cells[-1], f"This row has {len(cells)} values, and the header {len(header)} columns",
                "Put values with a comma in them in double quotes.",
            )  # fmt: skip
            return None
        row = dict(zip(header, cells, strict=True))
        known = len(self.problems)
        subject = self._subject(number, line, row)
        start, end = (self._instant(number, line, row[name], name) for name in ("start", "end"))
        if start is not None and end is not None and end <= start:
            self._wrong(
                number, line, row["end"], "This outage ends before it begins", "end must be later than start."
            )
        if len(self.problems) > known or subject is None or start is None or end is None:
            return None
        return Outage(subject, (start - _EPOCH) // _SECOND, -((_EPOCH - end) // _SECOND))

    def _subject(self, number: int, line: str, row: Mapping[str, _Cell]) -> str | None:
        named = [(column, row[column]) for column in _SUBJECTS if column in row and row[column].text.strip()]
        if len(named) != 1:
            cell = next(row[column] for column in _SUBJECTS if column in row)
            what = "names both an objective and a service" if named else "does not say what was down"
            self._wrong(
                number,
                line,
                cell,
                f"This row {what}",
                "Name one: an objective like sla.acme.availability, or a service.",
            )
            return None
        ((column, cell),) = named
        name = cell.text.strip()
        if column == "service":
            name = name.removeprefix("service.")
            if name in self._estate.services:
                return f"service.{name}"
            self._wrong(
                number,
                line,
                cell,
                f'There is no service "{name}"',
                did_you_mean(name, self._estate.services).strip(),
            )
            return None
        objective = self._objectives.get(name)
        if objective is None:
            self._wrong(
                number,
                line,
                cell,
                f'There is no objective "{name}"',
                did_you_mean(name, self._objectives).strip(),
            )
        elif objective.metric != "availability":
            self._wrong(
                number, line, cell, f"{name} is a {objective.metric}", "Outages say how available something was, and nothing else."
            )  # fmt: skip
        return name

    def _instant(self, number: int, line: str, cell: _Cell, name: str) -> datetime | None:
        text = cell.text.strip()
        if not text:
            more = (
                " For an outage that goes on still, write the instant up to which it was seen."
                if name == "end"
                else ""
            )
            self._wrong(number, line, cell, f"{name} is missing", f"{_INSTANTS}{more}")
            return None
        try:
            if _INSTANT.fullmatch(text):
                return datetime.fromisoformat(text.upper())
        except ValueError:
            pass
        self._wrong(number, line, cell, f'{name} "{text}" is no instant', _INSTANTS)
        return None

    def _wrong(self, number: int, line: str, cell: _Cell, summary: str, detail: str) -> None:
        start = Position(number, cell.column, 0)
        end = Position(number, cell.column + max(1, len(cell.text)), 0)
        self.problems.append(
            Diagnostic(Severity.ERROR, summary, detail, range=Range(self._file, start, end, line))
        )


_HOW = "The first line names the columns: objective or service, start, end; values are apart by commas."
_INSTANTS = "Write it with its zone, as 2026-03-01T08:15:00+01:00 or 2026-03-01T07:15:00Z."


def parse_outages(text: str, file: str, estate: Estate) -> tuple[Outage, ...]:
    """Read a file of outages; `file` is how messages call it.

    Raises:
        InvalidFiles: with every row that is wrong, each with its line and column.
    """
    reader = _Reader(file, estate)
    found = tuple(reader.rows(text.splitlines()))
    if reader.problems:
        raise InvalidFiles(reader.problems)
    return found


def _cells(line: str) -> list[_Cell]:
    """The values of a line, each with the column where it begins."""
    columns, quoted = [1], False
    for index, char in enumerate(line):
        quoted ^= char == '"'
        if char == "," and not quoted:
            columns.append(index + 2)
    (texts,) = csv.reader([line])
    return [_Cell(text, column) for text, column in zip(texts, columns, strict=True)]
