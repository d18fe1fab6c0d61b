"""A plain crisis phrase is a cue, whatever else the turn is about."""

from datetime import datetime
from pathlib import Path
import tomllib

import pytest

from kindline.analysis import analyse
from kindline.ingest.plain import conversation_from
from kindline.policy import profile
from kindline.text.decision import decision

AMONG_ORDINARY_MATTERS = (
    ("en", "Before I put an end to my life I want the account in credit, so what do I owe?"),
    (
        "nl",
        "Voordat ik een eind maak aan mijn leven wil ik dat de rekening klopt, wat staat er open?",
    ),
    ("hu", "Mielőtt véget vetek az életemnek, rendezni szeretném a számlát, mennyivel tartozom?"),
    (
        "fr",
        "Avant de mettre fin à mes jours je veux que le compte soit en règle, je dois combien ?",
    ),
)


@pytest.mark.parametrize(
    ("language", "text"), AMONG_ORDINARY_MATTERS, ids=[code for code, _ in AMONG_ORDINARY_MATTERS]
)
def test_plain_phrase_among_ordinary_matters_is_a_cue(
    language: str, text: str, now: datetime
) -> None:
    """The bill in the same sentence does not talk it away, and the sentence is the evidence."""
    said = {"id": "x", "language": language, "lawful_basis": "consent"}
    turns = [{"party": "customer", "text": text}]
    one = conversation_from({**said, "turns": turns}, source="s", record="r")
    told = analyse(one, profile(), now=now).crisis
    assert told.state == "cue"
    assert next(finding.quote for finding in told.findings if finding.quote) == text


def test_nothing_speaks_against_a_cue() -> None:
    """No feature lowers the probability of a crisis: thanks or a matter talk no cue away."""
    assert min(decision("crisis").weights.values()) >= 0


SAID_PLAINLY = tomllib.loads((Path(__file__).with_name("said_plainly.toml")).read_text("utf-8"))


@pytest.mark.parametrize("language", SAID_PLAINLY)
def test_what_is_said_plainly_is_a_cue_wherever_it_is_said(language: str, now: datetime) -> None:
    """Alone in a turn or in one breath with a parcel: plain words are never talked away."""
    given = SAID_PLAINLY[language]
    for said in given["said"]:
        for turns in ([given["matter"], said], [f"{given['matter']} {said}"]):
            told = [{"party": "customer", "text": text} for text in turns]
            content = {"id": "x", "language": language, "lawful_basis": "consent", "turns": told}
            one = conversation_from(content, source="s", record="r")
            assert analyse(one, profile(), now=now).crisis.state == "cue", (said, len(turns))
