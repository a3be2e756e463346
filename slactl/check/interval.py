"""Why a worst case is an interval and no number: for who reads it to know whether more could be found."""

from collections.abc import Iterator
from fractions import Fraction

from slactl.base.text import sentence_list
from slactl.check.numbers import Numbers
from slactl.check.sight import Sight


def why_open(sight: Sight, numbers: Numbers, top: str, firmness: int, *, settled: bool) -> tuple[str, ...]:
    """Each reason in a sentence; none where the worst case is one number, and `settled` by a proof or outages on dates."""
    if numbers.worst.lower == numbers.worst.upper and settled:
        return ()
    found = tuple(_reasons(sight, numbers, top, firmness))
    return found or ("No outages were found that are as long as what is proved.",)


def _reasons(sight: Sight, numbers: Numbers, top: str, firmness: int) -> Iterator[str]:
    bound = sight.case(top, firmness, numbers.window).bound
    if bound.lower != bound.upper:
        yield "The services below share too much for a diagram of all that can fail together: a bound of each gate is added up."
    if sight.timeline.by_request:
        yield (
            "Requests are counted, and nobody promises when they come: a promise in other windows or hours than these allows all of "
            "them to fail, and outages are shown with requests that come evenly."
        )
    elif sight.timeline.rolling:
        yield (
            "The window may begin anywhere: each promise below is counted where the window is the worst for it, and outages are "
            "shown in one position."
        )
    elif sight.too_much(top, firmness, numbers.window):
        yield (
            f"The windows and hours of the promises below cut {sight.timeline.stretch(numbers.window).name} into more cells than "
            "can be looked at together: each promise is held against it by itself."
        )
    held = sight.held(top, firmness, numbers.window)
    called = {one.item: _called(one.item, sight, top, firmness) for one in held}
    anywhere = sorted(
        {
            called[one.item]
            for one in held
            if one.promise.window.rolling_s is not None and one.promise.unavailability
        }
    )
    if anywhere:
        yield (
            f"{sentence_list(anywhere)} may be counted in windows that begin anywhere: what is proved counts those that lie side "
            "by side, and what is shown keeps all of them."
        )
    undated = sorted({called[one.item] for one in held if one.left_out_s})
    if undated:
        yield (
            f"{sentence_list(undated)} {'leaves' if len(undated) == 1 else 'leave'} out maintenance without dates: what is proved counts all of it, and what is shown "
            "none."
        )


def _called(item: str, sight: Sight, top: str, firmness: int) -> str:
    """A leaf by the address that people know it by, and not as a node of the graph."""
    address = sight.link(item, Fraction(0), top, firmness).address
    return item if item.startswith(address) else address
