"""-target, -exclude, -replace, -refresh-only and the guard: parts of a plan, and how much of an estate it may change."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from folder_provider import Faults
from folder_world import FolderWorld
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.base.diagnostics import SlactlError
from slactl.base.ratio import Ratio
from slactl.model.workspace import Guard
from slactl.plan.narrow import Selection
from slactl.plan.saved import load_plan, save_plan


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(
        tmp_path, {"b": {"a": {"size": 1}, "c": {"to": "ref:a"}, "d": {"to": "ref:c"}, "e": {"size": 2}}}
    )


def targets(*texts: str) -> Selection:
    return Selection(targets=texts)


def excludes(*texts: str) -> Selection:
    return Selection(excludes=texts)


def test_a_target_brings_along_what_must_come_before_it(world: FolderWorld) -> None:
    world.selection = targets("b.file.c")
    assert world.actions() == {"a": "create", "c": "create"}
    assert world.apply().complete
    assert set(world.bodies()) == {"a", "c"}
    world.selection = Selection()
    assert world.actions() == {"d": "create", "e": "create"}


def test_what_is_excluded_takes_along_what_needs_it(world: FolderWorld) -> None:
    world.selection = excludes("b.file.c")
    assert world.actions() == {"a": "create", "e": "create"}
    world.selection = excludes("b.file.a")
    assert world.actions() == {"e": "create"}


def test_targets_add_up_and_exclusions_are_taken_from_them(world: FolderWorld) -> None:
    world.selection = Selection(("b.file.a", "b.file.e"), ("b.file.e",))
    assert world.actions() == {"a": "create"}


def test_an_object_ends_with_the_target_that_needed_it(world: FolderWorld) -> None:
    assert world.apply().complete
    for name in ("d", "e"):
        del world.wanted["b"][name]
    world.selection = targets("b.file.d")
    assert world.actions() == {"d": "delete"}
    world.selection = targets("state:ended")
    assert world.actions() == {"d": "delete", "e": "delete"}


def test_a_part_says_that_it_is_one_and_what_is_left(world: FolderWorld, tmp_path: Path) -> None:
    world.selection = targets("b.file.a")
    plan = world.plan()
    assert (plan.is_whole, plan.targets) == (False, ("b.file.a",))
    assert "leaves out changes of 3 objects" in plan.notices[-1].message
    save_plan(plan, tmp_path / "plan")
    assert load_plan(tmp_path / "plan") == plan


def test_a_selector_that_names_nothing_is_an_error(world: FolderWorld) -> None:
    world.selection = targets("b.file.none")
    with pytest.raises(SlactlError, match="selects nothing"):
        world.plan()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("abcdef"), max_size=3, unique=True),
    st.lists(st.sampled_from("abcdef"), max_size=3, unique=True),
    st.dictionaries(st.sampled_from("bcdef"), st.sampled_from("abcde"), max_size=5),
)
def test_whatever_is_selected_every_part_can_be_applied_and_the_rest_follows(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[str], left: list[str], refs: dict[str, str]
) -> None:
    wanted = {
        name: {"to": f"ref:{refs[name]}"} if refs.get(name, "z") < name else {"size": 1} for name in "abcdef"
    }
    world = FolderWorld(tmp_path_factory.mktemp("world"), {"b": wanted})
    world.selection = Selection(
        tuple(f"b.file.{one}" for one in chosen), tuple(f"b.file.{one}" for one in left)
    )
    assert world.apply().complete
    made = set(world.bodies())
    assert not made & set(left)
    assert set(chosen) - made <= {name for name in chosen if _reaches(name, set(left), wanted)}
    world.selection = Selection()
    assert world.apply().complete
    assert set(world.bodies()) == set("abcdef")
    assert world.plan().is_empty


def _reaches(name: str, left: set[str], wanted: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether it is excluded, or needs what is."""
    need = wanted[name].get("to")
    return name in left or (isinstance(need, str) and _reaches(need.removeprefix("ref:"), left, wanted))


def test_a_replacement_that_is_asked_for_makes_the_object_anew(world: FolderWorld) -> None:
    assert world.apply().complete
    before = {one.address: one.id for one in world.read()}
    world.replaced = ("b.file.a",)
    plan = world.plan()
    first = plan.changes[0]
    assert (first.address, first.action.value, first.why) == (
        "b.file.a",
        "replace",
        "requested",
    )
    assert world.apply(plan).complete
    after = {one.address: one.id for one in world.read()}
    assert after["b.file.a"] != before["b.file.a"]
    assert world.bodies()["c"] == {"to": after["b.file.a"]}
    world.replaced = ("b.file.aa",)
    with pytest.raises(SlactlError, match="cannot be replaced"):
        world.plan()


def test_refreshing_only_writes_down_what_is_there(world: FolderWorld) -> None:
    assert world.apply().complete
    (path,) = [one for one in (world.root / "b/objects").iterdir() if '"b.file.e"' in one.read_text()]
    path.write_text(path.read_text().replace('"size": 2', '"size": 7'))
    (gone,) = [one for one in (world.root / "b/objects").iterdir() if '"b.file.d"' in one.read_text()]
    gone.unlink()
    world.mode = "refresh-only"
    plan = world.plan()
    assert not plan.changes
    assert [one.address for one in plan.kept if one.new] == ["b.file.e"]
    assert plan.gone == ("b.file.d",)
    log = world.log()
    assert world.apply(plan).complete
    assert world.log() == log, "no backend was touched"
    resources = world.store.read().resources
    assert resources["b.file.e"].body == {"size": 7}
    assert "b.file.d" not in resources
    assert world.plan().is_empty
    world.mode = "normal"
    assert world.actions() == {"d": "create", "e": "update"}
    assert not world.plan().drift


def test_refreshing_only_settles_what_a_kill_left_open(world: FolderWorld) -> None:
    assert world.apply().complete
    world.wanted["b"]["e"] = {"size": 3}
    world.faults["b"] = Faults(lose_answer=True)
    assert not world.apply().complete
    assert world.store.read().unsettled == {"b.file.e"}
    world.faults["b"] = Faults()
    world.mode = "refresh-only"
    assert world.apply().complete
    snapshot = world.store.read()
    assert not snapshot.unsettled
    assert snapshot.resources["b.file.e"].body == {"size": 3}


def many(world: FolderWorld, count: int) -> None:
    world.wanted["b"] = {f"n{number:02}": {"size": number} for number in range(count)}
    assert world.apply().complete


@pytest.mark.parametrize(("touched", "told"), [(6, False), (7, True)])
def test_updating_more_than_the_guard_allows_needs_force(
    world: FolderWorld, touched: int, told: bool
) -> None:
    many(world, 20)
    for number in range(touched):
        world.wanted["b"][f"n{number:02}"] = {"size": -1}
    assert bool(world.plan().too_much) is told


def test_destroying_and_replacing_count_together_and_new_objects_do_not(world: FolderWorld) -> None:
    many(world, 20)
    for number in range(4):
        del world.wanted["b"][f"n{number:02}"]
    world.replaced = ("b.file.n10", "b.file.n11", "b.file.n12")
    world.wanted["b"] |= {f"m{number}": {"size": 1} for number in range(40)}
    (told,) = world.plan().too_much
    assert told == "It would destroy 7 of 20 objects (35%); the workspace's guard allows 30%."
    world.selection = targets("b.file.n0*")
    assert not world.plan().too_much
    world.selection = Selection()
    world.guard = Guard(delete=Ratio(Decimal(35)))
    assert not world.plan().too_much


def test_few_objects_and_the_end_of_everything_are_not_guarded(world: FolderWorld) -> None:
    many(world, 9)
    world.wanted["b"] = {}
    assert not world.plan().too_much
    many(world, 20)
    world.mode = "destroy"
    assert not world.plan().too_much
