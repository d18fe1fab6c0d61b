"""Recordings become conversations: words, times and sides, or a refusal that says why."""

from importlib.resources import files
from itertools import pairwise
from pathlib import Path
import shutil

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.errors import ModelError, UnsupportedInputError
from kindline.model.conversation import Conversation
from kindline.model.interval import Interval, covered_ms
from kindline.signals import dynamics
from kindline.speech.moonshine import Moonshine
from kindline.speech.recognisers import Choice, Recogniser, recogniser
from kindline.speech.recording import File, Recording, heard, utterances
from tests import whisper_model
from tests.sound import CALLS, silence, tone, write


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    """Return a Whisper of random weights, through the real loading code."""
    folder = whisper_model.write(tmp_path_factory.mktemp("models") / "whisper-random")
    return recogniser(Choice(folder=folder, device="cpu"))


@pytest.fixture(scope="module")
def english() -> Moonshine:
    """Return the recogniser that comes along."""
    return Moonshine(None)


@pytest.fixture(scope="module")
def call(shared: Path, english: Moonshine) -> Conversation:
    """Return a real call of two files, heard once for all tests."""
    sides = (("agent", "agent"), ("caller", "customer"))
    files = tuple(
        File(path=shared / CALLS / f"Auto_Repairs_49_UTC_{name}.wav", roles=(role,))
        for name, role in sides
    )
    return heard(Recording(source="call", files=files, language="en"), english)


def test_what_was_said_is_written_down(call: Conversation) -> None:
    """The caller says what is wrong and the agent what to do, each on their own side."""
    said = {
        role: " ".join(turn.text.lower() for turn in call.turns if turn.role == role)
        for role in ("agent", "customer")
    }
    assert "my hyundai service" in said["customer"]
    assert "thank you so much" in said["customer"]
    assert "how can i help you" in said["agent"]
    assert "anything else i can do for you today" in said["agent"]


def test_turns_follow_each_other_in_time(call: Conversation) -> None:
    """Turns begin one after the other and lie within the recording."""
    starts = [turn.interval.start_ms for turn in call.turns if turn.interval]
    assert len(starts) == len(call.turns)
    assert starts == sorted(starts)
    (dialog,) = call.dialogs
    assert dialog.duration_ms is not None
    assert all(turn.interval and turn.interval.end_ms <= dialog.duration_ms for turn in call.turns)


def test_every_word_has_its_place_and_its_confidence(call: Conversation) -> None:
    """A word's span is that word, and the recogniser says how sure it is."""
    for turn in call.turns:
        assert " ".join(turn.text[word.start : word.end] for word in turn.words) == turn.text
        assert all(word.confidence is not None for word in turn.words)


def test_times_add_up_to_the_recording(call: Conversation) -> None:
    """Talk, less what overlaps, and silence are the whole, to the millisecond."""
    told = dynamics.detect(call)
    assert told.talk_ms is not None
    assert told.silence_ms is not None
    assert told.overlap_ms is not None
    length = call.dialogs[0].duration_ms
    assert sum(told.talk_ms.values()) - told.overlap_ms + told.silence_ms == length
    assert told.longest_silence_ms is not None
    assert told.longest_silence_ms <= told.silence_ms
    by_track = {track.role: covered_ms(track.speech) for track in call.tracks}
    assert told.talk_ms == by_track


@pytest.mark.parametrize(
    ("language", "found"), [("nl", "found nl; expected en"), (None, "found none stated")]
)
def test_language_it_does_not_know_is_refused(
    shared: Path, english: Moonshine, language: str | None, found: str
) -> None:
    """An English recogniser writes fluent English for Dutch, so it is not asked to."""
    file = File(path=shared / "data/speech_clips/nl_css10_20000_mijlen_0029.wav")
    with pytest.raises(UnsupportedInputError, match=found):
        heard(Recording(source="dutch", files=(file,), language=language), english)


def test_recording_without_speech_is_refused(tmp_path: Path, english: Moonshine) -> None:
    """A tone and silence are no conversation."""
    file = File(path=write(tmp_path / "a.wav", tone(2), silence(2)))
    with pytest.raises(UnsupportedInputError, match="speech: found none"):
        heard(Recording(source="a.wav", files=(file,), language="en"), english)


def test_two_speakers_on_two_channels_stay_two(shared: Path, english: Moonshine) -> None:
    """What stands in the left channel is one speaker's, what in the right the other's."""
    file = File(path=shared / "data/speech_clips/en_fasterwhisper_stereo_2speakers.wav")
    told = heard(Recording(source="stereo", files=(file,), language="en"), english)
    said = {turn.speaker: turn.text.lower() for turn in told.turns}
    assert "wizard" in said["track 0"]
    assert "horizon" in said["track 1"]


def test_whisper_is_loaded_from_its_folder(shared: Path, whisper: Recogniser) -> None:
    """Any language; its words have times and confidences, and are the same every time."""
    assert whisper.languages is None
    file = File(path=shared / "data/speech_clips/hu_css10_egri_csillagok_0032.wav")
    recording = Recording(source="hungarian", files=(file,), language="hu")
    told = heard(recording, whisper)
    assert told.language == "hu"
    assert told.cut is not None
    assert "whisper-random" in told.cut
    words = [word for turn in told.turns for word in turn.words]
    assert words
    assert all(word.interval and word.confidence is not None for word in words)
    assert heard(recording, whisper).content_hash == told.content_hash


def test_moonshine_is_loaded_from_a_folder_of_ones_own(shared: Path, tmp_path: Path) -> None:
    """A folder's name says its language, and it hears what the one that comes along hears."""
    own = tmp_path / "tiny-en"
    shutil.copytree(Path(str(files("moonshine_voice"))) / "assets" / "tiny-en", own)
    engine = recogniser(Choice(folder=own))
    assert engine.languages == ("en",)
    file = File(path=shared / "data/speech_clips/en_picovoice_test.wav")
    told = heard(Recording(source="clip", files=(file,), language="en-GB"), engine)
    assert "apostle of the middle classes" in told.turns[0].text
    assert told.language == "en-GB"
    with pytest.raises(ModelError, match="named like tiny-en"):
        recogniser(Choice(folder=own.rename(tmp_path / "english")))


@pytest.mark.parametrize("names", [(), ("model.bin", "config.json"), ("encoder_model.ort",)])
def test_folder_that_is_no_model_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A wrong folder ends in an error that says what was expected."""
    for name in names:
        (tmp_path / name).write_bytes(b"no model")
    with pytest.raises(ModelError, match="expected"):
        recogniser(Choice(folder=tmp_path, device="cpu"))


pieces = st.lists(
    st.tuples(st.integers(0, 3_000), st.integers(100, 20_000), st.sampled_from(["1", "2", None])),
    max_size=30,
)


@given(gaps=pieces, longest=st.integers(1_000, 15_000))
def test_utterances_cover_all_speech_and_no_more_than_their_length(
    gaps: list[tuple[int, int, str | None]], longest: int
) -> None:
    """Nothing that was said is left out or said twice, and no run outgrows the recogniser."""
    at, speech = 0, list[tuple[Interval, str | None]]()
    for gap, length, who in gaps:
        speech.append((Interval(start_ms=at + gap, end_ms=at + gap + length), who))
        at += gap + length
    found = list(utterances(speech, longest))
    assert all(one.duration_ms <= longest for _, one in found)
    for (_, one), (_, other) in pairwise(found):
        assert one.end_ms <= other.start_ms
    for piece, who in speech:
        own = [one for speaker, one in found if speaker == who]
        assert covered_ms([*own, piece]) == covered_ms(own)
