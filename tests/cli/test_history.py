"""`history`, `history verify` and `show -at`: what an auditor asks, and what is answered."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slactl import __version__
from slactl.cli.commit import commit_of, dirty_files
from slactl.state.records import Applied, Entry
from slactl.state.sqlite import SqliteStore
from tests.running import Run


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(root), *who, *arguments],  # noqa: S607 - git is where PATH says
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def committed(root: Path) -> str:
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=x")
    return git(root, "rev-parse", "HEAD")


def test_an_entry_says_who_when_from_which_commit_and_what_became_of_everything(shop: Path, run: Run) -> None:
    commit = committed(shop)
    begin = datetime.now(UTC)
    code, out, _ = run("apply", "-auto-approve")
    assert code == 0
    (entry,) = json.loads(run("history", "-json")[1])["entries"]
    head = out.splitlines()[-1].removeprefix("History: entry 1, head ")
    assert head == entry["hash"]
    assert (entry["commit"], entry["dirty"]) == (commit, False)
    assert begin <= datetime.fromisoformat(entry["at"]) <= datetime.now(UTC)
    assert (entry["version"], entry["mode"], entry["command"]) == (__version__, "normal", "apply")
    assert "@" in entry["who"]
    assert len(entry["plan_digest"]) == 64
    assert entry["results"]["sla.acme-shop"] == "create: done"
    assert entry["results"]["prom.rules.sla.acme-shop"] == "create: done"
    assert entry["agreements"]["sla.acme-shop"]["objectives"]["availability"]["target"] == "99.9%"
    assert entry["support"]["sla.acme-shop"]["availability"] == "guaranteed"

    sla = shop / "agreements/slas/acme-shop.yaml"
    sla.write_text(sla.read_text().replace("target: 99.9%", "target: 99.95%"))
    assert run("apply", "-auto-approve")[0] == 0
    newest, oldest = json.loads(run("history", "-json")[1])["entries"]
    assert (newest["serial"], newest["dirty"], newest["previous"]) == (2, True, oldest["hash"])
    code, out, _ = run("history", "-limit=1")
    assert out.startswith("Entry 2  ")
    assert "and changes that were not committed" in out
    assert "\n  sla.acme-shop: updated\n  1 object updated\n" in out
    assert out.splitlines()[-1] == f"Head: {newest['hash']}"
    assert "Entry 1" not in out
    assert run("history", "verify", f"-head={head}")[0] == 0


def test_a_file_that_git_does_not_know_makes_the_tree_dirty_and_what_slactl_writes_does_not(
    shop: Path,
) -> None:
    assert (commit_of(shop), dirty_files(shop, ())) == (None, None)
    git(shop, "init", "--quiet")
    assert commit_of(shop) is None
    commit = committed(shop)
    patterns = ("agreements/**/*.yaml",)
    assert (commit_of(shop), dirty_files(shop, patterns)) == (commit, False)
    (shop / "rules").mkdir(exist_ok=True)
    (shop / "rules" / "x.yaml").write_text("groups: []")
    (shop / ".slactl").mkdir()
    (shop / ".slactl" / "state.db").write_text("x")
    assert dirty_files(shop, patterns) is False
    (shop / "agreements" / "slas" / "new.yaml").write_text("kind: SLA")
    assert dirty_files(shop, patterns) is True


def test_without_git_at_all_there_is_no_commit_and_no_error(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert run("apply", "-auto-approve")[0] == 0
    (entry,) = json.loads(run("history", "-json")[1])["entries"]
    assert (entry["commit"], entry["dirty"]) == (None, None)
    assert "no commit" in run("history")[1]


def test_an_apply_that_failed_puts_no_promise_in_force_and_says_so(shop: Path, run: Run) -> None:
    (shop / "rules").write_text("a file where the folder should be")
    assert run("apply", "-auto-approve")[0] == 1
    (entry,) = json.loads(run("history", "-json")[1])["entries"]
    assert entry["agreements"] == {}
    assert entry["results"]["sla.acme-shop"].startswith("create: not in force")
    assert entry["results"]["prom.rules.sla.acme-shop"].startswith("create: failed")
    assert "prom.rules.sla.acme-shop: create: failed" in run("history")[1]
    assert "No apply had put it in force by then." in run("show", f"-at={today()}", "sla.acme-shop")[1]


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def promised(shop: Path, *days: tuple[str, str | None]) -> None:
    """Apply promises on those days, at noon; None ends it."""
    store = SqliteStore(shop / ".slactl" / "state.db", "webshop")
    for day, fee in days:
        at = datetime.fromisoformat(f"{day}:00+00:00")
        promise = None if fee is None else {"kind": "SLA", "fee": fee}
        entry = Entry(
            0, at, "ann@host", "apply", day[:10], "d", "c0ffee", {}, {"sla.acme-shop": promise},
            support={"sla.acme-shop": {"availability": "guaranteed"}},
        )  # fmt: skip
        with store.lock("apply", 0) as writer:
            writer.finish(
                {"sla.acme-shop": None if promise is None else Applied("sla.acme-shop", promise, {})}, entry
            )


DAYS = (
    ("2026-02-28T23:59", "100 EUR"),
    ("2026-03-01T23:59", "200 EUR"),
    ("2026-03-02T00:00", "300 EUR"),
    ("2026-04-01T12:00", None),
)


@pytest.mark.parametrize(
    ("day", "fee", "serial"),
    [
        ("2026-02-27", None, None),
        ("2026-02-28", "100 EUR", 1),
        ("2026-03-01", "200 EUR", 2),
        ("2026-03-02", "300 EUR", 3),
        ("2026-03-31", "300 EUR", 3),
        ("2026-04-01", None, 4),
    ],
)
def test_show_at_answers_for_the_end_of_the_day_in_utc(
    shop: Path, run: Run, day: str, fee: str | None, serial: int | None
) -> None:
    promised(shop, *DAYS)
    code, out, _ = run("show", f"-at={day}", "sla.acme-shop", "-json")
    document = json.loads(out)
    assert code == 0
    assert document["promised"] is (fee is not None)
    assert (document["promise"] or {}).get("fee") == fee
    assert (document["entry"] or {}).get("serial") == serial
    code, out, _ = run("show", f"-at={day}", "sla.acme-shop")
    assert code == 0
    if fee:
        assert f"fee  = {fee}" in out
        assert f"Applied by ann@host on {DAYS[(serial or 0) - 1][0].replace('T', ' ')}:00 UTC" in out
        assert "commit c0ffee" in out
    else:
        assert f"sla.acme-shop was not in force on {day} (UTC)." in out
        assert ("It had ended on 2026-04-01 12:00:00 UTC" in out) is (serial == 4)


def test_show_at_refuses_what_it_cannot_know(shop: Path, run: Run) -> None:
    promised(shop, *DAYS)
    ahead = f"{datetime.now(UTC).date() + timedelta(days=2)}"
    assert "has not come yet" in run("show", f"-at={ahead}", "sla.acme-shop")[2]
    assert "is no date" in run("show", "-at=yesterday", "sla.acme-shop")[2]
    code, _, err = run("show", "-at=2026-03-01", "sla.acme-shp")
    assert code == 1
    assert 'Did you mean "sla.acme-shop"?' in err


def test_a_history_that_was_tampered_with_is_named_and_no_evidence_any_more(shop: Path, run: Run) -> None:
    assert run("history")[1] == "Nothing has been applied yet.\n"
    assert run("history", "verify")[0] == 0
    promised(shop, *DAYS)
    code, out, _ = run("history", "verify")
    assert code == 0
    assert "The history is whole: 4 entries" in out
    with closing(sqlite3.connect(shop / ".slactl" / "state.db")) as connection, connection:
        connection.execute("DROP TRIGGER history_refuses_update")
        connection.execute(
            "UPDATE history SET agreements = replace(agreements, '200', '900') WHERE serial = 2"
        )
    code, out, _ = run("history", "verify")
    assert code == 1
    assert "Error: entry 2: it was changed after it was written" in out
    code, out, _ = run("history", "verify", "-json")
    assert code == 1
    assert json.loads(out)["breaks"] == [{"serial": 2, "what": "it was changed after it was written"}]
    code, _, err = run("show", "-at=2026-03-01", "sla.acme-shop")
    assert code == 1
    assert "first at entry 2" in err


def test_a_history_that_was_written_anew_as_a_whole_is_told_by_a_head_that_was_noted(
    shop: Path, run: Run
) -> None:
    promised(shop, *DAYS)
    noted = json.loads(run("history", "-json")[1])["head"]
    shutil.rmtree(shop / ".slactl")
    promised(shop, *DAYS[:1], *DAYS[2:])
    assert run("history", "verify")[0] == 0
    code, out, _ = run("history", "verify", f"-head={noted}")
    assert code == 1
    assert "the history was written anew" in out
    assert run("history", f"-head={noted}")[0] == 1


def test_a_limit_that_is_no_number_is_refused(run: Run) -> None:
    code, _, err = run("history", "-limit=0")
    assert code == 1
    assert "number of entries" in err


def test_the_verifier_that_the_documentation_shows_agrees(
    shop: Path, run: Run, repository: Path, tmp_path: Path
) -> None:
    promised(shop, *DAYS)
    page = (repository / "docs" / "history.md").read_text()
    code = page.split("```python\n")[1].split("```")[0]
    for spoiled in (False, True):
        text = run("history", "-json")[1]
        (tmp_path / "history.json").write_text(text.replace("200 EUR", "900 EUR") if spoiled else text)
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode != 0) is spoiled, done.stderr


def test_an_apply_that_has_not_ended_is_shown_before_it_is_an_entry(shop: Path, run: Run) -> None:
    begun = Entry(
        0, datetime(2026, 11, 23, tzinfo=UTC), "ann@ops", "apply", "2026-11-23", "d", None, {}, {}, "0.1.0"
    )
    store = SqliteStore(shop / ".slactl" / "state.db", "webshop")
    with store.lock("apply", 0) as writer:
        writer.announce(begun)
        writer.begin("d", [("prom.rules.sla.acme-shop", "create")])
    _, out, _ = run("history")
    assert "Not ended  begun 2026-11-23 00:00:00 UTC: apply by ann@ops" in out
    assert "prom.rules.sla.acme-shop: create: begun" in out
    assert json.loads(run("history", "-json")[1])["under_way"]["who"] == "ann@ops"
    assert run("apply", "-auto-approve")[0] == 0
    _, out, _ = run("history")
    assert "Entry 1  2026-11-23 00:00:00 UTC  apply (did not end) by ann@ops" in out
    assert run("history", "verify")[0] == 0
    assert json.loads(run("history", "-json")[1])["under_way"] is None
