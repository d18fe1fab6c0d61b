"""Which language a conversation is in."""

from kindline.model.conversation import Conversation, ConversationId, Turn
from kindline.text.language import identified, language_of

DUTCH = "Goedemiddag, ik wou even vragen of mijn bestelling al onderweg is naar huis."
HUNGARIAN = "Jó napot kívánok, azt szeretném kérdezni, hogy mikor érkezik meg a csomagom."
FRENCH = "Bonjour, je voudrais savoir quand ma commande sera livrée chez moi, s'il vous plaît."
ENGLISH = "Good afternoon, I would like to know when my parcel will be delivered to my house."


def test_language_given_wins() -> None:
    """A stated language is kept, with its region, whatever the words seem to be."""
    turns = (Turn(role="customer", text=ENGLISH),)
    one = Conversation(id=ConversationId("x"), source="s", turns=turns, language="nl-BE")
    assert language_of(one) == "nl-BE"


def test_language_is_found_from_the_words() -> None:
    """Without a statement the words say it."""
    texts = {"nl": DUTCH, "hu": HUNGARIAN, "fr": FRENCH, "en": ENGLISH}
    assert {code: identified([text]) for code, text in texts.items()} == {c: c for c in texts}


def test_mixed_language_is_unknown() -> None:
    """Half and half is neither; a guess would read one half with the wrong pack."""
    assert identified([DUTCH, HUNGARIAN]) is None


def test_silence_has_no_language() -> None:
    """No words, no language."""
    assert identified(["", "  "]) is None
