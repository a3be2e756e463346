"""What an apply did, for the pipeline that ran it: a document beside the text."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import Run


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_an_apply_writes_what_became_of_each_object_beside_its_text(run: Run, tmp_path: Path) -> None:
    plan, into = tmp_path / "plan", tmp_path / "applied.json"
    digest = run("plan", f"-out={plan}")[1].split("digest ")[1].split(".")[0]
    code, out, _ = run("apply", f"-json-into={into}", str(plan))
    assert (code, "Apply complete! Resources: 5 added, 0 changed, 0 destroyed." in out) == (0, True)
    found = document(into)
    assert [found[key] for key in ("added", "changed", "destroyed", "complete")] == [5, 0, 0, True]
    assert (found["command"], found["workspace"], found["plan_digest"]) == ("apply", "webshop", digest)
    assert all(f"{one['address']}: Created" in out for one in found["objects"])
    assert {(one["action"], one["status"], one["error"]) for one in found["objects"]} == {
        ("create", "done", None)
    }
    newest = json.loads(run("history", "-json", "-limit=1")[1])
    assert found["history"] == {"serial": newest["entries"][0]["serial"], "head": newest["head"]}


def test_an_apply_that_fails_says_in_its_document_what_and_why(shop: Path, run: Run, tmp_path: Path) -> None:
    address = "prom.rules.ola.checkout"
    (shop / "rules").mkdir()
    (shop / "rules" / f"slactl.webshop.{address}.yaml").write_text("groups: []\n")  # somebody else's
    into = tmp_path / "applied.json"
    code, _, err = run("apply", "-auto-approve", f"-json-into={into}")
    assert (code, address in err) == (1, True)
    found = document(into)
    assert (found["complete"], found["added"]) == (False, 4)
    (one,) = [one for one in found["objects"] if one["status"] != "done"]
    assert (one["address"], one["status"]) == (address, "failed")
    assert one["error"]
    assert one["error"] in err


def test_nothing_to_do_and_a_destroy_have_a_document_too(shop: Path, run: Run, tmp_path: Path) -> None:
    sla = shop / "agreements" / "slas" / "acme-shop.yaml"
    sla.write_text(sla.read_text().replace(", lifecycle: {preventDestroy: true}", ""))
    into = tmp_path / "applied.json"
    assert run("apply", "-auto-approve")[0] == 0
    assert run("apply", "-auto-approve", f"-json-into={into}")[0] == 0
    found = document(into)
    assert (found["complete"], found["objects"], found["history"]) == (True, [], None)
    assert run("destroy", "-auto-approve", f"-json-into={into}")[0] == 0
    found = document(into)
    assert (found["command"], found["mode"], found["destroyed"]) == ("destroy", "destroy", 5)


@pytest.mark.parametrize("verb", ["apply", "destroy"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_changed(
    shop: Path, run: Run, tmp_path: Path, verb: str
) -> None:
    code, _, err = run(verb, "-auto-approve", f"-json-into={tmp_path / 'nowhere' / 'a.json'}")
    assert (code, "there is no such folder" in err) == (1, True)
    assert not (shop / "rules").exists()
