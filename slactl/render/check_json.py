"""The document of `check -json`, with each finding's lasting name and what a baseline knows of it."""

import json
from typing import Any

from slactl.render.check_report import Baseline, CheckReport, Reported
from slactl.render.findings import check_document


def check_json(report: CheckReport) -> str:
    """The document as text."""
    return json.dumps(report_document(report), indent=2, ensure_ascii=False)


def report_document(report: CheckReport) -> dict[str, Any]:
    """The document as data."""
    document = check_document(report.assessment, report.locator)
    document["findings"] = [
        written | _lasting(one) for written, one in zip(document["findings"], report.findings, strict=True)
    ]
    document["baseline"] = None if report.baseline is None else _baseline(report.baseline)
    return document


def _lasting(one: Reported) -> dict[str, Any]:
    known = one.finding.known
    about = {"since": known.since.isoformat(), "owner": known.owner, "worse": known.worse} if known else None
    return {"fingerprint": one.fingerprint, "known": about}


def _baseline(baseline: Baseline) -> dict[str, Any]:
    gone = [
        {"rule": one.rule, "address": one.address, "fingerprint": one.fingerprint} for one in baseline.gone
    ]
    return {"file": baseline.file, "gone": gone}
