"""The shapes of answers and questions, as OpenAPI tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kindline.insight.shares import Need
from kindline.model.estimate import Estimate
from kindline.model.people import RoleName
from kindline.store.labels import Design, Judged, Value


def _storable(told: str) -> str:
    """Return text that a database can look for; raises ValueError for NUL and half characters."""
    if "\0" in told or any("\ud800" <= one <= "\udfff" for one in told):
        raise ValueError("a character that no text has")
    return told


Word = Annotated[str, AfterValidator(_storable), Field(max_length=200)]

PageLanguage = Literal["en", "nl", "fr", "hu"]


class Shape(BaseModel):
    """A shape that takes nothing it does not know, and echoes nothing it was given."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Me(Shape):
    """Whose token it is, and what it may."""

    name: str
    tenant: str
    roles: list[str]
    rights: list[str]


class Share(Shape):
    """A share with its 95 % interval; `value` is null where nothing was judged or n is too few."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    n_unjudged: int
    method: str


class Group(Shape):
    """The shares of a group, or of all where `name` is null."""

    name: str | None
    n_conversations: int
    n_denied: int
    shares: dict[str, Share]


class Overview(Shape):
    """The groups, the largest first; weeks in order."""

    groups: list[Group]


class Line(Shape):
    """A conversation in a list: states, no word."""

    conversation_id: str
    happened_at: datetime
    status: str
    language: str | None
    channel: str | None
    queue: str | None
    n_turns: int
    states: dict[str, str]


class Lines(Shape):
    """A page of a list; `next` is the cursor of the following one, null at the end."""

    conversations: list[Line]
    next: str | None


class Search(Shape):
    """What is looked for, words in any form and "phrases as written"; and what narrows it."""

    words: Word = Field(min_length=1)
    need: Need | None = None
    since: datetime | None = None
    until: datetime | None = None
    language: Word | None = None
    channel: Word | None = None
    queue: Word | None = None
    cursor: str | None = Field(default=None, max_length=100)


class FoundLine(Line):
    """A conversation that holds what was looked for: the turn with most of it, how many places."""

    turn: int
    snippet: str
    n_hits: int


class Found(Shape):
    """A page of what was found; `n_most` is how many there can be in all."""

    conversations: list[FoundLine]
    n_most: int
    next: str | None


class One(Shape):
    """A conversation as the policy shows it to whoever holds the token."""

    analysis: dict[str, Any]
    turns: list[dict[str, Any]] | None
    started_at: datetime | None
    queue: str | None
    country: str | None


class Handed(Shape):
    """A file handed in: its job, how far it is, and what became of its records."""

    job_id: str
    state: Literal["waiting", "running", "done", "dead"]
    problem: str | None
    progress: dict[str, int]
    made_at: datetime
    ended_at: datetime | None


class HandedIn(Shape):
    """The files handed in, the latest first."""

    imports: list[Handed]


class Erase(Shape):
    """What is to be erased: one conversation, or all of a customer's."""

    what: Literal["conversation", "customer"]
    id: Word = Field(min_length=1)


class Erased(Shape):
    """A receipt: what was erased where. It names nobody."""

    receipt_id: str
    made_at: datetime
    asked_by: str
    told: dict[str, Any]


class Erasures(Shape):
    """The receipts, the latest first."""

    erasures: list[Erased]


class Objection(Shape):
    """A customer who objects, by the pseudonym the exports use."""

    customer_id: Word = Field(min_length=1)


class Viewed(Shape):
    """Somebody read a conversation: its words, or a crisis cue."""

    seen_at: datetime
    who: str
    what: str
    conversation_id: str


class Views(Shape):
    """Who read what, the latest first."""

    views: list[Viewed]


class Person(Shape):
    """A user."""

    user_id: str
    email: str
    name: str
    language: str
    roles: list[str]
    team_ids: list[str]
    is_active: bool


class Persons(Shape):
    """The users."""

    users: list[Person]


class NewUser(Shape):
    """A user to be added."""

    email: Word = Field(min_length=3)
    name: Word = Field(min_length=1)
    roles: list[RoleName] = Field(min_length=1)
    language: PageLanguage = "en"


class ChangedUser(Shape):
    """What a user is called from now on, may do and belongs to."""

    name: Word = Field(min_length=1)
    roles: list[RoleName] = Field(min_length=1)
    language: PageLanguage = "en"
    agent_id: Word | None = None
    team_ids: list[Word] = Field(default=[], max_length=100)


class Roster(Shape):
    """What became of the rows of a table of people: their number is the sum of the rest."""

    n_rows: int
    n_users: int
    n_agents: int
    rejected: list[str]


class NewTeam(Shape):
    """A team to be made."""

    name: Word = Field(min_length=1)


class TeamShape(Shape):
    """A team, and how many agents it has."""

    team_id: str
    name: str
    n_agents: int


class Teams(Shape):
    """The teams."""

    teams: list[TeamShape]


class PolicyWanted(Shape):
    """A profile, and days to keep where fewer than its own."""

    profile: Word
    keep_days: Mapping[str, Annotated[int, Field(ge=0)]] = Field(
        description="By findings, agent_behaviours, states; others are not heeded."
    )


class Rules(Shape):
    """A policy; `n_forgotten` is how many conversations would lose what at once."""

    profile: str
    version: str
    keep_days: dict[str, int]
    seen_by: dict[str, list[str]]
    bases: list[str]
    n_forgotten: dict[str, int]


class Draw(Shape):
    """A sample to be drawn: of how many, how many weeks back, evenly by what was found or not."""

    name: Word = Field(min_length=1)
    n: int = Field(ge=1, le=1000)
    weeks: int = Field(default=13, ge=1, le=520)
    evenly_by: Judged | None = None
    language: Word | None = None


class SampleShape(Shape):
    """A sample: `n` conversations out of `n_frame`."""

    sample_id: str
    name: str
    design: Design
    need: Judged | None
    language: str | None
    since: datetime
    n: int
    n_frame: int
    made_at: datetime


class Samples(Shape):
    """The samples, the latest first."""

    samples: list[SampleShape]


class SampleNeed(Shape):
    """What a sample tells of a need; `agreement` is Krippendorff's alpha."""

    n_settled: int
    n_open: int
    agreement: Share
    n_right: int | None
    n_found: int | None
    n_missed: int | None
    n_there: int | None
    corrected: Share | None
    not_corrected_because: str | None


class SampleTold(Shape):
    """What a sample tells, by need."""

    sample: SampleShape
    needs: dict[str, SampleNeed]


class ToJudge(Shape):
    """A conversation to judge: its words alone. `n_due` counts those that wait for you."""

    number: int | None
    turns: list[dict[str, Any]] | None
    n_due: int


class Labels(Shape):
    """What somebody says of a conversation of a sample."""

    number: int
    labels: dict[Judged, Value] = Field(min_length=1)


class Dispute(Shape):
    """A label that is not so; `value` null takes it back."""

    conversation_id: Word
    need: Judged
    value: Value | None


class Exported(Shape):
    """An export: who took how many, in what form."""

    made_at: datetime
    made_by: str
    form: str
    has_words: bool
    n: int


class Exports(Shape):
    """The exports, the latest first."""

    exports: list[Exported]


class Problem(Shape):
    """What went wrong (RFC 9457), without anything that was sent."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def share(estimate: Estimate, *, is_hidden: bool) -> Share:
    """Return an estimate as a shape; what has too few behind it is not told."""
    value, low, high = (None,) * 3 if is_hidden else (estimate.value, estimate.low, estimate.high)
    return Share(
        value=value,
        low=low,
        high=high,
        n=estimate.n,
        n_unjudged=estimate.n_unjudged,
        method=estimate.method,
    )


class LanguageWanted(Shape):
    """The language to read pages in."""

    language: PageLanguage


class HeldToken(Shape):
    """What is known of a token."""

    token_id: str
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime


class HeldTokens(Shape):
    """One's tokens, the newest first."""

    tokens: list[HeldToken]


class NewAddress(Shape):
    """An address to be told of some events."""

    address: Word = Field(min_length=1)
    events: list[Word] = Field(min_length=1, max_length=20)


class Address(Shape):
    """An address that is told; `secret` signs what it is told and is shown once."""

    hook_id: str
    address: str
    events: list[str]
    secret: str | None


class Addresses(Shape):
    """One's addresses, the latest first."""

    hooks: list[Address]


class Narrowed(Shape):
    """What narrows a list; `week` is its Monday, as 2026-11-23."""

    need: Word | None = None
    queue: Word | None = None
    channel: Word | None = None
    language: Word | None = None
    week: Word | None = None


class ViewWanted(Shape):
    """A view to be kept."""

    name: Annotated[Word, Field(min_length=1, max_length=80)]
    narrowed: Narrowed


class SavedView(Shape):
    """A view of a list."""

    saved_id: str
    name: str
    narrowed: Narrowed


class SavedViews(Shape):
    """One's views, by name."""

    saved: list[SavedView]
