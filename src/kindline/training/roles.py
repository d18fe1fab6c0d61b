"""
Words that tell an agent from a customer, learnt from our own corpus.

A logistic regression over words and pairs of words; of its weights the telling ones are kept, so
that a file can be read by a person.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from kindline.roles import words_of
from kindline.training import corpus

N_KEPT = 400  # a language; twice as many tell a conversation no better
_LEAST_OFTEN = 4
_PENALTY = 0.5


def fitted(root: Path, language: str) -> dict[str, Any]:
    """Return the intercept and the weights, log-odds of an agent, for turns of a language."""
    told = list(_told(root, language))
    counter = CountVectorizer(
        analyzer=lambda text: sorted(words_of(text)), min_df=_LEAST_OFTEN, binary=True
    )
    rows = counter.fit_transform([text for text, _ in told])
    model = LogisticRegression(C=_PENALTY, max_iter=500, class_weight="balanced")
    model.fit(rows, [is_agent for _, is_agent in told])
    weights, often = model.coef_[0], np.asarray(rows.sum(axis=0)).ravel()
    order = np.argsort(-np.abs(weights) * np.sqrt(often), kind="stable")[:N_KEPT]
    names = counter.get_feature_names_out()
    return {
        "intercept": round(float(model.intercept_[0]), 3),
        "weights": {str(names[i]): round(float(weights[i]), 3) for i in sorted(order)},
    }


def _told(root: Path, language: str) -> Iterator[tuple[str, bool]]:
    for party in ("agent", "customer"):
        for example in corpus.examples(root, language, party, split="train"):
            yield example.text, party == "agent"
