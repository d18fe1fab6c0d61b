"""
One connection that feeds a call: what a protocol tells of becomes events of the call.

Sound is heard elsewhere and comes back as words. A feed that breaks off ends nothing: it may come
back on another connection, and a call of which nothing is heard for long is ended as lost.
"""

from collections.abc import Sequence
from concurrent.futures import Future

from kindline.calls.hearing import Ear, Hearing
from kindline.calls.switchboard import Switchboard
from kindline.desk.events import Ended, Event, Said, said_in
from kindline.desk.events import Speaking as IsSpeaking
from kindline.live.protocols.frames import PER_MS, Begun, Happened, Over, Sound, Speaking, Words
from kindline.speech.stream import Utterance
from kindline.store.calls import Call

_SAID_ALIVE_MS = 60_000  # of sound, of both sides together
_ENDS = frozenset({"stop", "end", "hang-up", "completed"})  # the call, and not the connection alone


class Feed:
    """`way` is the protocol's name; `call` is there once the call began, and is none of a probe."""

    def __init__(
        self, switchboard: Switchboard, hearing: Hearing, tenant: str, way: str, language: str
    ) -> None:
        self._switchboard, self._hearing = switchboard, hearing
        self._tenant, self._way, self._language = tenant, way, language
        self._ear: Ear | None = None
        self._may_hear = False
        self._quiet_ms = 0
        self.call: Call | None = None
        self.has_begun = False

    @staticmethod
    def is_quick(happened: Sequence[Happened]) -> bool:
        """Return whether it is sound alone, which is put aside and waits for nothing."""
        return all(isinstance(one, Sound) for one in happened)

    def take(self, happened: Sequence[Happened], last_seq: int | None = None) -> list[Future[None]]:
        """Take in what happened; what comes back is done when it is stored. It may wait."""
        events: list[Event] = []
        for one in happened:
            if isinstance(one, Begun):
                self._begin(one)
            elif isinstance(one, Sound):
                self._hear(one)
            elif isinstance(one, Over):
                events += self._over(one)
            else:
                events.append(self._event(one))
        if self.call is None or not (events or last_seq):
            return []
        return [self._switchboard.put(self._tenant, self.call.call_id, events, last_seq=last_seq)]

    def close(self) -> None:
        """Let what was heard be told, where the connection broke off."""
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close(lambda: None)

    def _begin(self, begun: Begun) -> None:
        self.has_begun = True
        if begun.is_probe:
            return
        told = {**begun.told, "conversation_id": begun.call_id}
        if begun.language:
            told["language"] = begun.language
        self.call = self._switchboard.begin(self._tenant, begun.call_id, self._way, told)
        self._may_hear = self._switchboard.may_read(self.call)

    def _event(self, one: Words | Speaking) -> Event:
        at_ms = self._at_ms()
        if isinstance(one, Speaking):
            return IsSpeaking(at_ms=at_ms, is_customer=one.role == "customer" and one.is_speaking)
        return Said(
            at_ms=at_ms, role=one.role, text=one.text, start_ms=one.start_ms, end_ms=one.end_ms
        )

    def _hear(self, sound: Sound) -> None:
        if self.call is None:
            return  # a probe's
        self._quiet_ms += len(sound.pcm) // PER_MS
        if self._quiet_ms >= _SAID_ALIVE_MS:  # a call on hold is not lost
            self._quiet_ms = 0
            self._switchboard.put(self._tenant, self.call.call_id, [])
        if not self._may_hear:
            return
        if self._ear is None:
            language = self.call.language or self._language
            self._ear = self._hearing.ear(language, self._understood)
        self._ear.hear(sound)

    def _understood(self, one: Utterance) -> None:
        """Pass on what was made out: words once they are final, that somebody speaks before."""
        event: Event
        if one.is_final:
            event = said_in(one.turn, self._at_ms())
        elif one.turn.role == "customer":
            event = IsSpeaking(at_ms=self._at_ms(), is_customer=True)
        else:
            return
        self._put(event)

    def _over(self, over: Over) -> list[Event]:
        if over.reason not in _ENDS:
            return []
        ear, self._ear = self._ear, None
        if ear is None:
            return [Ended(at_ms=self._at_ms())]
        ear.close(lambda: self._put(Ended(at_ms=self._at_ms())))
        return []

    def _put(self, event: Event) -> None:
        if self.call is not None:
            self._switchboard.put(self._tenant, self.call.call_id, [event])

    def _at_ms(self) -> int:
        return 0 if self.call is None else self._switchboard.at_ms(self.call)
