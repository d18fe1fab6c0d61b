"""Where a sentence ends, and where it does not."""

from kindline.text.sentences import sentences, split


def said(text: str) -> list[str]:
    """Return the sentences of a text as words."""
    return [text[start:end] for start, end in sentences(text)]


def test_marks_end_a_sentence_only_before_a_blank() -> None:
    """Amounts, addresses and file names stay whole."""
    assert said("It is 12.50 at shop.example. Is that right?  Yes!") == [
        "It is 12.50 at shop.example.",
        "Is that right?",
        "Yes!",
    ]


def test_an_empty_line_ends_a_sentence() -> None:
    """Letters have headings and lists without marks; a wrapped line is not an end."""
    assert said("Dear all\n\nI write\nto you") == ["Dear all", "I write\nto you"]


def test_every_text_has_a_sentence() -> None:
    """An empty text has one empty sentence, so that rows of texts and scores keep in step."""
    cut = split(["", "a. b", "  "])
    assert cut.said == ["", "a.", "b", "  "]
    assert cut.owners.tolist() == [0, 1, 1, 2]
    assert cut.firsts.tolist() == [0, 1, 3]
