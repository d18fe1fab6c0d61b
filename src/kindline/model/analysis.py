"""
What is said about one conversation: the blocks of the contract, as values.

States and names are those of docs/contract.md. A block that was not assessed says so; it is never
an empty list standing for "nothing found".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kindline.model.conversation import Channel, ConversationId, Role, Track, Turn
from kindline.model.finding import Finding

Presence = Literal["present", "absent", "unsure", "not_assessed"]
Assessed = Literal["assessed", "unsure", "not_assessed"]
Need = Literal["service", "companionship", "support"]
CrisisState = Literal["cue", "no_cue_found", "not_assessed"]
CrisisLevel = Literal["third_party", "passive", "active", "imminent"]
Mood = Literal["calm", "irritated", "angry", "anxious", "sad", "cheerful"]
Emotion = Literal[
    "frustration",
    "impatience",
    "anger",
    "sadness",
    "fear",
    "gratitude",
    "joy",
    "disappointment",
    "confusion",
    "relief",
]
Behaviour = Literal[
    "acknowledge",
    "reflect",
    "validate",
    "question_open",
    "boundary",
    "signpost",
    "warm_close",
    "apology",
    "ownership",
    "dismissive",
    "interrupting_script",
]
HeardState = Literal["yes", "partly", "no", "unsure", "not_assessed"]
ResolutionState = Literal["settled", "open", "nothing_to_settle", "unsure", "not_assessed"]
LoyaltyState = Literal["lost", "at_risk", "kept", "won", "unsure", "not_assessed"]
Status = Literal["analysed", "denied"]

NEEDS: tuple[Need, ...] = get_args(Need)
MOODS: tuple[Mood, ...] = get_args(Mood)
EMOTIONS: tuple[Emotion, ...] = get_args(Emotion)
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
Findings = tuple[Finding, ...]


def _check_probability(state: str, probability: float | None) -> None:
    if (state == "not_assessed") != (probability is None):
        raise ValueError("a probability goes with a judgement, and only with one")
    if probability is not None and not 0 <= probability <= 1:
        raise ValueError("probability outside 0..1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whether something is there, how probable that is, and why. Codes in `reasons` are ours."""

    state: Presence = "not_assessed"
    probability: float | None = None
    reasons: tuple[str, ...] = ()
    findings: Findings = ()

    def __post_init__(self) -> None:
        if self.state == "present" and not self.findings:
            raise ValueError("a label without a finding")
        _check_probability(self.state, self.probability)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """A cue that a life may be at risk. There is no state that means all is well."""

    state: CrisisState = "not_assessed"
    level: CrisisLevel | None = None
    probability: float | None = None
    reasons: tuple[str, ...] = ()
    findings: Findings = ()

    def __post_init__(self) -> None:
        if (self.state == "cue") != (self.level is not None):
            raise ValueError("a crisis cue has a level, and nothing else has")
        if self.state == "cue" and not self.findings:
            raise ValueError("a crisis cue without a finding")
        _check_probability(self.state, self.probability)


@dataclass(frozen=True, slots=True, kw_only=True)
class Abuse:
    """Abuse aimed at the agent; `has_swearing` is apart, at anyone or nothing."""

    label: Label = Label()
    has_swearing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """A customer turn: sentiment -1..1 and the probability of each emotion that was found."""

    turn: int
    sentiment: float
    emotions: Mapping[Emotion, float] = field(default_factory=dict[Emotion, float])


@dataclass(frozen=True, slots=True, kw_only=True)
class Emotions:
    """The customer's emotions over the conversation, and the mood on arrival and departure."""

    state: Assessed = "not_assessed"
    arrival: Mood | None = None
    departure: Mood | None = None
    present: tuple[Emotion, ...] = ()
    course: tuple[Feeling, ...] = ()
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBehaviours:
    """What the agent was seen to do, by turn. Never what the agent feels."""

    state: Assessed = "not_assessed"
    turns: Mapping[Behaviour, tuple[int, ...]] = field(
        default_factory=dict[Behaviour, tuple[int, ...]]
    )
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeltHeard:
    """Whether the customer was met, judged from their words and what was done."""

    state: HeardState = "not_assessed"
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What the customer tried before."""

    state: Assessed = "not_assessed"
    tried_self_service: bool | None = None
    other_channels: bool | None = None
    repeat_contact: bool | None = None
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Where the matter was settled and what came after: a share of the words, and time if known."""

    state: ResolutionState = "not_assessed"
    resolved_turn: int | None = None
    share_after: float | None = None
    ms_after: int | None = None
    findings: Findings = ()

    def __post_init__(self) -> None:
        if (self.state == "settled") != (self.resolved_turn is not None):
            raise ValueError("settled goes with a turn, and nothing else does")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the customer made contact; codes of docs/contract.md."""

    state: Assessed = "not_assessed"
    primary: str | None = None
    secondary: str | None = None
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """How the customer left, seen from the company."""

    state: LoyaltyState = "not_assessed"
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """
    Who talked how long, in milliseconds. None throughout when the input has no times.

    `hold_ms` is None where neither a file says it nor music was heard: silence may be a hold too.
    """

    state: Assessed = "not_assessed"
    talk_ms: Mapping[Role, int] | None = None
    silence_ms: int | None = None
    overlap_ms: int | None = None
    n_interruptions: Mapping[Role, int] | None = None
    longest_customer_turn_ms: int | None = None
    hold_ms: int | None = None
    longest_silence_ms: int | None = None
    n_long_silences: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """
    Who is the agent, told by the file or by the words; `confidence` is that of the words.

    `not_assessed`: nothing tells the sides apart. `unsure`: they are apart, and alike. `sides` is
    the role the words gave to each of the file's own labels.
    """

    state: Assessed = "not_assessed"
    told_by: Literal["file", "words"] | None = None
    confidence: float | None = None
    findings: Findings = ()
    sides: Mapping[str, Role] = field(default_factory=dict[str, Role])

    def of(self, one: Turn | Track) -> Role:
        """Return the role of a turn or track: the words' where the file gave none."""
        is_open = one.role == "unknown" and one.speaker is not None
        return self.sides.get(one.speaker or "", one.role) if is_open else one.role


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything said about one conversation, stamped with what said it."""

    status: Status
    conversation_id: ConversationId
    source: str
    language: str | None
    channel: Channel | None
    n_turns: int
    policy: str
    basis: str | None
    versions: Mapping[str, str]
    denied_because: str | None = None
    service: Label = Label()
    companionship: Label = Label()
    support: Label = Label()
    crisis: Crisis = Crisis()
    abuse: Abuse = Abuse()
    emotions: Emotions = Emotions()
    agent: AgentBehaviours = AgentBehaviours()
    felt_heard: FeltHeard = FeltHeard()
    effort: Effort = Effort()
    resolution: Resolution = Resolution()
    reason: Reason = Reason()
    loyalty: Loyalty = Loyalty()
    dynamics: Dynamics = Dynamics()
    roles: Roles = Roles()

    def need(self, name: Need) -> Label:
        """Return the label of one of the three needs."""
        return {
            "service": self.service,
            "companionship": self.companionship,
            "support": self.support,
        }[name]
