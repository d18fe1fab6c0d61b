"""Abuse needs a turn that shows it: faint hints add up to a doubt, not to an accusation."""

from pathlib import Path

import pytest

from kindline.ingest.plain import conversation_from
from kindline.languages import codes
from kindline.signals import abuse
from kindline.text.reading import read
from kindline.training import corpus as our_corpus


@pytest.mark.parametrize("language", codes())
def test_nobody_is_called_abusive_without_a_turn_that_shows_it(language: str, corpus: Path) -> None:
    """Over all test conversations: present goes with a turn above its own threshold."""
    items = our_corpus.conversations(corpus, language, split="test")
    told = [conversation_from(item, source="corpus", record=item["id"]) for item in items]
    readings = read(told, language)
    judged = zip(readings, abuse.detect(readings), strict=True)
    present = [reading for reading, found in judged if found.label.state == "present"]
    assert present
    assert all(reading.shown("abuse", "customer") for reading in present)
