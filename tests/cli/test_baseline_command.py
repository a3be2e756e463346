"""`slactl baseline` as its user sees it: text, JSON, what is selected, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run

AS_OF = "-as-of=2026-11-23"
OUTAGES = ("-outages=outages.csv", "-since=2025-11-23")


@pytest.fixture
def said(run: Run) -> Any:
    def said(*arguments: str) -> dict[str, Any]:
        code, out, err = run("baseline", AS_OF, "-json", *arguments)
        assert code == 0, err
        document: dict[str, Any] = json.loads(out)
        return document

    return said


def test_the_worst_comes_first_and_a_sum_last(run: Run) -> None:
    code, out, _ = run("baseline", AS_OF, *OUTAGES)
    assert code == 0
    blocks = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert [line.split()[0] for line in blocks[:5]] == [
        "ola.catalogue.availability",
        "sla.acme-shop.availability",
        "ola.checkout.availability",
        "ola.orders-db.availability",
        "sla.birch-shop.availability",
    ]
    assert blocks[-2].startswith("Nothing measures sla.acme-shop.p95-latency, uc.nimbus-cdn.availability, ")
    assert blocks[-1] == "5 baselines: 3 too strict, 2 without enough history. As of 2026-11-23."


def test_a_block_says_history_past_next_target_and_what_to_do(run: Run) -> None:
    _, out, _ = run("baseline", AS_OF, *OUTAGES, "sla.birch-shop")
    assert out == (
        "sla.birch-shop.availability  99.5% a month: not enough history\n"
        "  history  252 days with data, 2025-11-23 to 2026-11-22, from outages.csv; 4 incidents, down 18m of 104d 8h\n"
        "  past     11 of 11 windows met; Wilson's 90 % interval: 80.2 % to 100 %\n"
        "  next     unknown: 4 incidents, and 5 are needed; 11 clean windows still allow a risk of 18.9 % (at 90 % confidence)\n"
        "  target   99.5% as a provisional one\n"
        "  to do    Say provisional: true. Owe no credits until it is confirmed. The agreement names no process that adjusts it"
        " (SLA402): say reviews.adjustment. Review: 2027-02-01.\n"
        "\n"
        "1 baseline: 1 without enough history. As of 2026-11-23.\n"
    )


def test_the_document(said: Any) -> None:
    document = said(*OUTAGES, "sla.acme-shop.availability")
    (found,) = document.pop("objectives")
    assert document == {"format_version": "1.0", "as_of": "2026-11-23", "not_measured": []}
    following = found.pop("next_window")
    assert found == {
        "address": "sla.acme-shop.availability",
        "agreement": "sla.acme-shop",
        "metric": "availability",
        "window": "calendar-month",
        "target": "0.999",
        "advice": "too-strict",
        "history": {
            "source": "outages.csv",
            "from": "2025-11-23",
            "until": "2026-11-23",
            "days": 365,
            "days_without_data": 0,
            "incidents": 23,
            "incidents_are": "outages",
            "measured_seconds": str(365 * 86_400),
            "downtime_seconds": "11760",
            "events": None,
            "bad_events": None,
            "note": "",
        },
        "past_windows": {
            "met": 9,
            "of": 11,
            "left_out": 0,
            "interval": {"method": "wilson", "confidence": 0.9, "lower": 0.5728, "upper": 0.9379},
            "risk_left": None,
        },
        "achievable": {
            "target": "0.995",
            "by_history": "0.995",
            "by_check": "0.9995",
            "verdict": "guaranteed",
        },
        "insufficient": None,
        "provisional": None,
    }
    assert set(following) == {
        "method",
        "met",
        "met_at_least",
        "confidence",
        "breaches_a_year",
        "breaches_a_year_at_most",
    }
    assert (following["method"], following["confidence"]) == ("block-bootstrap", 0.9)
    assert 0.6 < following["met_at_least"] < following["met"] < 0.9
    assert following["breaches_a_year"] == pytest.approx(12 * (1 - following["met"]), abs=0.01)


def test_the_same_files_say_the_same_byte_for_byte(run: Run) -> None:
    asked = ("baseline", AS_OF, *OUTAGES, "-json")
    assert run(*asked) == run(*asked)


def test_less_history_says_when_to_confirm_the_target(said: Any) -> None:
    (found,) = said("-outages=outages.csv", "-since=2026-09-23", "sla.acme-shop.availability")["objectives"]
    assert found["insufficient"].startswith("61 days with data, and 90 are needed")
    assert found["next_window"] is None
    assert found["provisional"] == {
        "target": "0.999",
        "stated": False,
        "credits": True,
        "adjustment": "docs/change-of-targets.md",
        "review": "2026-12-30",
    }


def test_the_check_vetoes_what_history_bears(said: Any, shop: Path) -> None:
    (shop / "outages.csv").write_text(
        "objective,start,end\n"
        + "".join(
            f"sla.birch-shop.availability,2026-{month:02}-{day:02}T10:00:00Z,2026-{month:02}-{day:02}T10:00:30Z\n"
            for month in range(1, 11)
            for day in (5, 6, 7, 12)
        )
    )
    (found,) = said(*OUTAGES, "sla.birch-shop")["objectives"]
    achievable = found["achievable"]
    assert achievable["verdict"] == "guaranteed"
    assert float(achievable["by_history"]) > float(achievable["by_check"])
    assert achievable["target"] == achievable["by_check"]


def test_without_a_source_that_answers_it_says_why(run: Run) -> None:
    code, out, _ = run("baseline", AS_OF, "sla.acme-shop.availability")
    assert code == 0
    assert "0 days with data, 365 without" in out
    assert "the backend has no url to read from" in out
    assert "next     unknown: no data" in out


@pytest.mark.parametrize(
    ("selectors", "addresses"),
    [
        (("sla.acme-shop",), {"sla.acme-shop.availability"}),
        (("customer:birch",), {"sla.birch-shop.availability"}),
        (("sla.*",), {"sla.acme-shop.availability", "sla.birch-shop.availability"}),
        (("ola.checkout", "ola.catalogue.availability"), {"ola.checkout.availability", "ola.catalogue.availability"}),
    ],
)  # fmt: skip
def test_selectors(said: Any, selectors: tuple[str, ...], addresses: set[str]) -> None:
    assert {one["address"] for one in said(*OUTAGES, *selectors)["objectives"]} == addresses


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-since=2026-13-01",), '-since "2026-13-01" is no date'),
        (("-since=2026-11-23",), "-since 2026-11-23 is not before 2026-11-23"),
        (("-since=1999-01-01",), "-since 1999-01-01 is more than ten years ago"),
        (("-days=0",), '-days "0" is no number of days'),
        (("-days=ten",), '-days "ten" is no number of days'),
        (("-days=10", "-since=2026-01-01"), "not allowed with"),
        (("-outages=outages.csv",), "-outages needs to know since when the file is complete"),
        (("-outages=none.csv", "-since=2026-01-01"), "The file none.csv cannot be read"),
        (("-outages=outages.csv", "-since=2026-01-01", "-backend=prom"), "not allowed with"),
        (("-backend=nope",), 'There is no backend "nope"'),
        (("sla.acme-shopp",), "sla.acme-shopp selects nothing"),
        (("party.acme",), "party.acme selects no objective that can be measured"),
    ],
)
def test_what_is_wrong_is_said(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("baseline", AS_OF, *arguments)
    assert (code, out) == (1, "")
    assert message in err


def test_a_bad_row_shows_its_line(run: Run, shop: Path) -> None:
    (shop / "outages.csv").write_text("service,start,end\nshop,yesterday,2026-03-01T02:00:00Z\n")
    code, out, err = run("baseline", AS_OF, *OUTAGES)
    assert (code, out) == (1, "")
    assert "on outages.csv line 2, column 6:" in err
    assert "shop,yesterday,2026-03-01T02:00:00Z" in err


def test_help_names_the_command(run: Run) -> None:
    assert "  baseline      Which target measured history bears" in run("help")[1]
