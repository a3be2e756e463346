"""Flags in every spelling that pipelines use with Terraform."""

from pathlib import Path

import pytest

from slactl.cli.flags import with_two_dashes
from tests.running import Run


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("-out=FILE", "--out=FILE"),
        ("--out FILE", "--out FILE"),
        ("-auto-approve=true -json=1", "--auto-approve --json"),
        ("-auto-approve=false -json=F", ""),
        ("-input=0 -lock=TRUE", "--input=false --lock=true"),
        ("-refresh plan.bin", "--refresh=true plan.bin"),
        ("-refresh false", "--refresh false"),
        ("-lock", "--lock=true"),
        ("-lock=perhaps", "--lock=perhaps"),
        ("-json=perhaps", "--json=perhaps"),
        ("-C dir -1 - plain", "-C dir -1 - plain"),
        ("-a -- -b -json=true", "-a -- -b -json=true"),
    ],
)
def test_what_argparse_reads(given: str, read: str) -> None:
    assert with_two_dashes(given.split()) == read.split()


def test_truth_as_go_writes_it_is_understood(run: Run) -> None:
    assert run("apply", "-auto-approve=true", "-input=false", "-refresh")[0] == 0
    assert run("plan", "-detailed-exitcode=true", "-json=false", "-lock=f")[0] == 0
    assert run("plan", "-input=maybe")[0] == 1


def test_an_apply_can_destroy(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    sla = shop / "agreements" / "slas" / "acme-shop.yaml"
    sla.write_text(sla.read_text().replace("preventDestroy: true", "preventDestroy: false"))
    assert run("apply", "-auto-approve")[0] == 0
    code, out, _ = run("apply", "-destroy", "-auto-approve", "-refresh=false")
    assert code == 0
    assert "Destroy complete! Resources: 0 added, 0 changed, 5 destroyed." in out
    assert not [*(shop / "rules").glob("*.yaml")]


def test_an_apply_that_destroys_has_no_plan_and_no_other_mode(run: Run) -> None:
    assert "contradict" in run("apply", "-destroy", "-refresh-only")[2]
    assert "means nothing for a saved plan" in run("apply", "-destroy", "saved.plan")[2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("plan -jsno", 'slactl plan has no option -jsno\n\nDid you mean "-json"?'),
        ("plan extra", 'slactl plan has no use for "extra"'),
        ("plan -format=jsn", 'slactl plan does not know -format "jsn"\n\nDid you mean "json"?'),
        ("plan -out", "slactl plan -out: it needs a value"),
        ("force-unlock", "slactl force-unlock needs ID"),
        ("state list -no-colour", 'slactl state list has no option -no-colour\n\nDid you mean "-no-color"?'),
        ("history verfy", 'slactl history has no "verfy"\n\nDid you mean "verify"?'),
        ("plann", 'slactl has no command "plann". Did you mean "plan"?'),
    ],
)
def test_what_is_not_understood_is_said_first_with_what_was_meant(run: Run, given: str, said: str) -> None:
    code, out, err = run(*given.split())
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: {said}")
    assert "usage:" not in err
