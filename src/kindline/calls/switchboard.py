"""
Where feeds and desks of a process meet: what happens is judged, stored and told to who follows.

All that came in while a round was at work makes the next round: many calls are judged together and
stored in one transaction. A call is held in memory while it is asked for, and made anew from its
events whenever another process went further with it.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Condition, RLock, Thread
import time
from typing import Any

from kindline.calls.bus import CASES, EVERYTHING, Bus, Note
from kindline.calls.ending import to_finish
from kindline.calls.opening import Held, House, opened_call, truths_now
from kindline.desk.events import PRIVATE, CueClosed, Ended, Event, Said, TakenOver
from kindline.desk.session import View, take_all
from kindline.errors import KindlineError, NoSuchError
from kindline.model.conversation import Turn
from kindline.redaction.hidden import blots_in, blotted, questions
from kindline.safeguarding.cases import LIVE
from kindline.store.call_tables import CALLS
from kindline.store.call_tables import CASES as CASE_ROWS
from kindline.store.calls import Call, Happening, begin_call, calls, claim, put_events
from kindline.store.cases import Cue, Step, cases, close_case, log, open_case
from kindline.store.database import Store, Tenancy
from kindline.text.language import identified

_IDLE_S = 600.0  # after which a call that nobody asks for is made anew from its events; our choice
_SWEPT_EVERY_S = 30.0
_ANEW = -1  # no number of events: the call is made again from what is stored
_TOUCHED_EVERY = timedelta(seconds=30)
_ENOUGH = 60  # characters, before the language of a call is told from its words; our choice
Watcher = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What came in for a call: events in order, and the last frame of a feed they came in."""

    tenant: str
    call_id: str
    events: Sequence[Event]
    last_seq: int | None
    done: Future[None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a desk needs of a call now."""

    held: Held
    view: View
    turns: tuple[Turn, ...]
    at_ms: int


class Switchboard:
    """One a process. Start it, and stop it: what came in before is stored first."""

    def __init__(self, store: Store, house: House, bus: Bus) -> None:
        self.store, self.house = store, house
        self._bus = bus
        self._held: dict[str, Held] = {}
        self._lock = RLock()  # whoever touches what is held
        self._waiting: deque[Put] = deque()
        self._swept_at = time.monotonic()
        self._is_over = False
        self._news = Condition()
        self._watchers: dict[Note, set[Watcher]] = {}
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to take in what comes."""
        self._thread.start()
        self._bus.listen(self._heard)

    def stop(self) -> None:
        """Store what came in, then take in no more."""
        with self._news:
            self._is_over = True
            self._news.notify()
        self._thread.join()
        self._bus.close()

    def begin(self, tenant: str, name: str, way: str, told: Mapping[str, Any]) -> Call:
        """Return the call of that name, begun or gone on with; who looks for calls is told."""
        with self.store.of(tenant).begin() as tenancy:
            call = begin_call(tenancy, name, way, told, now=self.house.clock())
            self._bus.tell(tenancy, [Note(tenant, call.call_id)])
        self._tell([Note(tenant, call.call_id)])
        return call

    def claim(self, tenant: str, call_id: str, agent_key: str) -> bool:
        """Give a call that nobody took to an agent; return whether they have it now."""
        with self._lock:
            with self.store.of(tenant).begin() as tenancy:
                is_theirs = claim(tenancy, call_id, agent_key)
                self._bus.tell(tenancy, [Note(tenant, call_id)])
            self._held.pop(call_id, None)  # whose shift it counts in is another now
        self._tell([Note(tenant, call_id)])
        return is_theirs

    def put(
        self, tenant: str, call_id: str, events: Sequence[Event], *, last_seq: int | None = None
    ) -> Future[None]:
        """
        Take in what happened; the answer comes when it is stored.

        It raises PolicyError where an act is not to be done now, NoSuchError where the call is
        over and kept.
        """
        done: Future[None] = Future()
        with self._news:
            if self._is_over:
                done.set_exception(NoSuchError())
                return done
            put = Put(tenant=tenant, call_id=call_id, events=events, last_seq=last_seq, done=done)
            self._waiting.append(put)
            self._news.notify()
        return done

    def look(self, tenant: str, call_id: str) -> Look:
        """Return what a desk shows of a call now; raises NoSuchError."""
        with self._lock, self.store.of(tenant).read() as tenancy:
            held = self._fresh(tenancy, [call_id]).get(call_id)
            if held is None:
                raise NoSuchError
            now = self.house.clock()
            at_ms = self.at_ms(held.call)
            session = held.session
            session.truths = truths_now(tenancy, held, now)
            turns = tuple(session.growing.turns) if session.growing else ()
            return Look(held=held, view=session.view(at_ms), turns=turns, at_ms=at_ms)

    def may_read(self, call: Call) -> bool:
        """Return whether the policy lets a call's words be read, and its sound be heard."""
        with self._lock, self.store.of(call.tenant).read() as tenancy:
            held = self._fresh(tenancy, [call.call_id]).get(call.call_id)
        return held is not None and held.leave.denial is None

    def at_ms(self, call: Call) -> int:
        """Return how long a call has lasted now, or lasted."""
        until = call.ended_at or self.house.clock()
        return max(0, round((until - call.begun_at).total_seconds() * 1000))

    def watch(self, note: Note, watcher: Watcher) -> Callable[[], None]:
        """Call back whenever that changed, from a thread; return what ends it."""
        with self._lock:
            self._watchers.setdefault(note, set()).add(watcher)

        def end() -> None:
            with self._lock:
                some = self._watchers.get(note, set())
                some.discard(watcher)
                if not some:
                    self._watchers.pop(note, None)

        return end

    def told(self, note: Note) -> None:
        """Tell who follows that something changed which did not come through here."""
        with self.store.of(note.tenant).begin() as tenancy:
            self._bus.tell(tenancy, [note])
        self._tell([note])

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._is_over)
                batch = list(self._waiting)
                self._waiting.clear()
                if not batch and self._is_over:
                    return
            for tenant in dict.fromkeys(put.tenant for put in batch):
                self._round(tenant, [put for put in batch if put.tenant == tenant])

    def _round(self, tenant: str, batch: Sequence[Put]) -> None:
        """Take in what came for calls of a tenant; what cannot be stored is told to who sent it."""
        with self._lock:
            try:
                notes = self._taken(tenant, batch)
            except Exception as error:  # noqa: BLE001 -- whoever waits is told; the next round goes on
                for put in batch:
                    self._held.pop(put.call_id, None)  # it is further than what is stored
                    if not put.done.done():
                        put.done.set_exception(error)
                return
            self._forget_idle()
        self._tell(notes)
        for put in batch:
            if not put.done.done():
                put.done.set_result(None)

    def _forget_idle(self) -> None:
        """Let go of calls that are over or that nobody asks for any more."""
        now = time.monotonic()
        if now - self._swept_at < _SWEPT_EVERY_S:
            return
        self._swept_at = now
        self._held = {
            call_id: held
            for call_id, held in self._held.items()
            if held.session.ending is None and now - held.asked_at < _IDLE_S
        }

    def _taken(self, tenant: str, batch: Sequence[Put]) -> list[Note]:
        with self.store.of(tenant).begin() as tenancy:
            there = self._fresh(tenancy, {put.call_id for put in batch}, is_locked=True)
            for put in batch:
                if put.call_id not in there:
                    put.done.set_exception(NoSuchError())
            ready = [put for put in batch if put.call_id in there]
            kept: dict[str, list[Event]] = {
                put.call_id: []  # a number, and that anything came, are stored whatever it was
                for put in ready
                if put.last_seq is not None or self._is_old(there[put.call_id])
            }
            for some in _apart(ready):
                self._judge(some, kept)
            notes = [Note(tenant, call_id) for call_id in kept]
            seqs: dict[str, int] = {}
            for put in ready:
                seqs[put.call_id] = max(seqs.get(put.call_id, 0), put.last_seq or 0)
            happened = [self._kept(self._held[call_id], kept[call_id], seqs) for call_id in kept]
            put_events(tenancy, happened)
            for one in happened:
                notes += self._followed(tenancy, one)
            self._bus.tell(tenancy, notes)
        return notes

    def _is_old(self, held: Held) -> bool:
        """Return whether it is long ago that a call's row was told of anything."""
        return self.house.clock() - held.call.heard_at > _TOUCHED_EVERY

    def _fresh(
        self, tenancy: Tenancy, call_ids: Collection[str], *, is_locked: bool = False
    ) -> dict[str, Held]:
        """Return calls as they are stored now: another process may have gone on with them."""
        found: dict[str, Held] = {}
        is_one = CALLS.c.call_id.in_(list(call_ids))
        for call in calls(tenancy, is_one, n_most=len(call_ids), is_locked=is_locked):
            held = self._held.get(call.call_id)
            if held is None or held.n != call.n_events:
                held = None
                with suppress(NoSuchError):  # over, and a conversation by now
                    held = opened_call(tenancy, call.call_id, self.house)
            if held is not None:
                held.call, held.asked_at = call, time.monotonic()
                found[call.call_id] = self._held[call.call_id] = held
        return found

    def _judge(self, some: Sequence[tuple[Put, Event]], kept: dict[str, list[Event]]) -> None:
        """Take the next of each call: words of all of them together, acts one by one."""
        words: dict[str, list[Said]] = {}
        for put, event in some:
            held = self._held[put.call_id]
            if isinstance(event, Said):
                if held.leave.denial is None:
                    words.setdefault(put.call_id, []).append(self._blotted(held, event))
                continue
            try:
                held.session.take(event)
            except KindlineError as error:
                if not put.done.done():
                    put.done.set_exception(error)
                continue
            if not isinstance(event, PRIVATE):
                kept.setdefault(put.call_id, []).append(event)
        judges = self.house.judges
        take_all(
            [(self._held[call_id].session, said) for call_id, said in words.items()],
            model=judges.model,
            learnt=judges.learnt,
        )
        for call_id, said in words.items():
            kept.setdefault(call_id, []).extend(said)

    def _blotted(self, held: Held, said: Said) -> Said:
        """Return words with what identifies somebody blotted out of them."""
        if not self.house.judges.redacts:
            return said
        code = held.session.language
        asked = questions(held.last_text, code)
        blots = blots_in(said.text, code, country=held.country, asked=asked)
        held.last_text = said.text
        return replace(said, text=blotted(said.text, blots), blots=tuple(blots))

    def _kept(self, held: Held, events: list[Event], seqs: Mapping[str, int]) -> Happening:
        """Return what is to be stored of what happened in a call."""
        call, session, now = held.call, held.session, self.house.clock()
        changed: dict[str, Any] = {
            "heard_at": now,
            "stage": session.stage,
            "has_met_risk": session.has_met_risk,
            "asked_at": (call.asked_at or now) if session.is_help_asked else None,
            "last_seq": max(call.last_seq, seqs[call.call_id]),
        }
        ended = next((one for one in events if isinstance(one, Ended)), None)
        if ended is not None:
            given = session.given_ms(ended.at_ms)
            changed |= {"ended_at": now, "ending": ended.ending, "given_ms": given}
        language = _language(held)
        if language is not None:
            changed["language"] = language
        return Happening(call=call, seal=held.seal, events=events, changed=changed)

    def _followed(self, tenancy: Tenancy, one: Happening) -> list[Note]:
        """Do what follows from what was stored, and return who is to be told."""
        call_id, now = one.call.call_id, self.house.clock()
        held = self._held[call_id]
        if "ended_at" in one.changed:
            to_finish(tenancy, call_id, now=now)
        held.n = one.call.n_events + len(one.events)
        if "language" in one.changed:
            held.n = _ANEW  # by the language that was found
        return self._cased(tenancy, held, one.events, now)

    def _cased(
        self, tenancy: Tenancy, held: Held, events: Sequence[Event], now: datetime
    ) -> list[Note]:
        """Open a case for a cue that came up, and log what people did about it."""
        identity, note = str(held.session.conversation.id), Note(tenancy.tenant, CASES)
        notes: list[Note] = []
        acts = [one for one in events if isinstance(one, CueClosed | TakenOver)]
        if acts:
            for case in cases(tenancy, CASE_ROWS.c.conversation_id == identity):
                for act in acts:
                    _log(tenancy, case.case_id, act, now)
            notes.append(note)
        is_open = held.session.open_risk is not None
        if is_open and not held.has_case:
            cue = Cue(identity, LIVE, held.call.language, held.call.call_id)
            open_case(tenancy, cue, now=now)
            notes.append(note)
        held.has_case = is_open
        return notes

    def _heard(self, note: Note) -> None:
        """Pass on what another process did; the call is looked up when it is asked for."""
        with self._lock:
            notes = list(self._watchers) if note == EVERYTHING else [note]
        self._tell(notes)

    def _tell(self, notes: Sequence[Note]) -> None:
        with self._lock:
            every = [note for one in dict.fromkeys(notes) for note in (one, Note(one.tenant, ""))]
            some = {watcher for note in every for watcher in self._watchers.get(note, ())}
        for watcher in some:
            with suppress(RuntimeError):  # who watched is gone, and their loop with them
                watcher()


def _apart(batch: Sequence[Put]) -> list[list[tuple[Put, Event]]]:
    """Return the events in steps: in each a call's next words in a row, or its next act."""
    steps: list[list[tuple[Put, Event]]] = []
    places: dict[str, tuple[int, bool]] = {}
    for put in batch:
        for event in put.events:
            is_said = isinstance(event, Said)
            place, was_said = places.get(put.call_id, (-1, False))
            if not (is_said and was_said):
                place += 1
            places[put.call_id] = place, is_said
            if place == len(steps):
                steps.append([])
            steps[place].append((put, event))
    return steps


def _language(held: Held) -> str | None:
    """Return the language of a call that told none, once its words say which; None before."""
    if held.session.conversation.language is not None:
        return None
    texts = [one.text for one in held.session.events if isinstance(one, Said)]
    return identified(texts) if sum(map(len, texts)) >= _ENOUGH else None


def _log(tenancy: Tenancy, case_id: str, act: CueClosed | TakenOver, now: datetime) -> None:
    if isinstance(act, TakenOver):
        log(tenancy, case_id, Step(now, act.by, "taken_over"))
        return
    if act.offered is not None:
        log(tenancy, case_id, Step(now, act.by, "offered", act.offered, act.is_accepted))
    close_case(tenancy, case_id, act.outcome, by=act.by, now=now)
