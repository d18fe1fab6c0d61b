"""What was stored, as one self-contained HTML page: numbers with intervals, words with evidence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kindline.languages import codes, pack
from kindline.metrics.share import share
from kindline.model.analysis import MOODS
from kindline.model.estimate import Estimate
from kindline.report.highlight import Piece, pieces
from kindline.store.conversations import Stored
from kindline.version import VERSION

_SHOWN = ("service", "companionship", "support", "crisis", "abuse")
_TITLES = {
    "service": "A service matter",
    "companionship": "Company",
    "support": "Support",
    "crisis": "A crisis cue",
    "abuse": "Abuse of the agent",
}
_MEANING = {
    "service": "something to settle",
    "companionship": "people, talk, somebody there",
    "support": "comfort about illness, grief, fear or shame",
    "crisis": "words that say a life may be at risk",
    "abuse": "aimed at the agent, with or without swear words",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table of shares."""

    name: str
    n_conversations: int
    shares: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn, cut into pieces with and without evidence."""

    number: int
    party: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One conversation of the page."""

    analysis: Mapping[str, Any]
    found: tuple[str, ...]
    unsure: tuple[str, ...]
    turns: tuple[Said, ...]
    structure: tuple[str, ...]
    roles: str


def page(
    stored: Sequence[Stored], rejected: Sequence[Mapping[str, str]], *, has_words: bool = True
) -> str:
    """Return the page; without words it holds numbers and states only."""
    judged = [one.analysis for one in stored if one.analysis["status"] == "analysed"]
    denied = Counter(
        one.analysis["denied_because"] for one in stored if one.analysis["status"] == "denied"
    )
    environment = Environment(
        loader=PackageLoader("kindline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        version=VERSION,
        stamp=judged[0]["versions"] if judged else {},
        policies=sorted({analysis["policy"] for analysis in judged}),
        n_stored=len(stored),
        n_judged=len(judged),
        denied=denied.most_common(),
        rejected=rejected,
        needs=_SHOWN,
        titles=_TITLES,
        meaning=_MEANING,
        overall=_row("all", judged),
        by_language=_rows(judged, "language"),
        by_channel=_rows(judged, "channel"),
        moods=_moods(judged),
        cards=[_card(one) for one in stored if one.turns is not None] if has_words else [],
        has_words=has_words,
    )


def _rows(analyses: Sequence[Mapping[str, Any]], key: str) -> list[Row]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for analysis in analyses:
        groups.setdefault(_group_name(analysis[key]), []).append(analysis)
    return [_row(name, group) for name, group in sorted(groups.items())]


def _group_name(value: str | None) -> str:
    if value is None:
        return "not known"
    return pack(value).name if value in codes() else value


def _row(name: str, analyses: Sequence[Mapping[str, Any]]) -> Row:
    shares = {
        need: share([analysis["needs"][need]["state"] for analysis in analyses])
        for need in ("service", "companionship", "support")
    }
    crisis = [analysis["crisis"]["state"] for analysis in analyses]
    shares["crisis"] = share(crisis, counted="cue", against="no_cue_found")
    shares["abuse"] = share([analysis["abuse"]["state"] for analysis in analyses])
    return Row(name=name, n_conversations=len(analyses), shares=shares)


def _moods(analyses: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return, per mood, how many arrived and how many left with it; unnamed moods last."""
    known = [analysis["emotions"] for analysis in analyses]
    arrived = Counter(emotions["arrival"] for emotions in known)
    left = Counter(emotions["departure"] for emotions in known)
    most = max([*arrived.values(), *left.values(), 1])
    return [
        {"name": mood or "not sure", "arrived": arrived[mood], "left": left[mood], "most": most}
        for mood in (*MOODS, None)
    ]


def _card(stored: Stored) -> Card:
    analysis = stored.analysis
    states = {need: analysis["needs"][need]["state"] for need in _SHOWN[:3]}
    states |= {"crisis": analysis["crisis"]["state"], "abuse": analysis["abuse"]["state"]}
    found = tuple(name for name in _SHOWN if states[name] in ("present", "cue"))
    blocks = {**analysis["needs"], "crisis": analysis["crisis"], "abuse": analysis["abuse"]}
    evidence = [
        (name, finding)
        for name in _SHOWN
        if name in found or states[name] == "unsure"
        for finding in blocks[name]["findings"]
        if finding["weight"] > 0
    ]
    turns = tuple(
        Said(
            number=number,
            party=turn["party"],
            pieces=pieces(turn["text"], [item for item in evidence if item[1]["turn"] == number]),
        )
        for number, turn in enumerate(stored.turns or ())
    )
    return Card(
        analysis=analysis,
        found=found,
        unsure=tuple(name for name in _SHOWN if states[name] == "unsure"),
        turns=turns,
        structure=tuple(
            _structure(name, finding) for name, finding in evidence if not finding["quote"]
        ),
        roles=_roles(analysis.get("roles") or {}),
    )


def _roles(block: Mapping[str, Any]) -> str:
    """Return who said who the agent is, where it was not simply the file."""
    if block.get("state") == "unsure":
        return "who is the agent is not sure, so nothing was judged"
    if block.get("told_by") == "words":
        return f"who is the agent told by the words, {100 * block['confidence']:.0f} % sure"
    return ""


def _structure(name: str, finding: Mapping[str, Any]) -> str:
    what = finding["signal"].partition(".")[2].replace("_", " ")
    return f"{name}: {what} = {finding['value']:.2f}, weight {finding['weight']:+.2f}"
