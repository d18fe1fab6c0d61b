"""
One run: files in, analyses stored, everything counted.

Files become contacts (`intake`), contacts are joined, copies and what is stored already left out,
the rest is analysed in chunks and saved as it comes. Commands say what to run and show what came.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from kindline import second_opinion
from kindline.analysis import admitted, analyse_all, versions
from kindline.errors import InputError
from kindline.intake.about import Abouts
from kindline.intake.contacts import Handed, contacts
from kindline.intake.joined import joined, stored_as
from kindline.intake.listening import Hours, Listener, StoredBefore, records
from kindline.languages import supported
from kindline.model.analysis import NEEDS, Analysis
from kindline.model.conversation import Conversation, LawfulBasis, Role
from kindline.policy import Policy, is_refusal, leave
from kindline.redaction.hidden import VERSION as REDACTION
from kindline.redaction.hidden import redacted
from kindline.speech.recognisers import Choice
from kindline.speech.silencing import playable, silences
from kindline.store.cases import Cue, open_case
from kindline.store.conversations import (
    Known,
    known,
    load_one,
    save,
    save_rejected,
)
from kindline.store.database import Store, Tenancy
from kindline.store.duplicates import Seen
from kindline.store.erasure import objecting
from kindline.store.hooks import announce
from kindline.store.retention import forget
from kindline.store.rows import version_key
from kindline.store.sounds import keep_sound
from kindline.text.language import language_of
from kindline.text.learnt import Learnt
from kindline.text.scoring import TurnModel

_SAVED_TOGETHER = 256
_Item = TypeVar("_Item")


@dataclass(slots=True)
class Tally:
    """
    What became of the records of a run; `n_read` is the sum of the rest.

    `sources` are the files of which anything was read.
    """

    n_read: int = 0
    n_known: int = 0
    n_joined: int = 0
    duplicates: list[tuple[Conversation, str]] = field(
        default_factory=list[tuple[Conversation, str]]
    )
    status: Counter[str] = field(default_factory=Counter[str])
    denials: Counter[str] = field(default_factory=Counter[str])
    needs: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    rejected: list[tuple[str, InputError]] = field(default_factory=list[tuple[str, InputError]])
    sources: set[str] = field(default_factory=set[str])
    hours: Hours = field(default_factory=Hours)

    def add(self, analysis: Analysis) -> None:
        """Count an analysis."""
        self.status[analysis.status] += 1
        if analysis.denied_because:
            self.denials[analysis.denied_because] += 1
        for need in NEEDS:
            self.needs.setdefault(need, Counter())[analysis.need(need).state] += 1
        self.needs.setdefault("crisis", Counter())[analysis.crisis.state] += 1
        self.needs.setdefault("abuse", Counter())[analysis.abuse.label.state] += 1

    def __str__(self) -> str:
        return (
            f"{self.n_read} read = {self.status['analysed']} analysed + {self.status['denied']} "
            f"denied + {len(self.rejected)} rejected + {self.n_known} stored before "
            f"+ {len(self.duplicates)} duplicates + {self.n_joined} joined to others"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """How recordings are listened to: by what, in which language, whose track is whose."""

    choice: Choice = field(default_factory=Choice)
    language: str | None = None
    channels: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Who judges a conversation in this run: policy, basis, models, second opinion."""

    rules: Policy
    declared: str | None
    model: TurnModel
    learnt: Learnt = field(default_factory=Learnt)
    endpoint: second_opinion.Endpoint | None = None
    redacts: bool = True

    def stamped(self, made_by: Mapping[str, str]) -> Mapping[str, str]:
        """Return the versions of a result with that of what was blotted out before."""
        return {**made_by, "redaction": REDACTION} if self.redacts else made_by

    def hidden(self, conversation: Conversation, now: datetime) -> Conversation:
        """
        Return it with what identifies blotted out, as it is stored.

        One that may not be read is not read, unless it refuses: a refusal holds for every copy of
        the contact, and copies are known by their words as they are stored (store/duplicates.py).
        """
        if not self.redacts:
            return conversation
        given, language = admitted(conversation, self.rules, declared=self.declared, now=now)
        if given.denial is None:
            return redacted(conversation, language)
        if is_refusal(given.denial):
            return redacted(conversation, language_of(conversation))
        return conversation

    def key(self, conversation: Conversation, now: datetime) -> str:
        """Return the key of the versions, policy and basis that would judge it now."""
        given, language = admitted(conversation, self.rules, declared=self.declared, now=now)
        made_by = versions(
            self.rules,
            supported(language),
            conversation.cut,
            self.model.name,
            self.learnt.weights,
        )
        return version_key(self.stamped(made_by), self.rules.name, given.basis)


@dataclass(kw_only=True)
class Run:
    """
    One run over files into one store.

    `sounds` is where recordings are kept to be played, None for nowhere. `follow` wraps the
    contacts as they are gone through and `listen` is told of milliseconds heard, both for a
    progress bar.
    """

    store: Store
    judges: Judges
    keys: Sequence[Any] = ()
    abouts: Abouts = field(default_factory=Abouts)
    ears: Ears = field(default_factory=Ears)
    again: bool = False
    sounds: Path | None = None
    follow: Callable[[Sequence[Handed]], Iterable[Handed]] = lambda handed: handed
    listen: Callable[[int], None] = lambda _: None
    tally: Tally = field(default_factory=Tally)
    opinions: second_opinion.Asked = field(default_factory=second_opinion.Asked)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def analyses(self, files: Iterable[tuple[Path, str]]) -> Iterator[Analysis]:
        """Return the analyses of files, given with the names they go by, each once it is stored."""
        with self.store.begin() as tenancy:
            forget(tenancy, now=self.now)
        conversations = self._distinct(self._joined(self._conversations(files)))
        for chunk in map(self._heeding, batched(self._to_do(conversations))):
            analyses = self._analysed(chunk)
            self._keep(chunk, analyses)
            for analysis in analyses:
                self.tally.add(analysis)
                yield analysis
        with self.store.begin() as tenancy:
            save_rejected(tenancy, self.tally.rejected, now=self.now)

    def _conversations(self, files: Iterable[tuple[Path, str]]) -> Iterator[Conversation]:
        """Return the conversations of all files; errors go to the tally."""
        handed = contacts(files, channels=self.ears.channels)
        listener = self._listener()
        for one in self.follow(handed):
            for record in records(one, listener, self.abouts):
                self.tally.n_read += 1
                if isinstance(record, InputError):
                    self.tally.rejected.append((one.source, record))
                elif isinstance(record, StoredBefore):
                    self.tally.n_known += 1
                else:
                    self.tally.sources.add(one.source)
                    hidden = self.judges.hidden(record, self.now)
                    self._keep_sound(hidden, listener)
                    yield hidden

    def _keep_sound(self, hidden: Conversation, listener: Listener) -> None:
        """Keep what was just heard, to be played, if it may be and could be silenced."""
        paths = listener.sounds.pop(hidden.id, None)
        if not paths or self.sounds is None or not self.judges.redacts:
            return
        given, _ = admitted(hidden, self.judges.rules, declared=self.judges.declared, now=self.now)
        quiet = silences(hidden.turns)
        if given.denial or given.basis == "evaluation" or quiet is None:
            return
        raw, length_ms = playable(paths, quiet, source=hidden.source)
        with self.store.begin() as tenancy:
            keep_sound(tenancy, self.sounds, hidden.id, raw, length_ms, self.now)

    def _listener(self) -> Listener:
        return Listener(
            choice=self.ears.choice,
            language=self.ears.language,
            keys=self.keys,
            is_denied=self._is_denied,
            is_stored=self._is_stored,
            progress=self.listen,
            hours=self.tally.hours,
        )

    def _is_denied(self, shell: Conversation) -> bool:
        judges = self.judges
        (heeded,) = self._heeding([shell])
        given = leave(heeded, judges.rules, declared=judges.declared, now=self.now)
        return given.denial is not None

    def _heeding(self, chunk: Sequence[Conversation]) -> list[Conversation]:
        """Return the conversations; those of a customer who objects refuse from now on."""
        ids = sorted({one.customer_id for one in chunk if one.customer_id is not None})
        with self.store.read() as tenancy:
            refused = objecting(tenancy, ids)
        return [
            replace(one, lawful_basis=LawfulBasis(name=None)) if one.customer_id in refused else one
            for one in chunk
        ]

    def _is_stored(self, shell: Conversation) -> bool:
        """Return whether a recording is stored with what the same judges made of it."""
        if self.again:
            return False
        with self.store.read() as tenancy:
            stored = known(tenancy, [shell.id]).get(shell.id)
        if stored is None:
            return False
        told = replace(shell, language=stored.language)
        return stored.version_key == self.judges.key(told, self.now)

    def _joined(self, conversations: Iterable[Conversation]) -> Iterator[Conversation]:
        """Return the conversations, the parts of one contact as one."""
        for conversation, n_parts in joined(conversations, self._before):
            self.tally.n_joined += n_parts - 1
            yield conversation

    def _before(self, identity: str) -> Conversation | None:
        with self.store.read() as tenancy:
            stored = load_one(tenancy, identity)
        return None if stored is None else stored_as(stored, identity)

    def _distinct(self, conversations: Iterable[Conversation]) -> Iterator[Conversation]:
        """Return those that are no copy of another; copies go to the tally."""
        seen = Seen(declared=self.judges.declared)
        for chunk in batched(conversations):
            with self.store.read() as tenancy:
                placed = seen.distinct(tenancy, chunk, now=self.now)
            for conversation, twin in placed:
                if twin is None:
                    yield conversation
                else:
                    self.tally.duplicates.append((conversation, twin))

    def _to_do(self, conversations: Iterable[Conversation]) -> Iterable[Conversation]:
        return conversations if self.again else self._fresh(conversations)

    def _fresh(self, conversations: Iterable[Conversation]) -> Iterator[Conversation]:
        """Return those that are not stored with this content, by these versions, on this basis."""
        for chunk in batched(conversations):
            with self.store.read() as tenancy:
                stored = known(tenancy, [conversation.id for conversation in chunk])
            for conversation in chunk:
                if self._is_same(conversation, stored.get(conversation.id)):
                    self.tally.n_known += 1
                else:
                    yield conversation

    def _is_same(self, conversation: Conversation, before: Known | None) -> bool:
        if before is None or before.content_hash != conversation.content_hash:
            return False
        return before.version_key == self.judges.key(conversation, self.now)

    def _analysed(self, chunk: Sequence[Conversation]) -> list[Analysis]:
        judges = self.judges
        judged = analyse_all(
            chunk,
            judges.rules,
            declared=judges.declared,
            now=self.now,
            model=judges.model,
            learnt=judges.learnt,
        )
        analyses = [replace(one, versions=judges.stamped(one.versions)) for one in judged]
        endpoint = judges.endpoint
        if endpoint is None:
            return analyses
        return [
            second_opinion.asked(conversation, analysis, endpoint, self.opinions)
            for conversation, analysis in zip(chunk, analyses, strict=True)
        ]

    def _keep(self, chunk: Sequence[Conversation], analyses: Sequence[Analysis]) -> None:
        """Store what may be stored: not what was analysed for evaluation only."""
        pairs = zip(chunk, analyses, strict=True)
        done = [pair for pair in pairs if pair[1].basis != "evaluation"]
        with self.store.begin() as tenancy:
            keep(tenancy, done, now=self.now)


def keep(tenancy: Tenancy, done: Sequence[tuple[Conversation, Analysis]], *, now: datetime) -> None:
    """Store analyses; tell who is to be told, and open a case for every cue."""
    save(tenancy, done, now=now)
    for event, data in _told([analysis for _, analysis in done]):
        announce(tenancy, event, data, now=now)
    for conversation, analysis in done:
        if analysis.crisis.state == "cue":
            cue = Cue(
                conversation_id=str(conversation.id),
                path=conversation.channel or "unknown",
                language=analysis.language,
                content_hash=conversation.content_hash,
            )
            open_case(tenancy, cue, now=now)


def _told(analyses: Sequence[Analysis]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what others are told of stored analyses: ids and states; cues apart."""
    if analyses:
        told = [
            {
                "conversation_id": one.conversation_id,
                "status": one.status,
                "needs": {need: one.need(need).state for need in NEEDS},
            }
            for one in analyses
        ]
        yield "conversations.analysed", {"conversations": told}
    cues = [one.conversation_id for one in analyses if one.crisis.state == "cue"]
    if cues:
        yield "crisis.cue", {"conversation_ids": cues}


def batched(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Return the items in lists of as many as are worked on together."""
    chunk: list[_Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == _SAVED_TOGETHER:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
