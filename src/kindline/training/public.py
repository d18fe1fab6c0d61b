"""Public sets beside our own corpus (licences: docs/data.md). Read by path, never copied."""

from collections.abc import Iterable, Iterator, Mapping
import csv
from functools import cache
from importlib.resources import files
import json
from pathlib import Path
import random
import re
import tomllib

from kindline.training.corpus import NOT_SERVICE, Example, reason_labels

WEIGHT = 0.3  # a public example counts less than one of ours: other talk, other labels
_SEED = 20261122
_GOEMOTIONS = {
    "frustration": ("annoyance",),
    "anger": ("anger",),
    "sadness": ("sadness", "grief"),
    "fear": ("fear", "nervousness"),
    "gratitude": ("gratitude",),
    "joy": ("joy", "excitement"),
    "disappointment": ("disappointment",),
    "confusion": ("confusion",),
    "relief": ("relief",),
}
_XED = {"anger": 1, "fear": 4, "joy": 5, "sadness": 6}
NEVER_IN_REQUESTS = (*NOT_SERVICE, "support_need", "company_talk", "crisis_talk")
Request = tuple[str, str]  # what was said, and the intent its set gives it
_XED_ROW = re.compile(r"\d(, ?\d)*")


def examples(data: Path, language: str) -> tuple[Example, ...]:
    """Return what the public sets teach about customer turns of one language."""
    if language == "en":
        return (*_sample(_from_goemotions(data), 8000), *_sample(_requests(data), 4000))
    return tuple(_from_xed(data, language))


def texts(data: Path, language: str) -> list[str]:
    """Return all texts of a language, to count its words in."""
    every = xed(data, language)[0]
    if language == "en":
        every += [*goemotions(data, "train")[0], *(request.text for request in _requests(data))]
    return every


def goemotions(data: Path, split: str) -> tuple[list[str], list[frozenset[int]]]:
    """Return texts and label numbers (0..27) of a split: train, dev or test."""
    texts, labels = [], []
    path = data / "goemotions" / "data" / "original" / f"{split}.tsv"
    for line in path.read_text("utf-8").splitlines():
        text, numbers, _ = line.split("\t")
        texts.append(text)
        labels.append(frozenset(int(number) for number in numbers.split(",")))
    return texts, labels


def goemotions_names(data: Path) -> tuple[str, ...]:
    """Return the names of the 28 labels, in the order of their numbers."""
    path = data / "goemotions" / "data" / "original" / "labels.txt"
    return tuple(path.read_text("utf-8").split())


def xed(data: Path, language: str) -> tuple[list[str], list[frozenset[int]]]:
    """Return texts and Plutchik labels (1..8); malformed rows are dropped."""
    name = (
        "AnnotatedData/en-annotated" if language == "en" else f"Projections/{language}-projections"
    )
    texts, labels = [], []
    for line in (data / "xed" / f"{name}.tsv").read_text("utf-8").splitlines():
        text, _, numbers = line.rpartition("\t")
        if text and "\t" not in text and _XED_ROW.fullmatch(numbers.strip()):
            texts.append(text)
            labels.append(frozenset(int(n) for n in numbers.split(",")) - {0})
    return texts, labels


def held_out_requests(data: Path) -> tuple[str, ...]:
    """Return English service requests nobody trains on: BANKING77 test, MultiDoGO test."""
    held = (*_banking77(data, "test"), *_multidogo(data, "test"))
    return tuple(text for text, _ in held)


def _from_goemotions(data: Path) -> Iterator[Example]:
    names = goemotions_names(data)
    for text, numbers in zip(*goemotions(data, "train"), strict=True):
        own = {names[number] for number in numbers}
        labels = {label: bool(own & set(theirs)) for label, theirs in _GOEMOTIONS.items()}
        yield Example(text=text, labels=labels, story=f"goemotions:{text}", weight=WEIGHT)


def _from_xed(data: Path, language: str) -> Iterator[Example]:
    for text, numbers in zip(*xed(data, language), strict=True):
        labels = {label: number in numbers for label, number in _XED.items()}
        yield Example(text=text, labels=labels, story=f"xed:{text}", weight=WEIGHT)


def _requests(data: Path) -> Iterator[Example]:
    labels = {"service_request": True, **dict.fromkeys(NEVER_IN_REQUESTS, False)}
    told = {
        "banking77": _banking77(data, "train"),
        "multidogo": _multidogo(data, "train"),
        "clinc150": _clinc150(data),
        "dstc11": _dstc11(data),
    }
    for name, requests in told.items():
        reasons = _reasons()[name]
        for text, intent in requests:
            named = reason_labels(reasons.get(intent))
            yield Example(text=text, labels=labels | named, story=f"request:{text}", weight=WEIGHT)


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    """Return, per set, the contact reason that an intent stands for."""
    raw = files("kindline.training").joinpath("reasons.toml").read_text("utf-8")
    return {
        name: {intent: code for code, intents in entry.items() for intent in intents}
        for name, entry in tomllib.loads(raw).items()
    }


def _banking77(data: Path, split: str) -> Iterator[Request]:
    with (data / "banking77" / "banking_data" / f"{split}.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["text"], row["category"]


def _multidogo(data: Path, split: str) -> Iterator[Request]:
    root = data / "multidogo" / "data" / "paper_splits" / "splits_annotated_at_turn_level"
    for path in sorted(root.glob(f"*/{split}.tsv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["utterance"]:  # a few rows are cut short
                    yield row["utterance"], row["intent"] or ""


def _clinc150(data: Path) -> Iterator[Request]:
    folder = data / "clinc150" / "data"
    domains: Mapping[str, list[str]] = json.loads((folder / "domains.json").read_text("utf-8"))
    chatter = {*domains["small_talk"], *domains["meta"]}
    for text, intent in json.loads((folder / "data_full.json").read_text("utf-8"))["train"]:
        if intent not in chatter:
            yield text, intent


def _dstc11(data: Path) -> Iterator[Request]:
    for path in sorted((data / "dstc11_intents").rglob("test-utterances.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            told = json.loads(line)
            yield told["utterance"], told["intent"]


def _sample(items: Iterable[Example], n: int) -> list[Example]:
    every = list(items)
    return random.Random(_SEED).sample(every, min(n, len(every)))  # noqa: S311  (no secret here)
