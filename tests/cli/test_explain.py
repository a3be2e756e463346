"""`slactl explain`, `verify` and `rules` as their users type them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slactl.cli.main import main

Run = Callable[..., tuple[int, str, str]]
DAY = "-as-of=2026-11-23"
SUBJECT = "sla.acme-shop.availability"


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def shop(repository: Path, tmp_path: Path) -> Path:
    root = tmp_path / "webshop"
    hidden = shutil.ignore_patterns(".slactl", "rules")
    shutil.copytree(repository / "examples" / "webshop", root, ignore=hidden)
    return root


@pytest.fixture
def broken(shop: Path) -> Path:
    """A copy in which the gold customer is promised more than holds."""
    file = shop / "agreements/slas/acme-shop.yaml"
    file.write_text(file.read_text().replace("target: 99.9%", "target: 99.97%"))
    return shop


def explained(root: Path, slactl: Run) -> dict[str, Any]:
    code, out, _ = slactl(f"-chdir={root}", "explain", SUBJECT, DAY, "-json")
    assert code == 0
    document: dict[str, Any] = json.loads(out)
    return document


def verified(root: Path, slactl: Run, document: object) -> tuple[int, dict[str, Any]]:
    (root / "file.json").write_text(json.dumps(document))
    code, out, _ = slactl(f"-chdir={root}", "verify", "-json", "file.json")
    answer: dict[str, Any] = json.loads(out)
    return code, answer


def test_a_proof_adds_up_by_hand(shop: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={shop}", "explain", SUBJECT, DAY)
    assert code == 0
    proof = out[out.index("Proof, in 2026-11") :].splitlines()
    assert proof[1] == "  1 of cdn-east, cdn-west below service.shop: down for at most 2m 9s"
    assert proof[3] == "  service.shop: down for at most 19m 26s"
    parts = [line.split("  ")[-2].strip() for line in proof[4:8]]
    assert parts == ["8m 38s", "4m 19s", "4m 19s", "2m 9s"]
    assert proof[8] == "19m 26s at most is no more than the 43m 12s that the target allows."


def test_a_proof_is_written_and_verified_for_every_window(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    assert slactl(here, "explain", SUBJECT, DAY, "-out=proof.json")[0] == 0
    code, out, _ = slactl(here, "verify", "proof.json")
    assert code == 0
    assert out.splitlines()[0] == f"Verified: proof.json: {SUBJECT}"
    document = json.loads((shop / "proof.json").read_text())
    assert document["witness"] is None
    windows = [name for one in document["proof"]["windows"] for name in one["names"]]
    assert len(windows) == len(set(windows)) == 25
    assert windows[0] == "2026-11"
    assert document["proof"]["titles"][document["proof"]["structure"]["top"]] == "service.shop"


def test_a_refuted_promise_has_outages_on_dates(broken: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={broken}", "explain", SUBJECT, DAY)
    assert code == 0
    assert "Witness: in 2026-11 every promise below is kept, and this one is broken." in out
    assert "uc.nimbus-cdn.availability on cdn-east, uc.nimbus-cdn.availability on cdn-west" in out
    assert out.rstrip().endswith("Down for 19m 26s in all; the target allows 12m 57s.")
    code, answer = verified(broken, slactl, explained(broken, slactl))
    assert (code, answer["verified"]) == (0, True)


def test_a_witness_that_stretches_a_promise_is_refused(broken: Path, slactl: Run) -> None:
    document = explained(broken, slactl)
    outage = next(
        one for one in document["witness"]["outages"] if one["down"] == ["ola.checkout.availability"]
    )
    assert outage["to"] == "2026-11-01T00:12:57.6Z"
    outage["to"] = "2026-11-01T00:12:58Z"
    code, answer = verified(broken, slactl, document)
    assert (code, answer["verified"]) == (1, False)
    assert "overlap" in answer["message"]


def test_a_witness_that_spends_more_than_a_promise_allows_is_refused(broken: Path, slactl: Run) -> None:
    document = explained(broken, slactl)
    document["witness"]["outages"][-1]["down"] = ["ola.catalogue.availability"]
    code, answer = verified(broken, slactl, document)
    assert (code, answer["verified"]) == (1, False)
    assert "ola.catalogue.availability" in answer["message"]


def test_a_witness_that_leaves_the_promise_standing_is_refused(broken: Path, slactl: Run) -> None:
    document = explained(broken, slactl)
    document["witness"]["outages"] = document["witness"]["outages"][:1]
    assert verified(broken, slactl, document)[0] == 1


@pytest.mark.parametrize("change", ["budget", "weight", "bound", "gate"])
def test_a_proof_with_another_number_is_refused(shop: Path, slactl: Run, change: str) -> None:
    document = explained(shop, slactl)
    proof = document["proof"]
    window = proof["windows"][0]
    if change == "budget":
        window["budgets"]["ola.checkout.availability"] = "1/500"
    elif change == "weight":
        step = next(one for one in window["steps"] if "ola.checkout.availability" in one["weights"])
        step["weights"]["ola.checkout.availability"] = "1/2"
    elif change == "bound":
        window["bound"] = "1/10000"
    else:
        top = proof["structure"]["gates"][proof["structure"]["top"]]
        top["of"].append("uc.paylane.availability")
        top["at_least"] += 1
    code, answer = verified(shop, slactl, document)
    assert (code, answer["verified"]) == (1, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '{"format": "slactl-explanation/1", "proof": null, "witness": null}',
            "holds neither a proof nor a witness",
        ),
        ("{", "JSON"),
        ("[]", "nothing to verify"),
        ("", "nothing to verify"),
        ('{"format": "slactl-proof/9"}', "slactl-proof/9"),
        ('{"format": "slactl-proof/1"}', "structure"),
    ],
)
def test_what_is_no_proof_is_refused_in_words(shop: Path, slactl: Run, text: str, says: str) -> None:
    (shop / "file.json").write_text(text)
    code, out, err = slactl(f"-chdir={shop}", "verify", "file.json")
    assert code == 1
    assert says in out + err


def test_a_missing_file_is_an_error_and_the_others_are_verified(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    slactl(here, "explain", SUBJECT, DAY, "-out=proof.json")
    code, out, err = slactl(here, "verify", "none.json", "proof.json")
    assert code == 1
    assert "none.json" in out + err
    assert f"Verified: proof.json: {SUBJECT}" in out


def test_a_time_is_explained_by_its_sum(repository: Path, slactl: Run) -> None:
    here = f"-chdir={repository / 'examples' / 'hr-outsourcing'}"
    code, out, _ = slactl(here, "explain", "sla.millbrook-hr.p1-resolution", DAY)
    assert code == 0
    assert "at most 6h 30m is supported" in out
    document = json.loads(slactl(here, "explain", "sla.millbrook-hr.p1-resolution", DAY, "-json")[1])
    assert sum(float(one["amount"]) for one in document["links"]) == 6.5 * 3600
    code, _, err = slactl(here, "explain", "sla.millbrook-hr.p1-resolution", DAY, "-out=sum.json")
    assert code == 1
    assert "no file to verify" in err


def test_a_rule_is_explained(shop: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={shop}", "explain", "sla301")
    assert code == 0
    assert out.startswith("SLA301 (error): What backs a promise is in force as long as the promise")
    assert "To do: Renew or extend it" in out


def test_an_unknown_address_says_what_there_is(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    code, _, err = slactl(here, "explain", "sla.acme-shop", DAY)
    assert code == 1
    assert "Say one of sla.acme-shop.availability, sla.acme-shop.p95-latency." in err
    code, _, err = slactl(here, "explain", "SLA999")
    assert code == 1
    assert "SLA999" in err


def test_rules_are_listed_and_told_as_data(shop: Path, slactl: Run) -> None:
    out = slactl(f"-chdir={shop}", "rules")[1]
    document = json.loads(slactl(f"-chdir={shop}", "rules", "-json")[1])
    ids = [one["id"] for one in document]
    assert len(ids) == len(set(ids)) > 50
    assert all(one in out for one in ids)
    assert "SLA702" in slactl(f"-chdir={shop}", "rules", "SLA702")[1]
