"""`slactl baseline`: which target measured history bears."""

import argparse
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.planning import Session, open_session
from slactl.documents.reader import read_text
from slactl.measure.attainment import MEASURABLE
from slactl.measure.baseline import Limit, baseline
from slactl.measure.history import History
from slactl.measure.outage_file import parse_outages
from slactl.measure.outages import outage_histories
from slactl.measure.readings import histories
from slactl.measure.service_days import Period, Subject
from slactl.model.estate import Estate
from slactl.model.selector import Graph, parse_selector
from slactl.render.baseline import Baselines, baseline_text
from slactl.render.baseline_json import baseline_json
from slactl.suggest.ladder import SHARES
from slactl.suggest.standing import result_of
from slactl.suggest.support import strictest_share

_DAYS = 365
_MOST_DAYS = 3_660


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "selectors",
        metavar="SELECTOR",
        nargs="*",
        help="an objective, an agreement, or a selector like customer:acme or sla.acme+; default: everything that is measured",
    )
    history = parser.add_mutually_exclusive_group()
    history.add_argument("--since", metavar="DATE", help="the first day of history to look at")
    history.add_argument("--days", metavar="N", help=f"how many days of history to look at; default: {_DAYS}")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--backend", metavar="NAME", help="ask this backend only")
    source.add_argument(
        "--outages",
        metavar="FILE",
        help="ask no backend: a CSV file with all outages since -since, columns objective or service, start, end",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Judge targets by history; exit code 0 whatever it says."""
    day = as_of(parsed)
    period = _period(parsed, day)
    session = open_session(parsed, console)
    estate = session.estate
    subjects = _subjects(estate, parsed.selectors)
    found = _histories(parsed, session, subjects, period)
    assessment = check(estate, day)
    told_of = {one.objective.address: one for one in found}
    limits = {address: _limit(estate, assessment, one) for address, one in told_of.items()}
    told = Baselines(
        day,
        [baseline(estate, one, day, SHARES, limits[one.objective.address]) for one in found],
        sorted({one.address for _, one in subjects} - limits.keys()),
    )
    console.print(baseline_json(told) if parsed.json else baseline_text(told, console.out_style))
    return 0


def _period(parsed: argparse.Namespace, until: date) -> Period:
    if parsed.since is None:
        if parsed.outages:
            raise SlactlError(
                "-outages needs to know since when the file is complete",
                "Say -since DATE: days from then on without an outage count as good.",
            )
        return Period(until - timedelta(days=_number(parsed.days)), until)
    try:
        first = date.fromisoformat(parsed.since)
    except ValueError:
        raise SlactlError(f'-since "{parsed.since}" is no date', "Write it as 2026-11-23.") from None
    if first >= until:
        raise SlactlError(
            f"-since {first} is not before {until}", "History ends with the day before -as-of, or today."
        )
    if (until - first).days > _MOST_DAYS:
        raise SlactlError(
            f"-since {first} is more than ten years ago", f"Up to {_MOST_DAYS} days are looked at."
        )
    return Period(first, until)


def _number(text: str | None) -> int:
    if text is None:
        return _DAYS
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_DAYS):
        raise SlactlError(f'-days "{text}" is no number of days', f"Write one from 1 to {_MOST_DAYS}.")
    return int(text)


def _subjects(estate: Estate, selectors: Sequence[str]) -> list[Subject]:
    """The measurable objectives that are selected, of agreements that are in force or may come into force.

    Raises:
        SlactlError: when a selector is none, or names nothing.
    """
    every = [*estate.objectives()]
    chosen: frozenset[str] | None = None
    if selectors:
        graph = Graph(estate, more=[one.address for _, one in every])
        chosen = frozenset().union(*(graph.select(parse_selector(one)) for one in selectors))
    selected = [
        (agreement, one)
        for agreement, one in every
        if agreement.status.firmness and (chosen is None or chosen & {agreement.address, one.address})
    ]
    found = [one for one in selected if one[1].metric in MEASURABLE]
    if selectors and not found:
        raise SlactlError(
            f"{' '.join(selectors)} selects no objective that can be measured",
            f"Measured are {', '.join(MEASURABLE)} of agreements that are neither expired nor terminated.",
        )
    return found


def _histories(
    parsed: argparse.Namespace, session: Session, subjects: Sequence[Subject], period: Period
) -> list[History]:
    estate = session.estate
    if parsed.outages:
        name = str(parsed.outages)
        outages = parse_outages(read_text(Path(parsed.root) / name, name), name, estate)
        return outage_histories(estate, subjects, period, outages, name)
    if parsed.backend is not None and parsed.backend not in estate.backends:
        raise SlactlError(
            f'There is no backend "{parsed.backend}"', did_you_mean(parsed.backend, estate.backends).strip()
        )
    return histories(estate, subjects, period, session.connect, parsed.backend)


def _limit(estate: Estate, assessment: Assessment, history: History) -> Limit | None:
    address = history.objective.address
    result = result_of(assessment, address)
    if result is None or not history.days:
        return None
    return Limit(result.verdict, strictest_share(estate, assessment, address))
