"""`moved`, `removed` and `import`: addresses change, objects stay where they are, others' become ours."""

from pathlib import Path

import pytest
from folder_provider import Faults, put_foreign
from folder_world import FolderWorld

from slactl.base.diagnostics import InvalidFiles, Place
from slactl.model.refactoring import Import, Moved, Refactoring, Removed
from slactl.plan.saved import load_plan, save_plan

HERE = Place("refactoring.yaml")


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    world = FolderWorld(tmp_path, {"b": {"one": {"size": 1}, "two": {"size": 2}}})
    assert world.apply().complete
    return world


def moved(*pairs: tuple[str, str]) -> Refactoring:
    return Refactoring("r", HERE, moved=tuple(Moved(f"b.file.{a}", f"b.file.{b}", HERE) for a, b in pairs))


def removed(*names: str, keep: bool = True) -> Refactoring:
    return Refactoring(
        "r", HERE, removed=tuple(Removed(f"b.file.{one}", keep_objects=keep, place=HERE) for one in names)
    )


def imported(*pairs: tuple[str, str]) -> Refactoring:
    return Refactoring(
        "r", HERE, imports=tuple(Import(f"b.file.{name}", there, HERE) for name, there in pairs)
    )


def ids(world: FolderWorld) -> dict[str, str]:
    return {one.address.split(".", 2)[2]: one.id for one in world.read()}


def rename(world: FolderWorld, **names: str) -> None:
    world.wanted["b"] = {names.get(old, old): body for old, body in world.wanted["b"].items()}


def test_a_moved_object_keeps_its_id_and_carries_its_new_address(world: FolderWorld) -> None:
    before = ids(world)
    rename(world, one="uno")
    assert world.actions() == {"uno": "create", "one": "delete"}
    world.refactorings["r"] = moved(("one", "uno"))
    plan = world.plan()
    assert [(one.source, one.target) for one in plan.moves] == [("b.file.one", "b.file.uno")]
    assert world.actions() == {"uno": "update"}
    assert world.apply(plan).complete
    assert ids(world) == {"uno": before["one"], "two": before["two"]}
    assert set(world.store.read().resources) == {"b.file.uno", "b.file.two"}
    assert world.plan().is_empty, "a move that stays in the files is made once"


def test_two_that_change_places_do_so_once(world: FolderWorld) -> None:
    before = ids(world)
    world.wanted["b"] = {"one": {"size": 2}, "two": {"size": 1}}
    world.refactorings["r"] = moved(("one", "two"), ("two", "one"))
    assert world.apply().complete
    assert ids(world) == {"one": before["two"], "two": before["one"]}
    assert world.bodies() == world.wanted["b"]
    assert world.plan().is_empty


def test_a_chain_of_moves_is_followed_from_any_of_its_links(world: FolderWorld) -> None:
    before = ids(world)
    rename(world, one="eins")
    world.refactorings["r"] = moved(("one", "uno"), ("uno", "eins"))
    assert world.apply().complete
    assert ids(world)["eins"] == before["one"]


def test_moves_that_were_cut_off_before_the_backend_was_changed_are_finished_later(
    world: FolderWorld,
) -> None:
    before = ids(world)
    rename(world, one="uno")
    world.refactorings["r"] = moved(("one", "uno"))
    world.faults["b"] = Faults(fail={"b.file.uno"})
    assert not world.apply().complete
    assert set(world.store.read().resources) == {"b.file.uno", "b.file.two"}
    world.faults["b"] = Faults()
    assert world.actions() == {"uno": "update"}
    assert world.apply().complete
    assert ids(world)["uno"] == before["one"]
    assert world.plan().is_empty


def test_a_move_to_what_nothing_asks_for_is_refused_with_the_nearest_name(world: FolderWorld) -> None:
    rename(world, one="uno")
    world.refactorings["r"] = moved(("one", "unno"))
    with pytest.raises(InvalidFiles) as raised:
        world.plan()
    (problem,) = raised.value.diagnostics
    assert "b.file.one is said to have moved to b.file.unno" in problem.summary
    assert "b.file.uno" in problem.detail


def test_a_move_onto_another_object_is_refused(world: FolderWorld) -> None:
    del world.wanted["b"]["one"]
    world.refactorings["r"] = moved(("one", "two"))
    with pytest.raises(
        InvalidFiles,
        match=r"b\.file\.one cannot move to b\.file\.two: state has b\.file\.two as something else",
    ):
        world.plan()


def test_a_removed_object_that_is_kept_stays_in_its_backend_and_is_never_wanted_gone(
    world: FolderWorld,
) -> None:
    before = ids(world)
    del world.wanted["b"]["one"]
    assert world.actions() == {"one": "delete"}
    world.refactorings["r"] = removed("one")
    plan = world.plan()
    assert [one.address for one in plan.forgotten] == ["b.file.one"]
    assert not plan.changes
    assert world.apply(plan).complete
    assert set(world.store.read().resources) == {"b.file.two"}
    assert ids(world) == before
    assert world.plan().is_empty


def test_a_removed_object_that_is_not_kept_is_destroyed(world: FolderWorld) -> None:
    del world.wanted["b"]["one"]
    world.refactorings["r"] = removed("one", keep=False)
    assert world.actions() == {"one": "delete"}


def test_what_is_removed_and_still_asked_for_is_a_contradiction(world: FolderWorld) -> None:
    world.refactorings["r"] = removed("one")
    with pytest.raises(InvalidFiles, match="the files still ask for it"):
        world.plan()


def test_an_imported_object_becomes_ours_and_keeps_its_id(world: FolderWorld) -> None:
    put_foreign(world.root / "b", "17", {"size": 9})
    world.wanted["b"]["three"] = {"size": 3}
    world.refactorings["r"] = imported(("three", "17"))
    plan = world.plan()
    assert plan.to_import == 1
    assert {one.address: (one.action.value, one.id, one.importing) for one in plan.changes} == {
        "b.file.three": ("update", "17", True)
    }
    assert world.apply(plan).complete
    assert ids(world)["three"] == "17"
    assert world.bodies()["three"] == {"size": 3}
    assert world.plan().is_empty, "an import that stays in the files is made once"


def test_an_import_that_is_the_same_already_still_gets_our_mark(world: FolderWorld) -> None:
    put_foreign(world.root / "b", "17", {"size": 3})
    world.wanted["b"]["three"] = {"size": 3}
    world.refactorings["r"] = imported(("three", "17"))
    assert world.apply().complete
    assert ids(world)["three"] == "17"


@pytest.mark.parametrize(
    ("name", "named", "words"),
    [
        ("three", "99", "has no object 99"),
        ("tree", "17", "nothing in the files asks for it"),
        ("one", "17", "there is one already"),
    ],
)
def test_an_import_that_cannot_be_meant_is_refused(
    world: FolderWorld, name: str, named: str, words: str
) -> None:
    put_foreign(world.root / "b", "17", {"size": 9})
    world.wanted["b"]["three"] = {"size": 3}
    world.refactorings["r"] = imported((name, named))
    before = world.store.export()
    with pytest.raises(InvalidFiles, match=words):
        world.plan()
    assert world.store.export() == before


def test_an_object_of_another_workspace_is_not_taken(world: FolderWorld) -> None:
    put_foreign(world.root / "b", "17", {"size": 9}, of="elsewhere")
    world.wanted["b"]["three"] = {"size": 3}
    world.refactorings["r"] = imported(("three", "17"))
    with pytest.raises(Exception, match="belongs to the workspace elsewhere"):
        world.plan()


def test_refactorings_survive_a_saved_plan(world: FolderWorld, tmp_path: Path) -> None:
    put_foreign(world.root / "b", "17", {"size": 9})
    world.wanted["b"] = {"uno": {"size": 1}, "three": {"size": 3}}
    world.refactorings |= {"r": moved(("one", "uno")), "s": removed("two"), "t": imported(("three", "17"))}
    plan = world.plan()
    save_plan(plan, tmp_path / "plan")
    assert load_plan(tmp_path / "plan") == plan
    assert world.apply(load_plan(tmp_path / "plan")).complete
    assert world.plan().is_empty
    assert [one.results for one in world.store.history()][-2] == {
        "b.file.uno": "move from b.file.one by r: done"
    }


def test_destroying_takes_what_is_there_under_the_names_that_it_has(world: FolderWorld) -> None:
    rename(world, one="uno")
    world.refactorings["r"] = moved(("one", "uno"))
    world.mode = "destroy"
    assert world.apply().complete
    assert world.read() == []
