"""A language's card: how right it is here, how sure that is, and where it goes wrong."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kindline.languages import pack
from kindline.metrics.share import wilson
from kindline.model.estimate import Estimate
from kindline.text.decision import conversation_file
from kindline.text.scoring import calibration_file
from kindline.training import corpus, evaluation
from kindline.training.scores import Judged, Score

_PREVALENCES = (0.01, 0.03, 0.05, 0.10)
_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_PLOT_WIDTH = 40


def card(root: Path, language: str, now: datetime) -> str:
    """Return the card of a language, as Markdown."""
    items = corpus.conversations(root, language, split=evaluation.SPLIT)
    told = evaluation.told_of(items, now)
    judged = evaluation.judged(items, told)
    result, agreements = evaluation.of_conversations(root, language, now)
    parts = (
        _head(language, len(items)),
        "## Needs, crisis, abuse\n\n" + _scores(result.scores),
        "## By nested cross-validation\n\n" + _nested(language),
        "## By cross-validation, all languages together\n\n" + _held_out(language),
        "## Found and missed\n\n" + _confusions(judged),
        "## Of ten flags, how many are right?\n\n" + _worth(judged),
        "## Said and so\n\n" + _calibration(judged),
        "## States that are one of several\n\n" + _agreements(agreements),
        "## Single turns\n\n" + _turns(root, language),
        "## Under stress\n\n" + _stress(evaluation.under_stress(root, language, now)),
        "## Told by somebody else\n\n" + _swaps(evaluation.when_swapped(root, language, now)),
        "## Known failures\n\n" + _failures(items, judged),
    )
    return "\n".join(parts)


def _head(language: str, n: int) -> str:
    about = pack(language)
    return (
        f"# {about.name}\n\n"
        f"Weights {calibration_file()['version']}, pack {about.version}: {about.source}.\n\n"
        f"Measured on the {n} test conversations of our own corpus, written by the same hands as "
        "the training ones. On other lines it will do worse; measure it there. Intervals are "
        "95 %. Written by `training/write_cards.py`.\n"
    )


def _scores(scores: Sequence[Score]) -> str:
    rows = [
        (
            score.head,
            str(score.n),
            str(score.n_true),
            _shown(score.f1),
            _shown(score.auc),
            "–" if score.calibration_error is None else f"{score.calibration_error:.2f}",
        )
        for score in scores
    ]
    return _table(("", "n", "true", "F1", "AUC", "calibration error"), rows)


def _nested(language: str) -> str:
    figures = conversation_file()["nested"]
    own, turns = figures[language], figures["turns"]
    shown = ("auc", "f1", "recall", "precision", "false_alarms", "unsure")
    rows = [
        (
            name,
            str(told["n"]),
            str(told["n_true"]),
            *(_between(told[column]) for column in shown),
            f"{told['calibration_error']:.3f}",
        )
        for name, told in own["needs"].items()
    ]
    head = ("", "n", "true", "AUC", "F1", "recall", "precision", "false alarms", "unsure")
    states = [(name, _between(told)) for name, told in own["states"].items()]
    states += [
        ("emotions, single turns: macro-F1", _between(turns["customer"][language])),
        ("agent behaviours, single turns: macro-F1", _between(turns["agent"][language])),
    ]
    note = (
        "Training stories of this language; models, thresholds and calibration come from other "
        "situations alone. Below, one of several: mean recall over the states, always naming one.\n"
    )
    return "\n".join(
        (note, _table((*head, "calibration error"), rows), _table(("", "value"), states))
    )


def _between(told: Sequence[float | None]) -> str:
    value, low, high = told
    return "–" if value is None else f"{value:.2f} ({low:.2f}–{high:.2f})"


def _held_out(language: str) -> str:
    rows = [
        (name, *_held_out_of(model["held_out"], language))
        for name, model in conversation_file()["decisions"].items()
    ]
    head = (
        "",
        "n",
        "true",
        "AUC",
        "AUC among plain matters",
        "recall",
        "false alarms",
        "of these in plain service",
        "calibration error here",
    )
    note = (
        "\nTraining stories, each judged by heads and models that had not seen its situation; the "
        "thresholds were set on these judgements. Among plain matters: every story told once more "
        "between two plain contacts, three times as long.\n"
    )
    return _table(head, rows) + note


def _held_out_of(held: Mapping[str, Any], language: str) -> Iterator[str]:
    yield str(held["n"])
    yield str(held["n_true"])
    shown = ("auc", "auc_among_plain_matters", "recall", "false_alarms")
    for value in (
        *(held[name] for name in shown),
        held["false_alarms_in_plain_service"],
        held["calibration_error"][language],
    ):
        yield "–" if value is None else f"{value:.3f}"


def _confusions(judged: Mapping[str, Judged]) -> str:
    rows = [
        (
            name,
            str(int((one.truth & one.is_found).sum())),
            str(int((one.truth & ~one.is_found).sum())),
            str(int((~one.truth & one.is_found).sum())),
            str(int((~one.truth & ~one.is_found).sum())),
        )
        for name, one in judged.items()
    ]
    head = ("", "found, rightly", "missed", "found, wrongly", "not found, rightly")
    return _table(head, rows) + "\nUnsure counts as not found.\n"


def _worth(judged: Mapping[str, Judged]) -> str:
    """Return the positive predictive value at several shares among your contacts."""
    rows: list[tuple[str, ...]] = []
    for name, one in judged.items():
        n_true, n_false = int(one.truth.sum()), int((~one.truth).sum())
        if n_true and n_false:
            se = (one.truth & one.is_found).sum() / n_true
            wrongly = wilson(int((~one.truth & one.is_found).sum()), n_false)[1]
            rows.append((name, *(f"{_ppv(se, wrongly, share):.0%}" for share in _PREVALENCES)))
    head = ("", *(f"{share:.0%} of contacts" for share in _PREVALENCES))
    note = "\nAt least: with the upper end of the interval of false alarms, wide as n is small.\n"
    return _table(head, rows) + note


def _ppv(sensitivity: float, false_alarms: float, share: float) -> float:
    right = sensitivity * share
    return right / max(1e-9, right + false_alarms * (1 - share))


def _calibration(judged: Mapping[str, Judged]) -> str:
    rows: list[tuple[str, ...]] = []
    for name, one in judged.items():
        cells: list[str] = []
        for low, high in pairwise(_BINS):
            inside = (one.probability >= low) & (one.probability < high + (high == 1.0))
            n = int(inside.sum())
            cells.append("–" if not n else f"{int(one.truth[inside].sum())} of {n}")
        rows.append((name, *cells))
    head = ("probability", *(f"{a:.1f}–{b:.1f}" for a, b in pairwise(_BINS)))
    return (
        _table(head, rows)
        + "\nHow many were so, of those given a probability in that stretch. "
        + f"All five together: + is what was said, o what was so, * both.\n\n{_plot(judged)}\n"
    )


def _plot(judged: Mapping[str, Judged]) -> str:
    """Return the calibration as a plot that a terminal can show, from 0 on the left to 1."""
    said = np.concatenate([one.probability for one in judged.values()])
    so = np.concatenate([one.truth for one in judged.values()])
    lines: list[str] = []
    for low, high in pairwise(_BINS):
        inside = (said >= low) & (said < high + (high == 1.0))
        dots = ["."] * (_PLOT_WIDTH + 1)
        if inside.any():
            dots[round(said[inside].mean() * _PLOT_WIDTH)] = "+"
            at = round(so[inside].mean() * _PLOT_WIDTH)
            dots[at] = "*" if dots[at] == "+" else "o"
        lines.append(f"    {low:.1f}-{high:.1f} |{''.join(dots)}| n = {int(inside.sum())}")
    return "\n".join(lines)


def _agreements(agreements: Sequence[evaluation.Agreement]) -> str:
    rows = [(one.state, str(one.n), str(one.n_named), str(one.n_right)) for one in agreements]
    return _table(("", "n", "named", "rightly"), rows)


def _turns(root: Path, language: str) -> str:
    results = [evaluation.of_turns(root, language, party) for party in ("customer", "agent")]
    rows = [
        (score.head, str(score.n_true), _shown(score.f1), _shown(score.auc))
        for result in results
        for score in result.scores
    ]
    overall = "; ".join(
        f"{result.kind} {_shown(result.macro_f1)}, n = {result.macro_f1.n}" for result in results
    )
    return f"Macro-F1: {overall}.\n\n" + _table(("", "true", "F1", "AUC"), rows)


def _stress(stressed: Sequence[evaluation.Stressed]) -> str:
    rows = [
        (
            one.change,
            _shown(one.company),
            f"{one.n_found} of {one.n_crisis}",
            str(one.n_false_alarms),
        )
        for one in stressed
    ]
    return _table(("words", "company: AUC", "crisis found", "false alarms"), rows)


def _swaps(swapped: Sequence[evaluation.Swapped]) -> str:
    rows = [(one.kind, str(one.n), str(one.n_far), f"{one.farthest:.2f}") for one in swapped]
    return _table(("swapped", "stories", "moved over .05", "farthest"), rows)


def _failures(items: Sequence[Mapping[str, Any]], judged: Mapping[str, Judged]) -> str:
    lines = list(_wrong(items, judged))
    return "\n".join(lines) + "\n" if lines else "None on these few.\n"


def _wrong(items: Sequence[Mapping[str, Any]], judged: Mapping[str, Judged]) -> Iterator[str]:
    for name, one in judged.items():
        for number in np.flatnonzero(one.truth != one.is_found):
            kind = "missed" if one.truth[number] else "found, wrongly"
            item, chance = items[int(number)], one.probability[number]
            yield f"- {name} {kind} in {item['id']} ({chance:.2f}): {item['note'] or 'no note'}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    return f"{estimate.value:.2f} ({estimate.low:.2f}–{estimate.high:.2f})"
