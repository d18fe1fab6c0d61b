"""The door: only a customer's track, only with consent, only under a policy that allows it."""

from dataclasses import dataclass

from kindline.errors import PolicyError
from kindline.model.conversation import Role
from kindline.model.interval import Interval
from kindline.policy import Policy
from kindline.speech.activity import stretches
from kindline.speech.decode import Samples


@dataclass(frozen=True, slots=True)
class CustomerTrack:
    """A customer's side of a call with its speech; made by `customer_track` and by nothing else."""

    samples: Samples
    speech: tuple[Interval, ...]


def customer_track(
    samples: Samples, role: Role, *, rules: Policy, basis: str | None
) -> CustomerTrack:
    """
    Return the track to be described.

    Raises:
        PolicyError: for any role but the customer's, under a policy without customer acoustics, or
            on any basis but consent.
    """
    if role != "customer":
        raise PolicyError("acoustics are for the customer's track; never for anybody else's")
    if not rules.has_customer_acoustics:
        raise PolicyError(f"the policy {rules.name} allows no acoustics")
    if basis != "consent":
        raise PolicyError("acoustics take the caller's consent, with a notice of its own")
    return CustomerTrack(samples, stretches(samples))
