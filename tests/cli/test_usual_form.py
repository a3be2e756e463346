"""`fmt` over many files: shared by processes, and what is known to be in the usual form is not looked through again."""

from pathlib import Path

import pytest

from slactl.base import processes
from slactl.documents import format as formatter
from tests.running import Run

USUAL = "apiVersion: slactl/v1\nkind: Party\nmetadata:\n  name: acme\nspec: {type: customer}\n"
UNUSUAL = USUAL.replace("  name", "      name")


@pytest.fixture
def files(shop: Path) -> Path:
    """Forty files beside the web shop's own, every tenth of which is not in the usual form."""
    folder = shop / "forty"
    folder.mkdir()
    for index in range(40):
        (folder / f"{index:02}.yaml").write_text(UNUSUAL if index % 10 == 0 else USUAL)
    return folder


def names(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.endswith(".yaml")]


@pytest.mark.parametrize("processors", [1, 4])
def test_many_files_come_in_order_however_many_processors_there_are(
    files: Path, run: Run, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    monkeypatch.setattr(processes, "processors", lambda: processors)
    code, out, _ = run("fmt", "-check")
    assert (code, names(out)) == (3, [f"forty/{index}.yaml" for index in ("00", "10", "20", "30")])
    assert run("fmt")[0] == 0
    assert {file.read_text() for file in files.glob("*.yaml")} == {USUAL}
    assert run("fmt", "-check")[:2] == (0, "")


def test_what_is_known_to_be_in_the_usual_form_is_not_formatted_again(
    files: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("fmt")[0] == 0
    run("fmt", "-check")
    run("fmt", "-check", "forty/05.yaml")  # and one alone lets nothing be forgotten

    def not_again(text: str, shown: str) -> str:
        raise AssertionError(f"{shown} is formatted again: {text}")

    monkeypatch.setattr(formatter, "formatted", not_again)
    assert run("fmt", "-check")[:2] == (0, "")
    monkeypatch.undo()
    (files / "05.yaml").write_text(UNUSUAL)
    code, out, _ = run("fmt", "-check")
    assert (code, names(out)) == (3, ["forty/05.yaml"])
