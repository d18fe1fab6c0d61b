"""
Amazon's Post-Call Analytics: speech segments of numbered speakers, seconds.

A label tells who a speaker is; anyone may have rewritten it, and then it may be a personal name.
"""

from collections.abc import Iterator, Mapping

from kindline import transcript
from kindline.errors import InputError
from kindline.model.conversation import Conversation, Role, Turn
from kindline.records import Record, decoded, json_record
from kindline.roles import role_of

NAME = "pca"
SUFFIXES = (".json",)

_KNOWN = frozenset({"SpeechSegments"})
_MOODS = ("SentimentIsPositive", "SentimentIsNegative", "SentimentScore")


def recognises(raw: bytes, name: str) -> bool:
    """Return whether it has PCA's analytics and speech segments."""
    return transcript.is_object_with(raw, b'"ConversationAnalytics"', b'"SpeechSegments"')


def read(raw: bytes, *, source: str) -> Iterator[Conversation | InputError]:
    """Return the one conversation of a file."""
    given = json_record(decoded(raw, source), source, "file")
    analytics = given.record(given.content.get("ConversationAnalytics"), "ConversationAnalytics")
    roles = _roles(analytics)
    segments = given.records("SpeechSegments", "segment")
    yield transcript.conversation(
        given,
        [_turn(segment, roles) for segment in segments],
        name=NAME,
        cut="one turn per speech segment",
        known=_KNOWN,
        language=transcript.language(analytics.text("LanguageCode")),
        vendor={name: [segment.content.get(name) for segment in segments] for name in _MOODS},
    )


def _roles(analytics: Record) -> Mapping[str, Role]:
    labels = analytics.records("SpeakerLabels", "speaker")
    return {label.needed_text("Speaker"): role_of(label.text("DisplayText")) for label in labels}


def _turn(segment: Record, roles: Mapping[str, Role]) -> Turn:
    speaker = segment.text("SegmentSpeaker")
    is_machine = segment.content.get("IVRSegment") is True
    text = segment.text("DisplayText") or segment.needed_text("OriginalText")
    return Turn(
        role="bot" if is_machine else roles.get(speaker or "", "unknown"),
        text=text.strip(),
        interval=transcript.interval(segment, "SegmentStartTime", "SegmentEndTime", unit_ms=1000),
        speaker=speaker,
    )
