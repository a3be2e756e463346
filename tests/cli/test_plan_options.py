"""Options of plan, apply and destroy that decide what is covered and what is consented to, as pipelines give them."""

import json
from pathlib import Path

import pytest

from tests.running import Run


def planned(run: Run, *arguments: str) -> tuple[set[str], set[str]]:
    document = json.loads(run("plan", "-json", *arguments)[1])
    promises = {one["address"] for one in document["agreements"]}
    return promises, {
        one["address"] for one in document["resource_changes"] if one["change"]["actions"] != ["no-op"]
    }


def test_one_promise_is_planned_with_its_objects(run: Run) -> None:
    promises, objects = planned(run, "-target=sla.birch-shop")
    assert promises == {"sla.birch-shop"}
    assert {"prom.rules.sla.birch-shop", "prom.calendar.office-berlin.sla.birch-shop"} <= objects
    assert "prom.rules.sla.acme-shop" not in objects


def test_a_promise_is_left_out_with_any_of_its_objects(run: Run) -> None:
    promises, objects = planned(run, "-exclude=prom.rules.sla.birch-shop")
    assert "sla.birch-shop" not in promises
    assert "sla.acme-shop" in promises
    assert "prom.rules.sla.birch-shop" not in objects


def test_a_part_that_was_applied_is_no_change_any_more_and_the_rest_is(run: Run) -> None:
    whole = planned(run)
    part = planned(run, "-target=customer:birch")
    assert run("apply", "-auto-approve", "-target=customer:birch")[0] == 0
    assert run("plan", "-detailed-exitcode", "-target=customer:birch")[0] == 0
    rest = planned(run)
    assert rest[0] == whole[0] - part[0]
    assert rest[1] == whole[1] - part[1]


def test_a_plan_of_a_part_says_so_in_every_format(run: Run) -> None:
    text = run("plan", "-target=ola.checkout")[1]
    assert "this plan covers a part" in text
    assert json.loads(run("plan", "-json", "-target=ola.checkout")[1])["complete"] is False
    assert json.loads(run("plan", "-json")[1])["complete"] is True
    assert "a part only" in run("plan", "-format=markdown", "-target=ola.checkout")[1].splitlines()[1]


def test_a_part_that_is_all_that_changes_says_that_nothing_else_has(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    sla = shop / "agreements" / "slas" / "acme-shop.yaml"
    sla.write_text(sla.read_text().replace("99.9%", "99.92%"))
    out = run("plan", "-target=sla.acme-shop")[1]
    assert "Note: workspace.webshop: this plan covers a part, and nothing else has changed.\n" in out


def test_an_object_is_replaced_when_asked_for(run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    document = json.loads(run("plan", "-json", "-replace=prom.shared.fleet")[1])
    (one,) = [one for one in document["resource_changes"] if one["address"] == "prom.shared.fleet"]
    assert (one["change"]["actions"], one["action_reason"]) == (["delete", "create"], "replace_by_request")
    assert "must be replaced, as requested" in run("plan", "-replace=prom.shared.fleet")[1]
    assert run("apply", "-auto-approve", "-replace=prom.shared.fleet")[0] == 0
    code, _, err = run("plan", "-replace=prom.shared.fleets")
    assert (code, 'Did you mean "prom.shared.fleet"?' in err) == (1, True)


def test_refreshing_only_takes_over_what_was_changed_by_hand(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (rules,) = (shop / "rules").glob("*rules.ola.checkout*")
    rules.write_text(rules.read_text().replace("interval: 1m", "interval: 2m"))
    assert run("drift")[0] == 2
    code, out, _ = run("plan", "-refresh-only", "-detailed-exitcode")
    assert (code, "prom.rules.ola.checkout is recorded as it is" in out) == (2, True), out
    before = rules.read_text()
    assert run("apply", "-refresh-only", "-auto-approve")[0] == 0
    assert rules.read_text() == before
    assert run("drift")[0] == 0
    assert "No changes. The backends hold what was applied." in run("plan", "-refresh-only")[1]
    assert "~ prom.rules.ola.checkout {" in run("plan")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", "-refresh-only", "-destroy"), "contradict"),
        (("plan", "-refresh-only", "-refresh=false"), "contradict"),
        (("plan", "-refresh-only", "-replace=x"), "-replace means nothing with -refresh-only"),
        (("plan", "-parallelism=0"), "leaves nobody to do the work"),
        (("plan", "-target=nothing.here"), "selects nothing"),
        (("apply", "-lock=false", "-auto-approve"), "what writes always takes the lock"),
        (("destroy", "-target=nothing"), "selects nothing"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = run(*arguments)
    assert (code, words in err) == (1, True), err


def test_a_saved_plan_has_decided_what_it_covers(shop: Path, run: Run) -> None:
    plan = shop / "plan"
    assert run("plan", f"-out={plan}", "-target=ola.checkout")[0] == 0
    code, _, err = run("apply", "-target=sla.birch-shop", str(plan))
    assert (code, "-target means nothing for a saved plan" in err) == (1, True), err
    assert run("apply", str(plan))[0] == 0
    assert json.loads(run("history", "-json")[1])["entries"][0]["agreements"].keys() == {"ola.checkout"}


def test_only_the_plan_that_was_approved_is_applied(shop: Path, run: Run) -> None:
    plan = shop / "plan"
    code, out, _ = run("plan", f"-out={plan}")
    digest = out.split("digest ")[1].split(".")[0]
    assert len(digest) == 64
    code, _, err = run("apply", f"-approved-digest={'0' * 64}", str(plan))
    assert (code, "not the one that was approved" in err) == (1, True)
    assert not (shop / "rules").exists()
    assert run("apply", f"-approved-digest={digest}", str(plan))[0] == 0


def test_a_workspace_can_insist_on_approval(shop: Path, run: Run) -> None:
    text = (shop / "slactl.yaml").read_text()
    (shop / "slactl.yaml").write_text(text.replace("spec:\n", "spec:\n  apply: {requireApproval: true}\n", 1))
    code, _, err = run("apply", "-auto-approve")
    assert (code, "applies approved plans only" in err) == (1, True), err
    plan = shop / "plan"
    out = run("plan", f"-out={plan}")[1]
    digest = out.split("digest ")[1].split(".")[0]
    assert out.endswith(
        f"To make these changes, once it is approved: slactl apply -approved-digest=DIGEST {plan}\n"
    )
    assert run("apply", str(plan))[0] == 1
    assert run("apply", f"-approved-digest={digest}", str(plan))[0] == 0
    assert run("apply", "-auto-approve")[0] == 0, "nothing to apply needs no approval"


def test_a_mass_change_needs_force(shop: Path, run: Run) -> None:
    sla = (shop / "agreements/slas/birch-shop.yaml").read_text()
    many = "\n---\n".join(sla.replace("name: birch-shop", f"name: birch-{number}") for number in range(12))
    (shop / "agreements/slas/many.yaml").write_text(many)
    assert run("apply", "-auto-approve")[0] in (0, 1)
    (shop / "agreements/slas/many.yaml").unlink()
    code, out, _ = run("plan")
    assert "This plan changes much at once" in out
    assert "needs -force" in run("plan", "-format=markdown")[1]
    code, _, err = run("apply", "-auto-approve")
    assert (code, "The plan changes too much at once" in err) == (1, True), err
    assert run("plan", "-detailed-exitcode")[0] == 2
    assert run("apply", "-auto-approve", "-force")[0] == 0
    assert run("plan", "-detailed-exitcode")[0] == 0


def test_a_pipeline_is_not_told_what_to_type(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = shop / "plan"
    assert "To make these changes: slactl apply" in run("plan", f"-out={plan}")[1]
    monkeypatch.setenv("SLACTL_IN_AUTOMATION", "1")
    assert "To make these changes" not in run("plan", f"-out={plan}")[1]


def test_a_protection_of_what_is_left_out_stands_in_nobodys_way(run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    assert run("destroy", "-auto-approve")[0] == 1
    assert run("destroy", "-auto-approve", "-exclude=sla.acme-shop", "-exclude=prom.shared.*")[0] == 0
    assert "prom.rules.sla.acme-shop" in run("state", "list")[1]
    assert "sla.birch-shop" not in run("state", "list")[1]


def test_what_was_applied_can_be_read_by_other_pipelines(run: Run) -> None:
    assert run("output") == (0, "Nothing was applied yet.\n", "")
    assert run("output", "-json") == (0, "{}\n", "")
    assert run("apply", "-auto-approve")[0] == 0
    document = json.loads(run("output", "-json")[1])
    assert document["sla.acme-shop.availability"] == {"sensitive": False, "type": "string", "value": "99.9%"}
    assert document["prom.shared.fleet"]["value"] == "slactl.webshop.prom.shared.fleet.yaml"
    assert run("output", "-raw", "sla.acme-shop.availability")[1] == "99.9%\n"
    assert run("output", "sla.acme-shop.availability")[1] == '"99.9%"\n'
    assert 'sla.birch-shop.availability = "99.5%"' in run("output")[1].splitlines()
    code, _, err = run("output", "sla.acme-shop.availabilty")
    assert (code, 'Did you mean "sla.acme-shop.availability"?' in err) == (1, True)
    assert run("output", "-raw")[0] == 1


def test_two_backends_may_share_a_folder(shop: Path, run: Run) -> None:
    backends = shop / "agreements" / "backends.yaml"
    text = backends.read_text()
    backends.write_text(text + "\n---\n" + text.replace("{name: prom}", "{name: twin}"))
    assert run("apply", "-auto-approve")[0] == 0
    assert len(list((shop / "rules").iterdir())) == 10
    code, out, _ = run("plan", "-detailed-exitcode")
    assert (code, "the backend has it" in out) == (0, False), out
    assert run("drift")[0] == 0
    backends.write_text(text)
    assert run("plan")[0] == 1, "objects are left in a backend that is not in the files any more"


def test_a_plan_says_what_a_promise_is_short_by_in_the_words_of_the_check(shop: Path, run: Run) -> None:
    sla = shop / "agreements" / "slas" / "acme-shop.yaml"
    sla.write_text(sla.read_text().replace("target: 99.9%", "target: 99.99%"))
    short = (
        run("check")[1].partition("sla.acme-shop.availability")[2].partition("short by ")[2].partition(":")[0]
    )
    assert short
    out = run("plan")[1]
    assert f"support: contradicted (short by {short} in the worst window)" in out
    assert "margin -" not in out
