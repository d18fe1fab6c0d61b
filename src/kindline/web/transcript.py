"""A transcript for the page: turns cut where evidence begins and ends, each finding told once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kindline.report.highlight import Piece, pieces
from kindline.store.conversations import Stored

FOUND = ("present", "cue", "unsure")
SHOWN = ("service", "companionship", "support", "crisis", "abuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One turn: who, from when to when (milliseconds from the start, if known), in pieces."""

    number: int
    party: str
    start_ms: int | None
    end_ms: int | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a label is what it is: its state, probability, and findings, the heaviest first."""

    label: str
    state: str
    probability: float | None
    findings: Sequence[Mapping[str, Any]]

    @property
    def is_found(self) -> bool:
        """Return whether the label stands or nearly stands."""
        return self.state in FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """
    The turns, the reasons, the customer's sentiment by turn from -1 to 1.

    `blots` counts what was blotted out of the words, by kind.
    """

    lines: tuple[Line, ...]
    whys: tuple[Why, ...]
    course: tuple[tuple[int, float], ...]
    blots: Mapping[str, int]

    @property
    def talk(self) -> Sequence[tuple[str, Sequence[tuple[float, float]]]]:
        """Return who spoke when: for each party, begin and length of its turns, of 100 in all."""
        timed = [
            (line.party, line.start_ms, line.end_ms)
            for line in self.lines
            if line.start_ms is not None and line.end_ms is not None
        ]
        whole = max((end for _, _, end in timed), default=0)
        if not whole:
            return ()
        return [
            (
                party,
                [
                    (100 * start / whole, 100 * (end - start) / whole)
                    for who, start, end in timed
                    if who == party
                ],
            )
            for party in dict.fromkeys(who for who, _, _ in timed)
        ]


def transcript(one: Stored, *, has_crisis: bool) -> Transcript:
    """Return the transcript of a stored conversation; empty where its words are gone."""
    whys = tuple(_whys(one.analysis, has_crisis=has_crisis))
    evidence = [
        (why.label, finding)
        for why in whys
        if why.is_found
        for finding in why.findings
        if finding["weight"] > 0
    ]
    lines = tuple(
        Line(
            number=number,
            party=turn["party"],
            start_ms=turn.get("start_ms"),
            end_ms=turn.get("end_ms"),
            pieces=pieces(turn["text"], [item for item in evidence if item[1]["turn"] == number]),
        )
        for number, turn in enumerate(one.turns or ())
    )
    course = tuple(
        (point["turn"], point["sentiment"]) for point in one.analysis["emotions"]["course"]
    )
    kinds = (blot[2] for turn in one.turns or () for blot in turn.get("blots", ()))
    return Transcript(lines=lines, whys=whys, course=course, blots=Counter(kinds))


def _whys(analysis: Mapping[str, Any], *, has_crisis: bool) -> Iterator[Why]:
    blocks = {**analysis["needs"], "abuse": analysis["abuse"]}
    if has_crisis:
        blocks["crisis"] = analysis["crisis"]
    for label in SHOWN:
        if label in blocks:
            block = blocks[label]
            yield Why(
                label=label,
                state=block["state"],
                probability=block["probability"],
                findings=_merged(block["findings"]),
            )


def _merged(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return findings the heaviest first; those on the same words are one, of their sum."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for finding in findings:
        words = (finding["turn"], finding["start"], finding["end"])
        place = words if finding["quote"] else (finding["signal"],)
        if place in merged:
            merged[place]["weight"] += finding["weight"]
        else:
            merged[place] = dict(finding)
    return sorted(merged.values(), key=lambda finding: -abs(finding["weight"]))
