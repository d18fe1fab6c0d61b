"""Words as a search knows them: any form finds any other, a phrase stands as it is written."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.text.terms import Hit, hits, sought, terms

SAID = "Ik belde gisteren over de facturen, en niemand belde terug."


@pytest.mark.parametrize(
    ("query", "text", "language"),
    [
        ("factuur", "Er zijn drie facturen gekomen.", "nl-BE"),
        ("facturen", "Uw factuur is betaald.", "nl"),
        ("számla", "Nem értem a számlámat.", "hu"),
        ("szamlamat", "Nem értem a számlámat.", "hu"),
        ("réclamation", "Mes reclamations restent sans réponse.", "fr"),
        ("CALLING", "I called you twice.", "en-GB"),
        ("crème", "La creme brulée.", "fr"),
        ("2024", "Since 2024 nobody came.", "en"),
    ],
)
def test_a_form_finds_the_other_forms(query: str, text: str, language: str) -> None:
    """Who searches says neither the form nor the language."""
    assert hits(sought(query), ["nothing here", text], language)[0].turn == 1


def test_every_word_must_stand_somewhere() -> None:
    """Anywhere in the conversation, in any turn."""
    turns = ["The boiler is cold.", "Since Tuesday."]
    assert {hit.turn for hit in hits(sought("boiler tuesday"), turns, "en")} == {0, 1}
    assert hits(sought("boiler wednesday"), turns, "en") == []


def test_a_phrase_stands_in_a_row_as_written() -> None:
    """Quotation marks of any kind; neither another order nor another form will do."""
    assert hits(sought("„belde terug”"), [SAID], "nl") == [Hit(0, 47, 58)]
    assert SAID[47:58] == "belde terug"
    assert hits(sought('"terug belde"'), [SAID], "nl") == []
    assert hits(sought('"bellen terug"'), [SAID], "nl") == []


def test_nothing_sought_is_found_nowhere() -> None:
    """Marks alone are no words."""
    for query in ("", "  ", '"', "?!", '""'):
        assert sought(query).terms == ()
        assert hits(sought(query), [SAID], "nl") == []


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=5),
    st.sampled_from(["nl", "hu", "fr", "en", "de", None]),
)
def test_what_is_found_is_in_the_index(turns: list[str], language: str | None) -> None:
    """An index that knows the terms of a text never misses it: each of its words asks for one."""
    there = terms(turns, language)
    for text in turns:
        for word in text.split():
            wanted = sought(word.replace('"', ""))
            if hits(wanted, turns, language):
                assert all(not alternatives.isdisjoint(there) for alternatives in wanted.terms)


@given(st.text(max_size=80), st.sampled_from(["nl", "hu", "fr", "en", None]))
def test_a_whole_text_finds_itself(text: str, language: str | None) -> None:
    """Whatever was said can be typed and is found."""
    wanted = sought(text.replace('"', " "))
    if wanted.words:
        assert hits(wanted, [text], language)
