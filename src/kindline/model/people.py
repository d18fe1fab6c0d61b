"""Who works with Kindline: roles, and what each may open. Rights come from roles, and only so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

RoleName = Literal[
    "agent", "lead", "coach", "safeguarding", "planner", "analyst", "dpo", "admin", "council"
]
Right = Literal[
    "numbers",  # shares and trends, of nobody
    "own_conversations",  # those one handled oneself
    "team_conversations",  # those of the agents of one's teams
    "conversations",  # all of the tenant
    "crisis",  # crisis cues, with their findings
    "coaching",  # fill in scorecards, see what agents share
    "council",  # switch off what staff side does not want
    "review",  # judge conversations, see how far people and Kindline agree
    "imports",  # bring files in
    "feeds",  # bring calls in while they go on
    "privacy",  # requests, receipts, who saw what
    "policy",  # see and change what is computed, kept and shown
    "people",  # users, teams, agents
    "tokens",  # tokens for programs
    "status",  # versions, queues
]

ROLES: tuple[RoleName, ...] = get_args(RoleName)
RIGHTS_OF: Mapping[RoleName, frozenset[Right]] = {
    "agent": frozenset({"own_conversations"}),
    "lead": frozenset({"numbers", "team_conversations"}),
    "coach": frozenset({"numbers", "team_conversations", "coaching"}),
    "safeguarding": frozenset({"numbers", "conversations", "crisis", "review"}),
    "planner": frozenset({"numbers"}),
    "analyst": frozenset({"numbers", "conversations", "review", "imports", "status"}),
    "dpo": frozenset({"numbers", "privacy", "policy", "status"}),
    "admin": frozenset({"people", "policy", "tokens", "imports", "feeds", "status"}),
    "council": frozenset({"numbers", "council"}),  # of staff side: never beside another role
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who signs in. `agent_key` is the blinded pseudonym of an agent, for those who are."""

    user_id: str
    tenant: str
    email: str
    name: str
    language: str
    roles: frozenset[RoleName]
    agent_key: str | None = None
    team_ids: frozenset[str] = frozenset()
    has_second_factor: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """
    Who asks: a user in a session, or a program with a token of theirs.

    A token narrows what its user may; it never widens it.
    """

    user: User
    scopes: frozenset[Right] | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """Return what the viewer may open."""
        own = frozenset[Right]().union(*(RIGHTS_OF[role] for role in self.user.roles))
        return own if self.scopes is None else own & self.scopes

    def may(self, right: Right) -> bool:
        """Return whether the viewer may open that."""
        return right in self.rights
