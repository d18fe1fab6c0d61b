"""
What a centre's people settled, learnt: its decisions, drawn from ours by its own contacts.

A decision is fitted with ours as the prior: a few labels move it little, many move it far. It is
kept only where, on contacts it never saw, it was surer of what people settled than ours is, by
more than chance, and told them apart as well. Where it was not, how common a need is may still be
learnt, which changes no order. Of crisis only what finds more is learnt: no label of anybody makes
us hear less.

Contacts must have been drawn without regard to what people would say of them, as Review draws
them. Evenly by what Kindline found is no harm: that is known from the features themselves.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from kindline.errors import InputError, MalformedInputError
from kindline.ingest.plain import read_lines
from kindline.languages import supported
from kindline.model.conversation import Conversation
from kindline.model.estimate import Estimate
from kindline.text.decision import Decision, decision
from kindline.text.reading import NOTHING, Reading, read
from kindline.text.scoring import TurnModel, ours
from kindline.training.conversations import DECISIONS
from kindline.training.scores import METHOD, Score, resampled, score_of
from kindline.training.scores import Judged as Told
from kindline.training.turns import N_FOLDS, fold_of

FEWEST = 10  # of yes, and of no: with fewer nothing is learnt; our choice, no origin yet
_SPREAD_OF_BASE = 1.0  # of log-odds, how far a centre may lie from ours (docs/measured.md)
_SPREADS_OF_WEIGHTS = (0.3, 0.0)  # tried in turn; 0 learns only how common a need is
_WORSE = 0.005  # of AUC, what may be lost by chance
_SURE = 1e-6
_LABELS: Mapping[str, tuple[str, type]] = {
    "service": ("service_problem", bool),
    "companionship": ("company", str),
    "support": ("support", bool),
    "crisis": ("crisis", str),
    "abuse": ("abuse", bool),
}
_ONLY_MORE = frozenset({"crisis"})
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A contact and what people settled of it, by need."""

    conversation: Conversation
    language: str
    is_so: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """
    What came of one need in one language.

    `ours` and `learnt` tell how right both are on contacts that neither saw, `gain` how much surer
    the learnt one is of what is so: the mean difference of log loss, None with too few. It is kept
    where it is better than ours by more than chance.
    """

    language: str
    need: str
    ours: Score
    learnt: Score
    gain: Estimate
    decision: Decision
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Contacts of one language: a row of features each, a one before them, and what is so."""

    need: str
    rows: Floats
    truth: Flags
    names: tuple[str, ...]
    prior: Floats

    @property
    def is_enough(self) -> bool:
        return bool(min(self.truth.sum(), (~self.truth).sum()) >= FEWEST)

    def only(self, chosen: Flags) -> "_Seen":
        """Return those chosen."""
        names = tuple(name for name, is_in in zip(self.names, chosen, strict=True) if is_in)
        rows, truth = self.rows[chosen], self.truth[chosen]
        return _Seen(need=self.need, rows=rows, truth=truth, names=names, prior=self.prior)


def settled_in(file: Path) -> Iterator[Settled | InputError]:
    """Return what `kindline reviewed` wrote, and an error for each record that is none of that."""
    with file.open("rb") as lines:
        for one in read_lines(lines, source=file.name):
            try:
                yield one if isinstance(one, InputError) else _settled(one)
            except InputError as error:
                yield error


def _settled(conversation: Conversation) -> Settled:
    record, language = f"conversation {conversation.id}", supported(conversation.language)
    labels = json.loads(conversation.carried).get("labels")
    if language is None:
        raise MalformedInputError(
            conversation.source, record, "language", "none we know", "a language we have"
        )
    if not isinstance(labels, dict) or not labels:
        raise MalformedInputError(
            conversation.source, record, "labels", "none", "what people settled"
        )
    is_so: dict[str, bool] = {}
    for need, (name, expected) in _LABELS.items():
        if name in labels:
            if not isinstance(labels[name], expected):
                found = type(labels[name]).__name__
                raise MalformedInputError(
                    conversation.source, record, f"labels.{name}", found, expected.__name__
                )
            is_so[need] = DECISIONS[need][1](labels)
    return Settled(conversation=conversation, language=language, is_so=is_so)


def learn(settled: Sequence[Settled], model: TurnModel | None = None) -> list[Learning]:
    """Return what came of every language and need that anything was settled of."""
    results: list[Learning] = []
    for language in sorted({one.language for one in settled}):
        own = [one for one in settled if one.language == language]
        scorer = (model or ours()).score
        readings = read([one.conversation for one in own], language, scorer=scorer)
        for need in DECISIONS:
            told = [
                (reading, one.is_so[need])
                for reading, one in zip(readings, own, strict=True)
                if need in one.is_so
            ]
            if told:
                results.append(_learning(need, language, told))
    return results


def stored(learnt: Iterable[Learning]) -> dict[str, Any]:
    """Return the decisions that are kept, by language and need, as `text/learnt.py` reads them."""
    found: dict[str, dict[str, Any]] = {}
    for one in learnt:
        if one.is_kept:
            found.setdefault(one.language, {})[one.need] = {
                "bases": {code: round(base, 4) for code, base in one.decision.bases.items()},
                "weights": {name: round(w, 4) for name, w in one.decision.weights.items()},
                "absent_below": one.decision.absent_below,
                "present_from": one.decision.present_from,
                "n": one.ours.n,
            }
    return found


def _learning(need: str, language: str, told: Sequence[tuple[Reading, bool]]) -> Learning:
    """Return the first that is better than ours, else the last that was tried."""
    model = decision(need)
    features = [DECISIONS[need][0](reading) for reading, _ in told]
    seen = _Seen(
        need=need,
        rows=np.array(
            [[1.0, *(row.get(name, NOTHING).value for name in model.weights)] for row in features]
        ),
        truth=np.array([is_so for _, is_so in told]),
        names=tuple(str(reading.conversation.id) for reading, _ in told),
        prior=np.array([model.bases[language], *model.weights.values()]),
    )
    for spread in _SPREADS_OF_WEIGHTS:
        learning = _tried(model, language, seen, spread)
        if learning.is_kept:
            break
    return learning


def _tried(model: Decision, language: str, seen: "_Seen", spread: float) -> Learning:
    before = _logistic(seen.rows @ seen.prior)
    after = _held_out(seen, spread) if seen.is_enough else before
    known, learnt = _score(seen, before, model), _score(seen, after, model)
    gain = _gain(seen, before, after)
    is_ordered = not spread or (learnt.auc.value or 0.0) >= (known.auc.value or 0.0) - _WORSE
    return Learning(
        language=language,
        need=seen.need,
        ours=known,
        learnt=learnt,
        gain=gain,
        decision=_as_decision(model, language, fitted(seen, spread)),
        is_kept=is_ordered and (gain.low or 0.0) > 0,
    )


def fitted(seen: "_Seen", spread: float) -> Floats:
    """
    Return base and weights, the most probable given ours and what was settled.

    Weights lie `spread` from ours; with 0 they are ours. Of crisis none is below ours, so that no
    cue is lost.
    """
    prior = seen.prior
    away = np.full(len(prior), spread or 1.0)
    away[0] = _SPREAD_OF_BASE
    least = prior.copy() if seen.need in _ONLY_MORE else np.full(len(prior), -np.inf)
    most = np.full(len(prior), np.inf)
    if not spread:
        least[1:] = most[1:] = prior[1:]

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds, gone = seen.rows @ weights, (weights - prior) / away
        missed = np.logaddexp(0.0, np.where(seen.truth, -odds, odds)).sum()
        slope = seen.rows.T @ (_logistic(odds) - seen.truth) + gone / away
        return float(missed + gone @ gone / 2), np.asarray(slope)

    bounds = list(zip(least, most, strict=True))
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64)


def _held_out(seen: "_Seen", spread: float) -> Floats:
    """Return the chance of every contact by a decision learnt from the contacts of other folds."""
    folds = np.array([fold_of(name) for name in seen.names])
    chance = np.zeros(len(seen.truth))
    for fold in range(N_FOLDS):
        inside = folds == fold
        weights = fitted(seen.only(~inside), spread)
        chance[inside] = _logistic(seen.rows[inside] @ weights)
    return chance


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _gain(seen: "_Seen", before: Floats, after: Floats) -> Estimate:
    n, method = len(seen.truth), f"mean difference of log loss, {N_FOLDS}-fold, {METHOD}"
    if not seen.is_enough:
        return Estimate(value=None, low=None, high=None, n=n, n_unjudged=0, method="too few")
    gains = _losses(before, seen.truth) - _losses(after, seen.truth)
    return resampled(seen.names, lambda picked: float(gains[picked].mean()), method)


def _losses(chance: Floats, truth: Flags) -> Floats:
    sure = np.clip(chance, _SURE, 1 - _SURE)
    return -np.log(np.where(truth, sure, 1 - sure))


def _score(seen: "_Seen", chance: Floats, model: Decision) -> Score:
    told = Told(
        truth=seen.truth,
        probability=chance,
        is_found=chance >= model.present_from,
        stories=seen.names,
    )
    return score_of(seen.need, told)


def _as_decision(model: Decision, language: str, weights: Floats) -> Decision:
    return Decision(
        bases={language: float(weights[0])},
        weights=dict(zip(model.weights, weights[1:].tolist(), strict=True)),
        absent_below=model.absent_below,
        present_from=model.present_from,
    )
