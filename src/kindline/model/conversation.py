"""One customer contact, as every reader hands it on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
import hashlib
import re
from typing import Literal, NamedTuple, NewType, get_args

from kindline.model.interval import Interval

ConversationId = NewType("ConversationId", str)
Role = Literal["agent", "customer", "bot", "supervisor", "system", "unknown"]
Channel = Literal["voice", "video", "chat", "messaging", "email"]
ROLES: tuple[Role, ...] = get_args(Role)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
_WORD = re.compile(r"\w+")
_FEWEST_WORDS = 40  # two people may say the same in less


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Someone who takes part. Names, numbers and addresses stay in the file they came from."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """One captured piece, a recording or a text; `kind` is the standard's word for it."""

    kind: str
    started_at: datetime | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardWord:
    """A word as a recogniser heard it: its place in the turn's text, its time, how sure it is."""

    start: int
    end: int
    interval: Interval | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """When one side was heard in a recording to talk, and when to be on hold with music."""

    role: Role
    speaker: str | None = None
    speech: tuple[Interval, ...] = ()
    hold: tuple[Interval, ...] = ()


class Blot(NamedTuple):
    """A stretch of a turn that was blotted out, half-open in code points, and as what."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    An unbroken stretch of one party's words. `confidence` is the recogniser's, 0..1.

    `speaker` is the file's own label where it tells people apart without saying who they are;
    `words` are those of a recogniser, none where the text was typed. `blots` say what was blotted
    out of the text, character for character.
    """

    role: Role
    text: str
    interval: Interval | None = None
    confidence: float | None = None
    speaker: str | None = None
    words: tuple[HeardWord, ...] = ()
    blots: tuple[Blot, ...] = ()

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise ValueError("turn confidence outside 0..1")


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeGrant:
    """Leave given or refused for one purpose (draft-howe-vcon-lawful-basis)."""

    purpose: str
    is_granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulBasis:
    """What the conversation itself says about being processed. `name` None: refused outright."""

    name: str | None
    grants: tuple[PurposeGrant, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """
    What a telephone platform or a survey tells of a contact beside its words; None: not told.

    `survey` maps each question to the answer as given.
    """

    hold_ms: int | None = None
    after_call_work_ms: int | None = None
    wrap_up_code: str | None = None
    n_transfers: int | None = None
    survey: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """
    One customer contact, all its dialogs.

    `turns` stand in the order they were said. `carried` is what the input held and we have no name
    for, as JSON text: kept for the store, never printed, never used for inference. `cut` says how a
    reader cut the turns, None where it took them as they were. `tracks` are there where we heard
    the recording ourselves. Conversations of one `contact_id` are parts of one contact.
    """

    id: ConversationId
    source: str
    turns: tuple[Turn, ...]
    language: str | None = None
    channel: Channel | None = None
    started_at: datetime | None = None
    country: str | None = None
    customer_id: str | None = None
    agent_id: str | None = None
    queue: str | None = None
    lawful_basis: LawfulBasis | None = None
    parties: tuple[Party, ...] = ()
    dialogs: tuple[Dialog, ...] = ()
    tracks: tuple[Track, ...] = ()
    handling: Handling | None = None
    contact_id: str | None = None
    cut: str | None = None
    carried: str = field(default="{}", repr=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("conversation without id")
        if self.started_at is not None and self.started_at.tzinfo is None:
            raise ValueError("conversation start without time zone")

    @property
    def content_hash(self) -> str:
        """Return a hash of what was said, by which role, in which language and channel."""
        return content_hash(self.turns, language=self.language, channel=self.channel)

    @property
    def length_ms(self) -> int | None:
        """Return how long it took from its start to its end; None where nothing has times."""
        ends = [turn.interval.end_ms for turn in self.turns if turn.interval is not None]
        lengths = [one.duration_ms for one in self.dialogs if one.duration_ms is not None]
        return max((*ends, *lengths), default=None)

    @property
    def words_hash(self) -> str | None:
        """
        Return a hash of the words alone, whoever said them when; None where they are few.

        The same contact told by two products has the same: they cut turns elsewhere, write times
        and capitals another way, and name the sides or do not.
        """
        words = _WORD.findall(" ".join(turn.text for turn in self.turns).lower())
        if len(words) < _FEWEST_WORDS:
            return None
        text = " ".join(words).encode("utf-8", "replace")
        return hashlib.blake2b(text, digest_size=16).hexdigest()


def parties_of(turns: Iterable[Turn]) -> tuple[Party, ...]:
    """Return one party per role that speaks, in the order they first do."""
    roles: list[Role] = []
    for turn in turns:
        if turn.role not in roles:
            roles.append(turn.role)
    return tuple(Party(role=role) for role in roles)


def content_hash(turns: Sequence[Turn], *, language: str | None, channel: str | None) -> str:
    """Return a stable hash (32 hex digits) of the turns; equal content, equal hash."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{language}\x1f{channel}".encode())
    for turn in turns:
        place = turn.interval and (turn.interval.start_ms, turn.interval.end_ms)
        line = f"\x1e{turn.role}\x1f{place}\x1f{turn.text}"
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
