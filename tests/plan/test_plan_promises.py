"""The first layer of a plan: promises before and after, whom they touch, what becomes of their support."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from slactl.apply.executor import Executor, Identity
from slactl.check.engine import check
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.plan.build import Inputs, build_plan
from slactl.plan.plan import Mode, Plan
from slactl.provider import Connection
from slactl.render.plan_json import plan_document
from slactl.render.plan_text import plan_text
from slactl.render.style import Style
from slactl.state.records import Applied
from slactl.state.sqlite import SqliteStore

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
PEOPLE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: data}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: db}
spec: {owner: data}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: web, dependsOn: [db], intrinsic: {availability: 99.99%}}
"""


def promise(kind: str, name: str, service: str, target: str, more: str = "", meta: str = "") -> str:
    return (
        f"apiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}{meta}}}\n"
        f"spec: {{service: {service}, status: agreed, {more} objectives: {{availability: {{target: {target}}}}}}}\n"
    )


class Shop:
    """An SLA over an OLA, a state, and plans between them."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def documents(
        self, *, sla: str | None = "99.9%", ola: str | None = "99.95%", protect: bool = False
    ) -> None:
        meta = ", lifecycle: {preventDestroy: true}" if protect else ""
        self.root = self._write(
            PEOPLE,
            promise("SLA", "shop", "shop", sla, "customer: acme,", meta) if sla else "",
            promise("OLA", "db", "db", ola) if ola else "",
        )

    @property
    def store(self) -> SqliteStore:
        return SqliteStore(self.root / "state.db", "estate")

    def plan(self, *, mode: Mode = "normal", as_of: date = TODAY) -> Plan:
        estate, problems = build_estate(load_workspace(self.root))
        problems.raise_errors()
        return build_plan(
            Inputs(
                estate=estate,
                assessment=check(estate, as_of),
                snapshot=self.store.read(),
                desired={},
                observed={},
                providers={},
                cost=lambda _, __: {},
                mode=mode,
            )
        )

    def apply(self, mode: Mode = "normal") -> None:
        with self.store.lock("apply", 0) as writer:
            Executor(
                self.plan(mode=mode), writer, _nowhere, Identity("me@here", "apply", "c0ffee"), _quiet
            ).run()


def _nowhere(name: str) -> Connection:
    raise AssertionError(f"no backend is needed, and {name} was opened")


def _quiet(*_: object) -> None:
    """Nobody listens."""


@pytest.fixture
def shop(workspace: Write) -> Shop:
    shop = Shop(workspace)
    shop.documents()
    return shop


def test_a_tighter_target_is_shown_as_time_with_customers_and_support(shop: Shop) -> None:
    shop.apply()
    shop.documents(sla="99.93%")
    plan = shop.plan()
    (change,) = plan.agreements
    assert (change.address, change.action.value, change.customers) == ("sla.shop", "update", ("acme",))
    (objective,) = change.objectives
    assert (objective.target_before, objective.target_after) == ("99.9%", "99.93%")
    assert (objective.allowed_before, objective.allowed_after) == ("43m 12s a month", "30m 14s a month")
    assert (objective.verdict_before, objective.verdict_after) == ("guaranteed", "guaranteed")
    text = plan_text(plan, Style())
    assert "  ~ sla.shop   customers: acme" in text
    assert (
        "availability   99.9% -> 99.93%   43m 12s a month -> 30m 14s a month   support: guaranteed (margin "
        in text
    )
    assert text.splitlines()[-1] == "Plan: 0 to add, 0 to change, 0 to destroy."


def test_a_weaker_ola_names_the_customers_above_it_and_what_it_puts_at_risk(shop: Shop) -> None:
    shop.apply()
    shop.documents(ola="99.905%")
    plan = shop.plan()
    (change,) = plan.agreements
    assert (change.address, change.customers) == ("ola.db", ("acme",))
    assert [(one.address, one.before, one.after) for one in plan.support_changes] == [
        ("sla.shop.availability", "guaranteed", "unsupported")
    ]
    assert "at risk  sla.shop.availability: guaranteed -> unsupported" in plan_text(plan, Style())
    assert not plan.applyable
    document = plan_document(plan)
    assert (document["errored"], document["applyable"]) == (True, False)
    assert document["support"]["changes"] == [
        {"address": "sla.shop.availability", "before": "guaranteed", "after": "unsupported"}
    ]


def test_an_ola_that_ends_still_names_the_customers_above_it(shop: Shop) -> None:
    shop.apply()
    shop.documents(ola=None)
    (change,) = shop.plan().agreements
    assert (change.action.value, change.customers) == ("delete", ("acme",))


def test_new_support_of_an_unchanged_promise_is_recorded_with_the_next_apply(shop: Shop) -> None:
    shop.apply()
    shop.documents(ola="99.905%")
    shop.apply()  # a plan that fails is refused by the command; the executor does as it is told
    assert shop.store.read().agreements["sla.shop"].support == {"availability": "unsupported"}
    plan = shop.plan()
    assert plan.is_empty
    assert plan.support_changes == ()
    shop.documents()
    text = plan_text(shop.plan(), Style())
    assert "supported again  sla.shop.availability: unsupported -> guaranteed" in text


def test_support_that_differs_alone_is_no_reason_for_an_apply(shop: Shop) -> None:
    shop.apply()
    state = shop.store.read().agreements["sla.shop"]
    with shop.store.lock("apply", 0) as writer:
        entry = next(iter(shop.store.history()))
        writer.finish(
            {"sla.shop": Applied("sla.shop", state.promise, {"availability": "unsupported"})}, entry
        )
    plan = shop.plan()
    assert plan.is_empty
    assert [one.before for one in plan.support_changes] == ["unsupported"]
    assert plan_text(plan, Style()).splitlines()[-1].startswith("No changes.")


def test_protection_in_the_files_or_in_state_keeps_a_promise(shop: Shop) -> None:
    shop.documents(protect=True)
    shop.apply()
    shop.documents(sla=None)
    assert [one for one in shop.plan().errors if "sla.shop has lifecycle.preventDestroy" in one]
    shop.documents()  # the protection left the file, and that was not applied: destroy is still refused
    assert [one for one in shop.plan(mode="destroy").errors if "preventDestroy" in one]
    shop.apply()
    assert shop.plan(mode="destroy").errors == ()
    shop.documents(protect=True)  # in the file alone
    assert [one for one in shop.plan(mode="destroy").errors if "preventDestroy" in one]


def test_promises_alone_are_recorded_with_who_when_and_from_which_commit(shop: Shop) -> None:
    begin = datetime.now(UTC)
    shop.apply()
    shop.documents(sla="99.8%")
    shop.apply()
    first, second = shop.store.history()
    assert (first.who, first.commit, first.as_of) == ("me@here", "c0ffee", "2026-11-23")
    assert begin <= first.at <= second.at
    assert set(first.agreements) == {"sla.shop", "ola.db"}
    assert set(second.agreements) == {"sla.shop"}
    ended = shop.store.read().agreements
    assert ended["sla.shop"].promise["objectives"]["availability"]["target"] == "99.8%"
    shop.apply("destroy")
    assert list(shop.store.history())[-1].agreements == {"sla.shop": None, "ola.db": None}
    assert shop.store.read().agreements == {}


def test_the_plan_stays_empty_as_days_go_by(shop: Shop) -> None:
    shop.apply()
    for day in (date(2026, 11, 24), date(2027, 3, 1), date(2028, 2, 29)):
        plan = shop.plan(as_of=day)
        assert plan.is_empty
        assert plan_document(plan)["timestamp"] == f"{day}T00:00:00Z"
