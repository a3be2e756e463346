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
    assert verified(found | {"witness": found["witness"][1:]}) == 1
    lighter = json.loads(json.dumps(found))
    lighter["certificate"]["steps"][-1]["weights"]["web"] = "1/2"
    assert verified(lighter) == 1
    claimed = json.loads(json.dumps(found))
    claimed["certificate"]["steps"][-1]["bound"] = "1/2000"
    assert verified(claimed) == 1
    asked = json.loads(json.dumps(found))
    asked["certificate"]["structure"]["gates"]["data"]["at_least"] = 2
    assert verified(asked) == 1


def test_a_clause_is_part_of_certificate_and_timetable(calc: Calc, tmp_path: Path, slactl: Run) -> None:
    text = (
        "top: a\nservices: {a: {any: [x, y]}, b: {all: [a, z]}}\ncomponents: {x: 99.5%, y: 99%, z: 99.9%}\n"
        "joint: [{services: [x, y], atLeast: 2, downtime: 5m}]\n"
    )
    _, (found,), _ = calc(text.replace("top: a", "top: b"))
    assert found["certificate"]["clauses"] == {"joint/0": {"together": 2, "of": ["x", "y"]}}
    file = tmp_path / "found.json"
    file.write_text(json.dumps(found))
    assert slactl(f"-chdir={tmp_path}", "verify", "found.json")[0] == 0
    found["certificate"]["clauses"]["joint/0"]["of"] = ["x", "z"]
    file.write_text(json.dumps(found))
    assert slactl(f"-chdir={tmp_path}", "verify", "found.json")[0] == 1


def test_lines_for_people(tmp_path: Path, slactl: Run) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    code, out, _ = slactl(f"-chdir={tmp_path}", "calc", "shop.yaml")
    assert code == 0
    assert "guaranteed  at least 99.94%, whatever happens together" in out
    assert "target 99.9%  guaranteed, margin 17m 16s" in out


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (SHOP.replace("any: [db, queue]", "atLeast: {count: 0, of: [db, queue]}"), 2, "at least 1, not 0"),
        (SHOP.replace("any: [db, queue]", "atLeast: {count: 3, of: [db, queue]}"), 2, "At least 3 of 2"),
        (SHOP.replace("any: [db, queue]", "atLeast: {count: 1.5, of: [db]}"), 2, "a whole number"),
        (SHOP.replace("99.95%", "101%"), 3, "101%"),
        (SHOP.replace("99.95%", "-1%"), 3, "-1%"),
        (SHOP.replace("99.95%", ".nan"), 3, ".nan"),
        (SHOP.replace("99.95%", "often"), 3, "often"),
        (SHOP.replace("99.95%", "99.95"), 3, "could mean 99.95% or 99.95 times the whole"),
        (SHOP.replace("99.95%", "1"), 3, "1 has no % and could mean 1% or 100%"),
        (SHOP.replace("99.95%", '"1.5"'), 3, "1.5 is more than all of it"),
        (SHOP.replace("99.95%", "100.5%"), 3, "100.5% is more than all of it"),
        (SHOP.replace("99.95%", "\u0669\u0669%"), 3, "Write digits as 0 to 9"),
        (SHOP.replace("[db, queue]", "[db, shop]"), 2, "shop rests on itself: shop -> data -> shop"),
        (
            SHOP.replace("[db, queue]", "[db, {all: [data]}]"),
            2,
            "data rests on itself: data -> data/1 -> data",
        ),
        (SHOP.replace("[db, queue]", "[db, qeue]"), 2, 'Did you mean "queue"?'),
        (SHOP.replace("{web: ", "{data: 99%, web: "), 3, "data is a service and a component"),
        (SHOP.replace("{web: ", '{"w\\0": 99%, web: '), 3, "is no usable name"),
        (SHOP.replace("[db, queue]", "[]"), 2, "data"),
        (SHOP.replace("top: shop", "top: shup"), 1, "shup"),
        (SHOP.replace("target: 99.9%", "target: 2"), 4, "2"),
        (SHOP.replace("target", "tarjet"), 4, "tarjet"),
        (SHOP + "window: fortnight\n", 5, "fortnight"),
        (SHOP + "window: {rolling: 0d}\n", 5, "more than none"),
        (SHOP + "window: {rolling: 1M}\n", 5, "has no fixed length"),
        (SHOP + "joint: [{services: [db, queue], atLeast: 3, downtime: 5m}]\n", 5, "At least 3 of 2"),
        (SHOP + "joint: [{services: [db, nix], atLeast: 2, downtime: 5m}]\n", 5, "nix"),
        (SHOP + "joint: [{services: [db, web], atLeast: 2, downtime: 1M}]\n", 5, "no fixed length"),
        (SHOP + "from: 2027-01-01\n", 5, "until"),
        (SHOP + "from: 2027-01-01\nuntil: 2026-01-01\n", 6, "2026-01-01"),
        (SHOP + "from: 2026-02-30\nuntil: 2026-12-31\n", 5, "There is no day 2026-02-30"),
        (SHOP + "from: 2026-01-01\nuntil: 9999-12-31\n", 6, "does not reach to 9999-12-31"),
        (SHOP + "web: [\n", 0, "not valid YAML"),
        (SHOP + "---\n" + SHOP, 1, "holds 2"),
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
    assert set(bad) == {"format", "subject", "errors"}
    assert says in err
    assert "0.yaml" in err
    assert f"on 0.yaml line {line}," in err or not line
    assert not line or bad["errors"][0]["range"]["start"]["line"] == line


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('{"top": "a",\n "components": {"a": }}', 2, "not valid JSON"),
        ('{"top": "a", "top": "b", "components": {"a": "0.9"}}', 0, '"top" appears twice'),
        ('{"top": "a", "components": {"a": NaN}}', 1, "NaN is no percentage"),
        ('{"top": "a",\n "components": {"a": 1.5}}', 2, "1.5 is more than all of it"),
        ("[" * 100_000, 0, "nested too deeply"),
        ("", 1, "not valid JSON"),
    ],
)
def test_json_that_cannot_be_computed_is_said_so(calc: Calc, text: str, line: int, says: str) -> None:
    code, (bad,), err = calc(text, ending="json")
    assert code == 1
    assert bad["errors"]
    assert says in err
    assert "0.json" in err
    assert f"on 0.json line {line}," in err or not line


def test_a_fault_tree_without_its_format_says_which_to_give(calc: Calc) -> None:
    code, (bad,), err = calc(TREE + DATA + CLOSE, ending="xml")
    assert code == 1
    assert bad["errors"][0]["summary"] == "0.xml is XML"
    assert "-format=open-psa" in err


def test_names_that_groups_and_clauses_might_have_are_the_users(calc: Calc) -> None:
    text = (
        "top: a\nservices: {a: {all: [{any: [b, c]}, d]}, a/0: {all: [joint/0]}}\n"
        "components: {b: 99%, c: 98%, d: 97%, joint/0: 1%}\n"
        "joint: [{services: [b, c], atLeast: 2, downtime: 0m}]\n"
    )
    code, (found,), _ = calc(text)
    assert code == 0
    assert found["guaranteed"]["lower"] == found["best"] == "0.97"
    assert calc(text.replace("top: a", "top: a/0"))[1][0]["best"] == "0.01"


@pytest.mark.parametrize("perfect", ["99%", "100%"])
@pytest.mark.parametrize("name", ["x (rest 1)", "x (given what is perfect)"])
def test_a_component_may_be_named_like_a_step_of_the_proof(
    calc: Calc, tmp_path: Path, slactl: Run, name: str, perfect: str
) -> None:
    services = f"{{x: {{all: [a, z, g, h]}}, g: {{any: ['{name}', c]}}, h: {{any: [c, d]}}}}"
    components = f"{{a: 99%, z: {perfect}, c: 98%, d: 96%, '{name}': 97%}}"
    code, (found,), _ = calc(f"top: x\nservices: {services}\ncomponents: {components}\n")
    assert code == 0
    (tmp_path / "found.json").write_text(json.dumps(found), encoding="utf-8")
    assert slactl("verify", str(tmp_path / "found.json"))[0] == 0


def test_bounds_with_endless_digits_are_rounded_to_the_side_on_which_they_hold(
    calc: Calc, tmp_path: Path, slactl: Run
) -> None:
    text = (
        "top: a\nservices: {a: {atLeast: {count: 2, of: [x, y, z, v, w]}}}\n"
        "components: {x: 99%, y: 98%, z: 98%, v: 98%, w: 90%}\n"
    )
    code, (found,), _ = calc(text)
    assert code == 0
    least, most = (Fraction(found["guaranteed_unavailability"][side]) for side in ("lower", "upper"))
    exact = Fraction(found["certificate"]["bound"])
    assert exact.denominator % 3 == 0
    assert least < exact < most
    assert most - least < Fraction(1, 10**29)
    assert Fraction(found["guaranteed"]["lower"]) == 1 - most
    (tmp_path / "found.json").write_text(json.dumps(found))
    assert slactl(f"-chdir={tmp_path}", "verify", "found.json")[0] == 0


def test_what_is_missing_to_all_is_shown_to_people_too(tmp_path: Path, slactl: Run) -> None:
    (tmp_path / "tiny.yaml").write_text(
        'top: a\ncomponents: {a: "0.9999999999999"}\ntarget: "0.9999999999998"\n'
    )
    code, out, _ = slactl(f"-chdir={tmp_path}", "calc", "tiny.yaml")
    assert code == 0
    assert "guaranteed  at least 99.99999999999%," in out
    assert "target 99.99999999998%  guaranteed" in out


def test_a_missing_file_is_an_error(tmp_path: Path, slactl: Run) -> None:
    for name, *options in (("none.yaml",), ("none.json",), ("none.xml", "-format=open-psa")):
        code, _, err = slactl(f"-chdir={tmp_path}", "calc", name, *options)
        assert code == 1
        assert name in err


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
    data = f"<opsa-mef><!-- no <define-fault-tree> -->{DATA}{CLOSE}"
    code, found, _ = calc(TREE + CLOSE, data, options=options, ending="xml")
    assert code == 0
    assert found == calc(TREE + DATA + CLOSE, options=options, ending="xml")[1]


def test_data_belongs_to_the_trees_before_it_and_leading_data_to_all(calc: Calc) -> None:
    options = ("-format=open-psa",)
    data = f"<opsa-mef>{DATA}{CLOSE}"
    likelier = data.replace("1e-6", "0.5")
    code, found, _ = calc(TREE + CLOSE, data, TREE + CLOSE, likelier, options=options, ending="xml")
    assert code == 0
    assert [(one["subject"], one["best"]) for one in found if one["top"] == "station"] == [
        ("0.xml: station", "0.999999"),
        ("2.xml: station", "0.5"),
    ]
    code, found, _ = calc(likelier, TREE + CLOSE, TREE + CLOSE, options=options, ending="xml")
    assert code == 0
    assert [(one["subject"], one["best"]) for one in found if one["top"] == "station"] == [
        ("1.xml: station", "0.5"),
        ("2.xml: station", "0.5"),
    ]


def test_a_tree_that_another_one_rests_on_has_a_line_too(calc: Calc) -> None:
    site = (
        '<define-fault-tree name="site"><define-gate name="out"><or><gate name="station"/>'
        '<basic-event name="c"/></or></define-gate></define-fault-tree>'
    )
    code, found, _ = calc(TREE + site + DATA + CLOSE, options=("-format=open-psa",), ending="xml")
    assert code == 0
    assert [one["top"] for one in found] == ["station", "odd", "vote", "out"]


def test_what_is_wrong_with_one_model_leaves_the_others(calc: Calc) -> None:
    whole = TREE + DATA + CLOSE
    code, found, err = calc(whole, TREE + CLOSE, whole, options=("-format=open-psa",), ending="xml")
    assert code == 1
    tops = ("station", "odd", "vote")
    computed = [[f"{file}.xml: {top}" for top in tops] for file in (0, 2)]
    assert [one["subject"] for one in found] == [*computed[0], "1.xml", *computed[1]]
    assert "on 1.xml line 4," in err


def test_probabilities_without_end_are_an_interval_that_ends(calc: Calc) -> None:
    events = "".join(f'<basic-event name="e{index}"/>' for index in range(9))
    data = "".join(
        f'<define-basic-event name="e{index}"><float value="1e-990"/></define-basic-event>'
        for index in range(9)
    )
    text = (
        f'<opsa-mef><define-fault-tree name="t"><define-gate name="g"><and>{events}</and></define-gate>'
        f"</define-fault-tree><model-data>{data}</model-data></opsa-mef>"
    )
    code, (found,), err = calc(text, options=("-format=open-psa",), ending="xml")
    assert code == 0, err
    assert found["expected_unavailability"] == {"lower": "0", "upper": "0." + "0" * 999 + "1"}


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
        (TREE.replace('<gate name="both"/>', '<gate name="station"/>') + DATA + CLOSE, "line 5,"),
        (TREE + CLOSE, 'There is no basic event "power"'),
        (TREE + DATA.replace("1e-6", "1.5") + CLOSE, "1.5 is no probability"),
        (TREE + DATA.replace("1e-6", "NaN") + CLOSE, '"NaN" is no number'),
        (TREE.replace('min="2"', 'min="4"') + DATA + CLOSE, "At least 4 of 3"),
        (TREE.replace('min="2"', 'min="0"') + DATA + CLOSE, "At least 0 of 3"),
        (TREE + DATA, "not valid XML"),
        (SHOP, "not valid XML"),
        (f"{TREE.replace('pumps', 'pu&#10;mps')}{DATA}{CLOSE}", "needs a usable name"),
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
