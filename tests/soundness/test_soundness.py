"""Nothing that every promise below allows breaks what is called guaranteed; and what is refuted is broken on dates.

An adversary lays out outages slot by slot, within every promise as an independent reading of calendars counts it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from slactl.base.ratio import decimal_text
from slactl.check.explain import Explanation, explain
from slactl.check.result import Assessment, ObjectiveResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.render.explanation import explanation_documents
from slactl.verify.verdict import Refused, Verified, verify
from tests.soundness.calendars import Span, at, common, length, windows
from tests.soundness.estates import Estate, Promised, estate

Write = Callable[..., Path]
TODAY = date(2027, 2, 10)
FIRST, LAST = date(2026, 12, 1), date(2027, 9, 30)
"""Slots are laid out between these days; the check looks from February to the end of May."""
SLOT_S = 1800
SEEDS = range(60)
ROOT = (
    "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\n"
    "spec: {organization: example-inc, check: {horizon: 3M}}\n"
)


def judged(root: Path) -> tuple[Assessment, Explanation]:
    found, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, explanation = explain(found, TODAY, "sla.top.availability")
    assert isinstance(explanation, Explanation)
    return assessment, explanation


def result_of(root: Path) -> ObjectiveResult:
    return judged(root)[1].result


def counted(promise: Promised) -> list[Span]:
    if promise.office is None:
        return [(at(FIRST, "UTC"), at(LAST, "UTC"))]
    return promise.office.spans(FIRST, LAST)


@dataclass
class Budget:
    """How many slots of a promise are left in each of its windows, as outages are laid out in the order of time."""

    promise: Promised

    def __post_init__(self) -> None:
        self.start = at(FIRST, "UTC")
        self.slots = (at(LAST, "UTC") - self.start) // SLOT_S
        self.counts = [False] * self.slots
        for low, high in counted(self.promise):
            for slot in range((low - self.start) // SLOT_S, (high - self.start) // SLOT_S):
                if 0 <= slot < self.slots:
                    self.counts[slot] = True
        self.window = [-1] * self.slots
        self.left: list[int] = []
        if self.promise.rolling_s:
            self.used: list[int] = []
            span = self.promise.rolling_s
            starts = range(self.start, at(LAST, "UTC") - span, 86_400)
            sums = self._sums()
            least = min(
                sums[(one - self.start + span) // SLOT_S] - sums[(one - self.start) // SLOT_S]
                for one in starts
            )
            self.most = int((self.promise.share or 0) * least)
            return
        for index, (low, high) in enumerate(windows(self.promise.window, self.promise.zone, FIRST, LAST)):
            inside = range(
                max(0, (low - self.start) // SLOT_S), min(self.slots, (high - self.start) // SLOT_S)
            )
            for slot in inside:
                self.window[slot] = index
            whole = low >= self.start and high <= at(LAST, "UTC")
            self.left.append(self._allowed(inside) if whole else 0)

    def _sums(self) -> list[int]:
        sums = [0]
        for one in self.counts:
            sums.append(sums[-1] + one)
        return sums

    def _allowed(self, inside: range) -> int:
        if self.promise.share is None:
            return self.promise.seconds // SLOT_S
        return int(self.promise.share * sum(self.counts[slot] for slot in inside))

    def room(self, slot: int) -> bool:
        if not self.counts[slot]:
            return True
        if self.promise.rolling_s:
            self.used = [one for one in self.used if one > slot - self.promise.rolling_s // SLOT_S]
            return len(self.used) < self.most
        return self.left[self.window[slot]] > 0

    def spend(self, slot: int) -> None:
        if not self.counts[slot]:
            return
        if self.promise.rolling_s:
            self.used.append(slot)
        else:
            self.left[self.window[slot]] -= 1


def minimal_cuts(made: Estate) -> list[frozenset[str]]:
    leaves = sorted({part for _, parts in made.gates.values() for part in parts if part not in made.gates})
    found: list[frozenset[str]] = []
    for size in range(1, len(leaves) + 1):
        for several in combinations(leaves, size):
            cut = frozenset(several)
            if made.down("top", cut) and not any(one < cut for one in found):
                found.append(cut)
    return found


def outages(made: Estate, window: Span, dice: Random, shuffled: int) -> set[int]:
    """Slots of a window in which the top is down, as an adversary lays them out within every promise."""
    budgets = [Budget(one) for one in made.promises]
    inside = [
        slot
        for low, high in common(counted(made.sla), [window])
        for slot in range((low - budgets[0].start) // SLOT_S, (high - budgets[0].start) // SLOT_S)
    ]
    if shuffled == 2:  # some of the time, rather late than early
        inside = inside[len(inside) // 3 :]
    cuts = minimal_cuts(made)
    down = set()
    for slot in inside:
        if shuffled:
            dice.shuffle(cuts)
        for cut in cuts:
            concerned = [
                one
                for one in budgets
                if one.promise.item in cut or (one.promise.together and set(one.promise.together) <= cut)
            ]
            if all(one.room(slot) for one in concerned):
                for one in concerned:
                    one.spend(slot)
                down.add(slot)
                break
    return down


def sla_windows(made: Estate, last: date) -> Iterator[Span]:
    if made.sla.rolling_s:
        for day in (date(2027, 2, 10), date(2027, 3, 15), date(2027, 4, 20)):
            yield at(day, "UTC"), at(day, "UTC") + made.sla.rolling_s
    else:
        for span in windows(made.sla.window, made.sla.zone, TODAY, date(2027, 4, 30)):
            if span[1] <= at(last, made.sla.zone):
                yield span


def targets(guaranteed: Fraction) -> tuple[str, str]:
    """The strictest target in steps of 0.0001% that is guaranteed, and the next one."""
    held = decimal_text(guaranteed * 100, 4)
    return f"{held}%", f"{decimal_text(Fraction(held) + Fraction(1, 10**4), 4)}%"


@pytest.fixture
def prepared(workspace: Write) -> Callable[[int], tuple[Estate, Path, ObjectiveResult]]:
    def run(seed: int) -> tuple[Estate, Path, ObjectiveResult]:
        made = estate(seed)
        loose = result_of(workspace(made.document("0.01%"), root=ROOT))
        held, _ = targets(loose.guaranteed.lower)
        root = workspace(made.document(held), root=ROOT)
        return made, root, result_of(root)

    return run


Prepared = Callable[[int], tuple[Estate, Path, ObjectiveResult]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_guaranteed_survives_an_adversary(prepared: Prepared, seed: int) -> None:
    made, _, result = prepared(seed)
    assert result.guaranteed.lower <= result.expected.lower <= result.best
    if result.verdict != "guaranteed":  # nothing at all is guaranteed: then zero is
        assert result.guaranteed.lower < Fraction(1, 10**5)
        return
    share = 1 - Fraction(result.target.removesuffix("%")) / 100
    dice = Random(seed)  # noqa: S311 - an adversary, the same each time
    for window in sla_windows(made, date(2027, 6, 1)):
        measured = length(common(counted(made.sla), [window]))
        for shuffled in range(3):
            down = len(outages(made, window, dice, shuffled)) * SLOT_S
            assert down <= share * measured, (seed, window, shuffled)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_guaranteed_is_proved_window_by_window(workspace: Write, seed: int) -> None:
    made = estate(seed)
    held, _ = targets(result_of(workspace(made.document("0.01%"), root=ROOT)).guaranteed.lower)
    assessment, explanation = judged(workspace(made.document(held), root=ROOT))
    if explanation.result.verdict != "guaranteed":
        assert explanation.result.guaranteed.lower < Fraction(1, 10**5)
        return
    proof = json.loads(json.dumps(explanation_documents(explanation, assessment)["proof"]))
    said = verify(proof)
    assert isinstance(said, Verified), said
    names = [name for window in proof["windows"] for name in window["names"]]
    assert len(names) == len(set(names))
    for window in proof["windows"]:
        for lighter in [*window.get("limits", {}).values(), *window.get("cells", ())]:
            if lighter["weight"] != "0" and Fraction(lighter["share"]):
                weight, lighter["weight"] = lighter["weight"], str(Fraction(lighter["weight"]) / 2)
                assert isinstance(verify(proof | {"windows": [window]}), Refused)
                lighter["weight"] = weight


def test_calendar_windows_leave_no_interval(prepared: Prepared) -> None:
    """But for windows that begin anywhere the worst case is known, however promises and hours lie."""
    calendar = [
        seed for seed in SEEDS if not any(one.rolling_s for one in [estate(seed).sla, *estate(seed).promises])
    ]
    assert len(calendar) > len(SEEDS) // 4
    for seed in calendar:
        found = prepared(seed)[2].guaranteed
        assert found.lower == found.upper, seed


def test_the_adversary_comes_close(prepared: Prepared) -> None:
    """Else it would prove nothing: in most estates it uses most of what is allowed."""
    close = tried = 0
    for seed in SEEDS:
        made, _, result = prepared(seed)
        share = 1 - Fraction(result.target.removesuffix("%")) / 100
        if result.verdict != "guaranteed" or not share:
            continue
        tried += 1
        for window in sla_windows(made, date(2027, 6, 1)):
            measured = length(common(counted(made.sla), [window]))
            dice = Random(seed)  # noqa: S311 - the same
            down = max(len(outages(made, window, dice, one)) for one in range(2)) * SLOT_S
            if down + 4 * SLOT_S >= share * measured * Fraction(9, 10):
                close += 1
                break
    assert tried > len(SEEDS) // 2
    assert close > tried // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_refuted_is_broken_on_dates_that_keep_every_promise(
    prepared: Prepared, workspace: Write, seed: int
) -> None:
    made, _, result = prepared(seed)
    _, stricter = targets(result.guaranteed.lower)
    if stricter.startswith("100.") or stricter == "100%":
        stricter = "100%"
    assessment, explanation = judged(workspace(made.document(stricter), root=ROOT))
    if explanation.result.verdict == "guaranteed":
        assert stricter == "100%"
        return
    document = explanation_documents(explanation, assessment)["witness"]
    if document is None:  # then it says that it does not know
        assert explanation.result.verdict == "undecided"
        assert explanation.result.guaranteed.lower != explanation.result.guaranteed.upper
        return
    said = verify(document)
    assert isinstance(said, Verified), said
    replay(made, document, 1 - Fraction(stricter.removesuffix("%")) / 100)


def instant(text: str) -> Fraction:
    whole, _, part = text.removesuffix("Z").partition(".")
    day, clock = whole.split("T")
    hours, minutes, seconds = (int(one) for one in clock.split(":"))
    return (
        at(date.fromisoformat(day), "UTC")
        + 3600 * hours
        + 60 * minutes
        + seconds
        + Fraction(f"0.{part or 0}")
    )


def replay(made: Estate, document: dict[str, Any], allowed: Fraction) -> None:
    """Every promise is kept in each of its windows, and the SLA's is broken, by this file's own reading of calendars."""
    found = [
        (instant(one["from"]), instant(one["to"]), frozenset(one["down"])) for one in document["outages"]
    ]
    for promise in made.promises:
        concerned = set(promise.together) or {promise.item}
        spent = [(low, high) for low, high, down in found if concerned <= down]
        for low, high in _windows_of(promise, spent):
            inside = common(counted(promise), [(low, high)])
            most = promise.seconds if promise.share is None else promise.share * length(inside)
            assert _overlap(spent, inside) <= most, (promise, low)
    window = (int(instant(document["window"]["from"])), int(instant(document["window"]["to"])))
    measured = common(counted(made.sla), [window])
    broken = [(low, high) for low, high, down in found if made.down("top", down)]
    assert _overlap(broken, measured) > allowed * length(measured)


def _windows_of(promise: Promised, spent: list[tuple[Fraction, Fraction]]) -> list[Span]:
    if not promise.rolling_s:
        return windows(promise.window, promise.zone, FIRST, LAST)
    ends = [int(high) + 1 for _, high in spent]
    return [(end - promise.rolling_s, end) for end in ends] + [
        (int(low), int(low) + promise.rolling_s) for low, _ in spent
    ]


def _overlap(spans: list[tuple[Fraction, Fraction]], inside: list[Span]) -> Fraction:
    whole = [(Fraction(start), Fraction(end)) for start, end in inside]
    shared = (min(high, end) - max(low, start) for low, high in spans for start, end in whole)
    return sum((one for one in shared if one > 0), Fraction(0))


@pytest.mark.parametrize("seed", range(0, 60, 5))
def test_a_witness_with_an_outage_more_is_refused(prepared: Prepared, workspace: Write, seed: int) -> None:
    made, _, result = prepared(seed)
    _, stricter = targets(result.guaranteed.lower)
    assessment, explanation = judged(workspace(made.document(stricter), root=ROOT))
    document = json.loads(json.dumps(explanation_documents(explanation, assessment)["witness"]))
    if document is None:
        return
    spending = [
        one
        for one in document["promises"]
        if "counted" not in one and any(one["item"] in out["down"] for out in document["outages"])
    ]
    for promise in spending:
        changed = json.loads(json.dumps(document))
        own = next(one for one in changed["promises"] if one["item"] == promise["item"])
        for one in own["windows"]:
            one["allowed_s"] = "0"
        assert isinstance(verify(changed), Refused)
