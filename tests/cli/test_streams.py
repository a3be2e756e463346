"""Output that cannot be written, or not in every letter: no traceback, and the exit code of the command."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.running import Run


def start(shop: Path, words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    command = f"exec {sys.executable} -m slactl -chdir={shop} {words}"
    return subprocess.run(
        ["/bin/sh", "-c", command], env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("validate >&-", 0),
        ("version >&- 2>&-", 0),
        ("show sla.nobody >&-", 1),
        ("show sla.nobody 2>&-", 1),
        ("-help >&-", 0),
    ],
)
def test_closed_streams_change_nothing_but_what_is_read(shop: Path, words: str, code: int) -> None:
    done = start(shop, words)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["-help", "version", "validate", "check -json"])
def test_a_full_disk_behind_the_output_is_said(shop: Path, words: str) -> None:
    done = start(shop, f"{words} >/dev/full")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"Error: No space left on device")


def test_a_file_or_pipe_gets_every_letter_in_any_locale(shop: Path) -> None:
    parties = shop / "agreements" / "zoe.yaml"
    parties.write_text(
        "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: zoe, displayName: Zoë «5»}\nspec: {type: customer}\n---\n"
        "apiVersion: slactl/v1\nkind: SLA\nmetadata: {name: zoe}\n"
        "spec: {service: shop, customer: zoe, objectives: {availability: {target: 99%}}}\n",
        encoding="utf-8",
    )
    done = start(shop, "graph -format=mermaid", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert "Zoë «5»" in done.stdout.decode("utf-8")


def test_the_name_of_a_file_in_no_known_letters_is_shown_as_its_bytes(shop: Path) -> None:
    with open(os.fsencode(shop / "agreements") + b"/\xff.yaml", "wb") as file:  # noqa: PTH123 - a name of bytes
        file.write(b"a: [")
    done = start(shop, "validate")
    assert done.returncode == 1
    assert b"agreements/\\udcff.yaml line" in done.stderr


def test_a_link_to_a_file_that_is_gone_is_not_passed_over(shop: Path) -> None:
    (shop / "agreements" / "gone.yaml").symlink_to("nowhere.yaml")
    (shop / "agreements" / "round.yaml").symlink_to("round.yaml")
    done = start(shop, "validate")
    assert done.returncode == 1
    for name in ("gone", "round"):
        assert f"agreements/{name}.yaml is a link that leads nowhere".encode() in done.stderr


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be made; root's files could be written whatever their permissions are."""

    def refused(**where: object) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, "Permission denied", f"{where['dir']}/{where['prefix']}x1y2")

    monkeypatch.setattr(tempfile, "mkstemp", refused)


@pytest.mark.usefixtures("unwritable")
def test_fmt_names_each_file_that_it_could_not_write_and_claims_no_change(shop: Path, run: Run) -> None:
    files = [shop / "agreements" / f"{name}.yaml" for name in ("one", "two")]
    for file in files:
        file.write_text("kind:   Party\n", encoding="utf-8")
    code, out, err = run("fmt")
    assert (code, out) == (1, "")
    for file in files:
        assert f"The file agreements/{file.name} cannot be written: Permission denied" in err
        assert file.read_text(encoding="utf-8") == "kind:   Party\n"


@pytest.mark.usefixtures("unwritable")
def test_a_file_that_cannot_be_written_is_named_and_not_the_one_beside_it(shop: Path, run: Run) -> None:
    code, _, err = run("explain", "sla.acme-shop.availability", "-out=proof.json")
    assert (code, err.strip()) == (1, f"Error: Permission denied: {shop / 'proof.json'}")
