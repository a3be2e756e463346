"""The panels of one objective that Prometheus measures."""

from collections.abc import Iterator
from decimal import Decimal

from slactl_grafana.measured import Shown
from slactl_grafana.panels import GREEN, ORANGE, RED, Look, Panel, Query, curves, figures, text
from slactl_grafana.queries import Queries
from slactl_grafana.words import period_of, target_of
from slactl_prometheus.fleet import PAIRS, fires
from slactl_prometheus.promql import length
from slactl_prometheus.rules import budget_text

_QUARTER = Decimal("0.25")
_LEAST_DECIMALS = 3


def attained(shown: Shown, title: str, link: tuple[str, str] | None = None) -> Panel:
    """The good share of the time shown, red below what was promised."""
    objective = shown.watched.objective
    about = f"The good share of the time shown. Promised: {target_of(objective)} {period_of(objective)}."
    look = Look("percentunit", _decimals(shown), ((None, RED), (1 - _budget(shown), GREEN)), link=link)
    return figures(title, about, shown.datasource, [Query(Queries(shown.watched).attained())], look)


def figures_of(shown: Shown) -> Iterator[Panel]:
    """Attained, budget left, failed, recorded: of the whole time that is shown."""
    name, queries = shown.watched.objective.name, Queries(shown.watched)
    yield attained(shown, f"{name}: attained")
    yield _budget_left(shown, f"{name}: error budget left")
    yield _failed(shown)
    known = [Query(queries.recorded(), "recorded")]
    if shown.watched.how.unit == "time":
        known.append(Query(queries.without_data(), "without data"))
    about = "The share of the time shown for which figures are there. Time without data counts as good."
    yield figures(f"{name}: recorded", about, shown.datasource, known, Look("percentunit", 1))


def curves_of(shown: Shown) -> Iterator[Panel]:
    """Attained against target, budget left, burn rates: at each moment."""
    name, queries = shown.watched.objective.name, Queries(shown.watched)
    period = length(shown.watched.burn.period_s)
    about = f"At each moment, of the {period} before it; the report's figures are those of whole periods."
    good = [Query(queries.rolling_attained(), "attained"), Query(queries.target(), "target")]
    title, look = f"{name}: attained and target, rolling {period}", Look("percentunit", _decimals(shown))
    yield curves(title, about, shown.datasource, good, look)
    if _budget(shown) == 0:
        return
    left = [Query(queries.rolling_budget_left(), "left")]
    title = f"{name}: error budget left, rolling {period}"
    look = Look("percentunit", 1, ((None, RED), (Decimal(0), GREEN)), most=1)
    yield curves(title, about, shown.datasource, left, look)
    yield _burn_rates(shown)


def _budget_left(shown: Shown, title: str) -> Panel:
    if _budget(shown) == 0:
        return text(title, ["There is no error budget: all of it is promised."])
    about = "The share of the failures that the promise allows in the time shown that has not happened. Below zero: overspent."
    look = Look("percentunit", 1, ((None, RED), (Decimal(0), ORANGE), (_QUARTER, GREEN)))
    return figures(title, about, shown.datasource, [Query(Queries(shown.watched).budget_left())], look)


def _failed(shown: Shown) -> Panel:
    """Downtime for what counts time, failures for what counts events."""
    name, queries = shown.watched.objective.name, Queries(shown.watched)
    if shown.watched.how.unit == "time":
        about = "Time in which it was down, of the time shown that counts."
        down = [Query(queries.bad(), "down"), Query(queries.total(), "of")]
        return figures(f"{name}: downtime", about, shown.datasource, down, Look("dtdhms"))
    about = "Events that failed, of all in the time shown that count."
    failed = [Query(queries.bad(), "failed"), Query(queries.total(), "of")]
    return figures(f"{name}: failed events", about, shown.datasource, failed, Look("short", 0))


def _burn_rates(shown: Shown) -> Panel:
    burn = shown.watched.burn
    steps: list[tuple[Decimal | None, str]] = [(None, GREEN), (Decimal(1), ORANGE)]
    paging = [
        pair.factor(burn) for pair in PAIRS if pair.severity == "page" and fires(pair, burn, _budget(shown))
    ]
    steps += [(factor, RED) for factor in paging[:1] if factor > 1]
    about = "How many times faster than allowed the budget burns, over windows of several lengths. At 1 it lasts just as long as its period"
    about += f"; above {paging[0]} over the shorter windows somebody is paged." if paging else "."
    return curves(
        f"{shown.watched.objective.name}: burn rate",
        about,
        shown.datasource,
        [Query(Queries(shown.watched).burn_rates(), "{{window}}")],
        Look("none", 2, tuple(steps), least=0),
    )


def _budget(shown: Shown) -> Decimal:
    return Decimal(budget_text(shown.watched.objective))


def _decimals(shown: Shown) -> int:
    """Two more than the promise has, so that a near miss is no hit."""
    percent = 100 * _budget(shown)
    exponent = percent.normalize().as_tuple().exponent
    return max(_LEAST_DECIMALS, 2 - int(exponent))
