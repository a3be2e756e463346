"""`slactl calc` as its users type it: calculations in YAML and JSON, fault trees, and everything that can be wrong."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from slactl.cli.main import main

Run = Callable[..., tuple[int, str, str]]

SHOP = """\
top: shop
services: {shop: {all: [web, data]}, data: {any: [db, queue]}}
components: {web: 99.95%, db: 99.99%, queue: 99.9%}
target: 99.9%
"""
TREE = """\
<?xml version="1.0"?>
<opsa-mef>
<define-fault-tree name="pumps">
<define-gate name="both"><and><basic-event name="a"/><basic-event name="b"/></and></define-gate>
<define-gate name="station"><or><gate name="both"/><basic-event name="power"/><house-event name="works"/></or></define-gate>
<define-gate name="odd"><xor><basic-event name="a"/><basic-event name="b"/></xor></define-gate>
<define-gate name="vote">
<atleast min="2"><basic-event name="a"/><basic-event name="b"/><basic-event name="c"/></atleast>
</define-gate>
<define-house-event name="works"><constant value="false"/></define-house-event>
</define-fault-tree>
"""
DATA = """\
<model-data>
<define-basic-event name="a"><float value="1e-3"/></define-basic-event>
<define-basic-event name="b"><float value="2e-3"/></define-basic-event>
<define-basic-event name="c"><float value="1e-13"/></define-basic-event>
<define-basic-event name="power"><float value="1e-6"/></define-basic-event>
</model-data>
"""
CLOSE = "</opsa-mef>\n"


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def calc(tmp_path: Path, slactl: Run) -> Callable[..., tuple[int, list[Any], str]]:
    """Write files and compute them; exit code, the documents, and what was said."""

    def run(*texts: str, options: tuple[str, ...] = (), ending: str = "yaml") -> tuple[int, list[Any], str]:
        names = [f"{index}.{ending}" for index in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text)
        code, out, err = slactl(f"-chdir={tmp_path}", "calc", "-json", *options, *names)
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


Calc = Callable[..., tuple[int, list[Any], str]]


def test_three_numbers_that_add_up_by_hand(calc: Calc) -> None:
    code, (found,), _ = calc(SHOP)
    assert code == 0
    assert found["guaranteed"] == {"lower": "0.9994", "upper": "0.9994"}
    assert found["guaranteed_unavailability"] == {"lower": "0.0006", "upper": "0.0006"}
    exact = 1 - Fraction(9995, 10_000) * (1 - Fraction(1, 10_000) * Fraction(1, 1000))
    assert Fraction(found["expected_unavailability"]["upper"]) == exact
    assert (found["best"], found["best_unavailability"]) == ("0.9995", "0.0005")
    assert (found["verdict"], found["exact"]) == ("guaranteed", True)
    assert found["certificate"]["bound"] == "3/5000"


def test_json_is_read_by_its_ending_and_several_files_give_a_line_each(calc: Calc) -> None:
    text = json.dumps(
        {
            "top": "a",
            "services": {"a": {"all": ["x", "y"]}},
            "components": {"x": "0.9995", "y": "0.9999999999999"},
        }
    )
    code, found, _ = calc(text, text.replace("0.9995", "1"), ending="json")
    assert code == 0
    assert [one["subject"] for one in found] == ["0.json", "1.json"]
    assert found[1]["guaranteed_unavailability"]["upper"] == "0.0000000000001"
    assert found[1]["expected"]["lower"] == "0.9999999999999"


def test_a_years_budget_may_fall_into_the_shortest_month(calc: Calc) -> None:
    year = (
        "top: a\nservices: {a: {all: [x]}}\ncomponents: {x: {availability: 99.9%, window: calendar-year}}\n"
    )
    code, (found,), _ = calc(year + "window: calendar-month\nfrom: 2027-01-01\nuntil: 2027-12-31\n")
    assert code == 0
    assert found["worst_window"] == "2027-02"
    upper = Fraction(found["guaranteed_unavailability"]["upper"])
    assert 0 <= upper - Fraction(365, 1000 * 28) < Fraction(1, 10**25)


def test_a_promise_on_being_down_together_counts(calc: Calc) -> None:
    text = (
        "top: a\nservices: {a: {any: [x, y]}}\ncomponents: {x: 99.5%, y: 99.5%}\n"
        "joint: [{services: [x, y], atLeast: 2, downtime: 5m}]\n"
    )
    alone = calc(text.partition("joint")[0])[1][0]
    assert alone["guaranteed"]["lower"] == "0.995"
    code, found, err = calc(text)
    assert code == 0, err
    assert found[0]["guaranteed"]["lower"] > "0.9998"


def test_certificates_and_timetables_are_verified_and_changed_ones_refused(
    calc: Calc, tmp_path: Path, slactl: Run
) -> None:
    _, (found,), _ = calc(SHOP)
    file = tmp_path / "found.json"

    def verified(document: Any) -> int:
        file.write_text(json.dumps(document))
        return slactl(f"-chdir={tmp_path}", "verify", "found.json")[0]

    assert verified(found) == 0
    assert verified(found | {"guaranteed_unavailability": {"lower": "0.0005", "upper": "0.0005"}}) == 1
    assert verified(found | {"guaranteed_unavailability": {"lower": "0.0007", "upper": "0.0007"}}) == 1
    longer = [found["witness"][0] | {"share": "1/1000"}, *found["witness"][1:]]
    assert verified(found | {"witness": longer}) == 1


def test_lines_for_people(tmp_path: Path, slactl: Run) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    code, out, _ = slactl(f"-chdir={tmp_path}", "calc", "shop.yaml")
    assert code == 0
    assert "guaranteed  at least 99.94%, whatever happens together" in out
    assert "target 99.9%  guaranteed, margin 17m 16s" in out


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (SHOP.replace("{any: [db, queue]}", "{atLeast: 0, of: [db, queue]}"), 2, "0"),
        (SHOP.replace("{any: [db, queue]}", "{atLeast: 3, of: [db, queue]}"), 2, "3"),
        (SHOP.replace("99.95%", "101%"), 3, "101%"),
        (SHOP.replace("99.95%", "-1%"), 3, "-1%"),
        (SHOP.replace("99.95%", ".nan"), 3, ".nan"),
        (SHOP.replace("99.95%", "often"), 3, "often"),
        (SHOP.replace("[db, queue]", "[db, shop]"), 2, "shop"),
        (SHOP.replace("[db, queue]", "[db, qeue]"), 2, "qeue"),
        (SHOP.replace("[db, queue]", "[]"), 2, "data"),
        (SHOP.replace("top: shop", "top: shup"), 1, "shup"),
        (SHOP.replace("target: 99.9%", "target: 2"), 4, "2"),
        (SHOP.replace("target", "tarjet"), 4, "tarjet"),
        (SHOP + "window: fortnight\n", 5, "fortnight"),
        (SHOP + "from: 2027-01-01\n", 0, "until"),
        (SHOP + "from: 2027-01-01\nuntil: 2026-01-01\n", 0, "2026-01-01"),
        (SHOP + "web: [\n", 0, ""),
        (SHOP.partition("components")[0], 0, "components"),
        ("", 0, "one document"),
        ("- a\n", 0, "mapping"),
    ],
)
def test_what_cannot_be_computed_is_said_with_its_line_and_the_others_are_computed(
    calc: Calc, text: str, line: int, says: str
) -> None:
    code, (bad, good), err = calc(text, SHOP)
    assert code == 1
    assert good["guaranteed"]["lower"] == "0.9994"
    assert "guaranteed" not in bad
    assert bad["errors"]
    assert says in err
    assert "0.yaml" in err
    assert f"line {line}," in err or not line


def test_a_missing_file_is_an_error(tmp_path: Path, slactl: Run) -> None:
    code, _, err = slactl(f"-chdir={tmp_path}", "calc", "none.yaml")
    assert code == 1
    assert "none.yaml" in err


def test_every_top_of_a_fault_tree_is_computed(calc: Calc) -> None:
    code, found, _ = calc(TREE + DATA + CLOSE, options=("-format=open-psa",), ending="xml")
    assert code == 0
    assert [one["top"] for one in found] == ["station", "odd", "vote"]
    station, odd, vote = found
    both, power = Fraction(2, 10**6), Fraction(1, 10**6)
    assert Fraction(station["expected_unavailability"]["upper"]) == both + power - both * power
    assert station["guaranteed_unavailability"]["upper"] == "0.001001"
    assert station["best_unavailability"] == "0.000001"
    assert (odd["guaranteed"], odd["best"], odd["certificate"], odd["witness"]) == (None, None, None, None)
    assert Fraction(odd["expected_unavailability"]["upper"]) == pytest.approx(
        Fraction(2996, 10**6), rel=1e-12
    )
    assert "no worst" in odd["note"]
    assert vote["guaranteed_unavailability"]["upper"] == "0.0010000000001"


def test_data_may_stand_in_a_file_of_its_own(calc: Calc) -> None:
    options = ("-format=open-psa",)
    data = f"<opsa-mef>{DATA}{CLOSE}"
    code, found, _ = calc(TREE + CLOSE, data, options=options, ending="xml")
    assert code == 0
    assert found == calc(TREE + DATA + CLOSE, options=options, ending="xml")[1]


def test_a_fault_trees_certificate_is_verified(calc: Calc, tmp_path: Path, slactl: Run) -> None:
    _, found, _ = calc(TREE + DATA + CLOSE, options=("-format=open-psa",), ending="xml")
    (tmp_path / "found.json").write_text("\n".join(json.dumps(one) for one in (found[0], found[2])))
    code, out, _ = slactl(f"-chdir={tmp_path}", "verify", "found.json")
    assert code == 0
    assert out.count("Verified:") == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<opsa-mef>&a;</opsa-mef>', "entit"),
        ('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>\n<opsa-mef>&b;</opsa-mef>', "entit"),
        (TREE.replace('<gate name="both"/>', '<gate name="station"/>') + DATA + CLOSE, "station"),
        (TREE + CLOSE, "power"),
        (TREE + DATA.replace("1e-6", "1.5") + CLOSE, "1.5"),
        (TREE.replace('min="2"', 'min="4"') + DATA + CLOSE, "4"),
        (TREE + DATA, ""),
        (f"<opsa-mef>{DATA}{CLOSE}", "no gate"),
    ],
)
def test_a_fault_tree_that_cannot_be_read_is_refused(calc: Calc, text: str, says: str) -> None:
    code, found, err = calc(text, options=("-format=open-psa",), ending="xml")
    assert code == 1
    assert all("errors" in one for one in found)
    assert says in err
    assert "Traceback" not in err
    assert "root:" not in err


def test_a_fault_tree_in_words(tmp_path: Path, slactl: Run) -> None:
    (tmp_path / "t.xml").write_text(TREE + DATA + CLOSE)
    code, out, _ = slactl(f"-chdir={tmp_path}", "calc", "-format=open-psa", "t.xml")
    assert code == 0
    assert "t.xml: station\n  probability 0.000003, if events are independent\n" in out
    assert "worst case  at most 0.001001, whatever happens together, made of" in out
    assert "no worst and no best case" in out
