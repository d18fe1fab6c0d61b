"""
Others on the same turns, machine and core: how fast, and how right where that can be compared?

    pip install convokit transformers presidio-analyzer torch
    python bench/peers.py [--only VADER ...]

Best of three passes each. Where a peer needs a model that no package registry holds, one of the
same make and size is made here with weights by chance, which is as fast and says nothing: spaCy's
small English pipeline (for ConvoKit and Presidio), and DistilBERT in base size. Presidio is
therefore asked for numbers and addresses, not for names. Feelings: does what a customer says last
sound good? The area under the ROC curve over test stories that end cheerful against those that end
sad, anxious, irritated or angry.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
import json
from pathlib import Path
import platform
import time
import tomllib
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from kindline.analysis import analyse_all, collect_seldom
from kindline.contract import as_json
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Blot, Conversation
from kindline.policy import profile
from kindline.redaction.hidden import blots_in
from kindline.text.reading import read
from kindline.training.corpus import conversations
from kindline.training.scores import Rows, resampled

ROOT = Path(__file__).resolve().parents[1]
N_PASSES = 3
LAST = 2  # customer turns
BAD = ("sad", "anxious", "irritated", "angry")
Work = Callable[[Sequence[str]], object]


def main() -> None:
    """Print one JSON object with every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", nargs="*", default=list(PEERS))
    given = options.parse_args()
    collect_seldom()
    told = _corpus("train") + _corpus("test")
    texts = [turn.text for one in told for turn in one.turns]
    rates = {"analysis": _rate(texts * 3, lambda _: _analysed(told * 3))}
    for name in given.only:
        make, n = PEERS[name]
        rates[name] = _rate(texts[:n], make())
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, one used",
        "words_a_turn": round(sum(len(text.split()) for text in texts) / len(texts), 1),
        "turns_per_second": {name: round(rate) for name, rate in rates.items()},
        "analysis_beside": {n: round(rates["analysis"] / rate, 2) for n, rate in rates.items()},
        "feelings": _feelings(),
    }
    if "Presidio" in given.only:
        figures["redaction"] = _redaction()
    print(json.dumps(figures, indent=1))


def _corpus(split: str) -> list[Conversation]:
    items = conversations(ROOT / "corpus", "en", split=split)
    return [conversation_from(item, source="corpus", record=item["id"]) for item in items]


def _rate(texts: Sequence[str], work: Work) -> float:
    """Return turns a second, of the best pass."""
    work(texts[:20])
    seconds: list[float] = []
    for _ in range(N_PASSES):
        began = time.perf_counter()
        work(texts)
        seconds.append(time.perf_counter() - began)
    return len(texts) / min(seconds)


def _analysed(told: Sequence[Conversation]) -> None:
    for one in analyse_all(told, profile(), declared="evaluation", now=datetime.now(UTC)):
        as_json(one)


def _redacted() -> Work:
    return lambda texts: [blots_in(text, "en") for text in texts]


def _vader() -> Work:
    vader = SentimentIntensityAnalyzer()
    return lambda texts: [vader.polarity_scores(text) for text in texts]


def _textblob() -> Work:
    return lambda texts: [TextBlob(text).sentiment.polarity for text in texts]


def _spacy(*parts: str) -> Any:
    """Return a pipeline with these parts, each in the size of spaCy's small one, by chance."""
    spacy = import_module("spacy")
    example = import_module("spacy.training").Example
    words = ["Thank", "you", "Anna"]
    made = {
        "tags": ["VB", "PRP", "NNP"],
        "heads": [0, 0, 0],
        "deps": ["ROOT", "dobj", "npadvmod"],
        "entities": ["O", "O", "U-PERSON"],
    }
    pipeline = spacy.blank("en")
    for part in parts:
        pipeline.add_pipe(part)
    doc = import_module("spacy.tokens").Doc(pipeline.vocab, words=words)
    pipeline.initialize(lambda: [example.from_dict(doc, made)])
    return pipeline


def _convokit() -> Work:
    kit = import_module("convokit")
    parser = kit.TextParser(spacy_nlp=_spacy("tagger", "parser"), verbosity=0)
    strategies = kit.PolitenessStrategies(verbose=0)
    speaker = kit.Speaker(id="customer")

    def work(texts: Sequence[str]) -> object:
        said = [
            kit.Utterance(id=str(n), speaker=speaker, conversation_id="0", text=text)
            for n, text in enumerate(texts)
        ]
        return strategies.transform(parser.transform(kit.Corpus(utterances=said)))

    return work


def _transformers() -> Work:
    """Return a sentiment pipeline on DistilBERT in base size: 66 million weights by chance."""
    kit, torch = import_module("transformers"), import_module("torch")
    tokenizers = import_module("tokenizers")
    torch.set_num_threads(1)
    words = tokenizers.BertWordPieceTokenizer()
    words.train_from_iterator(
        [turn.text for one in _corpus("train") for turn in one.turns], vocab_size=30_522
    )
    tokenizer = kit.PreTrainedTokenizerFast(
        tokenizer_object=words._tokenizer  # noqa: SLF001 -- the only way to it
    )
    tokenizer.add_special_tokens({"pad_token": "[PAD]", "unk_token": "[UNK]"})
    model = kit.DistilBertForSequenceClassification(kit.DistilBertConfig()).eval()
    sentiment = kit.pipeline("sentiment-analysis", model=model, tokenizer=tokenizer, device=-1)
    return lambda texts: sentiment(list(texts), batch_size=32)


def _presidio() -> Work:
    find = _presidio_spans()
    return lambda texts: [find(text) for text in texts]


def _presidio_spans() -> Callable[[str], list[Blot]]:
    """Return what Presidio finds, its British patterns switched on as well."""
    presidio = import_module("presidio_analyzer")
    patterns = import_module("presidio_analyzer.predefined_recognizers")
    engines = import_module("presidio_analyzer.nlp_engine")
    engine = engines.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "made"}])
    engine.nlp = {"en": _spacy("tagger", "ner")}
    registry = presidio.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(["en"])
    registry.add_recognizer(patterns.UkNinoRecognizer())
    registry.add_recognizer(patterns.UkPostcodeRecognizer())
    found = presidio.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=["en"]
    )
    return lambda text: [
        Blot(one.start, one.end, one.entity_type)
        for one in found.analyze(text=text, language="en", entities=ASKED)
    ]


ASKED = [
    *("PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD", "EMAIL_ADDRESS"),
    *("UK_NINO", "UK_POSTCODE", "DATE_TIME"),
]


PEERS: Mapping[str, tuple[Callable[[], Work], int]] = {  # with how many turns are enough
    "redaction": (_redacted, 3_500),
    "VADER": (_vader, 3_500),
    "TextBlob": (_textblob, 2_000),
    "ConvoKit": (_convokit, 1_000),
    "transformers": (_transformers, 500),
    "Presidio": (_presidio, 1_000),
}


def _feelings() -> dict[str, str]:
    """Return how well the end of a story is told, by who tells it."""
    items = conversations(ROOT / "corpus", "en", split="test")
    ended = [one for one in items if one["labels"]["departure"] in ("cheerful", *BAD)]
    truth = np.array([one["labels"]["departure"] == "cheerful" for one in ended])
    told = [conversation_from(one, source="corpus", record=one["id"]) for one in ended]
    readings, vader = read(told, "en"), SentimentIntensityAnalyzer()
    last = [
        [one.conversation.turns[n].text for n in one.customer_turns[-LAST:]] for one in readings
    ]
    scores = {
        "Kindline": [
            sum(one.sentiment[turn] for turn in one.customer_turns[-LAST:]) for one in readings
        ],
        "VADER": [sum(vader.polarity_scores(text)["compound"] for text in said) for said in last],
        "TextBlob": [sum(TextBlob(text).sentiment.polarity for text in said) for said in last],
    }
    stories = [one["situation"] for one in ended]
    return {name: _auc(truth, np.array(score), stories) for name, score in scores.items()}


def _auc(truth: Any, score: Any, stories: Sequence[str]) -> str:
    def of(rows: Rows) -> float:
        both = len(set(truth[rows].tolist())) > 1
        return float(roc_auc_score(truth[rows], score[rows])) if both else float("nan")

    found = resampled(stories, of, "area under the ROC curve")
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}], n {len(truth)}"


def _redaction() -> dict[str, dict[str, str]]:
    """Return how many English lines have all gone that must, by kind: ours and Presidio's."""
    lines_of = import_module("redaction")  # bench/redaction.py, beside this file
    told = tomllib.loads((ROOT / "bench" / "redaction.toml").read_text("utf-8"))["en"]
    theirs = _presidio_spans()
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for kind, line in lines_of.lines("en", told):
        if kind != "names":
            ours = lines_of.is_gone(line, lambda text: blots_in(text, "en"))
            found[kind].append((ours, lines_of.is_gone(line, theirs)))
    return {
        kind: {
            "Kindline": f"{sum(ours for ours, _ in pairs)}/{len(pairs)}",
            "Presidio": f"{sum(other for _, other in pairs)}/{len(pairs)}",
        }
        for kind, pairs in sorted(found.items())
    }


if __name__ == "__main__":
    main()
