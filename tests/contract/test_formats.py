"""What every reader keeps: samples are read, damaged copies read or refused, nothing leaks."""

import contextlib
from pathlib import Path
import random

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline import ingest
from kindline.errors import InputError
from kindline.ingest import FORMATS, format_of, read_bytes
from kindline.model.conversation import Conversation

SAMPLES = {
    path.name: path.read_bytes()
    for path in sorted((Path(__file__).parents[1] / "samples").iterdir())
}
FORMAT_OF = {
    "plain.jsonl": "plain",
    "turns.csv": "turns",
    "subtitles.vtt": "subtitles",
    "subtitles.srt": "subtitles",
    "whisper.json": "whisper",
    "harper.json": "harper-valley",
    "vcon.json": "vcon",
    "thread.mbox": "mail",
    "deepgram.json": "deepgram",
    "assemblyai.json": "assemblyai",
    "speechmatics.json": "speechmatics",
    "rev.json": "rev-ai",
    "wtf.json": "wtf",
    "contact_lens.json": "contact-lens",
    "contact_lens_chat.json": "contact-lens",
    "transcribe.json": "transcribe",
    "pca.json": "pca",
    "genesys.json": "genesys",
    "insights.json": "ccai-insights",
    "twilio_intelligence.json": "twilio-intelligence",
    "twilio_conversations.json": "twilio-conversations",
    "zendesk.json": "zendesk",
    "intercom.json": "intercom",
    "azure_content.json": "azure-content",
    "azure_speech.json": "azure-speech",
    "whisper_cpp.json": "whisper-cpp",
    "whisperx.json": "whisperx",
}


def conversations(raw: bytes, name: str) -> list[Conversation]:
    """Return what is read, failing on anything refused."""
    found = list(read_bytes(raw, source=name))
    assert all(isinstance(item, Conversation) for item in found), found
    return [item for item in found if isinstance(item, Conversation)]


def test_every_reader_file_is_in_the_catalogue() -> None:
    """A reader left out of FORMATS would never run."""
    folder = Path(ingest.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {form.__name__.rpartition(".")[2] for form in FORMATS} == files  # type: ignore[attr-defined]


def test_every_format_has_a_sample() -> None:
    """Each format is read from at least one sample in the contract tests."""
    assert set(FORMAT_OF) == set(SAMPLES)
    assert {form.NAME for form in FORMATS} == set(FORMAT_OF.values())


@pytest.mark.parametrize("name", SAMPLES)
def test_format_is_found_by_content(name: str) -> None:
    """A file keeps its format when its name says nothing."""
    found = format_of(SAMPLES[name], "export.dat")
    assert found is not None
    assert FORMAT_OF[name] == found.NAME


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_read(name: str) -> None:
    """A sample gives conversations with words, and the same ids on every reading."""
    first = conversations(SAMPLES[name], name)
    assert first
    assert all(turn.text for one in first for turn in one.turns)
    assert [one.id for one in first] == [one.id for one in conversations(SAMPLES[name], name)]


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_damaged_copy_is_read_or_refused(name: str, seed: int) -> None:
    """Cut, doubled, swapped or overwritten bytes give a conversation or an InputError."""
    raw = damaged(SAMPLES[name], random.Random(seed))  # noqa: S311
    for item in read_bytes(raw, source=name):
        assert isinstance(item, Conversation | InputError)


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 100_000], ids=["lists", "objects"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if ".json" in name])
def test_bottomless_nesting_is_read_or_refused(name: str, deep: bytes) -> None:
    """No file takes the program down by nesting deeper than any stack."""
    head, brace, rest = SAMPLES[name].partition(b"{")
    for item in read_bytes(head + brace + b'"x":' + deep + rest, source=name):
        assert isinstance(item, Conversation | InputError)


@pytest.mark.parametrize("form", FORMATS, ids=[form.NAME for form in FORMATS])
@settings(max_examples=40)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(form: ingest.Format, raw: bytes) -> None:
    """A reader handed any bytes at all raises nothing but an InputError."""
    with contextlib.suppress(InputError):
        for item in form.read(raw, source="noise"):
            assert isinstance(item, Conversation | InputError)


@pytest.mark.parametrize("name", SAMPLES)
def test_refusal_never_quotes_the_file(name: str) -> None:
    """An error tells file, record and field, and never the words that stood there."""
    secret = b"zeepaardje"
    for cut in range(0, len(SAMPLES[name]), 7):
        raw = SAMPLES[name][:cut] + secret + SAMPLES[name][cut + 3 :]
        for item in read_bytes(raw, source=name):
            if isinstance(item, InputError):
                assert secret.decode() not in f"{item} {item!r} {item.__cause__!r}"


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """Return a copy with one kind of damage."""
    start, end = sorted((chance.randrange(len(raw)), chance.randrange(len(raw))))
    return chance.choice(
        (
            raw[:start],
            raw[start:],
            raw[:start] + raw[end:],
            raw[:end] + raw[start:],
            raw[:start] + bytes(chance.randrange(256) for _ in range(9)) + raw[start + 9 :],
            raw.replace(b'"', b"", 1 + chance.randrange(5)),
            raw.replace(b"0", b"-9", chance.randrange(4)),
            raw.replace(b"[", b"{", 1).replace(b"]", b"}", 1),
            raw.replace(b'"text"', b"null", 1),
        )
    )
