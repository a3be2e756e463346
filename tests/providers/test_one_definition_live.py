"""One agreement with service hours and maintenance, in a real Prometheus and a real Zabbix: their figures of some days, and slactl's own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from prometheus_server import PrometheusServer, keep_history, running
from zabbix_server import ZabbixServer

from slactl.base.intervals import IntervalSet
from slactl.cli.main import main
from slactl.documents.load import load_workspace
from slactl.measure.attainment import measured_time
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.provider import Context, Query, Reading
from slactl.provider.registry import load_provider
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]

TODAY = date(2026, 11, 24)
ESTATE = (
    PEOPLE
    + document("Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {country: DE}')
    + service("shop", "web", intrinsic="99.99%")
    + document("Indicator", "shop", "probe: shop_up, zabbix: {problemTags: {service: shop}}")
    + promise(
        "SLA", "a", "shop", "99%",
        "customer: acme, hours: berlin, excludes: [planned-maintenance], maintenance: {windows: [{name: patch, "
        'starts: "2026-01-02T16:00", duration: 2h, rrule: "FREQ=MONTHLY;BYDAY=1FR", timezone: Europe/Berlin}]},',
        "indicator: shop, window: calendar-day",
    )
)  # fmt: skip


def backends(prometheus: str, zabbix: str) -> str:
    """The two backends, at these addresses."""
    config = f'url: "{zabbix}", user: Admin, password: "${{env.ZABBIX_PASSWORD}}", hours: exact'
    return document(
        "Backend", "prom", f'provider: prometheus, config: {{rulesDir: rules, url: "{prometheus}"}}'
    ) + document("Backend", "noc", f"provider: zabbix, config: {{{config}}}")


DAYS = {
    # the day, the outage in UTC, and the minutes of it that count
    "2026-03-03": ("2026-03-03T06:30", "2026-03-03T07:45", 45),  # from before the opening
    "2026-03-06": ("2026-03-06T14:30", "2026-03-06T16:50", 30),  # the maintenance begins within it
    "2026-03-20": ("2026-03-20T16:00", "2026-03-20T22:30", 60),  # beyond the closing
    "2026-03-31": ("2026-03-31T05:00", "2026-03-31T10:30", 270),  # behind the change of the clocks: open since 06:00
    "2026-04-06": ("2026-04-06T08:00", "2026-04-06T09:00", 0),  # Easter Monday
}  # fmt: skip
EDGE_S = 60
MASKED_S = 150
"""What Prometheus leaves out of a stretch of service: two evaluations at its beginning, a look-up at its end."""


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


DOWN = [(seconds(start), seconds(end)) for start, end, _ in DAYS.values()]


def day(estate: Estate, name: str) -> Query:
    agreement = estate.agreements["sla.a"]
    objective = agreement.objectives["availability"]
    noon = seconds(f"{name}T12:00")
    ((start, end),) = objective.window.spans(estate.hours.zone(objective.hours), noon, noon + 1)
    return Query(agreement, objective, start, end, measured_time(estate, agreement, objective, (start, end)))


def readings(root: Path, backend_name: str) -> dict[str, Reading]:
    """What a backend says of each day."""
    estate, _ = build_estate(load_workspace(root))
    backend = estate.backends[backend_name]
    config = {**backend.config, **({"password": "zabbix"} if backend_name == "noc" else {})}
    with load_provider(backend.provider).connect(
        backend, config, Context(root, "estate", TODAY)
    ) as connection:
        found = connection.measure([day(estate, one) for one in DAYS])
    return {name: one for name, one in zip(DAYS, found, strict=True) if one is not None}


def keep(series: Mapping[str, Sequence[tuple[int, str]]], folder: Path) -> None:
    """Put series into the data of a server that does not run."""
    rows = [f"{name} {value} {at}" for name, samples in series.items() for at, value in samples]
    metric = next(iter(series)).partition("{")[0]
    text = folder / "series.txt"
    text.write_text("\n".join([f"# TYPE {metric} gauge", *rows, "# EOF", ""]))
    keep_history(text, folder)


def recorded(
    server: PrometheusServer, rules: Path, spans: Sequence[tuple[int, int]], step_s: int
) -> dict[str, list[tuple[int, str]]]:
    """What the one recording rule of a file gives over some stretches of time."""
    ((rule,),) = (group["rules"] for group in yaml.safe_load(rules.read_text())["groups"])
    found: dict[str, list[tuple[int, str]]] = {}
    for start, end in spans:
        for row in server.over(rule["expr"], start, end, step_s):
            labels = {**row["metric"], **rule.get("labels", {})}
            labels.pop("__name__", None)
            name = ",".join(f'{key}="{value}"' for key, value in labels.items())
            found.setdefault(f"{rule['record']}{{{name}}}", []).extend(
                (int(at), value) for at, value in row["values"]
            )
    return found


def test_prometheus_and_zabbix_count_what_the_agreement_counts(
    workspace: Write, zabbix: ZabbixServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZABBIX_PASSWORD", "zabbix")
    root = workspace(ESTATE, backends("http://127.0.0.1:9", zabbix.url))
    assert main([f"-chdir={root}", "apply", "-auto-approve", f"-as-of={TODAY}"]) == 0
    estate, _ = build_estate(load_workspace(root))
    asked = {name: day(estate, name) for name in DAYS}
    ours = {name: (one.measured & IntervalSet.of(DOWN)).seconds for name, one in asked.items()}
    assert ours == {name: minutes * 60 for name, (_, _, minutes) in DAYS.items()}

    zabbix.went_through(DOWN)
    by_zabbix = readings(root, "noc")
    working = {name: one.measured.seconds for name, one in asked.items() if one.measured}
    assert set(DAYS) - set(working) == {"2026-04-06"}
    assert {name: by_zabbix[name].bad_s for name in working} == {name: ours[name] for name in working}
    assert by_zabbix["2026-04-06"].good is None

    by_prometheus = _measured_by_prometheus(root, tmp_path / "server", [*asked.values()], zabbix)
    for name, seconds_ in working.items():
        theirs = by_prometheus[name]
        assert theirs.bad_s is not None
        assert theirs.good is not None
        assert abs(theirs.bad_s - ours[name]) <= 2 * EDGE_S + MASKED_S, name
        assert abs(theirs.good - (1 - Fraction(ours[name], seconds_))) <= Fraction(
            2 * EDGE_S + MASKED_S, seconds_
        ), name
    assert by_prometheus["2026-04-06"].good is None


def _measured_by_prometheus(
    root: Path, folder: Path, asked: Sequence[Query], zabbix: ZabbixServer
) -> dict[str, Reading]:
    """Put the probe into a server's past, and what our rules record of it: each needs what the one before has recorded."""
    folder.mkdir()
    spans = [(one.start - 600, one.end + 600) for one in asked]
    bad = IntervalSet.of(DOWN)
    probe = [(at, str(int(not bad.clip(at, at + 1)))) for start, end in spans for at in range(start, end, 60)]
    keep({"shop_up": probe}, folder)
    (calendar,) = (root / "rules").glob("*calendar*.yaml")
    steps = folder / "steps.yaml"
    rule = {
        "record": "slactl:objective:sum5m",
        "expr": 'sum_over_time(slactl:objective:now{part!="budget"}[5m])',
    }
    steps.write_text(yaml.safe_dump({"groups": [{"name": "steps", "rules": [rule]}]}))
    base = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    for rules, step_s in ((calendar, 60), (base, 60), (steps, 300)):
        with running(folder, folder / "none") as server:
            # groups are evaluated at moments of their own: a sum never begins and ends at a sample
            at = [(start + step_s // 10, end + step_s // 10) for start, end in spans]
            series = recorded(server, rules, at, step_s)
        keep(series, folder)
    with running(folder, folder / "none") as server:
        (root / "agreements" / "01.yaml").write_text(backends(server.url, zabbix.url))
        return readings(root, "prom")
