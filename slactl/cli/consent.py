"""What an apply asks for beyond a `yes`: consent to mass changes, and to this very plan where the workspace says so."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.model.workspace import Workspace
from slactl.plan.plan import Plan
from slactl.plan.saved import digest


def add_consent(parser: argparse.ArgumentParser) -> None:
    """Options of commands that apply a plan."""
    parser.add_argument(
        "--force",
        action="store_true",
        help="also apply what changes more of the estate than its guard allows",
    )
    parser.add_argument(
        "--approved-digest",
        metavar="DIGEST",
        help="apply only the plan that has this digest, which was approved",
    )


def insist_on_consent(plan: Plan, workspace: Workspace, parsed: argparse.Namespace) -> None:
    """Refuse what nobody has agreed to.

    Raises:
        SlactlError: with what is missing.
    """
    if parsed.lock == "false":
        raise SlactlError(
            "-lock=false is for plans: what writes always takes the lock",
            "To wait for another holder give -lock-timeout=5m; to release a dead one's lock: slactl force-unlock ID",
        )
    if plan.too_much and not parsed.force:
        raise SlactlError(
            "The plan changes too much at once",
            "\n".join(plan.too_much)
            + "\nIf that is meant, apply it with -force; the limits are the workspace's spec.guard.",
        )
    _insist_on_approval(digest(plan), workspace, parsed.approved_digest)


def _insist_on_approval(ours: str, workspace: Workspace, approved: str | None) -> None:
    if approved is None and workspace.approval_required:
        raise SlactlError(
            "The plan is not applied: this workspace applies approved plans only (spec.apply.requireApproval)",
            f"Its digest is {ours}. Save it (slactl plan -out=FILE), have it approved, and apply it: "
            "slactl apply -approved-digest=DIGEST FILE",
        )
    if approved is not None and approved.strip().lower() != ours:
        raise SlactlError(
            "The plan is not the one that was approved",
            f"Approved was {approved}, and this is {ours}. Files, state or backends have changed since: review it again.",
        )
