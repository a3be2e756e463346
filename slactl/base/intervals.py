"""Sets of time as disjoint half-open intervals of UTC seconds (integers since 1970-01-01)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """Disjoint, sorted, non-touching half-open intervals `[start, end)` in UTC seconds."""

    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> "IntervalSet":
        """Make a set of any intervals: empty ones are dropped, overlapping and touching ones joined."""
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and start <= merged[-1][1]:
                if end > merged[-1][1]:
                    merged[-1] = (merged[-1][0], end)
            else:
                merged.append((start, end))
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, instant: int) -> bool:
        index = bisect_right(self.spans, (instant, 1 << 62)) - 1
        return index >= 0 and instant < self.spans[index][1]

    @property
    def seconds(self) -> int:
        """The total length."""
        return sum(end - start for start, end in self.spans)

    def __or__(self, other: "IntervalSet") -> "IntervalSet":
        return IntervalSet.of((*self.spans, *other.spans))

    def __and__(self, other: "IntervalSet") -> "IntervalSet":
        result: list[tuple[int, int]] = []
        mine, theirs = iter(self.spans), iter(other.spans)
        a, b = next(mine, None), next(theirs, None)
        while a is not None and b is not None:
            start, end = max(a[0], b[0]), min(a[1], b[1])
            if start < end:
                result.append((start, end))
            if a[1] <= b[1]:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return IntervalSet(tuple(result))

    def __sub__(self, other: "IntervalSet") -> "IntervalSet":
        if not self.spans:
            return self
        gaps: list[tuple[int, int]] = []
        edge = self.spans[0][0]
        for start, end in other.spans:
            if start > edge:
                gaps.append((edge, start))
            edge = max(edge, end)
        last = self.spans[-1][1]
        if edge < last:
            gaps.append((edge, last))
        return self & IntervalSet(tuple(gaps))

    def clip(self, start: int, end: int) -> "IntervalSet":
        """The part inside `[start, end)`; cost grows with that part, not with the whole."""
        if start >= end:
            return IntervalSet()
        low = max(0, bisect_right(self.spans, (start, 1 << 62)) - 1)
        inside: list[tuple[int, int]] = []
        for begin, stop in self.spans[low:]:
            if begin >= end:
                break
            if stop > start:
                inside.append((max(begin, start), min(stop, end)))
        return IntervalSet(tuple(inside))
