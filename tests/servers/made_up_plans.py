"""Plans of any content, also such as no estate would come to: long ones, and names that are meant to do harm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Cost,
    Drift,
    FieldChange,
    Kept,
    ObjectChange,
    ObjectiveChange,
    Plan,
    PlanFinding,
    PlanNotice,
    Support,
    SupportChange,
)
from slactl.provider import Action

EMPTY = Plan(
    workspace="estate", lineage="l", serial=3, files_digest="f", as_of="2026-11-23", mode="normal", agreements=(),
    changes=(), kept=(), gone=(), drift=(), costs=(), support=(), support_changes=(), restated={}, findings=(),
    notices=(), errors=(), head="c0ffee",
)  # fmt: skip
_VERB = {"create": AgreementAction.CREATE, "update": AgreementAction.UPDATE, "delete": AgreementAction.DELETE}


def thing(action: str, name: str, body: Mapping[str, Any] | None = None, why: Any = "") -> ObjectChange:
    """A change of one backend object."""
    before = None if action == "create" else {"size": 1, **(body or {})}
    after = None if action == "delete" else {"size": 2, **(body or {})}
    forced = ("size",) if action == "replace" else ()
    return ObjectChange(
        f"b.file.{name}", "folder", Action(action), before, after, "id", (f"sla.{name}",), 0, why, forced_by=forced
    )  # fmt: skip


def promise(
    action: str, address: str, *customers: str, field: str = "fee", value: Any = "2"
) -> AgreementChange:
    """A change of one agreement: from 99.9% to 99.95%, and one field more."""
    before = None if action == "create" else {"objectives": {"availability": {"target": "99.9%"}}, field: "1"}
    after = (
        None if action == "delete" else {"objectives": {"availability": {"target": "99.95%"}}, field: value}
    )
    objective = ObjectiveChange(
        "availability",
        "99.9%" if before else None,
        "99.95%" if after else None,
        "43m 12s a month" if before else None,
        "21m 36s a month" if after else None,
        "guaranteed" if before else None,
        "guaranteed" if after else None,
    )
    fields = (FieldChange(field, "1", value),) if before and after else ()
    return AgreementChange(address, _VERB[action], before, after, (objective,), fields, customers, {})


def objective(address: str, verdict: str, margin_s: int, *customers: str) -> Support:
    """How one objective is supported."""
    return Support(address, "99.95%", verdict, verdict, str(margin_s), "2026-11", customers)


def everything() -> Plan:
    """One of each."""
    return replace(
        EMPTY,
        agreements=(
            promise("create", "sla.new", "acme"),
            promise("update", "sla.lost", "acme", "birch"),
            promise("delete", "sla.old", "cedar"),
        ),
        changes=(
            thing("create", "new"),
            thing("update", "changed", why="drift"),
            thing("replace", "anew"),
            thing("delete", "gone", why="orphan"),
        ),
        kept=(Kept("b.file.kept", "folder", "i", {"size": 1}, {}, (), new=True),),
        gone=("b.file.forgotten",),
        drift=(
            Drift("b.file.changed", "folder", {"size": 0}, {"size": 1}),
            Drift("b.file.lost", "folder", {"size": 0}, None),
        ),
        costs=(Cost("b", {"files": 1}, {"files": 2}),),
        support=(
            objective("sla.lost.availability", "contradicted", -1296, "acme", "birch"),
            objective("sla.again.availability", "guaranteed", 60, "acme"),
            objective("sla.maybe.availability", "undecided", 0, "acme"),
        ),
        support_changes=(
            SupportChange("sla.lost.availability", "guaranteed", "contradicted"),
            SupportChange("sla.again.availability", "unsupported", "guaranteed"),
        ),
        findings=(
            PlanFinding("SLA201", "error", "sla.lost.availability", "it may be down for 21m", waived=False),
            PlanFinding("SLA101", "error", "sla.never", "nobody signed it", waived=False),
            PlanFinding("SLA103", "error", "party.acme", "it has no address", waived=False),
            PlanFinding("SLA701", "warning", "party.cloud", "700 EUR are uncovered", waived=False),
            PlanFinding("SLA706", "note", "uc.cloud", "it promises no reviews", waived=False),
            PlanFinding("SLA205", "error", "sla.new.latency", "nothing is promised", waived=True),
        ),
        notices=(PlanNotice("warning", "backend.b", "it cannot hold this"),),
        errors=("The check fails with 3 errors.",),
        variables={"region": "eu", "token": None},
    )  # fmt: skip
