"""Names that our routes refer to must be in the file: said here by the route, before amtool or the server say less."""

from collections.abc import Iterator, Mapping
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl_alertmanager.blocks import Block
from slactl_alertmanager.part import Key, Part

_TIMES = ("active_time_intervals", "mute_time_intervals")


def insist_on_names(blocks: Mapping[Key, Block], part: Part) -> None:
    """See that every receiver and time that a route of ours names is there.

    Raises:
        SlactlError: for the first that is not.
    """
    layout = part.layout()
    receivers = {*layout.receivers, *_given(blocks, "receivers")}
    times = {*layout.intervals, *_given(blocks, "time_intervals")}
    for block in blocks.values():
        for route in _items(block, "routes"):
            _insist(str(route.get("receiver", "")), receivers, "receiver", block, part.file)
            for name in (str(one) for key in _TIMES for one in route.get(key, ())):
                _insist(name, times, "time interval", block, part.file)


def _insist(name: str, known: set[str], what: str, block: Block, file: str) -> None:
    if name not in known:
        others = [one for one in known if not one.startswith("slactl/")]
        raise SlactlError(
            f'{block.address} leads to the {what} "{name}", which is not in {file}',
            f"Name one that is there, or apply the object that makes it together with the route.{did_you_mean(name, others)}",
        )


def _given(blocks: Mapping[Key, Block], section: str) -> Iterator[str]:
    for block in blocks.values():
        for item in _items(block, section):
            yield str(item.get("name", ""))


def _items(block: Block, section: str) -> list[dict[str, Any]]:
    if block.section != section:
        return []
    try:
        found = block.items()
    except ValueError:
        return []  # amtool or the server say what is wrong with it
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
