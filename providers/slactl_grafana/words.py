"""What dashboards say in words: what is promised, to whom, what it rests on, what is not measured."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from slactl.base.ratio import plain
from slactl.base.text import sentence_list
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl_grafana.measured import Measured
from slactl_grafana.supports import Support

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
_MOST_CUSTOMERS = 20
NOT_MEASURED = "not measured in Prometheus"


def escaped(text: str) -> str:
    """A text as words of Markdown; Grafana puts values in for names behind a dollar sign."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;").replace("$", "&#36;")


def title_of(agreement: Agreement) -> str:
    """`SLA acme-shop: ACME's web shop`; kind and name make it unique in a folder, as Grafana wants it."""
    shown = f": {agreement.display_name}" if agreement.display_name else ""
    return f"{agreement.kind} {agreement.name}{shown}"


def target_of(objective: Objective) -> str:
    """`99.95%`, `300ms at p95`, `4h for P1`."""
    percentile = "" if objective.percentile is None else f" at p{plain(objective.percentile)}"
    priority = "" if objective.priority is None else f" for {objective.priority}"
    return f"{objective.target}{percentile}{priority}"


def period_of(objective: Objective) -> str:
    """`in each calendar month`, `in any 30d`, and of which hours."""
    window = objective.window
    period = f"in any {window.noun}" if window.kind == "rolling" else f"in each calendar {window.noun}"
    return period if objective.hours is None else f"{period} of {objective.hours}"


class Words:
    """The texts of one workspace's dashboards."""

    def __init__(self, estate: Estate, measured: Measured, pages: Mapping[str, str]) -> None:
        """`pages` are the uids of dashboards by agreement."""
        self._estate = estate
        self._measured = measured
        self._pages = pages

    def promises(self, agreement: Agreement) -> Iterator[str]:
        """Who promises what to whom, with a line for each objective."""
        services = sentence_list([self._service(name) for name in agreement.services])
        yield f"{self._party(agreement.provider)} promises {self._customers(agreement)}, on {services}:"
        yield from _table(
            ("objective", "promise", "period", "seen here"),
            (
                (escaped(one.name), escaped(self._promise(one)), escaped(period_of(one)), self._seen(one))
                for one in agreement.objectives.values()
            ),
        )

    def unmeasured(self, objectives: Iterable[Objective]) -> Iterator[str]:
        """The objectives without figures, and why they have none."""
        for one in objectives:
            reason = escaped(self._measured.why_not(one))
            yield f"- **{escaped(one.name)}** ({escaped(target_of(one))}): {NOT_MEASURED}; {reason}."

    def rests_on(self, found: Sequence[Support]) -> Iterator[str]:
        """Each service below, who promises it, and a link to that agreement's dashboard."""
        yield from _table(
            ("service", "needed by", "agreement", "promises", "seen here"),
            (line for one in found for line in self._support(one)),
        )

    def _support(self, support: Support) -> Iterator[tuple[str, ...]]:
        service, needed_by = self._service(support.service.name), escaped(support.needed_by)
        if not support.agreements:
            yield service, needed_by, "none", escaped(support.gap), ""
        for agreement in support.agreements:
            link = f"[{agreement.address}](d/{self._pages[agreement.address]})"
            for one in agreement.objectives.values():
                promise = f"{one.name} {self._promise(one)} {period_of(one)}"
                yield service, needed_by, link, escaped(promise), self._seen(one)

    def _promise(self, objective: Objective) -> str:
        return f"{target_of(objective)}{'' if objective.agreed else ' (a target, not agreed)'}"

    def _seen(self, objective: Objective) -> str:
        return "yes" if self._measured.shown(objective) else NOT_MEASURED

    def _service(self, name: str) -> str:
        return escaped(self._estate.services[name].display_name or name)

    def _customers(self, agreement: Agreement) -> str:
        """By name; beyond some, how many more."""
        if not agreement.customers:
            return "any team of the organization"
        named = [self._party(one) for one in agreement.customers[:_MOST_CUSTOMERS]]
        more = len(agreement.customers) - len(named)
        return sentence_list([*named, f"{more:,} more"] if more else named)

    def _party(self, name: str) -> str:
        party = self._estate.parties.get(name)
        return escaped(party.title if party is not None else name)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for line in lines:
        yield f"| {' | '.join(line)} |"
