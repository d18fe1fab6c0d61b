"""
The sound of calls to words, outside of whatever waits for it: a few threads, a recogniser each.

A call stays with one thread, so that its sound is heard in order. Sound that waits too long is let
go, and counted: words that come a minute late help nobody at a desk.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Lock

from kindline.languages import supported
from kindline.live.protocols.frames import PER_MS, Sound
from kindline.model.conversation import Role
from kindline.speech.recognisers import Choice, Recogniser, recogniser
from kindline.speech.stream import Stream, Utterance

MOST_WAITING_MS = 60_000  # of both sides together; our choice
_AT_ONCE_MS = 200  # of both sides together: frames of twenty are not worth a thread's turn each
Told = Callable[[Utterance], None]


class Hearing:
    """What hears the calls of a process; recognisers are loaded with the first sound."""

    def __init__(self, choice: Choice, *, n_threads: int = 1) -> None:
        self._choice = choice
        self._pools = [ThreadPoolExecutor(1, "hearing") for _ in range(n_threads)]
        self._turn = cycle(range(n_threads))
        self._loaded: dict[int, Recogniser] = {}

    def ear(self, language: str, told: Told) -> "Ear":
        """Return what hears one call, and calls back for everything it makes out."""
        number = next(self._turn)
        return Ear(self._pools[number], lambda: self._recogniser(number), language, told)

    def close(self) -> None:
        """Hear nothing any more."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)

    def _recogniser(self, number: int) -> Recogniser:
        """Return a thread's own; it is asked from there alone."""
        if number not in self._loaded:
            self._loaded[number] = recogniser(self._choice)
        return self._loaded[number]


class Ear:
    """One call: a stream a side. `lost_ms` is sound that was let go, `n_heard` samples taken."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        recogniser_of: Callable[[], Recogniser],
        language: str,
        told: Told,
    ) -> None:
        self._pool, self._recogniser_of = pool, recogniser_of
        self._language, self._told = language, told
        self._streams: dict[Role, Stream] = {}
        self._waiting: deque[Sound] = deque()
        self._lock = Lock()
        self._is_at_work = False
        self._waiting_ms = 0
        self.lost_ms = 0
        self.n_heard = 0

    def hear(self, sound: Sound) -> None:
        """Put sound in; it is heard as soon as the thread comes to it."""
        length_ms = len(sound.pcm) // PER_MS
        with self._lock:
            self.n_heard += len(sound.pcm)
            if self._waiting_ms + length_ms > MOST_WAITING_MS:
                self.lost_ms += length_ms
                return
            self._waiting.append(sound)
            self._waiting_ms += length_ms
            if self._waiting_ms >= _AT_ONCE_MS:
                self._begin()

    def close(self, then: Callable[[], None]) -> None:
        """Hear the rest, tell what the end ends, then call back."""
        self._pool.submit(self._close, then)

    def _begin(self) -> None:
        if not self._is_at_work:
            self._is_at_work = True
            self._pool.submit(self._work)

    def _work(self) -> None:
        """Hear what waits, one piece, then let other calls of the thread have theirs."""
        with self._lock:
            some = list(self._waiting)
            self._waiting.clear()
            self._waiting_ms = 0
            self._is_at_work = False
        if some and not self._knows_language():
            return
        for sound in some:
            for one in self._stream(sound.role).feed(sound.pcm):
                self._told(one)

    def _close(self, then: Callable[[], None]) -> None:
        self._work()
        for stream in self._streams.values():
            for one in stream.close():
                self._told(one)
        then()

    def _knows_language(self) -> bool:
        """Return whether it is heard at all: an English ear writes fluent English for Dutch."""
        languages, code = self._recogniser_of().languages, supported(self._language)
        return code is not None and (languages is None or code in languages)

    def _stream(self, role: Role) -> Stream:
        if role not in self._streams:
            known = self._recogniser_of()
            self._streams[role] = Stream(known, language=self._language, role=role)
        return self._streams[role]
