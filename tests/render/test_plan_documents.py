"""Plans for machines: Terraform's document with what its readers expect, lines of JSON, GitLab's numbers."""

import json
from dataclasses import replace
from typing import Any

import pytest
from made_up_plans import EMPTY, everything, objective, thing

from slactl.plan.plan import Plan
from slactl.plan.saved import digest
from slactl.render.plan_formats import PLAN_FORMATS
from slactl.render.plan_json import plan_document
from slactl.render.style import Style


def text(form: str, plan: Plan) -> str:
    return PLAN_FORMATS[form](plan, Style(colour=True))


def lines(plan: Plan) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text("jsonl", plan).split("\n")]


def changes(plan: Plan) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in plan_document(plan)["resource_changes"]}


def test_a_side_that_does_not_exist_is_null_with_nothing_sensitive_in_it() -> None:
    found = {name: one["change"] for name, one in changes(everything()).items()}
    assert (found["new"]["before"], found["new"]["before_sensitive"]) == (None, False)
    assert (found["new"]["after"], found["new"]["after_sensitive"]) == ({"size": 2}, {})
    assert (found["gone"]["after"], found["gone"]["after_sensitive"]) == (None, False)
    assert found["gone"]["after_unknown"] == {}
    assert found["kept"]["actions"] == ["no-op"]
    assert found["kept"]["before"] == found["kept"]["after"] == {"size": 1}


def test_the_reason_of_an_action_is_terraforms_word_and_ours_stands_beside_it() -> None:
    found = {name: (one.get("action_reason"), one["why"]) for name, one in changes(everything()).items()}
    assert found == {
        "new": (None, ""),
        "changed": (None, "drift"),
        "anew": ("replace_because_cannot_update", ""),
        "gone": ("delete_because_no_resource_config", "orphan"),
        "kept": (None, ""),
    }


def test_what_is_planned_configured_and_was_there_before_stands_in_the_order_of_addresses() -> None:
    document = plan_document(everything())
    planned = [one["name"] for one in document["planned_values"]["root_module"]["resources"]]
    assert planned == ["anew", "changed", "kept", "new"]
    assert [one["name"] for one in document["configuration"]["root_module"]["resources"]] == planned
    prior = [one["name"] for one in document["prior_state"]["values"]["root_module"]["resources"]]
    assert prior == ["anew", "changed", "gone", "kept"]
    assert document["configuration"]["provider_config"] == {"b": {"name": "b", "full_name": "folder"}}


def test_an_object_that_refers_to_another_says_so_in_the_configuration() -> None:
    refs = {"of": {"$ref": ["b.file.p", "id"]}, "all": [1, {"x": {"$ref": ["b.file.q", "key"]}}], "size": 1}
    document = plan_document(replace(EMPTY, changes=(replace(thing("create", "a"), after=refs),)))
    (configured,) = document["configuration"]["root_module"]["resources"]
    assert configured["provider_config_key"] == "b"
    assert configured["expressions"] == {
        "of": {"references": ["b.file.p.id", "b.file.p"]},
        "all": {"references": ["b.file.q.key", "b.file.q"]},
    }
    (change,) = document["resource_changes"]
    assert change["change"]["after"] == {"all": [1, {}], "size": 1}
    assert change["change"]["after_unknown"] == {"of": True, "all": [{}, {"x": True}]}


def test_each_objective_is_a_check_with_what_is_wrong_with_it() -> None:
    found = {one["address"]["to_display"]: one for one in plan_document(everything())["checks"]}
    assert {name: one["status"] for name, one in found.items()} == {
        "sla.lost.availability": "fail",
        "sla.again.availability": "pass",
        "sla.maybe.availability": "unknown",
    }
    (instance,) = found["sla.lost.availability"]["instances"]
    assert instance["status"] == "fail"
    assert instance["problems"] == [
        {
            "message": "sla.lost.availability promises 99.95% and is contradicted: "
            "short by 21m 36s in 2026-11, the worst window"
        }
    ]
    (instance,) = found["sla.again.availability"]["instances"]
    assert instance["problems"] == []
    assert "margin 0s" in found["sla.maybe.availability"]["instances"][0]["problems"][0]["message"]


def test_variables_are_told_and_sensitive_ones_only_named() -> None:
    document = plan_document(everything())
    assert document["variables"] == {"region": {"value": "eu"}, "token": {"sensitive": True, "digest": None}}


def test_what_terraform_has_no_word_for_stands_under_our_keys() -> None:
    plan = everything()
    document = plan_document(plan)
    assert document["plan_digest"] == digest(plan)
    assert (document["history_head"], document["serial"], document["mode"]) == ("c0ffee", 3, "normal")
    assert (document["timestamp"], document["as_of"]) == ("2026-11-23T00:00:00Z", "2026-11-23")
    assert [one["action"] for one in document["agreements"]] == ["create", "update", "delete"]
    assert [one["after"] for one in document["support"]["changes"]] == ["contradicted", "guaranteed"]
    assert [one["waived"] for one in document["support"]["findings"]] == [False] * 5 + [True]
    assert document["support"]["errors"] == ["The check fails with 3 errors."]
    assert document["notices"] == [
        {"severity": "warning", "address": "backend.b", "message": "it cannot hold this"}
    ]
    assert document["state_only"] == {"recorded": ["b.file.kept"], "forgotten": ["b.file.forgotten"]}
    assert document["counts"]["objects"] == {"create": 1, "update": 1, "replace": 1, "delete": 1}
    assert (document["errored"], document["applyable"], document["complete"]) == (True, False, True)


def test_json_lines_begin_with_the_plan_end_with_a_summary_and_each_says_what_it_is() -> None:
    plan = everything()
    found = lines(plan)
    assert [one["type"] for one in found] == [
        "plan", *["promise"] * 3, *["object"] * 4, *["state"] * 2, *["drift"] * 2, *["support"] * 2,
        *["finding"] * 6, "notice", "error", "summary",
    ]  # fmt: skip
    first, last = found[0], found[-1]
    assert (first["format_version"], first["workspace"], first["mode"]) == ("1.0", "estate", "normal")
    assert (first["digest"], first["head"]) == (digest(plan), "c0ffee")
    assert first["counts"]["promises"] == {"create": 1, "update": 1, "delete": 1}
    assert last == {
        "type": "summary",
        "message": "Plan: 2 to add, 1 to change, 2 to destroy.",
        "create": 2,
        "update": 1,
        "delete": 2,
        "at_risk": ["sla.lost.availability", "sla.never"],
        "empty": False,
        "applyable": False,
        "errored": True,
        "needs_force": [],
        "lines": len(found),
    }


def test_an_object_line_has_its_backend_kind_and_name_and_both_sides() -> None:
    replaced = next(one for one in lines(everything()) if one.get("name") == "anew")
    assert replaced == {
        "type": "object",
        "address": "b.file.anew",
        "backend": "b",
        "kind": "file",
        "name": "anew",
        "provider": "folder",
        "action": "replace",
        "why": "",
        "needed_by": ["sla.anew"],
        "forced_by": ["size"],
        "importing": None,
        "before": {"size": 1},
        "after": {"size": 2},
        "after_unknown": {},
    }
    drift = [one for one in lines(everything()) if one["type"] == "drift"]
    assert [(one["name"], one["action"], one["after"]) for one in drift] == [
        ("changed", "update", {"size": 1}),
        ("lost", "delete", None),
    ]


def test_a_line_stays_a_line_whatever_it_holds() -> None:
    plan = replace(EMPTY, errors=("a\nb\r\u2028c\x85",), support=(objective("a\nb", "x", 1),))
    assert [one["type"] for one in lines(plan)] == ["plan", "error", "summary"]


def test_a_plan_without_changes_is_a_head_and_a_summary() -> None:
    first, last = lines(EMPTY)
    assert first["type"] == "plan"
    assert last["message"] == "No changes. The backends hold what the agreements say."
    assert (last["empty"], last["applyable"], last["errored"], last["lines"]) == (True, False, False, 2)


def test_gitlab_gets_three_numbers_and_a_replacement_counts_twice() -> None:
    assert text("gitlab-terraform", everything()) == '{"create": 2, "update": 1, "delete": 2}'
    assert text("gitlab-terraform", EMPTY) == '{"create": 0, "update": 0, "delete": 0}'


@pytest.mark.parametrize("form", [name for name in PLAN_FORMATS if name != "text"])
def test_documents_have_no_colours(form: str) -> None:
    assert "\x1b" not in text(form, everything())
