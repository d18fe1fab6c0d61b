"""What a writer wrote, without what their mail program put around it."""

from email import message_from_string

import pytest

from kindline.mailtext import from_html, own_words, plain_text

QUOTED = (
    "On Mon, 3 Mar 2025 at 10:15, Service <help@shop.example> wrote:",
    "Op ma 3 mrt 2025 om 10:15 schreef Service <help@shop.example>:",
    "Le lun. 3 mars 2025 à 10:15, Service <help@shop.example> a écrit :",
    "Service <help@shop.example> ezt írta (időpont: 2025. márc. 3., H, 10:15):",
    "-----Original Message-----",
    "-----Oorspronkelijk bericht-----",
    "-----Message d'origine-----",
    "-----Eredeti üzenet-----",
    "From: Service <help@shop.example>\nSent: Monday 3 March 2025",
    "Van: Service <help@shop.example>\nVerzonden: maandag 3 maart 2025",
    "De : Service <help@shop.example>\nEnvoyé : lundi 3 mars 2025",
    "Feladó: Service <help@shop.example>\nElküldve: 2025. március 3.",
)


@pytest.mark.parametrize("header", QUOTED)
def test_reply_is_cut_at_what_it_quotes(header: str) -> None:
    """The line a mail program writes above a quotation ends the writer's own words."""
    assert own_words(f"That is mine.\n\n{header}\n> That is yours.") == "That is mine."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nA. Writer",
        "Sent from my phone",
        "Verstuurd vanaf mijn telefoon",
        "Envoyé de mon mobile",
    ],
)
def test_signature_is_left_out(signature: str) -> None:
    """The mark of a signature ends the letter."""
    assert own_words(f"That is mine.\n\n{signature}") == "That is mine."


def test_quoted_lines_between_answers_are_left_out() -> None:
    """Who answers under each question keeps the answers."""
    assert own_words("> When?\nTomorrow.\n> Where?\nHere.") == "Tomorrow.\nHere."


def test_html_becomes_lines() -> None:
    """Paragraphs and breaks are line ends; scripts and styles are nothing."""
    markup = "<style>p{}</style><p>One &amp; two<br>three</p><blockquote>yours</blockquote>"
    assert own_words(from_html(markup)) == "One & two\nthree"


def test_quoted_printable_is_decoded_first() -> None:
    """Encodings are undone before anything else is looked at."""
    message = message_from_string(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "K=C3=B6sz=C3=B6n=C3=B6m, ez nagyon hossz=\n=C3=BA."
    )
    assert plain_text(message) == "Köszönöm, ez nagyon hosszú."


@pytest.mark.parametrize("charset", ["klingon", "utf\0-8"])
def test_an_impossible_charset_costs_characters_and_no_message(charset: str) -> None:
    """The second was found by the fuzzer (bench/fuzz.py)."""
    message = message_from_string(f'Content-Type: text/plain; charset="{charset}"\n\nMine, all.')
    assert plain_text(message) == "Mine, all."
