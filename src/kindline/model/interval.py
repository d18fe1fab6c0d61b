"""Stretches of time in whole milliseconds, half-open, so that speech and silence add up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Interval:
    """Milliseconds from the start of a dialog: `start_ms` is inside, `end_ms` is not."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"interval from {self.start_ms} to {self.end_ms} ms")

    @property
    def duration_ms(self) -> int:
        """Return how long it lasts, in milliseconds."""
        return self.end_ms - self.start_ms


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same time covered, as ascending intervals that neither touch nor overlap."""
    result: list[Interval] = []
    for interval in sorted(i for i in intervals if i.duration_ms):
        if result and interval.start_ms <= result[-1].end_ms:
            end_ms = max(result[-1].end_ms, interval.end_ms)
            result[-1] = Interval(start_ms=result[-1].start_ms, end_ms=end_ms)
        else:
            result.append(interval)
    return tuple(result)


def covered_ms(intervals: Iterable[Interval]) -> int:
    """Return how many milliseconds at least one of the intervals covers."""
    return sum(interval.duration_ms for interval in merged(intervals))


def overlap_ms(left: Iterable[Interval], right: Iterable[Interval]) -> int:
    """Return how many milliseconds both sides cover."""
    left, right = tuple(left), tuple(right)
    return covered_ms(left) + covered_ms(right) - covered_ms((*left, *right))
