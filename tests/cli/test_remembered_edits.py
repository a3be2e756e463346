"""Whatever is edited between two runs: what is said with a memory is what is said without one, to the letter."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.base import file_digests
from slactl.base.cache_folder import cache_folder
from tests.running import Run

DAY = "-as-of=2026-11-23"
COMMANDS = (("validate",), ("check",), ("check", "-json"), ("plan",), ("plan", "-json"))
SLACTL = [sys.executable, "-m", "slactl"]

Edit = Callable[[Path], None]


def put(name: str, before: str, *after: str) -> Edit:
    """An edit that goes round through several texts in one place."""

    def edit(shop: Path) -> None:
        path = shop / name
        text, texts = path.read_text(), (before, *after)
        here = next((one for one in texts if one in text), None)
        if here is not None:
            path.write_text(text.replace(here, texts[(texts.index(here) + 1) % len(texts)], 1))

    return edit


def toggle(name: str, text: str) -> Edit:
    """A file that is there, or is not."""

    def edit(shop: Path) -> None:
        path = shop / "agreements" / name
        if path.exists():
            path.unlink()
        else:
            path.write_text("apiVersion: slactl/v1\n" + text)

    return edit


def away_and_back(name: str) -> Edit:
    """A file that goes out of sight, and comes back as it was."""

    def edit(shop: Path) -> None:
        path = shop / "agreements" / name
        hidden = path.with_suffix(".away")
        (path.rename if path.exists() else hidden.rename)(hidden if path.exists() else path)

    return edit


EDITS: dict[str, Edit] = {
    "the target of an SLA": put(
        "agreements/slas/acme-shop.yaml", "target: 99.9%", "target: 99.99%", "target: 99.5%"
    ),
    "the target of a UC": put("agreements/ucs.yaml", "availability: {target: 99.995%", "availability: {target: 99.9%"),
    "the target of an OLA": put("agreements/olas.yaml", "target: 99.98%", "target: 99.999%"),
    "a dependency": put("agreements/services.yaml", "[card-gateway, orders-db]", "[card-gateway]"),
    "a circle": put("agreements/services.yaml", "  dependsOn: [hosting]\n", "  dependsOn: [shop]\n"),
    "a claim of an owner": put("agreements/services.yaml", "availability: 99.995%", "availability: 99.9%"),
    "a new service": toggle("new.yaml", "kind: Service\nmetadata: {name: new}\nspec: {owner: team-data}\n"),
    "a document that is gone": away_and_back("slas/birch-shop.yaml"),
    "a waiver": toggle(
        "more.yaml",
        "kind: Waiver\nmetadata: {name: more}\nspec: {rule: SLA304, subject: uc.paylane, reason: r, owner: o, "
        "until: 2027-01-31}\n",
    ),
    "a waiver's last day": put("agreements/waivers.yaml", "until: 2027-03-31", "until: 2026-03-31"),
    "the hours of a calendar": put("agreements/calendars.yaml", "08:00-18:00", "09:00-17:00"),
    "a holiday": put("agreements/calendars.yaml", "2026-12-24, ", ""),
    "a time zone": put("agreements/calendars.yaml", "timezone: Europe/Berlin", "timezone: America/New_York"),
    "a severity": put("slactl.yaml", "{horizon: 24M}", "{horizon: 24M, severity: {SLA304: error}}"),
    "the horizon": put("slactl.yaml", "horizon: 24M", "horizon: 12M"),
    "a variable": put("slactl.yaml", "default: rules,", "default: other,"),
    "a term": put("agreements/ucs.yaml", "until: 2028-12-31", "until: 2027-01-31"),
    "an indicator": put("agreements/slas/acme-shop.yaml", "indicator: shop-requests", "indicator: shop-minutes"),
    "a name that leads nowhere": put("agreements/slas/acme-shop.yaml", "customer: acme", "customer: acmee"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(file_digests, "_TRUSTED_AFTER_NS", 0)


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_changes_what_is_said(run: Run, shop: Path, name: str) -> None:
    command = ("plan", "-json", DAY)
    before = run(*command)
    EDITS[name](shop)
    assert run(*command) != before, "an edit that nobody notices tests nothing"


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_a_memory_says_what_a_fresh_look_says(run: Run, shop: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    assert run("apply", "-auto-approve", DAY)[0] == 0
    for _ in range(8):
        for name in chance.sample(sorted(EDITS), chance.choice((0, 1, 1, 2, 3))):
            EDITS[name](shop)
        for command in chance.sample(COMMANDS, len(COMMANDS)):
            assert run(*command, DAY) == run(*command, DAY, "-no-cache"), command


def started(shop: Path, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [*SLACTL, f"-chdir={shop}", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_runs_at_the_same_time_share_a_memory(run: Run, shop: Path) -> None:
    run("check", DAY)
    EDITS["the target of an SLA"](shop)
    together = [started(shop, verb, DAY) for verb in ("check", "plan", "check", "plan")]
    said = [(*one.communicate(), one.returncode) for one in together]
    assert said[0] == said[2]
    assert said[1] == said[3]
    for verb, (out, err, code) in zip(("check", "plan"), said, strict=False):
        assert run(verb, DAY) == run(verb, DAY, "-no-cache") == (code, out, err)


def test_a_run_that_is_killed_leaves_no_memory_that_says_anything_else(run: Run, shop: Path) -> None:
    begin = time.monotonic()
    started(shop, "check", DAY, "-no-cache").communicate()
    usual_s = time.monotonic() - begin
    for step in range(10):
        EDITS["the target of an SLA"](shop)
        with started(shop, "check", DAY) as process:
            time.sleep(usual_s * step / 8)
            process.kill()
        assert run("check", DAY) == run("check", DAY, "-no-cache")
        assert run("plan", DAY) == run("plan", DAY, "-no-cache")


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b"null"])
def test_memories_that_are_damaged_all_at_once_are_passed_over(run: Run, shop: Path, damage: bytes) -> None:
    for verb in ("check", "plan"):
        run(verb, DAY)
    remembered = [one for one in cache_folder(shop).rglob("*") if one.is_file()]
    assert len(remembered) > 4
    for path in remembered:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] + damage)
    EDITS["the target of an SLA"](shop)
    for verb in ("check", "plan"):
        assert run(verb, DAY) == run(verb, DAY, "-no-cache")
