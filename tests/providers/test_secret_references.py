"""Secrets by reference: one that is not there stops the command, instead of reaching a backend as an empty text."""

from pathlib import Path

import pytest

from slactl.base.diagnostics import Place, SlactlError
from slactl.provider.secrets import resolve_secrets

PLACE = Place("backends.yaml", 0, ("spec", "config"))


def test_references_are_replaced_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "a b")
    (tmp_path / "key").write_text(" k3y\n")
    config = {"url": "https://x/${env.PAGER}", "list": ["${file.key}", "${var.token}"]}
    assert resolve_secrets(config, tmp_path, PLACE, {"token": "t"}) == {
        "url": "https://x/a b",
        "list": ["k3y", "t"],
    }


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("${env.UNSET}", "The environment variable UNSET is not set"),
        ("${env.EMPTY}", "The environment variable EMPTY is empty"),
        ("${file.none}", "The secret file none cannot be read: No such file or directory"),
        ("${file.empty}", "The secret file empty is empty"),
    ],
)
def test_a_secret_that_is_not_there_or_empty_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: str, words: str
) -> None:
    monkeypatch.delenv("UNSET", raising=False)
    monkeypatch.setenv("EMPTY", "")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(SlactlError, match=words):
        resolve_secrets({"token": reference}, tmp_path, PLACE)
