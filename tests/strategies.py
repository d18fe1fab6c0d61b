"""Values for property tests."""

from hypothesis import strategies as st

from kindline.model.conversation import (
    Conversation,
    ConversationId,
    LawfulBasis,
    PurposeGrant,
    Turn,
)
from kindline.model.interval import Interval

DUTCH = ("ja", "nee", "ik", "wil", "dood", "niemand", "om", "mee", "te", "praten", "klootzak")
ENGLISH = ("thanks", "I", "want", "to", "cancel", "my", "contract")
HUNGARIAN = ("magányos", "vagyok", "meg", "akarok", "halni")
FRENCH = ("merci", "je", "me", "sens", "seule", "putain")

texts = st.text(st.characters(exclude_categories=()), max_size=60)  # half characters too
words = st.sampled_from((*DUTCH, *ENGLISH, *HUNGARIAN, *FRENCH, "12,50", "😀"))
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)
intervals = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(
    lambda pair: Interval(start_ms=pair[0], end_ms=pair[0] + pair[1])
)
roles = st.sampled_from(("agent", "customer", "bot", "unknown"))
turns = st.builds(Turn, role=roles, text=sentences, interval=st.none() | intervals)
refusals = st.one_of(
    st.just(LawfulBasis(name=None)),
    st.just(
        LawfulBasis(
            name="consent", grants=(PurposeGrant(purpose="sentiment_analysis", is_granted=False),)
        )
    ),
)


@st.composite
def conversations(
    draw: st.DrawFn, basis: st.SearchStrategy[LawfulBasis | None] | None = None
) -> Conversation:
    """Return a conversation in a supported or unknown language."""
    return Conversation(
        id=ConversationId(draw(st.uuids()).hex),
        source="made up",
        turns=tuple(draw(st.lists(turns, min_size=1, max_size=6))),
        language=draw(st.sampled_from(("nl", "hu", "fr-BE", "en", "sw"))),
        lawful_basis=None if basis is None else draw(basis),
    )
