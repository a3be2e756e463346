"""The marked part of a file: whatever the style of the rest, it goes in, is found, and leaves what others wrote byte for byte."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slactl.base.diagnostics import SlactlError
from slactl_alertmanager.blocks import Block, new_block
from slactl_alertmanager.part import Key, Part

PLAIN = """\
global:
  resolve_timeout: 5m
route:
  receiver: everybody
  routes:
    - matchers: [team="net"]
      receiver: net
receivers:
  - name: everybody
  - name: net
"""
STYLES = {
    "plain": PLAIN,
    "nothing but the least": "route:\n  receiver: x\nreceivers:\n- name: x\n",
    "windows": PLAIN.replace("\n", "\r\n"),
    "no end of the last line": PLAIN.removesuffix("\n"),
    "a marked start and comments": "# ours\n\n---\n# the rest: ünïcödé, and 😀\n" + PLAIN,
    "empty lists": PLAIN + "inhibit_rules: []   # none yet\ntime_intervals:\n",
    "nulls": PLAIN + "inhibit_rules: null\ntime_intervals: ~ # later\n",
    "an end and a comment in a list": PLAIN.replace("  routes:\n", "  routes: # ours\n    # first\n\n"),
    "dashes under dashes": "route:\n  receiver: x\n  routes:\n  -\n    receiver: x\nreceivers:\n-\n  name: x\n",
    "anchors": PLAIN.replace("receivers:\n", "receivers: &all\n").replace(
        "- name: net", "- &net\n    name: net"
    ),
    "quoted keys": PLAIN.replace("receivers:", '"receivers":').replace("  routes:", "  'routes' :"),
    "deep": PLAIN.replace("  routes:\n    -", "  routes:\n        -").replace(
        "\n      receiver", "\n          receiver"
    ),
    "all of it further in": "".join(f"  {line}\n" for line in PLAIN.splitlines()),
    "texts that look like keys": PLAIN + "templates:\n  - |\n    receivers:\n    routes: []\n",
}
Bodies = Mapping[str, Mapping[str, Any]]
OURS: Bodies = {
    "am.hours.office": {
        "time_intervals": [{"name": "h", "time_intervals": [{"days_of_month": ["1:3", "5"]}]}]
    },
    "am.inhibit.faster-burn": {"inhibit_rules": [{"source_matchers": ['a="b"'], "equal": ["x", "y"]}]},
    "am.receiver.p1": {
        "receivers": [{"name": "p1", "webhook_configs": [{"url": "http://x/", "max_alerts": "5"}]}]
    },
    "am.route.sla.a": {"routes": [{"receiver": "p1", "continue": "true"}, {"receiver": "net"}]},
}


def blocks(bodies: Bodies, workspace: str = "estate") -> dict[Key, Block]:
    return {
        (workspace, address): new_block(workspace, address, body, body, {})
        for address, body in bodies.items()
    }


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_part_goes_in_and_out_of_any_style(style: str) -> None:
    before = Part.of(style.encode(), "f")
    content = before.written(blocks(OURS))
    after = Part.of(content, "f")
    assert after.others == style
    assert {address: {one.section: one.items()} for (_, address), one in after.blocks.items()} == OURS
    layout = after.layout()
    assert all(after.in_place(key, layout) for key in after.blocks)
    assert after.written(after.blocks) == content
    assert after.written({}) == style.encode()


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_ours_comes_first_in_each_list_and_the_rest_means_what_it_meant(style: str) -> None:
    data = yaml.safe_load(Part.of(style.encode(), "f").written(blocks(OURS)))
    was = yaml.safe_load(style)
    for name, found, former in (
        ("routes", data["route"]["routes"], was["route"].get("routes")),
        *((name, data[name], was.get(name)) for name in ("receivers", "inhibit_rules", "time_intervals")),
    ):
        ours = [item for body in OURS.values() for item in body.get(name, ())]
        assert len(found) == len(ours) + len(former or [])
        assert found[len(ours) :] == (former or [])
    assert data["route"]["routes"][0] == {"receiver": "p1", "continue": True}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no route"),
        ("receivers: [{name: x}]\n", "written in braces|has no route"),
        ("route: {receiver: x}\nreceivers:\n- name: x\n", "route is written in braces"),
        ("{route: {receiver: x}}\n", "written in braces"),
        ("route:\n  receiver: x\nreceivers: [{name: x}]\n", "receivers is not written as a list"),
        ("route:\n  receiver: x\nreceivers: [\n]\n", "over several lines"),
        ("route:\n  receiver: x\nreceivers: &r\n- name: x\ninhibit_rules: *r\n", "inhibit_rules is an alias"),
        ("a: &a\n  receiver: x\nroute: *a\n", "route is an alias"),
        ("a: &a {routes: []}\nroute:\n  <<: *a\n  receiver: x\n", "merge key"),
        ("route:\n  receiver: x\n? receivers\n: - name: x\n", "no end, or is not written as a plain key"),
        ("route:\n  receiver: x\nreceivers:", "receivers has no end"),
        ("route: [\n", "cannot be read as YAML"),
        ("\ufeffroute:\n  receiver: x\n", "no plain UTF-8"),
    ],
)
def test_what_leaves_no_place_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(SlactlError, match=why):
        Part.of(text.encode(), "am.yml").written(blocks(OURS))


def test_other_bytes_are_refused() -> None:
    with pytest.raises(SlactlError, match="no plain UTF-8"):
        Part.of(b"route: \xff\n", "am.yml")


def test_two_workspaces_stand_side_by_side() -> None:
    first = Part.of(Part.of(PLAIN.encode(), "f").written(blocks(OURS)), "f")
    both = Part.of(first.written({**first.blocks, **blocks(OURS, "second")}), "f")
    assert both.others == PLAIN
    assert len(both.blocks) == 2 * len(OURS)
    alone = {key: one for key, one in both.blocks.items() if key[0] == "second"}
    assert Part.of(both.written(alone), "f").blocks.keys() == alone.keys()


def test_blocks_follow_when_others_change_how_far_in_their_lists_stand() -> None:
    content = Part.of(PLAIN.encode(), "f").written(blocks(OURS)).decode()
    edited = content.replace("  - name: everybody\n  - name: net\n", "- name: everybody\n- name: net\n")
    part = Part.of(edited.encode(), "f")
    data = yaml.safe_load(part.written(part.blocks))
    assert [one["name"] for one in data["receivers"]] == ["p1", "everybody", "net"]


def test_a_block_behind_an_item_of_others_is_out_of_place_until_the_next_write() -> None:
    content = Part.of(PLAIN.encode(), "f").written(blocks(OURS)).decode()
    block = "".join(Part.of(content.encode(), "f").blocks["estate", "am.route.sla.a"].lines)
    moved = content.replace(block, "").replace("      receiver: net\n", f"      receiver: net\n{block}")
    part = Part.of(moved.encode(), "f")
    layout = part.layout()
    assert [key[1] for key in part.blocks if not part.in_place(key, layout)] == ["am.route.sla.a"]
    assert part.written(part.blocks).decode() == content


@pytest.mark.parametrize("text", [PLAIN, PLAIN + "inhibit_rules: []\n"])
def test_items_that_lost_their_marks_are_of_others_and_the_file_stays_what_it_says(text: str) -> None:
    content = Part.of(text.encode(), "f").written(blocks(OURS)).decode()
    bare = "".join(
        line
        for line in content.splitlines(keepends=True)
        if "slactl begin" not in line and "slactl end" not in line
    )
    part = Part.of(bare.encode(), "f")
    assert part.blocks == {}
    assert yaml.safe_load(part.others) == yaml.safe_load(bare)
    again = Part.of(part.written(blocks(OURS)), "f")
    assert again.others == part.others
    assert all(again.in_place(key, again.layout()) for key in again.blocks)


def damaged(content: str) -> list[str]:
    begin = next(
        line for line in content.splitlines(keepends=True) if "slactl begin" in line and "receiver" in line
    )
    end = "  # slactl end: am.receiver.p1\n"
    return [
        content.replace(begin, ""),
        content.replace(end, ""),
        content.replace(end, end + begin + end),
        content + "# slactl begin: workspace=estate address=am.receiver.p2 digest=" + "0" * 64 + "\n",
    ]


@pytest.mark.parametrize("case", range(4))
def test_damaged_marks_are_refused(case: int) -> None:
    content = Part.of(PLAIN.encode(), "f").written(blocks(OURS)).decode()
    with pytest.raises(SlactlError, match="part of f is damaged"):
        Part.of(damaged(content)[case].encode(), "f")


TEXTS = st.text(max_size=20)
VALUES = st.recursive(
    TEXTS, lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS.filter(bool), below, max_size=3)
)


@given(st.lists(st.dictionaries(TEXTS.filter(bool), VALUES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_any_body_comes_back_as_it_was_written(items: list[dict[str, Any]]) -> None:
    content = Part.of(PLAIN.encode(), "f").written(blocks({"am.receiver.x": {"receivers": items}}))
    (found,) = Part.of(content, "f").blocks.values()
    assert found.items() == items
