"""What identifies is blotted out, in place, before anything is read or stored."""

from datetime import datetime
from typing import Any

import pytest

from kindline.languages import codes
from kindline.languages.spelling import spelling
from kindline.model.conversation import Conversation, ConversationId, Turn
from kindline.redaction.hidden import BLOT, KINDS, blots_in, blotted, redacted
from kindline.store.conversations import load_one
from kindline.store.database import Store
from tests.store.kept import conversation, keep


def out(text: str, language: str, *asked: str) -> str:
    """Return a text as it is kept."""
    return blotted(text, blots_in(text, language, asked=frozenset(asked)))


def kinds(text: str, language: str, *asked: str) -> list[str]:
    """Return what was found, in order."""
    return [blot.kind for blot in blots_in(text, language, asked=frozenset(asked))]


SAID = {
    "vier-en-twintig": ("nl", "24"),
    "vierentwintig": ("nl", "24"),
    "drieëntachtig": ("nl", "83"),
    "huszonnégy": ("hu", "24"),
    "tizenhat": ("hu", "16"),
    "hetvenegy": ("hu", "71"),
    "quatre-vingt-quatre": ("fr", "84"),
    "quatre-vingts": ("fr", "80"),
    "soixante et onze": ("fr", "71"),
    "soixante-dix-sept": ("fr", "77"),
    "vingt et un": ("fr", "21"),
    "dix-neuf": ("fr", "19"),
    "twenty four": ("en", "24"),
    "double four": ("en", "44"),
    "oh": ("en", "0"),
}


@pytest.mark.parametrize("words", SAID)
def test_numbers_are_understood_as_they_are_said(words: str) -> None:
    """FACTS 4.5 names the first three; each makes a telephone number whole, and no other does."""
    language, digits = SAID[words]
    rest = {"nl": "06 12 34 5", "hu": "06 30 123 4", "fr": "06 12 34 5", "en": "07700 900"}
    start = rest[language].replace(" ", "")
    wanted = {"nl": 10, "hu": 11, "fr": 10, "en": 11}[language]
    filled = rest[language] + " " + "1" * max(0, wanted - len(start) - len(digits))
    said = f"{filled} {words}"
    assert kinds(said, language) == ["phone"]
    assert not any(char.isalnum() for char in out(said, language))


@pytest.mark.parametrize("code", codes())
def test_every_language_says_every_number_below_a_hundred(code: str) -> None:
    """A language without its numbers hears none."""
    words = spelling(code)
    made = set(words.values.values())
    for word, value in words.values.items():
        for follower in words.values:
            for joining in ("", *words.joining):
                following = [joining, follower] if joining else [follower]
                made.add(words.composed(word, following)[1])
        assert 0 <= value < 100
    if words.by_twenties:
        four, twenty, ten = "quatre", "vingt", "dix"
        made |= {words.composed(four, [twenty, ten, word])[1] for word in ("sept", "huit", "neuf")}
        made |= {words.composed(four, [twenty, word])[1] for word in words.values}
        made |= {words.composed("soixante", [ten, word])[1] for word in ("sept", "huit", "neuf")}
    assert made >= set(range(100))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Mijn IBAN is NL91 ABNA 0417 1643 00, graag.", "nl", "Mijn IBAN is ▪, graag."),
        ("mon NIR 2 55 08 14 168 025 38", "fr", "mon NIR ▪"),
        ("a TAJ számom 123 456 788", "hu", "a TAJ számom ▪"),
        ("my NI number is AB 12 34 56 C", "en", "my NI number is ▪"),
        ("bel 06-12345678 even", "nl", "bel ▪ even"),
        ("write to jane.doe@example.org please", "en", "write to ▪ please"),
        ("jan punt jansen apenstaartje voorbeeld punt nl", "nl", "▪"),
        ("security code 123", "en", "security code ▪"),
        ("Ik woon op de Kerkstraat 12 in Assen", "nl", "Ik woon op de ▪ in Assen"),
        ("je suis né le 3 mai mille neuf cent soixante-quatre", "fr", "je suis né le ▪"),
        ("My name is Margaret O'Neill.", "en", "My name is ▪."),
        ("my name is john smith", "en", "my name is ▪"),
        ("Kovács Jánosné vagyok", "hu", "▪ vagyok"),
        ("Mevrouw De Vries belde", "nl", "Mevrouw ▪ belde"),
    ],
)
def test_what_identifies_is_blotted_out(text: str, language: str, expected: str) -> None:
    """And what stands around it stays."""
    before, _, after = expected.partition("▪")
    told = out(text, language)
    assert told.startswith(before)
    assert told.endswith(after)
    assert not any(char.isalnum() for char in told[len(before) : len(told) - len(after)])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I've been waiting 20 minutes, 3 times this week.", "en"),
        ("Invoice 20261122 of 145.50 euros was wrong.", "en"),
        ("Ik betaal al twintig jaar, vier keer per jaar.", "nl"),
        ("J'ai attendu une heure et deux jours.", "fr"),
        ("Két hete várok, háromszor hívtam.", "hu"),
        ("The meeting is on 3 May 2026.", "en"),
        ("Niemand belt me meer. Het is stil in huis.", "nl"),
    ],
)
def test_what_tells_of_nobody_stays(text: str, language: str) -> None:
    """Amounts, waits, dates that are no one's birth."""
    assert out(text, language) == text


def test_what_was_asked_for_is_blotted_out_of_the_answer() -> None:
    """A date after "date of birth?", a word after "your name?"."""
    one = Conversation(
        id=ConversationId("a"),
        source="s",
        language="en",
        turns=(
            Turn(role="agent", text="And your date of birth?"),
            Turn(role="customer", text="3 May 1950"),
            Turn(role="agent", text="Thank you. And your name please?"),
            Turn(role="customer", text="Hyacinth Bucket"),
            Turn(role="customer", text="We met on 3 May 2020"),
        ),
    )
    kept = redacted(one, "en")
    assert [turn.text for turn in kept.turns[1::2]] == ["█ ███ ████", "████████ ██████"]
    assert kept.turns[4].text == one.turns[4].text
    assert kept.turns[1].blots[0].kind == "birth"


def test_a_language_we_cannot_read_keeps_its_checked_numbers_hidden() -> None:
    """Without a pack, digits that are a card or an account are found all the same."""
    assert kinds("karta 4111 1111 1111 1111", "pl") == ["card"]


def test_what_is_stored_and_shown_is_blotted(store: Store, now: datetime) -> None:
    """Words, quotes and findings hold no number; what was blotted out is told by kind."""
    one: Any = redacted(conversation("Card 4111 1111 1111 1111. Nobody calls me any more."), "en")
    told = keep(store, one, now)
    with store.read() as tenancy:
        kept = load_one(tenancy, "a")
    assert kept is not None
    assert kept.turns is not None
    assert "4111" not in repr(kept)
    assert "4111" not in repr(told)
    assert kept.turns[0]["blots"] == [[5, 24, "card"]]
    assert BLOT in kept.turns[0]["text"]


def test_kinds_have_names_of_their_own() -> None:
    """The catalogue is what pages and exports name."""
    assert len({kind.KIND for kind in KINDS}) == len(KINDS)
