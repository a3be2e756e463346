"""Baselines: what is known does not fail, what is new or worse does, and the file says who took it on and when."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slactl.base.diagnostics import InvalidFiles, SlactlError
from slactl.check.baseline import Entry, Margin
from slactl.check.baseline_file import read_baseline, write_baseline
from slactl.check.rules import all_rules
from slactl.cli.main import main

Write = Callable[..., Path]
Check = Callable[..., tuple[int, str, str]]

BASE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: cloud}
spec: {type: supplier}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: web, dependsOn: [net], intrinsic: {availability: 100%}}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: net}
spec: {owner: cloud}
---
apiVersion: slactl/v1
kind: UC
metadata: {name: net}
spec: {service: net, customer: example-inc, status: agreed, objectives: {availability: {target: 99.9%}}}
"""
SILENT = ", ".join(f"{rule.id}: off" for rule in all_rules() if rule.id != "SLA201")
ROOT = f"""\
apiVersion: slactl/v1
kind: Workspace
metadata: {{name: estate}}
spec: {{organization: example-inc, files: ["agreements/*.yaml"], check: {{severity: {{{SILENT}}}}}}}
"""
WAIVER = """\
---
apiVersion: slactl/v1
kind: Waiver
metadata: {name: all}
spec: {rule: SLA201, subject: "*", reason: second line, owner: web, until: 2027-03-31}
"""


def sla(name: str, target: str) -> str:
    return (
        f"---\napiVersion: slactl/v1\nkind: SLA\nmetadata: {{name: {name}}}\n"
        f"spec: {{service: shop, customer: acme, status: agreed, objectives: {{availability: {{target: {target}}}}}}}\n"
    )


@pytest.fixture
def estate(workspace: Write) -> Write:
    """Writes agreements in which only promises that are not supported are findings."""
    return lambda documents: workspace(documents, root=ROOT)


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*arguments: str, day: str = "2026-11-23") -> tuple[int, str, str]:
        code = main([f"-chdir={tmp_path}", "check", f"-as-of={day}", "-baseline", "known.yaml", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def record(check: Check, owner: str = "Jo Doe", day: str = "2026-11-23") -> str:
    code, _, err = check("-update-baseline", "-owner", owner, day=day)
    assert code == 0
    return err


def entries(root: Path) -> dict[str, Entry]:
    return {one.address: one for one in read_baseline(root / "known.yaml", "known.yaml")}


def test_what_is_recorded_does_not_fail_and_takes_one_line(estate: Write, check: Check) -> None:
    root = estate(BASE + sla("a", "99.95%") + sla("b", "99.95%"))
    assert record(check) == "Wrote known.yaml: 2 findings added, 0 kept, 0 dropped.\n"
    code, out, err = check()
    assert (code, err) == (0, "")
    assert "Error:" not in out
    total, compared = out.splitlines()[-2:]
    assert total.startswith("Not supported: 0 of 2 SLA availability objectives guaranteed; 2 errors.")
    assert compared == "Against known.yaml the check passes: 2 known (the oldest since 2026-11-23) and 0 new."
    assert "&" not in (root / "known.yaml").read_text()
    known = entries(root)["sla.a.availability"]
    assert (known.rule, known.recorded, known.owner) == ("SLA201", date(2026, 11, 23), "Jo Doe")
    assert known.margin == Margin(Fraction(-5, 100), "%")


def test_a_new_finding_fails_and_is_told_in_full(estate: Write, check: Check) -> None:
    estate(BASE + sla("a", "99.95%"))
    record(check)
    estate(BASE + sla("a", "99.95%") + sla("b", "99.99%"))
    code, out, _ = check()
    assert code == 1
    assert "Error: SLA201 sla.b.availability" in out
    assert "SLA201 sla.a.availability" not in out
    assert out.splitlines()[-1] == (
        "Against known.yaml the check fails: 1 known (the oldest since 2026-11-23) and 1 new."
    )


@pytest.mark.parametrize(("target", "code"), [("99.949%", 0), ("99.95%", 0), ("99.951%", 1)])
def test_only_a_larger_shortfall_is_worse(estate: Write, check: Check, target: str, code: int) -> None:
    estate(BASE + sla("a", "99.95%"))
    record(check)
    estate(BASE + sla("a", target))
    found, out, _ = check()
    assert found == code
    assert ("Worse than the baseline knows it: known since 2026-11-23 (Jo Doe)." in out) == bool(code)


def test_a_longer_month_as_the_worst_window_is_not_worse(estate: Write, check: Check) -> None:
    estate(BASE + sla("a", "99.95%"))
    record(check, day="2026-11-23")
    code, out, _ = check(day="2026-12-01")
    assert code == 0
    assert "in 2026-12" in out


def test_refreshing_keeps_date_and_owner_and_says_what_is_gone(estate: Write, check: Check) -> None:
    root = estate(BASE + sla("a", "99.95%") + sla("b", "99.95%"))
    record(check)
    estate(BASE + sla("a", "99.92%") + sla("c", "99.95%"))
    assert record(check, "Ann Other", "2026-11-24") == (
        "Wrote known.yaml: 1 finding added, 1 kept, 1 dropped.\n"
        "Dropped: 1 entry (SLA201 sla.b.availability).\n"
    )
    known = entries(root)
    assert set(known) == {"sla.a.availability", "sla.c.availability"}
    kept, added = known["sla.a.availability"], known["sla.c.availability"]
    assert (kept.recorded, kept.owner) == (date(2026, 11, 23), "Jo Doe")
    assert kept.margin is not None
    assert kept.margin.value is not None
    assert Fraction(-5, 100) < kept.margin.value < 0
    assert (added.recorded, added.owner) == (date(2026, 11, 24), "Ann Other")


def test_what_was_mended_is_said_and_fails_when_it_comes_back_worse(estate: Write, check: Check) -> None:
    estate(BASE + sla("a", "99.95%"))
    record(check)
    estate(BASE + sla("a", "99.9%"))
    code, out, _ = check()
    assert code == 0
    assert out.splitlines()[-1] == "No longer found: 1 entry (SLA201 sla.a.availability)."
    record(check)
    estate(BASE + sla("a", "99.95%"))
    assert check()[0] == 1


def test_an_owner_is_needed_only_for_what_is_new(estate: Write, check: Check, tmp_path: Path) -> None:
    estate(BASE + sla("a", "99.95%"))
    code, _, err = check("-update-baseline")
    assert code == 1
    assert "nobody is named to own it" in err
    assert not (tmp_path / "known.yaml").exists()
    record(check)
    before = (tmp_path / "known.yaml").read_text()
    assert check("-update-baseline")[0] == 0
    assert (tmp_path / "known.yaml").read_text() == before


def test_waived_findings_are_not_recorded(estate: Write, check: Check) -> None:
    root = estate(BASE + sla("a", "99.95%") + WAIVER)
    record(check)
    assert entries(root) == {}
    estate(BASE + sla("a", "99.95%"))
    assert check()[0] == 1


def test_documents_keep_the_known_and_sarif_names_their_state(estate: Write, check: Check) -> None:
    estate(BASE + sla("same", "99.95%") + sla("worse", "99.95%") + sla("gone", "99.95%"))
    record(check)
    estate(BASE + sla("same", "99.95%") + sla("worse", "99.99%") + sla("new", "99.95%"))
    (run,) = json.loads(check("-format=sarif")[1])["runs"]
    states = {one["properties"]["address"]: one["baselineState"] for one in run["results"]}
    assert states == {
        "sla.gone.availability": "absent",
        "sla.new.availability": "new",
        "sla.same.availability": "unchanged",
        "sla.worse.availability": "updated",
    }
    document = json.loads(check("-json")[1])
    assert document["passed"] is False
    assert [one["address"] for one in document["baseline"]["gone"]] == ["sla.gone.availability"]
    known = {one["address"]: one["known"] and one["known"]["worse"] for one in document["findings"]}
    assert known == {
        "sla.new.availability": None,
        "sla.same.availability": False,
        "sla.worse.availability": True,
    }


def test_without_its_file_the_check_says_how_to_record_one(estate: Write, check: Check) -> None:
    estate(BASE)
    code, out, err = check()
    assert (code, out) == (1, "")
    assert "There is no baseline known.yaml" in err
    assert "-update-baseline" in err


@pytest.mark.parametrize(
    "arguments", [("check", "-update-baseline", "-owner=Jo"), ("check", "-baseline=known.yaml", "-owner=Jo")]
)
def test_options_that_would_do_nothing_are_refused(
    estate: Write, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main([f"-chdir={estate(BASE)}", *arguments]) == 1
    assert capsys.readouterr().out == ""


GOOD = {"rule": "SLA201", "address": "sla.a.x", "fingerprint": "f", "recorded": "2026-11-23", "owner": "Jo"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("just words", "is no baseline that this release reads"),
        ("format: slactl-baseline/9\nfindings: []", "is no baseline that this release reads"),
        ("", "is no baseline that this release reads"),
        ("a: [", "known.yaml"),
        ("format: slactl-baseline/1\nfindings: {a: b}", "are a list"),
        (json.dumps([GOOD | {"recorded": "yesterday"}]), '"yesterday" is no date'),
        (json.dumps([{"rule": "SLA201"}]), "is not complete"),
        (json.dumps([GOOD | {"margin": "much"}]), '"much" is no margin'),
        (json.dumps([GOOD | {"margin": ["1"]}]), "is no margin"),
        (json.dumps([GOOD | {"reason": "none"}]), 'has no field "reason"'),
        (json.dumps([GOOD, GOOD]), "stands twice"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_with_the_reason(
    estate: Write, check: Check, text: str, message: str
) -> None:
    root = estate(BASE)
    whole = f'{{"format": "slactl-baseline/1", "findings": {text}}}' if text.startswith("[") else text
    (root / "known.yaml").write_text(whole)
    for arguments in ((), ("-update-baseline", "-owner=Jo")):
        code, out, err = check(*arguments)
        assert (code, out) == (1, "")
        assert message in err or message in " ".join(err.split())
    assert (root / "known.yaml").read_text() == whole


def test_every_wrong_entry_is_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    findings = [{}, GOOD | {"recorded": "x"}, GOOD]
    file.write_text(json.dumps({"format": "slactl-baseline/1", "findings": findings}))
    with pytest.raises(InvalidFiles) as raised:
        read_baseline(file, "known.json")
    assert len(raised.value.diagnostics) == 2


def test_a_baseline_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(SlactlError, match="cannot be written"):
        write_baseline(tmp_path / "nowhere" / "known.yaml", "known.yaml", ())


NUMBERS = st.fractions(max_denominator=1000).filter(lambda one: abs(one) < 10**9)
MARGINS = st.builds(Margin, st.none() | NUMBERS, st.sampled_from(["s", "1/s"])) | st.builds(
    Margin, NUMBERS, st.just("%")
)
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
ENTRIES = st.lists(
    st.builds(
        Entry,
        WORDS,
        WORDS,
        WORDS,
        st.dates(date(2000, 1, 1)),
        WORDS,
        st.none() | MARGINS.map(lambda margin: margin.rounded),
    ),
    unique_by=lambda entry: entry.fingerprint,
    max_size=4,
)


@given(ENTRIES, st.sampled_from(["known.yaml", "known.json"]))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[Entry], name: str
) -> None:
    path = tmp_path_factory.mktemp("baseline") / name
    write_baseline(path, name, written)
    assert list(read_baseline(path, name)) == written


@given(MARGINS)
def test_a_margin_is_not_worse_than_itself_as_it_was_recorded(margin: Margin) -> None:
    assert not margin.rounded.worse_than(margin.rounded)


@pytest.mark.parametrize(
    ("now", "before", "worse"),
    [
        (Margin(Fraction(-2), "s"), Margin(Fraction(-1), "s"), True),
        (Margin(Fraction(-1), "s"), Margin(Fraction(-2), "s"), False),
        (Margin(Fraction(1), "s"), Margin(Fraction(2), "s"), False),
        (Margin(Fraction(-1), "s"), Margin(Fraction(2), "s"), True),
        (Margin(None, "s"), Margin(Fraction(-2), "s"), True),
        (Margin(None, "s"), Margin(None, "s"), False),
        (Margin(Fraction(-9), "s"), Margin(None, "s"), False),
        (Margin(Fraction(-1), "1/s"), Margin(Fraction(-2), "s"), True),
    ],
)
def test_worse_means_that_more_is_missing(now: Margin, before: Margin, worse: bool) -> None:
    assert now.worse_than(before) is worse
