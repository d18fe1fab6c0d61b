"""The interface in four languages: nothing that a person reads is left in English."""

from pathlib import Path
import re
from typing import get_args

import pytest

from kindline.insight.question import GROUPS
from kindline.model.analysis import BEHAVIOURS, EMOTIONS, MOODS
from kindline.model.conversation import CHANNELS
from kindline.model.people import ROLES, Right
from kindline.policy import BASES
from kindline.redaction.hidden import KINDS
from kindline.signals.reason import CODES
import kindline.web
from kindline.web.pages import INSIGHT, LANGUAGES, NAVIGATION
from kindline.web.phrases import catalogue, phrases
from kindline.web.routes.self_service import NAMES
from tests.web.conftest import OURS, House, text_of

FOLDER = Path(kindline.web.__file__).parent
OTHERS = [code for code in LANGUAGES if code != "en"]
SAID = re.compile(r"""_\((["'])(.*?)\1\)""")
IN_CODE = re.compile(r'(?:problem|done|title|text) = "([^"]+)"|\d{3}: \("([^"]+)", "([^"]+)"\)')


def said() -> set[str]:
    """Return what templates and code say, and the names that they say."""
    found = {
        match.group(2)
        for path in (FOLDER / "templates").glob("*.html")
        for match in SAID.finditer(path.read_text("utf-8"))
    }
    for path in (FOLDER / "app.py", *(FOLDER / "routes").glob("*.py")):
        for match in IN_CODE.finditer(path.read_text("utf-8")):
            found |= {part for part in match.groups() if part}
    named = (*ROLES, *MOODS, *EMOTIONS, *BEHAVIOURS, *get_args(Right), *CHANNELS, *CODES, *GROUPS)
    found |= {name.replace("_", " ") for name in named}
    found |= {kind.KIND.replace("_", " ") for kind in KINDS}
    found |= set(BASES) - {"evaluation"}
    found |= {name for _, name in INSIGHT} | set(NAMES.values()) | {"raw", "corrected"}
    return found | {name for _, name, _ in NAVIGATION}


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_said_in_every_language(language: str) -> None:
    """A phrase that is new in a template is new here."""
    missing = sorted(said() - catalogue(language).keys())
    assert missing == []
    assert all(catalogue(language).values())


@pytest.mark.parametrize("language", OTHERS)
def test_no_phrase_is_kept_that_nobody_says(language: str) -> None:
    """Catalogues do not grow by what is gone; states come from the contract."""
    contract = (FOLDER.parents[2] / "docs" / "contract.md").read_text("utf-8").replace("_", " ")
    code = "".join(path.read_text("utf-8") for path in FOLDER.parent.rglob("*.py"))
    told = code.replace(" ", "_")  # kinds of jobs are names
    idle = [
        text
        for text in catalogue(language)
        if text not in said() and text not in contract and text.replace(" ", "_") not in told
    ]
    assert idle == []


def test_a_page_is_in_the_language_of_who_reads_it(house: House) -> None:
    """Chosen on the account; before signing in, what the browser asks for."""
    browser = house.as_role("analyst")
    for language, wanted in (
        ("nl", "Gesprekken"),
        ("hu", "Beszélgetések"),
        ("en", "Conversations"),
    ):
        browser.post("/account/language", {"language": language})
        page = browser.get("/conversations")
        assert wanted in text_of(page)
        assert f'<html lang="{language}">' in page.text
    house.client.headers["accept-language"] = "de;q=0.9, fr-BE, en"
    assert "Se connecter" in house.nobody().get("/sign-in").text
    assert phrases("fr")("nobody said this") == "nobody said this"
    assert house.user_ids[OURS, "analyst"]
