"""A check as lines of JSON, for logs and stream readers: a head, a line for each thing that is said, a summary."""

import json
from collections.abc import Iterator
from typing import Any

from slactl import __version__
from slactl.render.check_json import report_document
from slactl.render.check_report import CheckReport

FORMAT_VERSION = "1.0"
"""The second number grows when a field or a type is added, the first when one changes its meaning or goes."""


def check_jsonl(report: CheckReport) -> str:
    """The lines; each is a JSON object with a `type`."""
    document = report_document(report)
    body = [_head(report, document), *_lines(document)]
    summary = {"type": "summary", "message": f"slactl {report.command} {report.verdict()}."}
    lines = [*body, summary | {"passed": report.assessment.passed, "lines": len(body) + 1}]
    return "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)


def _head(report: CheckReport, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": report.command,
        "format_version": FORMAT_VERSION,
        "slactl_version": __version__,
        "as_of": document["as_of"],
        "horizon_end": document["horizon_end"],
        "baseline": None if report.baseline is None else report.baseline.file,
    }


def _lines(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from ({"type": "objective"} | one for one in document["objectives"])
    yield from ({"type": "amount"} | one for one in document["amounts"])
    yield from ({"type": "finding"} | one for one in document["findings"])
    yield from ({"type": "gone"} | one for one in (document["baseline"] or {"gone": []})["gone"])
