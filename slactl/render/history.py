"""The history of applies, and what was promised on a day, in words and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from slactl.base.text import plural
from slactl.plan.promises import flat
from slactl.render.plan_attributes import visible
from slactl.render.style import Style
from slactl.state.chain import Break
from slactl.state.promised import Promised
from slactl.state.records import Entry

_DONE = ": done"
_READ = 20
"""Promises of one entry that somebody reads."""
_OBJECT = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "destroyed",
    "import": "imported",
    "record": "recorded",
    "forget": "forgotten",
    "move": "moved",
    "leave": "left",
}
_PROMISE = {**_OBJECT, "delete": "ended", "apply": "applied"}


def history_text(entries: Sequence[Entry], head: str, under_way: Entry | None, style: Style) -> str:
    """What has not ended, then entries in the order given, and the newest hash last."""
    blocks = ["\n".join(_entry(one, style)) for one in entries]
    if under_way is not None:
        blocks.insert(0, "\n".join(_under_way(under_way, style)))
    if not blocks:
        return "Nothing has been applied yet."
    return "\n\n".join([*blocks, f"Head: {head or 'none'}"])


def _under_way(entry: Entry, style: Style) -> Iterator[str]:
    yield (
        f"{style.bold('Not ended')}  begun {_when(entry)}: {visible(entry.command)} by {visible(entry.who)}, which is running or was "
        "cut off; whoever writes next makes it an entry"
    )
    yield from _what_became(entry, style)


def _entry(entry: Entry, style: Style) -> Iterator[str]:
    yield f"{style.bold(f'Entry {entry.serial}')}  {_when(entry)}  {visible(entry.command)} by {visible(entry.who)}"
    yield from _what_became(entry, style)
    note = "  (chained when the state was migrated)" if entry.chained == "migration" else ""
    yield style.dim(f"  hash {entry.hash}{note}")


def _what_became(entry: Entry, style: Style) -> Iterator[str]:
    yield f"  {'   '.join(_from_what(entry))}"
    promises = {address: text for address, text in entry.results.items() if _is_agreement(address, entry)}
    yield from _promises({address: _became(entry, address) for address in entry.agreements} | promises)
    yield from _objects(
        {address: text for address, text in entry.results.items() if address not in promises}, style
    )


def _promises(results: Mapping[str, str]) -> Iterator[str]:
    """Each that is not as it was to be, and as many of the others as one reads."""
    done = [address for address, text in sorted(results.items()) if _is_done(text)]
    hidden = {*done[_READ:]} if len(done) > _READ + 1 else set()
    for address, text in sorted(results.items()):
        if address not in hidden:
            yield f"  {visible(address)}: {visible(_past(text, _PROMISE))}"
    if hidden:
        yield f"  and {len(hidden):,} more promises as planned; -json has them all"


def _is_done(text: str) -> bool:
    return text.endswith(_DONE)


def _past(text: str, verbs: Mapping[str, str]) -> str:
    """What was done, in the past tense; what was not, as it was recorded."""
    if not _is_done(text):
        return text
    verb, space, more = text.removesuffix(_DONE).partition(" ")
    return f"{verbs.get(verb, verb)}{space}{more}"


def _when(entry: Entry) -> str:
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"


def _from_what(entry: Entry) -> Iterator[str]:
    yield f"commit {entry.commit}{_dirty(entry)}" if entry.commit else "no commit"
    if entry.plan_digest:
        yield f"plan {entry.plan_digest}"
    if entry.mode not in ("", "normal"):
        yield f"mode {entry.mode}"
    if entry.version:
        yield f"slactl {entry.version}"


def _dirty(entry: Entry) -> str:
    return {True: " and changes that were not committed", False: "", None: ""}[entry.dirty]


def _is_agreement(address: str, entry: Entry) -> bool:
    return address in entry.agreements or address.split(".", 1)[0] in ("sla", "ola", "uc")


def _became(entry: Entry, address: str) -> str:
    """Where no result was recorded: what follows from the promise that is in force since."""
    return f"{'delete' if entry.agreements[address] is None else 'apply'}{_DONE}"


def _objects(results: Mapping[str, str], style: Style) -> Iterator[str]:
    """What was done, counted by action; what was not with its reason, of many with the same one the first."""
    done = Counter(_past(text, _OBJECT) for text in results.values() if _is_done(text))
    if done:
        yield "  " + ", ".join(f"{plural(number, 'object')} {did}" for did, number in sorted(done.items()))
    same: Counter[str] = Counter()
    for address, text in sorted(results.items()):
        if not _is_done(text):
            same[text] += 1
            if same[text] <= _READ:
                yield f"  {style.bad(visible(address))}: {visible(text)}"
    for text, number in same.items():
        if number > _READ:
            yield f"  and {plural(number - _READ, 'more object')}: {visible(text)}; -json has them all"


def history_json(entries: Sequence[Entry], head: str, lineage: str, under_way: Entry | None) -> str:
    """The document of `history -json`."""
    return _json(
        {
            "format_version": "1.0",
            "lineage": lineage,
            "head": head,
            "entries": [one.data() for one in entries],
            "under_way": None if under_way is None else under_way.data(),
        }
    )


def breaks_text(entries: Sequence[Entry], found: Sequence[Break], head: str, style: Style) -> str:
    """What `history verify` found."""
    lines = [
        f"{style.bad('Error:')} {f'entry {one.serial}' if one.serial is not None else 'the end'}: {one.what}"
        for one in found
    ]
    late = [one.serial for one in entries if one.chained == "migration"]
    if late:
        lines.append(
            f"Entries up to {max(late)} were chained when the state was migrated: what became of them before cannot be told."
        )
    if found:
        lines.append("The history is not as it was written. Compare the state with a copy from before.")
    else:
        lines.append(
            f"{style.good('The history is whole:')} {plural(len(entries), 'entry', 'entries')}, each as it was written.\n"
            f"Head: {head or 'none'}"
        )
    return "\n".join(lines)


def breaks_json(entries: Sequence[Entry], found: Sequence[Break], head: str) -> str:
    """The document of `history verify -json`."""
    return _json(
        {
            "format_version": "1.0",
            "valid": not found,
            "head": head,
            "entries": len(entries),
            "chained_at_migration": [one.serial for one in entries if one.chained == "migration"],
            "breaks": [{"serial": one.serial, "what": one.what} for one in found],
        }
    )


def promised_text(found: Promised, day: date, style: Style) -> str:
    """What was promised at the end of a day, by which apply."""
    name = style.bold(found.address)
    if found.promise is None:
        return "\n".join([f"{name} was not in force on {day} (UTC).", *_why_none(found), *_next(found)])
    lines = [f"{name} as it was in force at the end of {day} (UTC)", "", *_values(found.promise)]
    if found.support:
        lines += ["", "Judged, as it was last recorded by then:"]
        lines += [f"  {objective}: {verdict}" for objective, verdict in sorted(found.support.items())]
    return "\n".join([*lines, "", *_by(found), *_next(found)])


def _values(promise: Mapping[str, Any]) -> Iterator[str]:
    pairs = dict(flat(promise))
    width = max(map(len, pairs), default=0)
    for path, value in pairs.items():
        yield f"  {path:<{width}} = {visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}"


def _by(found: Promised) -> Iterator[str]:
    if found.entry is not None:
        commit = f", commit {found.entry.commit}{_dirty(found.entry)}" if found.entry.commit else ""
        yield (
            f"Applied by {visible(found.entry.who)} on {_when(found.entry)} ({visible(found.entry.command)}, "
            f"entry {found.entry.serial}{commit})."
        )
        yield f"Hash of that entry: {found.entry.hash}"


def _why_none(found: Promised) -> Iterator[str]:
    if found.entry is not None:
        yield (
            f"It had ended on {_when(found.entry)} ({visible(found.entry.command)} by {visible(found.entry.who)}, "
            f"entry {found.entry.serial})."
        )
    else:
        yield "No apply had put it in force by then."


def _next(found: Promised) -> Iterator[str]:
    if found.next is not None:
        did = "ended" if found.next.agreements[found.address] is None else "applied next"
        yield f"It was {did} on {_when(found.next)} (entry {found.next.serial})."


def promised_json(found: Promised, day: date) -> str:
    """The document of `show -at -json`."""
    return _json(
        {
            "format_version": "1.0",
            "address": found.address,
            "at": day.isoformat(),
            "promised": found.promise is not None,
            "promise": found.promise,
            "support": found.support,
            "entry": _short(found.entry),
            "next": _short(found.next),
        }
    )


def _short(entry: Entry | None) -> dict[str, Any] | None:
    """An entry without what it did to everything else."""
    if entry is None:
        return None
    return {
        key: value for key, value in entry.data().items() if key not in ("results", "agreements", "support")
    }


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
