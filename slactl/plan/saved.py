"""Saved plans: one JSON document, whole and without secrets; read back to the same plan."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically
from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Cost,
    Drift,
    FieldChange,
    Forgotten,
    Kept,
    Move,
    ObjectChange,
    ObjectiveChange,
    Plan,
    PlanFinding,
    PlanNotice,
    Support,
    SupportChange,
)
from slactl.provider import Action

FORMAT = "slactl-plan"
VERSION = 1
_PRIVATE = 0o600


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON data."""
    return asdict(plan)


def digest(plan: Plan) -> str:
    """A name for the plan's content: the same plan has the same digest, wherever and whenever it is made."""
    text = json.dumps(plan_data(plan), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file that only its owner may read.

    Raises:
        SlactlError: when the file cannot be written.
    """
    document = {"format": FORMAT, "version": VERSION, "digest": digest(plan), "plan": plan_data(plan)}
    try:
        write_atomically(
            path, json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", _PRIVATE
        )
    except OSError as error:
        raise SlactlError(
            f"The plan cannot be saved as {path}: {error.strerror or error}", "Nothing was written."
        ) from error


def load_plan(path: Path) -> Plan:
    """Read a saved plan.

    Raises:
        SlactlError: when the file is no plan, is damaged, or was saved by a newer release.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SlactlError(f"The plan {path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise SlactlError(f"{path} is no saved plan", "Make one with: slactl plan -out=FILE") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SlactlError(f"{path} is no saved plan", "Make one with: slactl plan -out=FILE")
    if document.get("version") != VERSION:
        raise SlactlError(
            f"{path} was saved by another release of slactl", "Make the plan again with this one."
        )
    try:
        plan = _plan(document["plan"])
    except (KeyError, TypeError, ValueError) as error:
        raise SlactlError(f"The plan {path} is damaged", "Make it again: slactl plan -out=FILE") from error
    if digest(plan) != document.get("digest"):
        raise SlactlError(
            f"The plan {path} was changed after it was saved", "Make it again: slactl plan -out=FILE"
        )
    return plan


def _plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        **{
            **data,
            "agreements": tuple(_agreement(one) for one in data["agreements"]),
            "changes": tuple(_change(one) for one in data["changes"]),
            "kept": tuple(_kept(one) for one in data["kept"]),
            "gone": tuple(data["gone"]),
            "drift": tuple(Drift(**one) for one in data["drift"]),
            "costs": tuple(Cost(**one) for one in data["costs"]),
            "support": tuple(
                Support(**{**one, "customers": tuple(one["customers"])}) for one in data["support"]
            ),
            "support_changes": tuple(SupportChange(**one) for one in data["support_changes"]),
            "findings": tuple(PlanFinding(**one) for one in data["findings"]),
            "notices": tuple(PlanNotice(**one) for one in data["notices"]),
            "errors": tuple(data["errors"]),
            "targets": tuple(data["targets"]),
            "excludes": tuple(data["excludes"]),
            "too_much": tuple(data["too_much"]),
            "moves": tuple(Move(**one) for one in data["moves"]),
            "forgotten": tuple(_forgotten(one) for one in data["forgotten"]),
        }
    )


def _change(data: Mapping[str, Any]) -> ObjectChange:
    lists = {key: tuple(data[key]) for key in ("needed_by", "needs", "depends_on", "forced_by")}
    return ObjectChange(**{**data, **lists, "action": Action(data["action"])})


def _kept(data: Mapping[str, Any]) -> Kept:
    return Kept(**{**data, "needed_by": tuple(data["needed_by"]), "depends_on": tuple(data["depends_on"])})


def _forgotten(data: Mapping[str, Any]) -> Forgotten:
    return Forgotten(**{**data, "needed_by": tuple(data["needed_by"])})


def _agreement(data: Mapping[str, Any]) -> AgreementChange:
    return AgreementChange(
        **{
            **data,
            "action": AgreementAction(data["action"]),
            "objectives": tuple(ObjectiveChange(**one) for one in data["objectives"]),
            "fields": tuple(FieldChange(**one) for one in data["fields"]),
            "customers": tuple(data["customers"]),
        }
    )
