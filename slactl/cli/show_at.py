"""`slactl show -at=DAY ADDRESS`: what was promised on a day."""

import argparse
from datetime import UTC, date, datetime, time, timedelta

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.console import Console
from slactl.cli.formats import asked
from slactl.cli.history import history_of
from slactl.cli.operating import open_operation
from slactl.cli.workspace import load_estate
from slactl.render.history import promised_json, promised_text
from slactl.state.promised import known_addresses, promised_before


def show_at(parsed: argparse.Namespace, console: Console) -> int:
    """Print the agreement as it was last applied before the end of the day in UTC, or that there was none."""
    day = _day(parsed.at)
    entries = history_of(open_operation(parsed).store)
    known = known_addresses(entries)
    if parsed.what not in known:
        known |= load_estate(parsed, console).agreements.keys()
    if parsed.what not in known:
        raise SlactlError(
            f'Neither the history nor the files have an agreement "{parsed.what}"',
            f"Give an address like sla.acme-shop.{did_you_mean(parsed.what, known)}",
        )
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    found = promised_before(entries, parsed.what, end)
    as_json = asked(parsed, "text") == "json"
    console.print(promised_json(found, day) if as_json else promised_text(found, day, console.out_style))
    return 0


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise SlactlError(f'-at "{text}" is no date', "Write it as 2026-03-01.") from None
    if day > datetime.now(UTC).date():
        raise SlactlError(f"{day} has not come yet", "The history tells what was promised up to today.")
    return day
