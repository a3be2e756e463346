"""The memory of a check: what it says is what a check says, and anything that a check depends on makes it check anew."""

import os
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import slactl.check.engine
from slactl.base.cache_folder import cache_folder
from slactl.check.engine import check
from slactl.check.remembered import remembered_check
from slactl.cli.console import Console
from slactl.cli.workspace import load_estate
from slactl.model.calendar.country_days import country_days
from slactl.model.estate import Estate

DAY = date(2026, 11, 23)


def estate_of(root: Path, *variables: tuple[str, str]) -> Estate:
    parsed = Namespace(root=root, given=list(variables), as_of=None, no_cache=True)
    return load_estate(parsed, Console.of_environment(no_color=True))


@pytest.fixture(autouse=True)
def _nothing_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was really checked."""
    made: list[str] = []

    def counted(estate: Estate, as_of: date, *, explain: bool = True) -> object:
        made.append(estate.digest)
        return check(estate, as_of, explain=explain)

    monkeypatch.setattr(slactl.check.engine, "check", counted)
    return made


@pytest.mark.parametrize("example", ["webshop", "hr-outsourcing"])
@pytest.mark.parametrize("explain", [True, False])
def test_what_is_remembered_is_what_a_check_finds(
    repository: Path, example: str, explain: bool, checks: list[str]
) -> None:
    root = repository / "examples" / example
    estate = estate_of(root)
    found = check(estate, DAY, explain=explain)
    first = remembered_check(estate, DAY, root, explain=explain)
    assert checks == [estate.digest]
    second = remembered_check(estate, DAY, root, explain=explain)
    assert checks == [estate.digest], "the second time nothing is checked"
    assert first == second == found
    assert [type(one) for one in second.findings] == [type(one) for one in found.findings]
    assert list(second.objectives) == list(found.objectives)


def test_a_plan_after_a_check_needs_no_check_of_its_own(repository: Path, checks: list[str]) -> None:
    root = repository / "examples" / "webshop"
    estate = estate_of(root)
    explained = remembered_check(estate, DAY, root)
    assert remembered_check(estate, DAY, root, explain=False) == explained
    assert checks == [estate.digest]


def test_another_day_other_files_and_other_variables_are_checked_anew(
    workspace: Callable[..., Path], checks: list[str]
) -> None:
    text = "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme, displayName: '${var.title}'}\nspec: {type: customer}\n"
    header = (
        "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\n"
        "spec: {organization: o, variables: {title: {default: x}}}\n"
    )
    root = workspace(text, root=header)
    steps: list[tuple[Estate, date]] = [(estate_of(root), DAY), (estate_of(root), date(2026, 11, 24))]
    steps.append((estate_of(root, ("var", "title=y")), DAY))
    (root / "agreements" / "00.yaml").write_text(text + "# more\n")
    steps.append((estate_of(root), DAY))
    for number, (estate, day) in enumerate(steps, start=1):
        remembered_check(estate, day, root)
        assert len(checks) == number
    remembered_check(*steps[-1], root)
    assert len(checks) == 4
    remembered_check(*steps[-1], root, cached=False)
    assert len(checks) == 5


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"0" * 32 + b"\n[]"])
def test_a_damaged_memory_is_passed_over(repository: Path, checks: list[str], damage: bytes) -> None:
    root = repository / "examples" / "webshop"
    estate = estate_of(root)
    found = remembered_check(estate, DAY, root)
    path = cache_folder(root) / "check-explained.json"
    key = path.read_bytes().split(b"\n")[0]
    for content in (damage, key + b"\n" + damage, key + b"\n[1, 2, 3]"):
        path.write_bytes(content)
        assert remembered_check(estate, DAY, root) == found
    assert len(checks) == 4


def test_another_program_checks_anew(
    repository: Path, checks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository / "examples" / "webshop"
    estate = estate_of(root)
    remembered_check(estate, DAY, root)
    monkeypatch.setattr("slactl.check.remembered.program_digest", lambda: "another")
    remembered_check(estate, DAY, root)
    assert len(checks) == 2


def test_a_memory_that_cannot_be_written_is_none(
    repository: Path, checks: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path / "file"))
    root = repository / "examples" / "webshop"
    estate = estate_of(root)
    assert remembered_check(estate, DAY, root) == remembered_check(estate, DAY, root)
    assert len(checks) == 2


def test_nothing_is_remembered_beside_the_files(workspace: Callable[..., Path]) -> None:
    root = workspace("apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme}\nspec: {type: customer}\n")
    before = sorted(one for one in root.rglob("*") if "cache" not in one.parts)
    remembered_check(estate_of(root), DAY, root)
    assert sorted(one for one in root.rglob("*") if "cache" not in one.parts) == before
    assert list(cache_folder(root).iterdir())


def test_holidays_are_remembered_and_looked_up_anew_with_another_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slactl.model.calendar import country_days as module  # noqa: PLC0415 - its memory is emptied between steps

    def forget() -> None:
        module._remembered.cache_clear()  # noqa: SLF001 - what a new process begins with
        module._library.cache_clear()  # noqa: SLF001 - the same

    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path))
    forget()
    new_year = date(2026, 1, 1)
    assert new_year in country_days("DE", "BE", 2026)
    path = tmp_path / "slactl" / "holidays.json"
    path.write_text(path.read_text().replace("2026-01-01", "2026-01-02"))
    forget()
    assert new_year not in country_days("DE", "BE", 2026), "the memory was read"
    path.write_text(path.read_text().replace("holidays/__init__", "holidays/other"))
    forget()
    assert new_year in country_days("DE", "BE", 2026)
    os.utime(path, (time.time(), time.time()))
    path.write_text("nonsense")
    forget()
    assert new_year in country_days("DE", "BE", 2026)
    forget()
