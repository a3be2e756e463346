"""The conformance suite, run by the Alertmanager provider against a real server, with amtool."""

import os
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from alertmanager_server import running
from compiled_estate import compiled
from faulty_wire import reloads, wire_to

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Observed
from slactl.provider.conformance import Body, Look, Stranger, Subject, run_conformance, with_other
from slactl.provider.conformance import Path as BodyPath
from slactl_alertmanager import Provider
from slactl_alertmanager.part import Part
from slactl_alertmanager.secrets import Secrets
from slactl_alertmanager.server import Alertmanager
from tests.estate_texts import PEOPLE, document, promise, service

THEIRS = """\
# Who is on duty: ask the network team.
global: {resolve_timeout: 5m}
route:
  receiver: everybody   # theirs
  routes:
    # pages of the network team
    - matchers: [team="net"]
      receiver: net
receivers:
- name: everybody
- name: net
"""
TODAY = date(2026, 11, 23)
ESTATE = (
    PEOPLE
    + service("shop", "web", intrinsic="99.99%")
    + document("Indicator", "requests", "ratio: {good: good_total, total: all_total}")
    + promise("SLA", "a", "shop", "99.9%", "customer: acme, hours: office,", "indicator: requests")
    + document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}")
    + document(
        "Backend",
        "am",
        "provider: alertmanager, config: {configFile: alertmanager.yml, receivers: {p1: everybody, p3: net}}",
    )
)
P1 = "slactl/estate/am/p1"


def receiver(name: str, url: str = "http://127.0.0.1:9/x") -> Mapping[str, Any]:
    return {"receivers": [{"name": name, "webhook_configs": [{"url": url, "send_resolved": "true"}]}]}


def route(severity: str, **more: Any) -> Mapping[str, Any]:
    matchers = ['alertname="SlactlBudgetBurn"', f'severity="{severity}"']
    return {"routes": [{"receiver": "everybody", "matchers": matchers, "continue": "true", **more}]}


CREATED: Mapping[str, Mapping[str, Any]] = {
    "am.receiver.p1": receiver(P1),
    "am.route.sla.a": route("page"),
    "am.hours.office": {
        "time_intervals": [
            {"name": "slactl/estate/am/hours/office", "time_intervals": [{"weekdays": ["monday", "friday"]}]}
        ]
    },
    "am.inhibit.faster-burn": {
        "inhibit_rules": [
            {"source_matchers": ['long="1h"'], "target_matchers": ['long="6h"'], "equal": ["objective"]}
        ]
    },
}
UPDATED = {
    "am.receiver.p1": receiver(P1, "http://127.0.0.1:9/y"),
    "am.route.sla.a": route("page", active_time_intervals=["slactl/estate/am/hours/office"]),
}


def connect(config: Path, workspace: str = "estate", **more: object) -> Connection:
    backend = Backend("am", Place("x.yaml"), "alertmanager", {"configFile": str(config), **more})
    return Provider().connect(backend, backend.config, Context(config.parent, workspace, TODAY))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "alertmanager.yml"
    path.write_text(THEIRS)
    return path


def others(config: Path) -> str:
    return Part.of(config.read_bytes(), str(config)).others


def block_of(config: Path, address: str) -> str:
    part = Part.of(config.read_bytes(), str(config))
    return next("".join(one.lines) for one in part.blocks.values() if one.address == address)


class Hands:
    """A person in the file."""

    def __init__(self, config: Path) -> None:
        self._config = config

    def foreign(self) -> str:
        return others(self._config)

    def touch(self, found: Observed) -> None:
        block = block_of(self._config, found.id)
        begin, first, *rest = block.splitlines(keepends=True)
        spaces = " " * (len(first) - len(first.lstrip()))
        edited = "".join([begin, f"{spaces}- extra: 1\n", first.replace("- ", "  ", 1), *rest])
        self._replace(block, edited)

    def remove(self, found: Observed) -> None:
        self._replace(block_of(self._config, found.id), "")

    def by_hand(self, found: Observed, path: BodyPath) -> None:
        (section,) = found.body
        block = block_of(self._config, found.id)
        begin, *_, end = block.splitlines(keepends=True)
        spaces = " " * (len(begin) - len(begin.lstrip()))
        items = yaml.safe_dump(with_other(found.body, path, "by-hand")[section])
        self._replace(block, begin + textwrap.indent(items, spaces) + end)

    @contextmanager
    def stranger(self, _: str, body: Body) -> Iterator[Stranger]:
        (section,) = body
        before = self._config.read_text()
        if section == "routes":
            lines = textwrap.indent(yaml.safe_dump(body["routes"]), "    ")
            self._replace("    # pages of the network team\n", f"{lines}    # pages of the network team\n")
        else:
            name = f"- name: {body[section][0]['name']}\n"
            more = "" if section == "receivers" else f"{section}:\n{name}  time_intervals: []\n"
            self._config.write_text(before + (more or name))
        yield Stranger(partial(others, self._config))
        self._config.write_text(before)

    @contextmanager
    def unmarked(self, found: Observed) -> Iterator[Look]:
        block = block_of(self._config, found.id)
        bare = "".join(line for line in block.splitlines(keepends=True) if "# slactl" not in line)
        before = self._config.read_text()
        self._replace(block, bare)
        yield partial(others, self._config)
        self._config.write_text(before.replace(block, ""))

    def _replace(self, old: str, new: str) -> None:
        self._config.write_text(self._config.read_text().replace(old, new))


ALIKE = "a rule that stands twice does what it does once"


def test_conformance_on_a_live_server(tmp_path: Path, config: Path, workspace: Callable[..., Path]) -> None:
    hands = Hands(config)
    with running(tmp_path / "server", config) as server, wire_to(server.url, reloads) as wire:
        there = {"url": wire.url, "reload": "true", "amtool": "required"}
        left_out = run_conformance(
            Subject(
                connect=partial(connect, config, **there),
                created=CREATED,
                updated=UPDATED,
                touch=hands.touch,
                remove=hands.remove,
                foreign=hands.foreign,
                by_hand=hands.by_hand,
                stranger=hands.stranger,
                unmarked=hands.unmarked,
                nameless={"inhibit": ALIKE},
                elsewhere=partial(connect, config, "elsewhere", **there),
                refused={"am.receiver.bad": receiver("slactl/estate/am/bad", "no-address")},
                many=many(),
                most_requests={"create": 2, "read": 0, "delete": 2},
                estate=partial(compiled, workspace(ESTATE), "am", TODAY),
                wire=wire,
                impatient=partial(connect, config, **{**there, "timeout": "2s"}),
            )
        )
    assert left_out == {"an object of others is imported": "the connection takes no objects over"}
    assert config.read_text() == THEIRS


def many() -> dict[str, Body]:
    """Five hundred receivers, each with a route."""
    found = dict[str, Body]()
    for one in range(500):
        found[f"am.receiver.n{one}"] = receiver(f"slactl/estate/am/n{one}")
        found[f"am.route.n{one}"] = route("page", receiver=f"slactl/estate/am/n{one}")
    return found


def create(address: str, body: Mapping[str, Any]) -> Change:
    return Change(Action.CREATE, address, None, body, None)


def creations() -> list[Change]:
    return [create(address, body) for address, body in CREATED.items()]


def apply(connection: Connection, *changes: Change) -> None:
    outcomes = connection.execute(changes)
    assert [one.status for one in outcomes] == ["staged"] * len(changes), outcomes
    connection.commit()


def refused(commit: Callable[[], None]) -> str:
    with pytest.raises(SlactlError) as caught:
        commit()
    first = caught.value.diagnostics[0]
    return f"{first.summary}. {first.detail}"


def beside(config: Path) -> list[str]:
    """What is in the folder beside the file and the server's own."""
    return sorted(one.name for one in config.parent.iterdir() if one.name not in (config.name, "server"))


def test_what_amtool_refuses_never_becomes_the_file(config: Path) -> None:
    with connect(config, amtool="required") as connection:
        connection.execute(
            [create("am.receiver.p1", {"receivers": [{"name": P1, "webhook_configs": [{"url": "no"}]}]})]
        )
        said = refused(connection.commit)
    assert f"amtool refuses {config} as it would become" in said
    assert "unsupported scheme" in said
    assert config.read_text() == THEIRS
    assert beside(config) == []


def test_what_the_server_refuses_is_taken_back_and_the_old_is_in_force(tmp_path: Path, config: Path) -> None:
    with running(tmp_path / "server", config) as server:
        with connect(config, url=server.url, reload="true", amtool="off") as connection:
            apply(connection, *creations())
        before, inode = config.read_text(), config.stat().st_ino
        bad = {"receivers": [{"name": P1, "webhook_configs": [{"uri": "http://x/"}]}]}
        with connect(config, url=server.url, reload="true", amtool="off") as connection:
            connection.execute(
                [Change(Action.UPDATE, "am.receiver.p1", CREATED["am.receiver.p1"], bad, "am.receiver.p1")]
            )
            said = refused(connection.commit)
        assert "refuses to reload (500)" in said
        assert "field uri not found" in said
        assert "The old file is back in place, and in force." in said
        assert (config.read_text(), config.stat().st_ino) == (before, inode)
        assert P1 in server.original()
    assert beside(config) == []


def test_a_server_with_another_file_is_noticed_and_nothing_changes(tmp_path: Path, config: Path) -> None:
    other = tmp_path / "server" / "other.yml"
    other.parent.mkdir()
    other.write_text(THEIRS)
    with (
        running(tmp_path / "server", other) as server,
        connect(config, url=server.url, reload="true") as connection,
    ):
        connection.execute(creations())
        said = refused(connection.commit)
    assert "runs with another file than configFile" in said
    assert config.read_text() == THEIRS


def test_a_server_that_is_down_changes_nothing(config: Path) -> None:
    with connect(config, url="http://127.0.0.1:9", reload="true") as connection:
        connection.execute(creations())
        said = refused(connection.commit)
    assert "Alertmanager at http://127.0.0.1:9 (backend.am) cannot be reached" in said
    assert "back in place, and the server was not reloaded with it" in said
    assert config.read_text() == THEIRS


def test_an_editor_between_reading_and_writing_loses_nothing(config: Path) -> None:
    with connect(config) as connection:
        connection.read_all()
        connection.execute(creations())
        config.write_text(THEIRS + "# a late thought\n")
        said = refused(connection.commit)
    assert "was changed by somebody else at the same time" in said
    assert config.read_text() == THEIRS + "# a late thought\n"
    assert beside(config) == []
    with connect(config) as connection:
        apply(connection, *creations())
    assert others(config) == THEIRS + "# a late thought\n"


def test_a_block_that_was_edited_since_the_plan_is_not_overwritten(config: Path) -> None:
    with connect(config) as connection:
        apply(connection, *creations())
    config.write_text(config.read_text().replace("127.0.0.1:9/x", "127.0.0.1:9/z"))
    with connect(config) as connection:
        before, after = CREATED["am.receiver.p1"], UPDATED["am.receiver.p1"]
        (outcome,) = connection.execute(
            [Change(Action.UPDATE, "am.receiver.p1", before, after, "am.receiver.p1")]
        )
    assert outcome.status == "failed"
    assert "was changed since it was planned; plan again" in outcome.error
    assert "127.0.0.1:9/z" in config.read_text()


@pytest.mark.parametrize(
    ("address", "body", "what"),
    [
        ("am.receiver.p1", receiver("net"), 'a receiver "net"'),
        (
            "am.hours.office",
            {"time_intervals": [{"name": "theirs", "time_intervals": []}]},
            'a time interval "theirs"',
        ),
    ],
)
def test_a_name_of_others_is_refused_and_what_needs_it_too(
    config: Path, address: str, body: Mapping[str, Any], what: str
) -> None:
    config.write_text(THEIRS + "mute_time_intervals:\n- name: theirs\n  time_intervals: []\n")
    leading = route("page", receiver="net", mute_time_intervals=["theirs"])
    with connect(config) as connection:
        first, second = connection.execute([create(address, body), create("am.route.sla.a", leading)])
    assert (first.status, second.status) == ("failed", "failed")
    assert f"{config} has {what} that is not slactl's" in first.error
    assert "could not be made" in second.error


def test_a_receiver_that_is_not_there_is_named_with_its_route(config: Path) -> None:
    with connect(config) as connection:
        connection.execute([create("am.route.sla.a", route("page", receiver="everbody"))])
        said = refused(connection.commit)
    assert 'am.route.sla.a leads to the receiver "everbody", which is not in' in said
    assert 'Did you mean "everybody"?' in said
    assert config.read_text() == THEIRS


def test_two_workspaces_and_two_backends_share_a_file(config: Path) -> None:
    other = receiver("slactl/second/am/p1")
    with connect(config) as ours, connect(config, "second") as theirs:
        apply(ours, *creations())
        apply(theirs, create("am.receiver.p1", other))
    with connect(config) as ours, connect(config, "second") as theirs:
        assert {one.address for one in ours.read_all()} == CREATED.keys()
        assert [one.body for one in theirs.read_all()] == [other]
        apply(ours, *(Change(Action.DELETE, one.address, one.body, None, one.id) for one in ours.read_all()))
    assert P1 not in config.read_text()
    with connect(config, "second") as theirs:
        (one,) = theirs.read_all()
        apply(theirs, Change(Action.DELETE, one.address, one.body, None, one.id))
    assert config.read_text() == THEIRS


def test_a_block_moves_to_another_address(config: Path) -> None:
    with connect(config) as connection:
        apply(connection, *creations())
        body = CREATED["am.route.sla.a"]
        apply(connection, Change(Action.UPDATE, "am.route.sla.b", body, body, "am.route.sla.a"))
        found = {one.address: one for one in connection.read_all()}
    assert "am.route.sla.a" not in found
    assert (found["am.route.sla.b"].body, found["am.route.sla.b"].id) == (body, "am.route.sla.b")


def test_owner_permissions_and_links_stay(tmp_path: Path, config: Path) -> None:
    config.chmod(0o640)
    owner = (65534, 65533) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(config, *owner)
    link = tmp_path / "link.yml"
    link.symlink_to(config)
    with connect(link) as connection:
        apply(connection, *creations())
    there = config.stat()
    assert (there.st_mode & 0o777, there.st_uid, there.st_gid) == (0o640, *owner)
    assert link.is_symlink()
    assert P1 in config.read_text()


def test_an_apply_that_was_killed_before_the_reload_is_made_whole(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(_: Alertmanager) -> None:
        raise Killed

    with running(tmp_path / "server", config) as server:
        options = {"url": server.url, "reload": "true"}
        connection = connect(config, **options)
        connection.execute(creations())
        with monkeypatch.context() as patched:
            patched.setattr(Alertmanager, "reload", die)
            with pytest.raises(Killed):
                connection.commit()
        assert P1 not in server.original()
        with connect(config, **options) as again:
            found = {one.address: one for one in again.read_all()}
            assert all(one.body["notInForce"] == "true" for one in found.values())
            apply(
                again,
                *(Change(Action.UPDATE, key, one.body, CREATED[key], key) for key, one in found.items()),
            )
            assert {one.address: one.body for one in again.read_all()} == CREATED
        assert P1 in server.original()
    assert beside(config) == []


def test_what_a_killed_apply_has_deleted_is_there_until_the_server_knows(
    tmp_path: Path, config: Path
) -> None:
    with connect(config) as connection:
        apply(connection, *creations())
    left = config.with_name(f".{config.name}.slactl-estate-am.old")
    left.write_bytes(config.read_bytes())
    config.write_text(THEIRS)
    with (
        running(tmp_path / "server", config) as server,
        connect(config, url=server.url, reload="true") as again,
    ):
        found = again.read_all()
        assert {one.address: one.body for one in found} == CREATED
        apply(again, *(Change(Action.DELETE, one.address, one.body, None, one.id) for one in found))
        assert again.read_all() == []
    assert beside(config) == []


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with connect(tmp_path / "none.yml") as connection:
        said = refused(connection.read_all)  # type: ignore[arg-type]
        (outcome,) = connection.execute([create("am.receiver.p1", CREATED["am.receiver.p1"])])
    assert "There is no file" in said
    assert "write it first, with a route and its receiver" in said
    assert outcome.status == "failed"


def test_what_somebody_made_of_a_block_is_seen_whatever_it_is(config: Path) -> None:
    with connect(config) as connection:
        apply(connection, *creations())
        good = block_of(config, "am.receiver.p1")
        config.write_text(config.read_text().replace(good, good.replace('name: "', "name: [")))
        found = {one.address: one.body for one in connection.read_all()}
        assert set(found["am.receiver.p1"]) == {"unreadable"}
        again = connect(config)
        apply(
            again,
            Change(
                Action.UPDATE,
                "am.receiver.p1",
                found["am.receiver.p1"],
                CREATED["am.receiver.p1"],
                "am.receiver.p1",
            ),
        )
        assert block_of(config, "am.receiver.p1") == good


def test_a_required_amtool_that_is_missing_is_an_error(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(config.parent))
    with connect(config, amtool="required") as connection:
        connection.execute(creations())
        assert "amtool is not installed" in refused(connection.commit)
    assert config.read_text() == THEIRS
    with connect(config) as connection:
        apply(connection, *creations())
    assert P1 in config.read_text()


def test_rolled_back_changes_leave_nothing_behind(config: Path) -> None:
    with connect(config) as connection:
        connection.execute(creations())
    assert config.read_text() == THEIRS
    assert beside(config) == []


def test_a_message_is_shown_without_words_of_a_secret() -> None:
    secrets = Secrets({"a": "${env.A}", "b": "plain"}, {"a": "https://Hooks.example.com/T0KEN", "b": "plain"})
    said = 'unsupported "https://hooks.example.com/t0ken" and \'T0KEN\': plain words, at "http"'
    assert secrets.hidden(said) == 'unsupported "(secret)" and \'(secret)\': plain words, at "(secret)"'
    assert "T0KEN" not in repr(secrets)
