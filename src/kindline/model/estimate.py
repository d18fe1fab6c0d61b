"""A number over many conversations, which never stands without how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A value with its 95 % interval, the number of conversations behind it, and its method.

    `n_unjudged` counts the conversations that could have been judged and were not; they are in no
    part of the value. `value`, `low` and `high` are None when nothing was judged.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    n_unjudged: int
    method: str

    def __post_init__(self) -> None:
        if self.n < 0 or self.n_unjudged < 0:
            raise ValueError("an estimate over fewer than no conversations")
        if self.value is None:
            return
        if self.low is None or self.high is None or not self.low <= self.value <= self.high:
            raise ValueError("an estimate outside its own interval")
