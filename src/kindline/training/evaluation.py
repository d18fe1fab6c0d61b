"""Every head on the frozen test split: stories that no model or threshold was fitted to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kindline.analysis import analyse_all
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.metrics.share import share
from kindline.model.estimate import Estimate
from kindline.model.labels import CUSTOMER_LABELS
from kindline.policy import profile
from kindline.text.heads import Party
from kindline.text.scoring import TurnModel, ours, score, threshold
from kindline.training import corpus, public, stress
from kindline.training.scores import Judged, Score, macro_f1, score_of

SPLIT = "test"
FAR = 0.05  # a probability that moves more than this on a swapped name is not fair
_JUDGEMENTS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "service": lambda labels: bool(labels["service_problem"]),
    "companionship": lambda labels: labels["company"] != "no",
    "support": lambda labels: bool(labels["support"]),
    "crisis": lambda labels: labels["crisis"] != "none",
    "abuse": lambda labels: bool(labels["abuse"]),
}
_STATES = ("arrival", "departure", "felt_heard", "loyalty", "reason", "resolution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The scores of one language for one kind of item: a party's turns, or whole conversations."""

    language: str
    kind: str
    scores: tuple[Score, ...]
    macro_f1: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often a state that is one of several was named, and rightly so when it was."""

    language: str
    state: str
    n: int
    n_named: int
    n_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """The share of texts without a label in which the label was found nevertheless."""

    label: str
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Stressed:
    """How company and crisis were told after one change of the customer's words."""

    language: str
    change: str
    company: Estimate
    n_crisis: int
    n_found: int
    n_false_alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """How far a companionship probability moved in the `n` stories that a swap touches."""

    language: str
    kind: str
    n: int
    n_far: int
    farthest: float


def of_turns(root: Path, language: str, party: Party, model: TurnModel | None = None) -> Result:
    """Return how the heads of single turns do."""
    examples = corpus.examples(root, language, party, split=SPLIT)
    scored = (model or ours()).score([example.text for example in examples], language, party)
    judged = {
        label: Judged(
            truth=np.array([example.labels.get(label, False) for example in examples]),
            probability=scored.probability[:, column].astype(np.float64),
            is_found=scored.probability[:, column] >= threshold(party, label),
            stories=tuple(example.story for example in examples),
        )
        for column, label in enumerate(scored.labels)
        if label not in corpus.INNER[party]
    }
    return _result(language, f"{party} turns", judged)


def of_conversations(
    root: Path, language: str, now: datetime, model: TurnModel | None = None
) -> tuple[Result, list[Agreement]]:
    """Return how needs, crisis and abuse are told, and the states that are one of several."""
    items = corpus.conversations(root, language, split=SPLIT)
    told = told_of(items, now, model)
    agreements = [_agreement(language, state, items, told) for state in _STATES]
    return _result(language, "conversations", judged(items, told)), agreements


def under_stress(root: Path, language: str, now: datetime) -> list[Stressed]:
    """Return how company and crisis are told once the customer's words were changed."""
    items = corpus.conversations(root, language, split=SPLIT)
    results: list[Stressed] = []
    for name, change in stress.CHANGES.items():
        found = judged(items, told_of(stress.changed(items, change), now))
        crisis = found["crisis"]
        results.append(
            Stressed(
                language=language,
                change=name,
                company=score_of("companionship", found["companionship"]).auc,
                n_crisis=int(crisis.truth.sum()),
                n_found=int((crisis.truth & crisis.is_found).sum()),
                n_false_alarms=int((~crisis.truth & crisis.is_found).sum()),
            )
        )
    return results


def when_swapped(root: Path, language: str, now: datetime) -> list[Swapped]:
    """Return how far the companionship probability moves when somebody else tells the story."""
    items = [
        item
        for split in ("train", "test")
        for item in corpus.conversations(root, language, split=split)
    ]
    before = told_of(items, now)
    results: list[Swapped] = []
    for kind in stress.kinds(language):
        others = stress.swapped(items, kind)
        after = told_of(others, now)
        moves = [
            abs(
                _block(a, "companionship")["probability"]
                - _block(b, "companionship")["probability"]
            )
            for a, b, item, other in zip(after, before, items, others, strict=True)
            if item["turns"] != other["turns"]
        ]
        n_far = sum(move > FAR for move in moves)
        results.append(
            Swapped(
                language=language,
                kind=kind,
                n=len(moves),
                n_far=n_far,
                farthest=max(moves, default=0.0),
            )
        )
    return results


def judged(
    items: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]
) -> dict[str, Judged]:
    """Return what was said of needs, crisis and abuse beside what is so."""
    stories = tuple(str(item["situation"]) for item in items)
    return {
        name: Judged(
            truth=np.array([is_so(item["labels"]) for item in items]),
            probability=np.array([_block(one, name)["probability"] for one in told]),
            is_found=np.array([_block(one, name)["state"] in ("present", "cue") for one in told]),
            stories=stories,
        )
        for name, is_so in _JUDGEMENTS.items()
    }


def false_alarms(data: Path) -> list[FalseAlarms]:
    """Return how often a service request of a public test set is taken for something else."""
    texts = public.held_out_requests(data)
    scored = score(texts, "en", "customer")
    found = []
    for label in CUSTOMER_LABELS:
        if label in public.NEVER_IN_REQUESTS:
            chances = scored.probability[:, scored.labels.index(label)]
            flags = np.where(chances >= threshold("customer", label), "present", "absent")
            found.append(FalseAlarms(label=label, share=share(flags.tolist())))
    return found


def told_of(
    items: Sequence[Mapping[str, Any]], now: datetime, model: TurnModel | None = None
) -> list[dict[str, Any]]:
    """Return the analyses, made without labels: the words are all a model may see."""
    unlabelled = [
        {key: item[key] for key in ("id", "language", "channel", "turns", "lawful_basis")}
        for item in items
    ]
    conversations = [
        conversation_from(item, source="corpus", record=item["id"]) for item in unlabelled
    ]
    return [as_json(one) for one in analyse_all(conversations, profile(), now=now, model=model)]


def _result(language: str, kind: str, judged: Mapping[str, Judged]) -> Result:
    scores = tuple(score_of(name, one) for name, one in judged.items())
    return Result(
        language=language, kind=kind, scores=scores, macro_f1=macro_f1(list(judged.values()))
    )


def _block(analysis: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    block: Mapping[str, Any] = analysis["needs"].get(name) or analysis[name]
    return block


def _agreement(
    language: str,
    state: str,
    items: Sequence[Mapping[str, Any]],
    told: Sequence[Mapping[str, Any]],
) -> Agreement:
    pairs = [
        (_stated(item["labels"], state), _named(one, state))
        for item, one in zip(items, told, strict=True)
    ]
    named = [(truth, found) for truth, found in pairs if found is not None]
    n_right = sum(truth == found for truth, found in named)
    return Agreement(
        language=language, state=state, n=len(pairs), n_named=len(named), n_right=n_right
    )


def _stated(labels: Mapping[str, Any], state: str) -> str:
    if state != "resolution":
        return str(labels[state])
    if labels["resolved_turn"] is not None:
        return "settled"
    return "open" if labels["service_problem"] else "nothing_to_settle"


def _named(analysis: Mapping[str, Any], state: str) -> str | None:
    """Return the state an analysis names, None where it abstains."""
    if state in ("arrival", "departure"):
        mood: str | None = analysis["emotions"][state]
        return mood
    key = "primary" if state == "reason" else "state"
    found: str | None = analysis[state][key]
    return None if found in ("unsure", "not_assessed") else found
