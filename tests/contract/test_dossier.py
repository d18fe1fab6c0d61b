"""The papers say what is in force: every policy, every switch; their proofs exist."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from kindline.dossier import NOTICES, InForce, papers, risks
from kindline.languages import codes
from kindline.model.people import ROLES
from kindline.policy import profile, profile_names
from kindline.redaction.hidden import KINDS
import kindline.web

ROOT = Path(__file__).parents[2]


def in_force(policy: str = "eu-strict") -> InForce:
    """Return an installation as it comes."""
    return InForce(
        rules=profile(policy),
        declared=None,
        redacts=True,
        engine="SQLite",
        opinion=None,
        speech=None,
        centre="Waterbedrijf",
        contact="privacy@example.org",
    )


@pytest.mark.parametrize("policy", profile_names())
def test_papers_say_what_the_policy_says(policy: str, now: datetime) -> None:
    """Its days, its bases, who sees what, and whether a voice is described."""
    rules, told = profile(policy), papers(in_force(policy), made_at=now)
    for days in (rules.keep_days["findings"], rules.keep_days["states"]):
        assert str(days) in told["dpia.md"]
        for language in NOTICES:
            assert str(days) in told[f"notices/{language}.txt"]
    for country in rules.bases_by_country:
        assert country in told["dpia.md"]
    voice = {"en": "your voice", "nl": "uw stem", "fr": "votre voix", "hu": "a hangját"}
    for language, words in voice.items():
        assert (words in told[f"notices/{language}.txt"]) == rules.has_customer_acoustics
    assert ("is not described" in told["ai-act.md"]) != rules.has_customer_acoustics


def test_a_switch_that_is_off_is_said_loudly(now: datetime) -> None:
    """What weakens protection cannot be overlooked."""
    plain = papers(in_force(), made_at=now)["dpia.md"]
    weak = replace(in_force(), redacts=False, opinion="https://models.example/v1")
    told = papers(weak, made_at=now)["dpia.md"]
    assert "KINDLINE_REDACT is off" in told
    assert "KINDLINE_REDACT is off" not in plain
    assert "https://models.example/v1" in told
    assert "No recording is kept." in plain
    assert "In BE the law shortens: findings 30" in plain
    open_house = replace(in_force(), keeps_sound=True, hooks="hooks.example.org")
    assert "**Recordings are kept**" in papers(open_house, made_at=now)["works-council.md"]
    told = papers(open_house, made_at=now)["dpia.md"]
    assert "**Recordings are kept**" in told
    assert "but ids, states and counts to hooks.example.org" in told
    assert all(kind.KIND.replace("_", " ") in plain for kind in KINDS)
    assert all(f"| {role} |" in plain for role in ROLES)


def test_every_proof_is_there() -> None:
    """A risk without a test is a promise."""
    for one in risks():
        assert (ROOT / one["test"]).is_file(), one["id"]
    assert len({one["id"] for one in risks()}) == len(risks())


def test_notices_are_in_every_language_and_name_the_centre(now: datetime) -> None:
    """And say how to object and that a person can be spoken to."""
    told = papers(in_force(), made_at=now)
    assert set(NOTICES) == set(codes())
    object_to = {"en": "object", "nl": "bezwaar", "fr": "opposer", "hu": "tiltakozhat"}
    for language, word in object_to.items():
        text = told[f"notices/{language}.txt"]
        assert word in text
        assert text.startswith("Waterbedrijf")
        assert "privacy@example.org" in text


def test_nobody_is_called_lonely_on_any_page() -> None:
    """Neither in a template nor in a phrase of any language, but for the rule that forbids it."""
    folder = Path(kindline.web.__file__).parent
    rule = "calling a customer lonely, anywhere"
    for path in (*folder.rglob("*.html"), *folder.rglob("*.js"), *folder.rglob("*.py")):
        assert "lonely" not in path.read_text("utf-8").replace(rule, ""), path
