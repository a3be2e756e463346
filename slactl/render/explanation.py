"""Why a verdict is what it is: as lines that add up by hand, and as documents that the verifier checks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from slactl.assurance.jointly import JointWorst
from slactl.assurance.placing import Outage
from slactl.assurance.proof import ProofStep, proof_steps
from slactl.base.duration import spoken
from slactl.base.intervals import IntervalSet
from slactl.base.ratio import decimal_text
from slactl.base.text import sentence_list
from slactl.check.explain import Case, Explanation, Held
from slactl.check.result import AmountResult, Assessment
from slactl.render.findings import amount_text, objective_text, percent
from slactl.render.proof import budgets_document, cells_document, steps_document
from slactl.render.style import Style

_PLACES = 12
"""Digits of a second in documents: outages are shortened to them, never lengthened."""
_MOST_OUTAGES = 40
_MOST_STEPS = 60
_ASSUMED = "outages too short to count for {} do not join up with others into one that counts"
_PERFECT = "what has no budget below never takes it down (SLA203, SLA503)"
_EVENLY = "requests come evenly while they are counted"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def explanation_text(found: Explanation, style: Style) -> str:
    """The verdict with its numbers, then the proof, or outages that keep every promise and break this one."""
    lines = [objective_text(found.result, style)]
    if _proved(found):
        lines += _proof_lines(found, style)
        if found.result.assumes_apart:
            lines.append(
                f"It assumes that {_ASSUMED.format(sentence_list(found.result.assumes_apart))} (SLA507)."
            )
        if found.result.verdict == "undecided":
            lines.append("It stays undecided: what has no budget below is not in this sum (SLA203, SLA503).")
    elif found.outages:
        lines += _witness_lines(found, style)
    else:
        lines.append(
            f"The worst case is not known well enough: {percent(found.result.guaranteed.lower, up=False)} is proved, "
            f"and no outages were found that go below {percent(1 - found.allowed, up=False)}."
        )
    if found.interval:
        lines.append("Why what is proved and what is shown differ:")
        lines += [f"  {reason}" for reason in found.interval]
    return "\n".join(lines)


def amount_explanation(found: AmountResult, style: Style) -> str:
    """A time or a rate, with all that it is made of."""
    return amount_text(found, style, every_link=True)


def explanation_documents(found: Explanation, assessment: Assessment) -> dict[str, Any]:
    """The proof or the witness of one objective, each as the verifier reads it; what there is none of is null."""
    facts = _facts(found, assessment)
    return {
        "format": "slactl-explanation/1",
        "subject": found.result.address,
        "verdict": found.result.verdict,
        "proof": _proof(found, facts) if _proved(found) else None,
        "witness": _witness(found, facts) if found.outages else None,
        "interval": list(found.interval),
    }


def _proved(found: Explanation) -> bool:
    return all(case.upper <= found.allowed for case in found.cases)


def _facts(found: Explanation, assessment: Assessment) -> dict[str, Any]:
    gates = {
        name: {"at_least": gate.at_least, "of": list(gate.of)}
        for name in found.structure.order(found.top)
        if (gate := found.structure.gates.get(name)) is not None
    }
    clauses = {name: {"together": count, "of": list(parts)} for name, (count, parts) in found.clauses.items()}
    for part in [part for _, parts in found.clauses.values() for part in parts]:
        if part not in gates and part in found.structure.gates:
            gate = found.structure.gates[part]
            gates[part] = {"at_least": gate.at_least, "of": list(gate.of)}
    return {
        "subject": found.result.address,
        "as_of": assessment.as_of.isoformat(),
        "target": found.result.target,
        "structure": {"top": found.top, "gates": gates},
        **({"clauses": clauses} if clauses else {}),
        "titles": {name: found.titles[name] for name in gates if name in found.titles},
        "about": {
            name: {"address": link.address, "promise": link.promise} for name, link in found.about.items()
        },
    }


def _proof(found: Explanation, facts: Mapping[str, Any]) -> dict[str, Any]:
    windows = [
        {
            "names": [window.name for window in case.windows],
            "allowed": str(found.allowed),
            **_reasons(found, case),
            "bound": str(case.upper),
        }
        for case in found.cases
    ]
    apart = found.result.assumes_apart
    words = [_ASSUMED.format(sentence_list(apart))] if apart else []
    words += [_PERFECT] if found.result.verdict == "undecided" else []
    assumed = {"assumes": sentence_list(words)} if words else {}
    return {"format": "slactl-proof/1", **facts, **assumed, "windows": windows}


def _reasons(found: Explanation, case: Case) -> dict[str, Any]:
    if case.joint is not None:
        return cells_document(case.joint)
    budgets = dict.fromkeys(found.clauses, "1") | budgets_document(case.programme)
    return {"budgets": budgets, **steps_document(case.programme, found.structure)}


def _witness(found: Explanation, facts: Mapping[str, Any]) -> dict[str, Any]:
    seconds = found.window.seconds
    outages = [_dated(one) for one in found.outages]
    programme = found.cases[found.worst].programme
    counted = None if found.counted == IntervalSet((found.window.span,)) else _spans(found.counted)
    window: dict[str, Any] = _span(*found.window.span) | {"name": found.window.name}
    window["allowed_s"] = _exact(found.allowed * seconds)
    if counted is not None:
        window["counted"] = counted
    return {
        "format": "slactl-witness/1",
        **facts,
        **({"assumes": _EVENLY} if found.by_request else {}),
        "allowed": str(found.allowed),
        "budgets": dict.fromkeys(found.clauses, "1") | budgets_document(programme),
        "timetable": [
            {"down": sorted(one.down), "share": str((one.end_s - one.start_s) / seconds)}
            for one in found.outages
        ],
        "window": window,
        "promises": [_held(one, found) for one in found.held],
        "outages": outages,
    }


def _held(held: Held, found: Explanation) -> dict[str, Any]:
    promise = held.promise
    start, end = found.counted.spans[0][0], found.counted.spans[-1][1]
    length = promise.window.rolling_s
    document: dict[str, Any] = {"item": held.item, "promise": held.words}
    if length is None:
        document["windows"] = [
            _span(*window) | {"allowed_s": _exact(promise.unavailability * promise.whole(*window))}
            for window in promise.window.spans(promise.zone, start, end)
        ]
    elif promise.absolute or promise.covered is None:
        allowed = promise.unavailability * promise.whole(start, start + length)
        document["windows"] = [{"rolling_s": str(length), "allowed_s": _exact(allowed)}]
    else:  # a share of what counts in each of them, which differs from one to the next
        document["windows"] = [{"rolling_s": str(length), "share": str(promise.unavailability)}]
    if promise.covered is not None:
        around = length or 0
        document["counted"] = _spans(promise.covered.clip(start - around, end + around))
    return document


def _dated(outage: Outage) -> dict[str, Any]:
    """An outage from the first to the last instant that can be written, both inside it."""
    scale = 10**_PLACES
    start = -(-outage.start_s.numerator * scale // outage.start_s.denominator)
    end = outage.end_s.numerator * scale // outage.end_s.denominator
    return {"from": _instant(start), "to": _instant(max(start, end)), "down": sorted(outage.down)}


def _instant(units: int) -> str:
    whole, rest = divmod(units, 10**_PLACES)
    text = (_EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{rest:0{_PLACES}}".rstrip("0")
    return f"{text}.{digits}Z" if digits else f"{text}Z"


def _span(start: int, end: int) -> dict[str, Any]:
    return {"from": _instant(start * 10**_PLACES), "to": _instant(end * 10**_PLACES)}


def _spans(time: IntervalSet) -> list[list[str]]:
    return [[_instant(start * 10**_PLACES), _instant(end * 10**_PLACES)] for start, end in time]


def _exact(seconds: Fraction) -> str:
    return str(seconds)


def _proof_lines(found: Explanation, style: Style) -> list[str]:
    case = found.cases[found.worst]
    seconds = found.window.seconds
    lines = [style.bold(f"Proof, in {found.window.name}, the worst window:")]
    lines += (
        _steps_lines(case, found, style) if case.joint is None else _cells_lines(case.joint, found, style)
    )
    total, allowed = case.upper * seconds, found.allowed * seconds
    lines.append(f"{spoken(total)} at most is no more than the {spoken(allowed)} that the target allows.")
    others = sum(len(one.windows) for one in found.cases) - 1
    if others:
        lines.append(
            f"The other {'window' if others == 1 else f'{others} windows'} up to the horizon {'is' if others == 1 else 'are'} proved alike."
        )
    return lines


def _steps_lines(case: Case, found: Explanation, style: Style) -> Iterable[str]:
    steps = proof_steps(case.programme, found.structure.order(found.top))
    budgets = dict(case.programme.downtime) | {step.id: step.bound for step in steps}
    titles = dict(found.titles) | {step.id: _title(step, found.titles) for step in steps}
    for step in steps[-_MOST_STEPS:]:
        yield from _step_lines(step, budgets, titles, found, style)
    if len(steps) > _MOST_STEPS:
        yield f"  {len(steps) - _MOST_STEPS} steps before these are left out; -out=FILE writes all of them."


def _cells_lines(joint: JointWorst, found: Explanation, style: Style) -> Iterable[str]:
    """What each limit adds, and the time that none holds; each is a weight times seconds."""
    cells = len(joint.shape.cells)
    yield (
        f"  {style.bold('All promises at once')}, in {cells} cells by which of their windows and hours are open; in each, the weights "
        "of what is down add up to at least 1:"
    )
    for limit, weight in zip(joint.shape.limits, joint.weights, strict=True):
        if weight * limit.allowed_s:
            part, words = spoken(weight * limit.allowed_s), found.about[limit.item].promise
            times = "" if weight == 1 else f"{_number(weight)} x "
            yield f"    {part:>12}  {times}{limit.item} {style.dim(f'({words})')}"
    free = sum(
        (
            weight * seconds
            for (seconds, _), weight in zip(joint.shape.cells, joint.cell_weights, strict=True)
        ),
        Fraction(0),
    )
    if free:
        yield f"    {spoken(free):>12}  in cells where too little is promised: the rest of their weight"


def _step_lines(
    step: ProofStep,
    budgets: Mapping[str, Fraction],
    titles: Mapping[str, str],
    found: Explanation,
    style: Style,
) -> Iterable[str]:
    seconds = found.window.seconds
    given = f", while {_few([titles.get(one, one) for one in sorted(step.given)])} up" if step.given else ""
    yield f"  {style.bold(titles[step.id])}{given}: down for at most {spoken(step.bound * seconds)}"
    for item, weight in sorted(step.weights.items(), key=lambda one: (-one[1] * budgets[one[0]], one[0])):
        part = spoken(weight * budgets[item] * seconds)
        times = "" if weight == 1 else f"{_number(weight)} x "
        words = f" {style.dim(f'({found.about[item].promise})')}" if item in found.about else ""
        yield f"    {part:>12}  {times}{titles.get(item, item)}{words}"


def _few(names: list[str]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more are"


def _title(step: ProofStep, titles: Mapping[str, str]) -> str:
    """What people call the step's gate, with what tells it from the gate's other steps."""
    return titles.get(step.node, step.node) + step.id.removeprefix(step.node)


def _number(weight: Fraction) -> str:
    short = decimal_text(weight, 6)
    return short if Fraction(short) == weight else str(weight)


def _witness_lines(found: Explanation, style: Style) -> list[str]:
    name = found.window.name
    where = f"in {name}"
    if name.startswith("any "):
        where = f"in the {name.removeprefix('any ')} from {_minute(found.window.span[0])} on"
    lines = [style.bold(f"Witness: {where} every promise below is kept, and this one is broken.")]
    for one in found.outages[:_MOST_OUTAGES]:
        down = ", ".join(sorted(_item(name, found) for name in one.down))
        length = spoken(one.end_s - one.start_s)
        lines.append(f"  {_minute(one.start_s)}  for {length:<12}  {down}")
    if len(found.outages) > _MOST_OUTAGES:
        lines.append(f"  and {len(found.outages) - _MOST_OUTAGES} more; -out=FILE writes all of them.")
    down_s = sum((one.end_s - one.start_s for one in found.outages), Fraction(0))
    lines.append(
        f"Down for {spoken(down_s)} in all; the target allows {spoken(found.allowed * found.window.seconds)}."
    )
    if found.by_request:
        lines.append(f"It assumes that {_EVENLY}.")
    return lines


def _item(name: str, found: Explanation) -> str:
    """The address of what is promised, and the service where a promise covers several."""
    about = found.about.get(name)
    return name if about is None or name.startswith(about.address) else about.address


def _minute(seconds: Fraction | int) -> str:
    return (_EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%d %H:%M:%S UTC")
