"""`slactl due` and `slactl impact` as their users type them: what is printed, documents, calendars, bad input."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from slactl.cli.main import main

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]
DAY = "-as-of=2026-11-23"

AWKWARD = """\
apiVersion: slactl/v1
kind: Waiver
metadata: {name: w}
spec:
  rule: SLA201
  subject: sla.a.availability
  reason: none
  owner: "Grün, Müßig; \\\\ and Söhne: %s\\nBEGIN:VEVENT\\r\\nSUMMARY:no\\u2028\\x85more"
  until: 2026-12-24
"""


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def webshop(repository: Path, tmp_path: Path) -> str:
    """A copy of the webshop example, as the option that names it."""
    root = tmp_path / "webshop"
    hidden = shutil.ignore_patterns(".slactl", "rules")
    shutil.copytree(repository / "examples" / "webshop", root, ignore=hidden)
    return f"-chdir={root}"


def test_due_lists_by_date_with_file_and_line(webshop: str, slactl: Run) -> None:
    code, out, err = slactl(webshop, "due", DAY, "-within", "1Y")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    review = lines.index("  2026-12-30  in 37 days   sla.acme-shop: review, every 6M (team-shop and acme)")
    assert lines[review + 1].endswith("agreements/slas/acme-shop.yaml:16")
    coming = out[out.index("Due until 2027-11-23") :]
    dates = [line.split()[0] for line in coming.splitlines() if line.startswith("  20")]
    assert dates == sorted(dates)
    assert f"{len(dates)} due until 2027-11-23. As of 2026-11-23." in lines[-1]


def test_overdue_things_come_first(repository: Path, slactl: Run) -> None:
    folder = f"-chdir={repository / 'examples' / 'hr-outsourcing'}"
    out = slactl(folder, "due", DAY)[1]
    assert out.startswith("Overdue\n  2026-03-31  237 days ago  sla.millbrook-hr.consultant-on-site: ")


def test_the_document_of_due_says_the_same(webshop: str, slactl: Run) -> None:
    code, out, _ = slactl(webshop, "due", DAY, "-within=1Y", "-json")
    document = json.loads(out)
    assert code == 0
    assert (document["as_of"], document["until"]) == ("2026-11-23", "2027-11-23")
    assert document["overdue"] == sum(one["overdue"] for one in document["due"])
    waivers = [one for one in document["due"] if one["kind"] == "waiver"]
    assert [one["address"] for one in waivers] == ["waiver.latency-budget", "waiver.latency-promise"]
    assert (waivers[0]["on"], waivers[0]["days"], waivers[0]["who"]) == (
        "2027-03-31",
        128,
        ["head of platform"],
    )
    assert waivers[0]["range"]["filename"] == "agreements/waivers.yaml"
    assert [one["range"]["start"]["line"] for one in waivers] == [11, 21]


def test_the_calendar_reads_back_as_what_is_due(webshop: str, slactl: Run) -> None:
    document = json.loads(slactl(webshop, "due", DAY, "-within=1Y", "-json")[1])
    code, out, _ = slactl(webshop, "due", DAY, "-within=1Y", "-ical")
    assert code == 0
    events = Calendar.from_ical(out).walk("VEVENT")
    assert [str(event.decoded("dtstart")) for event in events] == [one["on"] for one in document["due"]]
    for event, one in zip(events, document["due"], strict=True):
        assert type(event.decoded("dtstart")) is date
        assert event.decoded("dtstamp") == datetime(2026, 11, 23, tzinfo=UTC)
        assert str(event["uid"]) == f"{one['address']}.{one['mark']}@webshop.example-inc.slactl"
        assert f"{one['address']}: {one['what']}" in str(event["summary"])
        assert str(event["summary"]).startswith("Overdue: ") == one["overdue"]
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_the_calendar_keeps_to_the_letter_of_rfc_5545(workspace: Write, slactl: Run) -> None:
    here = f"-chdir={workspace(AWKWARD % ('Ä' * 100))}"
    code, out, _ = slactl(here, "due", DAY, "-ical")
    assert code == 0
    assert out.endswith("END:VCALENDAR\r\n")
    assert out.count("\n") == out.count("\r\n")
    assert all(len(line.encode()) <= 75 for line in out.split("\r\n"))
    assert "\r\nDTSTART;VALUE=DATE:20261224\r\n" in out
    assert "\r\nDTSTAMP:20261123T000000Z\r\n" in out
    (event,) = Calendar.from_ical(out).walk("VEVENT")
    owner = f"Grün, Müßig; \\ and Söhne: {'Ä' * 100} BEGIN:VEVENT SUMMARY:no more"
    what = "waiver.w: last day of the waiver of SLA201 on sla.a.availability"
    assert str(event["summary"]) == f"{what} ({owner})"


def test_the_same_day_gives_the_same_calendar_and_uids_outlive_it(webshop: str, slactl: Run) -> None:
    def uids(day: str) -> set[str]:
        out = slactl(webshop, "due", f"-as-of={day}", "-within=1Y", "-ical")[1]
        return {line for line in out.split("\r\n") if line.startswith("UID:")}

    first = slactl(webshop, "due", DAY, "-ical")
    assert slactl(webshop, "due", DAY, "-ical") == first
    assert len(uids("2026-11-23") & uids("2026-11-24")) == len(uids("2026-11-23"))


def test_a_calendar_of_nothing_has_a_component(workspace: Write, slactl: Run) -> None:
    here = f"-chdir={workspace('')}"
    assert "Nothing is due until 2027-02-21." in slactl(here, "due", DAY)[1]
    out = slactl(here, "due", DAY, "-ical")[1]
    assert Calendar.from_ical(out).walk("VTIMEZONE")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-within=soon"], '-within "soon" is no length of time'),
        (["-within=200Y"], "200Y is further than anybody can plan"),
        (["-json", "-ical"], "not allowed with argument"),
        (["-as-of=tomorrow"], '-as-of "tomorrow" is no date'),
    ],
)
def test_due_refuses_what_makes_no_sense(webshop: str, slactl: Run, options: list[str], message: str) -> None:
    code, out, err = slactl(webshop, "due", *options)
    assert (code, out) == (1, "")
    assert message in err


def test_impact_says_verdicts_time_and_money(webshop: str, slactl: Run) -> None:
    code, out, err = slactl(webshop, "impact", "uc.paylane", DAY, "-target", "99.5%")
    assert (code, err) == (0, "")
    assert "sla.acme-shop.availability  99.9%  (acme)\n  today        guaranteed " in out
    assert "29d 23h 40m more downtime, 25% of the fee back" in out
    assert (
        "  acme: 1 promise worse, 1 no longer supported, up to 29d 23h 40m more downtime, "
        "credits of up to 3,000 EUR, fees of 12,000 EUR a month concerned\n"
    ) in out
    assert "If it fails:" in out
    assert "If it ends:" in out
    assert "With 99.5%:" in out


def test_the_document_of_impact_says_the_same(webshop: str, slactl: Run) -> None:
    document = json.loads(slactl(webshop, "impact", "party.nimbus", DAY, "-json")[1])
    assert document["subject"] == {
        "address": "party.nimbus",
        "services": ["cdn-east", "cdn-west", "hosting"],
        "agreements": ["uc.nimbus-cdn", "uc.nimbus-hosting"],
    }
    objectives = {one["address"]: one for one in document["objectives"]}
    acme, birch = objectives["sla.acme-shop.availability"], objectives["sla.birch-shop.availability"]
    assert acme["today"]["verdict"] == "guaranteed"
    assert acme["then"]["fails"]["guaranteed"] == "0"
    assert acme["then"]["fails"]["credit_share"] == "0.25"
    assert birch["then"]["fails"]["change"] == "worse"
    assert set(document["scenarios"]) == {"fails", "ends"}
    total = document["scenarios"]["fails"][-1]
    assert (total["customer"], total["credits"], total["fees_a_month"]) == (None, "3400", "16000")
    assert document["currency"] == "EUR"


def test_impact_of_what_nothing_rests_on(workspace: Write, slactl: Run) -> None:
    alone = (
        "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: cloud}\nspec: {type: supplier}\n"
        "---\napiVersion: slactl/v1\nkind: Service\nmetadata: {name: net}\nspec: {owner: cloud}\n"
    )
    code, out, _ = slactl(f"-chdir={workspace(alone)}", "impact", "party.cloud", DAY)
    assert code == 0
    assert "No promise to a customer rests on it." in out


def test_impact_refuses_what_makes_no_sense(webshop: str, slactl: Run) -> None:
    code, out, err = slactl(webshop, "impact", "uc.paylan", DAY)
    assert (code, out) == (1, "")
    assert 'Did you mean "uc.paylane"?' in err
    assert slactl(webshop, "impact", DAY)[0] == 1
    assert "is no target for" in slactl(webshop, "impact", "uc.paylane", "-target=often", DAY)[2]
