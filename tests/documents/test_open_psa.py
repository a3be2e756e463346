from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.diagnostics import InvalidFiles, SlactlError
from slactl.base.fault_tree import FaultGate
from slactl.documents.open_psa import read_open_psa

DATA = """
<model-data>
<define-basic-event name="a"><float value="0.1"/></define-basic-event>
<define-basic-event name="b"><float value="2.5e-13"/></define-basic-event>
<define-basic-event name="c"><int value="1"/></define-basic-event>
</model-data>
"""


def model(folder: Path, tree: str, data: str = DATA) -> Path:
    path = folder / "model.xml"
    path.write_text(
        f'<?xml version="1.0"?>\n<opsa-mef>\n<define-fault-tree name="t">\n{tree}\n</define-fault-tree>{data}</opsa-mef>\n'
    )
    return path


def gate(formula: str, name: str = "top") -> str:
    return f'<define-gate name="{name}">{formula}</define-gate>'


def refusal(path: Path) -> str:
    """What is said: `line: summary. detail` of each message."""
    with pytest.raises(InvalidFiles) as caught:
        read_open_psa(path, path.name)
    assert all(one.range is not None and one.range.file == path.name for one in caught.value.diagnostics)
    return "\n".join(
        f"{one.range.start.line if one.range else 0}: {one.summary}. {one.detail}"
        for one in caught.value.diagnostics
    )


A, B, C = (f'<basic-event name="{name}"/>' for name in "abc")


def test_definitions_are_read_in_any_order_with_exact_probabilities(tmp_path: Path) -> None:
    tree = (
        gate(f'<label>what it is</label><or><gate name="both"/>{C}<house-event name="h"/></or>')
        + gate(f"<and>{A}<event name='b'/></and>", "both")
        + '<define-house-event name="h"><constant value="false"/></define-house-event>'
    )
    found = read_open_psa(model(tmp_path, tree), "model.xml")
    assert (found.name, found.tops) == ("t", ("top",))
    assert found.gates == {"top": FaultGate(1, 3, ("both", "c", "h")), "both": FaultGate(2, 2, ("a", "b"))}
    assert found.probabilities == {"a": Fraction(1, 10), "b": Fraction(25, 10**14), "c": Fraction(1)}
    assert found.house == {"h": False}


@pytest.mark.parametrize(
    ("formula", "least", "most"),
    [
        (f"<and>{A}{B}{C}</and>", 3, 3),
        (f"<or>{A}{B}{C}</or>", 1, 3),
        (f'<atleast min="2">{A}{B}{C}</atleast>', 2, 3),
        (f"<not>{A}</not>", 0, 0),
        (f"<xor>{A}{B}</xor>", 1, 1),
        (f"<nand>{A}{B}</nand>", 0, 1),
        (f"<nor>{A}{B}</nor>", 0, 0),
        (f'<cardinality min="1" max="2">{A}{B}{C}</cardinality>', 1, 2),
        (A, 1, 1),
    ],
)
def test_operators(tmp_path: Path, formula: str, least: int, most: int) -> None:
    found = read_open_psa(model(tmp_path, gate(formula)), "model.xml").gates["top"]
    assert (found.least, found.most) == (least, most)


def test_operators_inside_operators_become_gates(tmp_path: Path) -> None:
    tree = gate(f"<or><and>{A}<not>{B}</not></and><constant value='true'/></or>")
    found = read_open_psa(model(tmp_path, tree), "model.xml")
    assert found.tops == ("top",)
    both, switch = found.gates["top"].of
    assert found.house == {switch: True}
    first, negated = found.gates[both].of
    assert (first, found.gates[negated]) == ("a", FaultGate(0, 0, ("b",)))


def test_private_names_hold_inside_their_component_only(tmp_path: Path) -> None:
    component = (
        '<define-component name="{0}" role="private">'
        '<define-basic-event name="pump"><float value="{1}"/></define-basic-event>'
        '<define-gate name="{0}-out" role="public"><or><basic-event name="pump"/></or></define-gate>'
        "</define-component>"
    )
    tree = component.format("x", "0.1") + component.format("y", "0.2")
    tree += gate('<and><gate name="x-out"/><gate name="y-out"/></and>')
    found = read_open_psa(model(tmp_path, tree), "model.xml")
    assert found.gates["x-out"].of == ("t.x.pump",)
    assert found.gates["y-out"].of == ("t.y.pump",)
    assert found.probabilities["t.y.pump"] == Fraction(1, 5)


def test_several_trees_and_tops(tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    trees = (
        f'<define-fault-tree name="one">{gate(A, "first")}</define-fault-tree>'
        f'<define-fault-tree name="two">{gate(B, "second")}{gate(C, "third")}</define-fault-tree>'
    )
    path.write_text(f"<opsa-mef>{trees}{DATA}</opsa-mef>")
    found = read_open_psa(path, "two.xml")
    assert (found.name, found.tops) == ("two", ("first", "second", "third"))


def test_probabilities_may_stand_in_another_file(tmp_path: Path) -> None:
    data = tmp_path / "data.xml"
    data.write_text(f"<opsa-mef>{DATA}</opsa-mef>")
    found = read_open_psa(model(tmp_path, gate(A), data=""), "model.xml", (data, "data.xml"))
    assert found.probabilities["a"] == Fraction(1, 10)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (gate('<or><gate name="tap"/></or>'), ['4: There is no gate "tap"', 'Did you mean "top"?']),
        (gate('<or><basic-event name="z"/></or>'), ['4: There is no basic event "z"', "another file"]),
        (gate('<or><gate name="a"/></or>'), ["4: a is no gate. It is a basic event."]),
        (gate('<or><event name="a" type="gate"/></or>'), ["a is no gate"]),
        (gate('<or><event name="a" type="valve"/></or>'), ["a is no valve. It is a basic event."]),
        (gate(f"<or>{A}\n<gate name='top'/></or>"), ["4: top is part of itself: top -> top"]),
        (
            gate("<or><gate name='x'/></or>") + "\n" + gate("<and><not><gate name='top'/></not></and>", "x"),
            ["top is part of itself: top -> x -> x/5:", "-> top"],
        ),
        (gate(f'<or>{A}\n<atleast min="0">{A}{B}</atleast></or>'), ["5: ", "At least 0 of 2"]),
        (gate(f'<atleast min="3">{A}{B}</atleast>'), ["4: ", "At least 3 of 2", "between 1 and 2"]),
        (gate(f"<atleast>{A}{B}</atleast>"), ['min="" is no whole number']),
        (gate(f'<atleast min="1.5">{A}{B}</atleast>'), ['min="1.5" is no whole number']),
        (gate(f'<atleast min="2">{A}{A}</atleast>'), ["names a twice"]),
        (gate(f'<cardinality min="2" max="1">{A}{B}</cardinality>'), ["Between 2 and 1 of 2"]),
        (gate(f"<not>{A}{B}</not>"), ["<not> cannot have 2 parts"]),
        (gate(f"<xor>{A}{B}{C}</xor>"), ["<xor> cannot have 3 parts"]),
        (gate("<or></or>"), ["<or> cannot have 0 parts"]),
        (gate(f"<imply>{A}{B}</imply>"), ["4: ", "<imply> is not read here"]),
        (gate(""), ["4: The gate top needs one value, and has 0"]),
        (gate(f"{A}{B}"), ["needs one value, and has 2"]),
        (gate('<or><constant value="maybe"/></or>'), ["A state is written"]),
        (gate(A) + "\n" + gate(B), ["5: top is defined twice. It is a gate in line 4 of model.xml already"]),
        (gate(A, "a"), ["a is defined twice"]),
        (gate(A, "x.y"), ["needs a usable name"]),
        (gate(A, ""), ["needs a usable name"]),
        (
            "<define-parameter name='p'><float value='1'/></define-parameter>",
            ["<define-parameter> is not read"],
        ),
        ("<define-CCF-group name='p' model='MGL'/>", ["<define-CCF-group> is not read here"]),
    ],
)
def test_trees_that_mean_nothing_are_refused(tmp_path: Path, tree: str, said: list[str]) -> None:
    found = refusal(model(tmp_path, tree))
    for words in said:
        assert words in found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('<float value="1.5"/>', "1.5 is no probability"),
        ('<float value="-0.1"/>', "-0.1 is no probability"),
        ('<float value="NaN"/>', '"NaN" is no number'),
        ('<float value="INF"/>', '"INF" is no number'),
        ('<float value="1e-999999999"/>', "is no number"),
        ('<float value="0,1"/>', "is no number"),
        ("<float/>", '"" is no number'),
        ('<exponential><float value="1"/></exponential>', "<exponential> is no constant"),
        ('<parameter name="p"/>', "<parameter> is no constant"),
        ("", "needs one value, and has 0"),
    ],
)
def test_probabilities_that_are_none_are_refused(tmp_path: Path, value: str, said: str) -> None:
    data = f'<model-data>\n<define-basic-event name="a">{value}</define-basic-event></model-data>'
    found = refusal(model(tmp_path, gate(A), data))
    assert found.startswith("6: ")
    assert said in found


def test_every_error_is_reported_at_once_but_not_hundreds(tmp_path: Path) -> None:
    parts = "".join(f'<basic-event name="x{index}"/>' for index in range(100))
    found = refusal(model(tmp_path, gate(f"<or>{parts}</or>") + "<define-x/>", data=""))
    assert "<define-x> is not read" in found
    assert "90 more names are not defined" in found
    assert found.count("\n") == 11


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE opsa-mef [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<opsa-mef>&b;</opsa-mef>
"""
EXTERNAL = """<!DOCTYPE opsa-mef [<!ENTITY x SYSTEM "file:///etc/hostname">]><opsa-mef>&x;</opsa-mef>"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS, "2: The file has a document type"),
        (EXTERNAL, "1: The file has a document type"),
        ('<!DOCTYPE opsa-mef SYSTEM "https://example.com/x.dtd"><opsa-mef/>', "has a document type"),
        ("<opsa-mef>&unknown;</opsa-mef>", "not valid XML"),
        ("<opsa-mef>\n<define-fault-tree>\n</opsa-mef>", "3: The file is not valid XML. mismatched tag."),
        ("", "not valid XML"),
        ("top: shop\n", "not valid XML"),
        ("<html/>", "1: <html> is no Open-PSA model"),
        ("<opsa-mef>" + "<x>" * 300 + "</x>" * 300 + "</opsa-mef>", "nested too deeply"),
        ("<opsa-mef><define-event-tree name='e'/></opsa-mef>", "<define-event-tree> is not read here"),
    ],
)
def test_files_that_are_no_model_are_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(content)
    assert said in refusal(path)


def test_a_model_without_a_gate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.xml"
    path.write_text(f"<opsa-mef>{DATA}</opsa-mef>")
    with pytest.raises(SlactlError, match="defines no gate"):
        read_open_psa(path, "data.xml")


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SlactlError, match=r"none\.xml cannot be read"):
        read_open_psa(tmp_path / "none.xml", "none.xml")


def test_an_unknown_encoding_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "odd.xml"
    path.write_bytes(b'<?xml version="1.0" encoding="klingon"?><opsa-mef/>')
    with pytest.raises(SlactlError) as caught:
        read_open_psa(path, "odd.xml")
    assert "encoding" in str(caught.value.diagnostics)
