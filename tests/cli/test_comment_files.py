"""`-markdown-into=FILE`: the parts of a long comment beside FILE, and what earlier runs left there."""

import os
import re
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.cli.comment_files import write_parts
from slactl.cli.main import main

FIRST = "<!-- slactl-plan shop -->\nold\n"
ESTATE = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: many}
spec: {organization: example-inc}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
"""
AGREEMENT = """\
---
apiVersion: slactl/v1
kind: Service
metadata: {name: "s%(number)d"}
spec: {owner: web, intrinsic: {availability: 99.99%%}}
---
apiVersion: slactl/v1
kind: SLA
metadata: {name: "a%(number)d"}
spec:
  service: "s%(number)d"
  customer: acme
  status: agreed
  binding: legal
  signed: [{party: example-inc, on: 2025-12-01, reference: x}]
  term: {from: 2026-01-01, until: 2028-12-31, notice: 90d}
  objectives: {availability: {target: 99.9%%, window: calendar-month}}
"""


def part(number: int, of: str = "slactl-plan shop") -> str:
    return f"<!-- {of} part {number} -->\nold\n"


def texts(folder: Path) -> dict[str, str]:
    return {one.name: one.read_text() for one in folder.iterdir()}


def test_each_part_has_its_file_before_the_ending(tmp_path: Path) -> None:
    write_parts(tmp_path / "plan.md", ["a", "b", "c"])
    write_parts(tmp_path / "plan", ["d", "e"])
    assert texts(tmp_path) == {"plan.md": "a", "plan.2.md": "b", "plan.3.md": "c", "plan": "d", "plan.2": "e"}


def test_parts_of_an_earlier_run_go_and_files_of_others_stay(tmp_path: Path) -> None:
    kept = {
        "plan.7.md": "# Notes of my own\n",
        "plan.8.md": part(9),
        "plan.04.md": part(4),
        "plan.5.md.bak": part(5),
        "plan.x.md": part(5),
        "other.3.md": part(3),
        "plan.9.md": "<!-- slactl-plan shop -->\n",
    }
    gone = {"plan.3.md": part(3), "plan.4.md": part(4, "slactl-plan other-workspace"), "plan.12.md": part(12)}
    for name, text in {**kept, **gone, "plan.md": FIRST, "plan.2.md": part(2)}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "plan.6.md").mkdir()
    (tmp_path / "plan.11.md").symlink_to(tmp_path / "nowhere")
    write_parts(tmp_path / "plan.md", ["new", "new 2"])
    (tmp_path / "plan.6.md").rmdir()
    (tmp_path / "plan.11.md").unlink()
    assert texts(tmp_path) == {**kept, "plan.md": "new", "plan.2.md": "new 2"}


@pytest.mark.parametrize("kind", ["text", "other number", "first part", "folder", "link", "binary", "named"])
def test_no_part_takes_the_place_of_a_file_that_is_none(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "plan.md", tmp_path / "plan.3.md"
    path.write_text(FIRST)
    written = {"text": "mine", "other number": part(4), "first part": FIRST}
    if kind in written:
        other.write_text(written[kind])
    elif kind == "folder":
        other.mkdir()
    elif kind == "link":
        (tmp_path / "real.md").write_text(part(3))
        other.symlink_to(tmp_path / "real.md")
    elif kind == "binary":
        other.write_bytes(b"\xff\xfe\x00")
    named = [other] if kind == "named" else []
    with pytest.raises(SlactlError) as caught:
        write_parts(path, ["a", "b", "c"], named)
    assert f"{other} is in the way: part 3 of {path} belongs there" in str(caught.value.diagnostics[0])
    assert path.read_text() == FIRST
    assert not (tmp_path / "plan.2.md").exists()


def test_what_cannot_be_written_leaves_all_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"plan.md": FIRST, "plan.2.md": part(2), "plan.3.md": part(3)}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    flushed: list[int] = []

    def full(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_parts(tmp_path / "plan.md", ["new", "new 2"])
    assert texts(tmp_path) == before


def estate(folder: Path, agreements: int) -> None:
    made = (AGREEMENT % {"number": number} for number in range(agreements))
    (folder / "slactl.yaml").write_text(ESTATE + "".join(made))


@pytest.mark.parametrize(("verb", "agreements"), [("plan", 400), ("check", 900)])
def test_a_long_comment_becomes_short_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, agreements: int
) -> None:
    root, into = tmp_path / "estate", tmp_path / "into"
    root.mkdir()
    into.mkdir()
    day = "-as-of=2026-11-23"
    estate(root, agreements)
    assert main([f"-chdir={root}", verb, day, f"-markdown-into={into / 'it.md'}"]) == 0
    many = texts(into)
    assert len(many) > 2
    assert set(many) == {"it.md", *(f"it.{number}.md" for number in range(2, len(many) + 1))}
    for name, text in many.items():
        assert len(text) <= 65_536
        number = name.removeprefix("it.").removesuffix("md").rstrip(".") or "1"
        assert f"(part {number} of {len(many)})" in text.splitlines()[1]
    shown = re.findall(
        r"^@@ (sla\.a\d+) is created @@$|^\| `(sla\.a\d+)\.", "".join(many.values()), re.MULTILINE
    )
    assert len(shown) == len(set(shown)) == agreements
    capsys.readouterr()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    assert main([f"-chdir={root}", verb, day, "-format=markdown", f"-markdown-into={link}"]) == 0
    alone = capsys.readouterr().out
    assert (tmp_path / "real").read_text() == alone
    assert {one.name for one in tmp_path.iterdir()} == {"estate", "into", "link", "real"}, (
        "a link has nothing beside it"
    )
    assert len(alone) <= 65_536
    told = f"`-markdown-into=FILE` writes all {len(many)} parts, each for a comment of its own.\n\n"
    assert alone.replace(told, "") == many["it.md"]
    estate(root, 2)
    assert main([f"-chdir={root}", verb, day, f"-markdown-into={into / 'it.md'}"]) == 0
    assert set(texts(into)) == {"it.md"}
