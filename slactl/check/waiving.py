"""Waivers applied to findings."""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import replace
from slactl.check.result import Finding
from slactl.model.estate import Estate
from slactl.model.selector import Graph, is_plain, parse_selector
from slactl.model.waiver import Waiver


def waived(findings: Iterable[Finding], estate: Estate, as_of: date) -> list[Finding]:
    """The findings, those that a waiver in force accepts marked with it."""
    return _Waiving(estate, as_of).marked(findings)


class _Waiving:
    def __init__(self, estate: Estate, as_of: date) -> None:
        self._estate = estate
        self._by_rule: dict[str, list[Waiver]] = {}
        for waiver in estate.waivers.values():
            if waiver.until >= as_of:
                self._by_rule.setdefault(waiver.rule, []).append(waiver)
        self._selected: dict[str, frozenset[str]] = {}

    def marked(self, findings: Iterable[Finding]) -> list[Finding]:
        return [self._marked(one) if one.rule in self._by_rule else one for one in findings]

    def _marked(self, finding: Finding) -> Finding:
        found = (one for one in self._by_rule[finding.rule] if self._accepts(one, finding.address))
        waiver = next(found, None)
        return finding if waiver is None else replace(finding, waived_by=waiver.address)

    def _accepts(self, waiver: Waiver, address: str) -> bool:
        """An address is meant with what is below it only where it says so; a selector means all of what it names."""
        if is_plain(waiver.subject):
            return fnmatchcase(address, waiver.subject)
        selected = self._names(waiver)
        return address in selected or ".".join(address.split(".")[:2]) in selected

    def _names(self, waiver: Waiver) -> frozenset[str]:
        """What the selector names; one that names nothing accepts nothing, and SLA902 says so."""
        if waiver.subject not in self._selected:
            try:
                self._selected[waiver.subject] = self._graph.select(parse_selector(waiver.subject))
            except SlactlError:
                self._selected[waiver.subject] = frozenset()
        return self._selected[waiver.subject]

    @cached_property
    def _graph(self) -> Graph:
        return Graph(self._estate)
