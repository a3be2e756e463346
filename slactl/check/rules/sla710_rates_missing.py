"""Sums of money in several currencies can be added."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.exposure_case import cases
from slactl.check.fees import Exchange
from slactl.check.indemnities import given_indemnities
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA710",
    Severity.ERROR,
    title="Sums over currencies have a rate",
    rationale="Credits and covers in different currencies cannot be compared without exchange rates, and a guess is no sum.",
    source="SLA arithmetic: amounts are exact or not stated",
    fix='Give the rates in slactl.yaml: rates: {base: EUR, USD: "0.92", asOf: 2026-11-01}.',
)
def rates_missing(evidence: Evidence) -> Iterator[Broken]:
    """Credit exposures and indemnities whose sums have no common currency."""
    exchange = Exchange(evidence.estate.workspace.rates)
    for case in cases(evidence):
        if case.currency is None:
            yield Broken(
                f"party.{case.cause.supplier}",
                f"What an outage of {case.cause.supplier} costs is in {sentence_list(case.currencies)}, and the workspace "
                "has no rates to add these by.",
                place=evidence.estate.parties[case.cause.supplier].place,
            )
    for given in given_indemnities(evidence.estate):
        currencies = sorted({money.currency for money in given.sums()})
        if currencies and exchange.common(currencies) is None:
            yield Broken(
                given.sla.address,
                f"The indemnity {given.indemnity.name} of {given.sla.address} and what stands behind it are in "
                f"{sentence_list(currencies)}, and the workspace has no rates to compare these by.",
                place=given.indemnity.place,
            )
