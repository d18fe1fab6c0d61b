"""
Time a centre gives on purpose to callers who came for company: minutes a call, minutes a shift.

It is shown as time left to give, and never below nothing: nobody is late with kindness.
"""

from dataclasses import dataclass

_MINUTE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a house gives. The defaults are ours, without evidence; FACTS 2.5 tells of 5 to 20."""

    minutes_a_call: int = 8
    minutes_a_shift: int = 60

    def left_ms(self, given_ms: int, given_this_shift_ms: int) -> int:
        """Return the time left to give in this call: what its own and the shift's still hold."""
        of_call = self.minutes_a_call * _MINUTE - given_ms
        of_shift = self.minutes_a_shift * _MINUTE - given_this_shift_ms - given_ms
        return max(0, min(of_call, of_shift))
