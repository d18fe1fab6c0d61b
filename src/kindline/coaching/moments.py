"""
The places in a contact that teach, for the agent who had it: what was said, and what may be said.

Made from what Kindline found in the words, when it is asked for; nothing of it is stored. A moment
is no mark: none is counted, none compared. Contacts with a crisis cue teach nothing here; they are
talked over with people (FACTS 6.3). `languages/<code>/coaching.toml` holds stock phrases and words
of advice; a better line is one of that language's own phrases, never one a model made up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import re
import tomllib
from typing import Any, Literal, get_args

from kindline.languages import supported
from kindline.languages.phrases import Rung, phrases
from kindline.model.analysis import Behaviour
from kindline.text.fold import fold

MomentKind = Literal[
    "company_missed",
    "acknowledged_well",
    "advice_too_early",
    "stock_phrase",
    "loop_open",
    "good_boundary",
    "warm_close",
]
Epitome = Literal["emotional_reaction", "interpretation", "exploration"]
MOMENT_KINDS: tuple[MomentKind, ...] = get_args(MomentKind)
GOOD: frozenset[MomentKind] = frozenset({"acknowledged_well", "good_boundary", "warm_close"})
_MET: Mapping[Behaviour, Epitome] = {  # FACTS 6.1: what each kind of empathy looks like
    "acknowledge": "emotional_reaction",
    "validate": "emotional_reaction",
    "reflect": "interpretation",
    "question_open": "exploration",
}
_TEACHES: Mapping[MomentKind, Epitome] = {
    "company_missed": "emotional_reaction",
    "advice_too_early": "interpretation",
    "stock_phrase": "emotional_reaction",
}
_BETTER: Mapping[MomentKind, tuple[Rung, ...]] = {
    "company_missed": ("acknowledge", "give_back"),
    "advice_too_early": ("give_back",),
    "stock_phrase": ("give_back",),
    "loop_open": ("close_the_loop", "bounded_check"),
}
_SLOTS = {"matter": "…", "heard": "…", "name": "…", "line": "…"}
_DISCLOSED = ("companionship", "support")
_N_ANSWERS = 2  # agent turns in which a disclosure can still be met
_GLAD, _SURE = ("gratitude", "relief", "joy"), 0.5  # thanks want no comfort
_UPSET = ("irritated", "angry", "anxious", "sad")
# Chosen so that what is said is mostly so (training/moments.py; docs/measured.md tells how).
_NEEDING = 0.9  # probability of the need
_LEAST: Mapping[Behaviour, float] = {"boundary": 0.5, "warm_close": 0.7}  # log-odds
_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of a contact, with their turn."""

    turn: int
    party: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """
    A place that teaches. `quotes` are the agent's words, and the customer's where it hangs on them.

    `better` are lines that may be said there, with … for what the agent alone knows; none where it
    went well. `epitome` is the kind of empathy it is about, None where it is about none.
    """

    kind: MomentKind
    turn: int
    quotes: tuple[Quote, ...]
    better: tuple[str, ...] = ()
    epitome: Epitome | None = None

    @property
    def is_good(self) -> bool:
        """Return whether it went well."""
        return self.kind in GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What agents say by habit, and how advice begins, in one language."""

    version: str
    stock: tuple[str, ...]
    advice: tuple[str, ...]


@cache
def words(language: str) -> Words:
    """Return the stock phrases and words of advice of a language."""
    path = files("kindline.languages").joinpath(language, "coaching.toml")
    told = tomllib.loads(path.read_text("utf-8"))
    return Words(version=told["version"], stock=tuple(told["stock"]), advice=tuple(told["advice"]))


def moments(analysis: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]) -> list[Moment]:
    """
    Return the moments of a contact in order of turns, one of each kind at most.

    `analysis` is the contract's, `turns` those of the plain format. None where what the agent did
    was not assessed, in a language without a pack, or where a life may have been at risk.
    """
    language = supported(analysis["language"])
    is_read = analysis["agent"]["state"] == "assessed"
    if language is None or not is_read or analysis["crisis"]["state"] == "cue":
        return []
    seen = _Seen(analysis=analysis, turns=turns, language=language)
    found: dict[MomentKind, Moment] = {}
    for one in (*seen.met(), *seen.stock(), *seen.endings()):
        found.setdefault(one.kind, one)
    return sorted(found.values(), key=lambda one: (one.turn, one.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    analysis: Mapping[str, Any]
    turns: Sequence[Mapping[str, Any]]
    language: str

    def met(self) -> Iterator[Moment]:
        """
        Return how each disclosure was met.

        That one was missed is told only where nobody was met in all of the contact, and the answer
        takes up no word of theirs: who is told so wrongly stops listening to it.
        """
        is_met = any(self._did(did) for did in _MET)
        for turn in self._disclosures():
            answers = self._answers(turn)
            if (how := self._how_met(answers)) is not None:
                yield self._moment("acknowledged_well", turn, how[0], epitome=how[1])
            elif is_met or not answers or self._takes_up(turn, answers):
                continue
            elif advised := [at for at in answers if self._holds(at, words(self.language).advice)]:
                yield self._moment("advice_too_early", turn, advised[0])
            else:
                yield self._moment("company_missed", turn, answers[0])

    def _takes_up(self, turn: int, answers: Sequence[int]) -> bool:
        """Return whether an answer uses a word of weight that the customer used."""
        theirs = _weighty(self.turns[turn]["text"])
        return any(theirs & _weighty(self.turns[at]["text"]) for at in answers)

    def _how_met(self, answers: Sequence[int]) -> tuple[int, Epitome] | None:
        """Return the first of the agent's turns that meets somebody, and the kind of empathy."""
        for at in answers:
            for did, kind in _MET.items():
                if at in self._did(did):
                    return at, kind
        return None

    def stock(self) -> Iterator[Moment]:
        """Return where a stock phrase stood, unless the caller's own words stood beside it."""
        own = {*self._did("reflect"), *self._did("validate")}
        for at in self._of("agent"):
            if at not in own and self._holds(at, words(self.language).stock):
                yield self._moment("stock_phrase", at)

    def endings(self) -> Iterator[Moment]:
        """Return a matter left open, a boundary after being heard, a farewell that was meant."""
        spoken = self._of("agent")
        is_taken_on = set(spoken[-_N_ANSWERS:]) & set(self._did("ownership"))
        is_open = self.analysis["resolution"]["state"] == "open"
        is_upset = self.analysis["emotions"]["departure"] in _UPSET
        if is_open and is_upset and spoken and not is_taken_on:
            yield self._moment("loop_open", spoken[-1])
        heard = [at for name in ("acknowledge", "reflect", "validate") for at in self._did(name)]
        for at in self._surely("boundary"):
            if any(before <= at for before in heard):
                yield self._moment("good_boundary", at)
        for at in self._surely("warm_close")[-1:]:
            yield self._moment("warm_close", at)

    def _disclosures(self) -> list[int]:
        """Return the customer's turns that tell of a need for company or support."""
        found: set[int] = set()
        for need in _DISCLOSED:
            block = self.analysis["needs"][need]
            if block["state"] != "present" or block["probability"] < _NEEDING:
                continue
            for one in block["findings"]:
                if one["quote"] is not None and one["weight"] > 0:
                    found.add(one["turn"])
        glad = {
            told["turn"]
            for told in self.analysis["emotions"]["course"]
            if any(told["labels"].get(name, 0.0) >= _SURE for name in _GLAD)
        }
        return sorted(at for at in found - glad if self.turns[at]["party"] == "customer")

    def _answers(self, turn: int) -> list[int]:
        """Return the agent's next turns, in which what was disclosed can still be met."""
        after = [at for at in self._of("agent") if at > turn]
        return after[:_N_ANSWERS]

    def _of(self, party: str) -> list[int]:
        return [at for at, one in enumerate(self.turns) if one["party"] == party]

    def _did(self, name: Behaviour) -> list[int]:
        return list(self.analysis["agent"].get(name) or [])

    def _surely(self, name: Behaviour) -> list[int]:
        """Return where a behaviour was heard with weight enough to say so to who did it."""
        heavy = {
            told["turn"]
            for told in self.analysis["agent"]["findings"]
            if told["signal"] == f"agent.{name}" and told["weight"] >= _LEAST[name]
        }
        return [at for at in self._did(name) if at in heavy]

    def _holds(self, at: int, some: Sequence[str]) -> bool:
        said = fold(self.turns[at]["text"])
        return any(re.search(rf"(?<!\w){re.escape(fold(one))}(?!\w)", said) for one in some)

    def _moment(self, kind: MomentKind, *at: int, epitome: Epitome | None = None) -> Moment:
        quotes = tuple(
            Quote(turn=turn, party=self.turns[turn]["party"], text=self.turns[turn]["text"])
            for turn in at
        )
        return Moment(
            kind=kind,
            turn=at[-1],
            quotes=quotes,
            better=better(kind, self.language),
            epitome=epitome or _TEACHES.get(kind),
        )


def _weighty(text: str) -> set[str]:
    """Return the beginnings of longer words: inflection changes ends."""
    return {word[:5] for word in _WORD.findall(fold(text))}


def better(kind: MomentKind, language: str) -> tuple[str, ...]:
    """Return lines that may be said instead, one a rung; none where there is nothing to better."""
    ours = phrases(language).by_use
    return tuple(
        next(
            one.text.format(**_SLOTS).replace("….", "…")
            for one in ours[rung]
            if one.form == "formal" and one.only_if is None
        )
        for rung in _BETTER.get(kind, ())
    )
