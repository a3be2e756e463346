"""What agreements have alike is worked out once: each is told what it would be told if it were the only one."""

import random
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from slactl.base.diagnostics import Diagnostics, Place
from slactl.check.engine import check
from slactl.cli.console import Console
from slactl.cli.workspace import load_estate
from slactl.model.building.fields import Alike, Fields
from slactl.model.estate import Estate

DAY = date(2026, 11, 23)
HEAD = "---\napiVersion: slactl/v1\nmetadata: {name: "
PARTIES = "".join(
    f"{HEAD}{name}}}\nkind: Party\nspec: {{type: {kind}}}\n"
    for name, kind in (("acme", "customer"), ("team", "internal"), ("nimbus", "supplier"))
)
CALENDAR = f'{HEAD}office}}\nkind: Calendar\nspec: {{timezone: Europe/Berlin, hours: {{mon-fri: ["08:00-18:00"]}}}}\n'
UCS = "".join(
    f"{HEAD}{name}}}\nkind: Service\nspec: {{owner: nimbus}}\n"
    f"{HEAD}{name}}}\nkind: UC\nspec: {{service: {name}, customer: example-inc, status: agreed, term: {{from: 2026-01-01, "
    f"notice: 30d}}, {more}, objectives: {{availability: {{target: {target}, window: {window}}}}}}}\n"
    for name, target, window, more in (
        ("a", "99.99%", "calendar-month", "excludes: [force-majeure]"),
        ("b", "99.99%", "calendar-month", "excludes: [force-majeure]"),
        ("c", "99.9%", "calendar-quarter", "hours: office"),
        ("d", "99.95%", "{rolling: 30d}", "excludes: [planned-maintenance], maintenance: {allowance: 2h}"),
        ("e", "99.995%", "calendar-year", "excludes: [planned-maintenance], maintenance: {allowance: 1h}"),
    )
)


def sla(name: str, chance: random.Random) -> str:
    """An SLA on a service of its own, much like the others and not quite."""
    below = ", ".join(chance.sample("abcde", chance.choice((1, 2, 2, 3))))
    needs = chance.choice((f"[{below}]", f"{{any: [{below}]}}"))
    claim = chance.choice(("", "intrinsic: {availability: 99.99%}, ", "intrinsic: {availability: 99.9%}, "))
    more = chance.choice(("", "hours: office, "))
    more += chance.choice(
        ("", "excludes: [planned-maintenance], maintenance: {allowance: 2h}, ", "excludes: [force-majeure], ")
    )
    term = chance.choice(("{from: 2026-01-01, until: 2027-12-31, notice: 30d}", "{from: 2026-02-10}", "{}"))
    target, window = (
        chance.choice(("99.9%", "99.99%", "99%")),
        chance.choice(("calendar-month", "calendar-quarter", "{rolling: 30d}")),
    )
    return (
        f"{HEAD}{name}}}\nkind: Service\nspec: {{owner: team, {claim}dependsOn: {needs}}}\n"
        f"{HEAD}{name}}}\nkind: SLA\nspec: {{service: {name}, customer: acme, status: agreed, {more}term: {term}, "
        f"objectives: {{availability: {{target: {target}, window: {window}}}}}}}\n"
    )


def estate_of(root: Path) -> Estate:
    parsed = Namespace(root=root, given=[], as_of=None, no_cache=True)
    return load_estate(parsed, Console.of_environment(no_color=True))


@pytest.mark.parametrize("seed", range(4))
def test_each_of_many_is_told_what_it_is_told_alone(workspace: Callable[..., Path], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    names = [f"s{number:02}" for number in range(40)]
    estate = estate_of(workspace(PARTIES + CALENDAR + UCS + "".join(sla(name, chance) for name in names)))
    together = check(estate, DAY).objectives
    assert len({one.verdict for one in together.values()}) > 1
    assert len(together) == len(names)
    for name in names:
        others = {f"sla.{other}" for other in names if other != name}
        kept = {address: one for address, one in estate.agreements.items() if address not in others}
        alone = check(replace(estate, agreements=kept), DAY).objectives
        assert alone == {f"sla.{name}.availability": together[f"sla.{name}.availability"]}


def test_a_part_that_is_wrong_is_reported_wherever_it_is_written() -> None:
    problems = Diagnostics()
    alike = Alike()

    def build(fields: Fields) -> int:
        if fields.text("x") == "wrong":
            fields.error("It is wrong", "", "x")
        return 1

    for file, text in (("a", "wrong"), ("b", "wrong"), ("c", "right"), ("d", "right")):
        alike.made(build, Fields({"part": {"x": text}}, partial(Place, file, 0), problems), "part")
    assert [one.place and one.place.file for one in problems.items] == ["a", "b"]


def test_parts_that_are_written_alike_are_one_object_and_others_are_not(
    workspace: Callable[..., Path],
) -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable, no secret
    estate = estate_of(workspace(PARTIES + CALENDAR + UCS + sla("one", chance)))
    a, b, one = (estate.agreements[name].term for name in ("uc.a", "uc.b", "sla.one"))
    assert a is b
    assert a != one
