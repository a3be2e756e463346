"""Requests: patience only where it may help."""

import time

import pytest

from slactl.base.http import Http, UnreachableError


@pytest.mark.parametrize("address", ["not an address", "gopher://example.com/", "http://"])
def test_what_is_no_address_is_not_tried_again(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with pytest.raises(UnreachableError, match="the address is none"):
        Http((1, 1)).send("GET", address, repeatable=True)
    assert waits == []
