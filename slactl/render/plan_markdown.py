"""A plan as a comment on a merge request: what is put at risk and what ends first, then the numbers, the list, the diff."""

import re
from collections.abc import Iterator, Sequence

from slactl.base.text import plural
from slactl.plan.plan import AgreementAction, Plan, PlanFinding
from slactl.plan.saved import digest
from slactl.provider import Action
from slactl.render import plan_rows
from slactl.render.at_risk import at_risk, is_failing_promise
from slactl.render.markdown import code, words
from slactl.render.markdown_parts import Comment, Parts, in_parts
from slactl.render.markdown_section import Section, listed, paragraph
from slactl.render.plan_diff import diff
from slactl.render.plan_text import cost_lines, summary_line

_LIST_AT_MOST = 8_000
"""Characters of the first part for each list by action, so that the diff has room there."""


def plan_markdown(plan: Plan) -> Parts:
    """The comment, in as many parts as it takes."""
    title = f"slactl plan of {words(plan.workspace, most=100)}: {_verdict(plan)}"
    comment = Comment(_name(plan), title, whole="`slactl plan` and `slactl show FILE` print everything.")
    sections = [*_urgent(plan), _numbers(plan), *_by_action(plan), diff(plan, share=10_000), *_remarks(plan)]
    return in_parts(comment, sections)


def _name(plan: Plan) -> str:
    """One for each workspace; it becomes part of an HTML comment."""
    return f"slactl-plan {re.sub(r'[^A-Za-z0-9._-]', '_', plan.workspace[:100])}"


def _verdict(plan: Plan) -> str:
    risky = len(at_risk(plan))
    risk = f"{plural(risky, 'customer promise')} at risk" if risky else ""
    if plan.errors:
        return ", ".join(filter(None, ["must not be applied", risk]))
    if plan.is_empty:
        return ", ".join(filter(None, ["no changes", risk]))
    much = "needs -force" if plan.too_much else ""
    part = "" if plan.is_whole else "a part only"
    found = [
        plural(len(plan.agreements), "promise") if plan.agreements else "",
        plural(len(plan.changes), "object") if plan.changes else "",
    ]
    what = " and ".join(filter(None, found)) or "state alone"
    changed = f"{what} to {'remove' if plan.mode == 'destroy' else 'change'}"
    return ", ".join(filter(None, [changed, part, much, risk]))


def _urgent(plan: Plan) -> Iterator[Section]:
    """What a reviewer must not overlook."""
    risky = [plan_rows.risk(one) for one in at_risk(plan)]
    yield _first("Customer promises put at risk", risky, "promise", share=8_000)
    ends = [plan_rows.promise(one) for one in plan.agreements if one.action is AgreementAction.DELETE]
    yield _first("Promises that end", ends, "promise", share=4_000)
    goes = [
        plan_rows.backend_object(one) for one in plan.changes if one.action in (Action.DELETE, Action.REPLACE)
    ]
    yield _first("Objects destroyed", goes, "object", share=4_000)
    errors = [f"- {words(error, most=600)}" for error in plan.errors]
    yield listed("Why it must not be applied", errors, "reason", share=3_000)
    much = [f"- {words(one, most=600)}" for one in plan.too_much]
    yield listed("Changes much at once: an apply needs `-force`", much, "reason", share=1_000)


def _first(title: str, rows: Sequence[str], noun: str, share: int) -> Section:
    return listed(f"{title}: {len(rows):,}", rows, noun, share)


def _numbers(plan: Plan) -> Section:
    """The summary that tools look for, and what an approval refers to."""
    head = code(plan.head, most=200) if plan.head else "nothing was applied yet"
    told = f"History head: {head}. Plan digest: {code(digest(plan))}."
    return paragraph(f"{summary_line(plan)}\n\n{told}", share=1_000)


def _by_action(plan: Plan) -> Iterator[Section]:
    for action, title in ((AgreementAction.CREATE, "begin"), (AgreementAction.UPDATE, "change")):
        found = [one for one in plan.agreements if one.action is action]
        yield _list(f"Promises that {title}", [*map(plan_rows.promise, found)], "promise")
    yield _list("Moved", [*map(plan_rows.move, plan.moves)], "move")
    for doing, title in ((Action.CREATE, "created"), (Action.UPDATE, "changed in place")):
        changes = [one for one in plan.changes if one.action is doing]
        yield _list(f"Objects {title}", [*map(plan_rows.backend_object, changes)], "object")
    state_only = [
        *(f"- {code(one.address, most=200)} is as it should be" for one in plan.kept if one.new),
        *(f"- {code(one, most=200)} is forgotten; neither files nor backend have it" for one in plan.gone),
    ]
    yield _list(
        "No longer managed, left in their backends", [*map(plan_rows.released, plan.forgotten)], "object"
    )
    yield _list("Recorded in state alone", state_only, "object")


def _list(title: str, rows: Sequence[str], noun: str) -> Section:
    return listed(f"{title}: {len(rows):,}", rows, noun, share=2_500, most=_LIST_AT_MOST)


def _remarks(plan: Plan) -> Iterator[Section]:
    again = [
        f"- {code(one.address, most=200)}: {words(one.before, most=100)} → {words(one.after, most=100)}"
        for one in plan.support_changes
        if one.after == "guaranteed"
    ]
    yield _list("Customer promises supported again", again, "promise")
    yield _list("Changed outside of slactl", [*map(plan_rows.drift, plan.drift)], "object")
    costs = [f"- {words(line.replace(' -> ', ' → '), most=600)}" for line in cost_lines(plan.costs)]
    yield listed("What the backends carry", costs, "backend", share=1_500, most=3_000)
    warnings = [
        *(plan_rows.finding(one) for one in plan.findings if _is_remark(one, plan)),
        *map(plan_rows.notice, plan.notices),
    ]
    yield _first("Warnings and notices", warnings, "remark", share=6_000)
    waived = [plan_rows.finding(one) for one in plan.findings if one.waived]
    yield listed(f"Waived: {len(waived):,}", waived, "finding", share=2_500, folded=True)


def _is_remark(finding: PlanFinding, plan: Plan) -> bool:
    """Whether it is neither waived, nor of little weight, nor said above already."""
    said = is_failing_promise(finding) and plan.mode != "destroy"
    return not (finding.waived or finding.severity == "note" or said)
