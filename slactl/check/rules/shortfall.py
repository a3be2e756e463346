"""How far a promise is from what is below it, in words."""

from collections.abc import Container
from fractions import Fraction

from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text
from slactl.check.result import AmountResult, ObjectiveResult


def shortfall(result: ObjectiveResult, unbudgeted: Container[str]) -> str:
    """What is promised and what is supported; `unbudgeted`: the objectives below which own failures have no budget."""
    if result.margin_s >= 0:
        open_ended = "own failures" if result.address in unbudgeted else "outages that are too short to count"
        return (
            f"{result.address} promises {result.target}; the promises below would carry it, but {open_ended} below have "
            "no budget, so nothing is guaranteed."
        )
    evidence = result.independence
    if evidence is not None and not evidence.suffices:
        return (
            f"{result.address} promises {result.target}, which holds only if outages are independent; with the evidence of "
            f"that a window is met with a probability of {decimal_text(evidence.met.lower * 100, 2)}% at least, and "
            f"{decimal_text(evidence.guaranteed.lower * 100, 4)}% is expected."
        )
    most, shown_s = (
        spoken(result.allowed_s - result.margin_s),
        (1 - result.guaranteed.upper) * result.window_s,
    )
    is_open = result.verdict == "undecided" and result.guaranteed.lower < result.guaranteed.upper
    below = f"{most} at most, and {spoken(shown_s)} at least" if is_open else most
    return (
        f"{result.address} promises {result.target}, and is {result.verdict}: in {result.window} it may be down for "
        f"{spoken(result.allowed_s)}, and what is below allows {below}."
    )


def weakest(result: ObjectiveResult) -> str:
    """What costs most, and what to do."""
    links = [f"{link.whose} ({link.promise}) allows {spoken(link.downtime_s)}" for link in result.links[:3]]
    fix = "Tighten the weakest promise below, add redundancy with recorded independence, or promise less."
    return f"Weakest links: {'; '.join(links)}.\n{fix}" if links else fix


def amount_shortfall(result: AmountResult) -> str:
    """What is promised and what is supported, of a time or a rate."""
    where = f" ({result.worst})" if result.worst else ""
    if result.supported is None:
        return (
            f"{result.address} promises {result.target}, and what is below guarantees nothing of it{where}."
        )
    if result.verdict == "undecided":
        return f"{result.address} promises {result.target}, and is undecided: own time is not stated below{where}."
    least = "as long as" if result.unit == "s" else "no more than"
    amount = in_words(result.supported, result.unit)
    return f"{result.address} promises {result.target}, and is {result.verdict}: what is below allows {least} {amount}{where}."


def largest(result: AmountResult, fix: str) -> str:
    """What adds most to a time or rate, and what to do."""
    links = [f"{one.whose} ({one.promise}): {in_words(one.amount, result.unit)}" for one in result.links[:3]]
    return f"Made of: {'; '.join(links)}.\n{fix}" if links else fix


def in_words(amount: Fraction, unit: str) -> str:
    """An amount with its unit; below ten seconds in milliseconds."""
    if unit != "s":
        return f"{decimal_text(amount, 3)}/s"
    return f"{decimal_text(amount * 1000, 3)}ms" if 0 < amount < 10 else spoken(amount)  # noqa: PLR2004 - machines
