"""
Parts of one contact joined in time: messages of a thread, the recordings of a transferred call.

Parts are known by one `contact_id`, from the files themselves or from the table beside them. Where
one part refuses to be processed, the whole does; parts on different bases stay apart.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
import json

from kindline.ingest.plain import conversation_from
from kindline.model.conversation import (
    Conversation,
    ConversationId,
    Handling,
    LawfulBasis,
    Track,
    Turn,
    parties_of,
)
from kindline.model.interval import Interval
from kindline.policy import basis_name
from kindline.store.conversations import Stored

_NEVER = datetime.max.replace(tzinfo=UTC)


def joined(
    conversations: Iterable[Conversation],
    before: Callable[[str], Conversation | None] = lambda _: None,
) -> Iterator[tuple[Conversation, int]]:
    """
    Return each contact with the number of its parts.

    Whatever has no `contact_id` goes through at once; parts wait until all are there. `before`
    tells the parts that an earlier run stored.
    """
    waiting: dict[tuple[str, object], list[Conversation]] = {}
    refusing: set[str] = set()
    for one in conversations:
        if one.contact_id is None:
            yield one, 1
            continue
        if one.lawful_basis is not None and one.lawful_basis.name is None:
            refusing.add(one.contact_id)
        waiting.setdefault((one.contact_id, one.lawful_basis), []).append(one)
    for contact_id in refusing:
        keys = [key for key in waiting if key[0] == contact_id]
        parts = [part for key in keys for part in waiting.pop(key)]
        parts.sort(key=lambda part: part.lawful_basis is None or part.lawful_basis.name is not None)
        waiting[contact_id, parts[0].lawful_basis] = parts
    n_bases = Counter(contact_id for contact_id, _ in waiting)
    for (contact_id, _), parts in waiting.items():
        stored = before(contact_id)
        is_one = n_bases[contact_id] == 1 and _is_on_one_basis(parts[0], stored)
        yield (
            _whole(
                contact_id if is_one else _apart(contact_id, parts[0]),
                parts,
                stored if is_one else None,
            ),
            len(parts),
        )


def _is_on_one_basis(part: Conversation, stored: Conversation | None) -> bool:
    """Return whether a part may join what is stored: on its basis, or refusing for all of it."""
    own = part.lawful_basis
    kept = None if stored is None else stored.lawful_basis
    if own is None or own.name is None or kept is None or kept.name is None:
        return True
    return basis_name(own.name) == basis_name(kept.name)


def _apart(contact_id: str, part: Conversation) -> str:
    """Return an id for parts on a basis of their own, so that none is stored over another."""
    basis = part.lawful_basis
    return f"{contact_id}-{basis.name if basis and basis.name else 'declared'}"


def _whole(
    contact_id: str, parts: Sequence[Conversation], stored: Conversation | None
) -> Conversation:
    """Return the contact of these parts, and of those stored before that are none of these."""
    said = {turn.text for part in parts for turn in part.turns}
    if stored is not None and any(turn.text not in said for turn in stored.turns):
        told = {turn.text for turn in stored.turns}
        new = [part for part in parts if any(turn.text not in told for turn in part.turns)]
        parts = [replace(stored, lawful_basis=parts[0].lawful_basis), *new]
    parts = _distinct(parts)
    whole = join(parts) if len(parts) > 1 else parts[0]
    return replace(whole, id=ConversationId(contact_id))


def _distinct(parts: Sequence[Conversation]) -> list[Conversation]:
    """Return the parts without those that say nothing that a longer one does not say: copies."""
    kept: list[Conversation] = []
    for part in sorted(parts, key=lambda part: -len(part.turns)):
        said = {turn.text for turn in part.turns}
        if not any(said <= {turn.text for turn in other.turns} for other in kept):
            kept.append(part)
    return kept


def stored_as(stored: Stored, identity: str) -> Conversation | None:
    """Return a stored contact as a part to join others to, None where no words of it are kept."""
    if stored.turns is None:
        return None
    content = {"id": identity, "turns": list(stored.turns), "channel": stored.analysis["channel"]}
    told = conversation_from(content, source=stored.analysis["source"], record="stored")
    return replace(
        told,
        language=stored.analysis["language"],
        started_at=stored.started_at,
        country=stored.country,
        queue=stored.queue,
        lawful_basis=LawfulBasis(name=stored.analysis["basis"]),
        contact_id=identity,
        cut=stored.analysis["versions"].get("cut"),
        carried=json.dumps(stored.carried),
    )


def join(parts: Sequence[Conversation]) -> Conversation:
    """Return parts of one contact as one conversation, on the basis of the first of them."""
    basis = parts[0].lawful_basis
    ordered = sorted(parts, key=lambda part: part.started_at or _NEVER)
    offsets = list(_offsets(ordered))
    turns = _turns(ordered, offsets)
    first = ordered[0]
    return replace(
        first,
        id=ConversationId(first.contact_id or first.id),
        source=" + ".join(dict.fromkeys(part.source for part in ordered)),
        turns=turns,
        language=_same(part.language for part in ordered),
        queue=next(filter(None, (part.queue for part in reversed(ordered))), None),
        lawful_basis=basis,
        parties=parties_of(turns),
        dialogs=tuple(chain.from_iterable(part.dialogs for part in ordered)),
        tracks=_tracks(ordered, offsets),
        handling=_handling(ordered),
        cut=f"{first.cut or 'turns as they were'}; joined from {len(ordered)} parts",
        carried=json.dumps({"parts": [json.loads(part.carried) for part in ordered]}),
    )


def _offsets(ordered: Sequence[Conversation]) -> Iterator[int]:
    """Return when each part begins, in milliseconds after the first; behind it where unknown."""
    start, end_ms = ordered[0].started_at, 0
    for part in ordered:
        offset = end_ms
        if start is not None and part.started_at is not None:
            offset = round((part.started_at - start).total_seconds() * 1000)
        yield offset
        end_ms = max(end_ms, offset + _length_ms(part))


def _length_ms(part: Conversation) -> int:
    ends = [turn.interval.end_ms for turn in part.turns if turn.interval is not None]
    lengths = [dialog.duration_ms or 0 for dialog in part.dialogs]
    return max((*ends, *lengths), default=0)


def _turns(ordered: Sequence[Conversation], offsets: Sequence[int]) -> tuple[Turn, ...]:
    """Return all turns; parts that overlap are told apart by the time where all have one."""
    turns = [
        _later(turn, offset)
        for part, offset in zip(ordered, offsets, strict=True)
        for turn in part.turns
    ]
    if all(turn.interval is not None for turn in turns):
        turns.sort(key=lambda turn: turn.interval.start_ms if turn.interval else 0)
    return tuple(turns)


def _later(turn: Turn, offset: int) -> Turn:
    words = tuple(
        replace(word, interval=word.interval and _shifted(word.interval, offset))
        for word in turn.words
    )
    return replace(turn, interval=turn.interval and _shifted(turn.interval, offset), words=words)


def _shifted(interval: Interval, offset: int) -> Interval:
    return Interval(start_ms=interval.start_ms + offset, end_ms=interval.end_ms + offset)


def _tracks(ordered: Sequence[Conversation], offsets: Sequence[int]) -> tuple[Track, ...]:
    """Return the tracks, none unless every part was heard: half a recording has no silence."""
    if not all(part.tracks for part in ordered):
        return ()
    return tuple(
        replace(
            track,
            speech=tuple(_shifted(one, offset) for one in track.speech),
            hold=tuple(_shifted(one, offset) for one in track.hold),
        )
        for part, offset in zip(ordered, offsets, strict=True)
        for track in part.tracks
    )


def _handling(ordered: Sequence[Conversation]) -> Handling | None:
    told = [part.handling for part in ordered if part.handling is not None]
    if not told:
        return None
    return Handling(
        hold_ms=_sum(one.hold_ms for one in told),
        after_call_work_ms=_sum(one.after_call_work_ms for one in told),
        wrap_up_code=next(filter(None, (one.wrap_up_code for one in reversed(told))), None),
        n_transfers=_sum(one.n_transfers for one in told),
        survey=dict(chain.from_iterable(one.survey.items() for one in told)),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _same(values: Iterable[str | None]) -> str | None:
    """Return the one value that the parts agree on, None where they do not."""
    told = {value for value in values if value is not None}
    return told.pop() if len(told) == 1 else None
