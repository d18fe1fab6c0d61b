"""The traps of vendors' exports: units of time, who speaks, what nobody said."""

import json
from pathlib import Path

import pytest

from kindline.errors import MalformedInputError
from kindline.ingest import read_bytes, read_file
from kindline.model.conversation import Conversation
from kindline.words import Word, turns

SAMPLES = Path(__file__).parents[1] / "samples"


def one(name: str) -> Conversation:
    """Return the only conversation of a sample."""
    (found,) = read_bytes((SAMPLES / name).read_bytes(), source=name)
    assert isinstance(found, Conversation), found
    return found


def said(name: str) -> list[tuple[str, str]]:
    """Return role and words of each turn."""
    return [(turn.role, turn.text) for turn in one(name).turns]


@pytest.mark.parametrize(
    "name", ["deepgram.json", "wtf.json", "whisperx.json", "transcribe.json", "assemblyai.json"]
)
def test_words_decide_who_speaks_where_a_piece_holds_two(name: str) -> None:
    """A piece cut by pause that mixes two speakers becomes two turns, their labels kept."""
    found = one(name).turns
    assert len(found) == 2
    assert found[0].text == "Lamp desk."
    assert found[0].speaker != found[1].speaker
    assert {turn.role for turn in found} == {"unknown"}


@pytest.mark.parametrize(
    "name",
    ["deepgram.json", "assemblyai.json", "speechmatics.json", "transcribe.json", "rev.json"],
)
def test_times_are_milliseconds_whatever_the_vendor_counts_in(name: str) -> None:
    """The first word begins 200 ms in, in seconds, milliseconds or seconds as text."""
    interval = one(name).turns[0].interval
    assert interval is not None
    assert interval.start_ms == 200


def test_assemblyai_in_seconds_is_told_by_the_length() -> None:
    """A converted file counts in seconds: no real one ends in the first hundredth of its length."""
    raw = (SAMPLES / "assemblyai.json").read_bytes()
    for before, after in ((b"2700", b"2.7"), (b"1400", b"1.4"), (b"900", b".9"), (b"200", b".2")):
        raw = raw.replace(before, after.replace(b".", b"0.") if after[:1] == b"." else after)
    raw = raw.replace(b"1600", b"1.6").replace(b"1700", b"1.7").replace(b"500", b"0.5")
    (found,) = read_bytes(raw, source="converted.json")
    assert isinstance(found, Conversation)
    assert found.turns[0].interval == one("assemblyai.json").turns[0].interval


def test_internal_is_a_machine_until_an_agent_came() -> None:
    """Genesys calls the menu internal as well: the participants' times tell them apart."""
    assert [role for role, _ in said("genesys.json")] == ["bot", "agent", "customer"]
    assert one("genesys.json").queue == "lamps"


def test_menu_speech_is_the_bots_even_under_the_agents_label() -> None:
    """PCA gives the menu the agent's speaker number, and says beside it that it is the menu."""
    assert [role for role, _ in said("pca.json")] == ["bot", "agent", "customer"]


def test_private_notes_and_repeated_comments_are_not_talk() -> None:
    """Zendesk: no note, no description again, no quoted reply; a call is talk though a note."""
    assert said("zendesk.json") == [
        ("customer", "My lamp hums."),
        ("agent", "We will swap it."),
        ("unknown", "Is it the big one? Yes."),
    ]


def test_zendesk_lines_without_users_go_by_the_requester() -> None:
    """One object a line, as the incremental export has it: the requester is the customer."""
    line = (
        b'{"id": 1, "requester_id": 9, "via": {"channel": "chat"}, "comments": ['
        b'{"author_id": 9, "body": "hums"}, {"author_id": 1, "body": "swapped"}]}\n'
    )
    first, second = read_bytes(line + line.replace(b'"id": 1,', b'"id": 2,'), source="t.jsonl")
    assert isinstance(first, Conversation)
    assert isinstance(second, Conversation)
    assert [turn.role for turn in first.turns] == ["customer", "agent"]
    assert second.id == "2"


def test_notes_moves_and_markup_are_left_out() -> None:
    """Intercom: the note is gone, the HTML too, and an AI agent is a bot."""
    assert said("intercom.json") == [
        ("customer", "My lamp hums"),
        ("bot", "Is it plugged in?"),
        ("agent", "We'll swap it."),
    ]


def test_events_of_a_chat_are_not_said() -> None:
    """Contact Lens chat: joining is an event, and nobody's turn."""
    assert said("contact_lens_chat.json") == [
        ("agent", "Lamp desk, hello."),
        ("customer", "mine hums"),
    ]


@pytest.mark.parametrize("name", ["twilio_intelligence.json", "twilio_conversations.json"])
def test_order_is_by_time_or_number_not_by_place(name: str) -> None:
    """A page lists the newest first; turns stand in the order they were said."""
    first = one(name).turns[0].text
    assert first in ("Lamp desk.", "my lamp hums")


@pytest.mark.parametrize(
    ("name", "word"),
    [("contact_lens.json", "NEGATIVE"), ("deepgram.json", "sentiment"), ("genesys.json", "-1")],
)
def test_vendors_mood_stays_the_vendors(name: str, word: str) -> None:
    """What a vendor inferred is carried under its name, and nowhere else."""
    found = one(name)
    assert word in found.carried
    assert '"vendor"' in found.carried


def test_channels_that_overlap_tear_no_sentence() -> None:
    """Two channels talking at once give whole stretches in the order they began."""
    left = [Word(text=t, speaker="l", start_ms=s, end_ms=s + 90) for t, s in (("a", 0), ("b", 200))]
    right = [Word(text=t, speaker="r", start_ms=s, end_ms=s + 90) for t, s in (("c", 100),)]
    assert [turn.text for turn in turns([*left, *right])] == ["a b", "c"]


def test_a_long_pause_lets_the_other_side_in() -> None:
    """A speaker who waits out an answer has two turns."""
    left = [
        Word(text="well?", speaker="l", start_ms=0, end_ms=300),
        Word(text="good", speaker="l", start_ms=5000, end_ms=5300),
    ]
    right = [Word(text="fine", speaker="r", start_ms=2000, end_ms=2300)]
    assert [turn.text for turn in turns([*left, *right])] == ["well?", "fine", "good"]


def test_a_vcon_tells_its_parties_apart_by_number() -> None:
    """A party without a role keeps its number, so that its words can tell who it is."""
    raw = (
        b'{"uuid": "u", "created_at": "2026-01-02T12:00:00Z", "parties": [{}, {}], "dialog": ['
        b'{"type": "text", "start": "2026-01-02T12:00:00Z", "parties": 0, "body": "hello"},'
        b'{"type": "text", "start": "2026-01-02T12:01:00Z", "parties": 1, "body": "hi"}]}'
    )
    (found,) = read_bytes(raw, source="x.vcon")
    assert isinstance(found, Conversation)
    assert [turn.speaker for turn in found.turns] == ["0", "1"]


def test_a_vcon_may_hold_its_transcript_as_wtf() -> None:
    """The WTF draft puts the transcript in an attachment, the Conserver in an analysis."""
    wtf = json.loads((SAMPLES / "wtf.json").read_text("utf-8"))
    for place in ("attachments", "analysis"):
        made = {"type": "wtf_transcription", "vendor": "v", "encoding": "json", "body": wtf}
        dialog = {"type": "recording", "start": "2026-01-02T12:00:00Z"}
        given = {"uuid": "u", "created_at": "2026-01-02T12:00:00Z", "parties": [{}, {}]}
        raw = json.dumps({**given, "dialog": [dialog], place: [made]})
        (found,) = read_bytes(raw.encode(), source="x.vcon")
        assert isinstance(found, Conversation), found
        assert [turn.text for turn in found.turns] == ["Lamp desk.", "Hello, mine hums."]


def test_a_large_file_of_lines_is_read_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same conversations and errors as when it is held whole."""
    turns = '"turns": [{"party": "customer", "text": "one\u2028two"}]'
    lines = [f'{{"id": "a", {turns}}}', "{broken", "", f'{{"id": "b", {turns}}}']
    file = tmp_path / "many.jsonl"
    file.write_bytes("\n".join(lines).encode() + b'\n{"id": "\xff"}')
    monkeypatch.setattr("kindline.ingest._HELD_WHOLE", 100)
    large = list(read_file(file))
    assert [item.id for item in large if isinstance(item, Conversation)] == ["a", "b"]
    errors = [item for item in large if isinstance(item, MalformedInputError)]
    assert [(error.record, error.field) for error in errors] == [
        ("line 2", "character 1"),
        ("line 5", "encoding"),
    ]


def test_a_file_that_no_memory_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its size and what to do; a smaller one is read whole."""
    file = tmp_path / "call.json"
    file.write_bytes((SAMPLES / "deepgram.json").read_bytes())
    monkeypatch.setattr("kindline.ingest._HELD_WHOLE", 40)
    assert isinstance(next(iter(read_file(file))), Conversation)
    monkeypatch.setattr("kindline.ingest._LARGEST", 80)
    (error,) = read_file(file)
    assert isinstance(error, MalformedInputError)
    assert error.field == "size"
    assert "JSON Lines" in error.expected


def test_a_line_separator_within_a_text_is_no_new_line(tmp_path: Path) -> None:
    """JSON may hold U+2028 as it is; only a line feed ends a record."""
    file = tmp_path / "calls.jsonl"
    turns = [{"party": "customer", "text": "one\u2028two\x0bthree"}]
    file.write_text(json.dumps({"id": "a", "turns": turns}, ensure_ascii=False) + "\n", "utf-8")
    (one,) = read_file(file)
    assert isinstance(one, Conversation)
    assert one.turns[0].text == "one\u2028two\x0bthree"
