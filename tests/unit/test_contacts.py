"""Files that belong together are one contact; others are not touched."""

from pathlib import Path

import pytest

from kindline.intake.contacts import Handed, contacts, is_waiting
from kindline.intake.files import files_under
from tests.sound import tone, write


def laid(folder: Path, *names: str) -> list[Handed]:
    """Return the contacts of a folder with these files, sound in those named so."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in (".wav", ".flac"):
            codec = {".wav": "pcm_s16le", ".flac": "flac"}[path.suffix]
            write(path, tone(0.2), codec=codec)
        else:
            path.write_text("{}", "utf-8")
    return contacts(files_under([folder]), channels=("customer", "agent"))


def sides(one: Handed) -> list[tuple[str, tuple[str, ...]]]:
    """Return the files of a recording with their roles."""
    assert one.recording is not None
    return [(file.path.name, file.roles) for file in one.recording.files]


@pytest.mark.parametrize(
    "names",
    [
        ("7_agent.wav", "7_caller.wav"),
        ("call 7-customer.wav", "call 7-agent.wav"),
        ("agent.wav", "customer.wav"),
        ("2026/7.internal.wav", "2026/7.external.wav"),
    ],
)
def test_a_file_a_side_is_one_contact(tmp_path: Path, names: tuple[str, str]) -> None:
    """Two sides in two files are one recording, the agent's first, each with its role."""
    (one,) = laid(tmp_path, *names)
    assert [roles for _, roles in sides(one)] == [("agent",), ("customer",)]
    assert {name for name, _ in sides(one)} == {Path(name).name for name in names}


@pytest.mark.parametrize(
    "names",
    [
        ("7_agent.wav", "8_caller.wav"),
        ("a/7_agent.wav", "b/7_caller.wav"),
        ("7_agent.wav", "7_user_agent.wav"),
    ],
    ids=["two calls", "two folders", "two agents"],
)
def test_sides_of_different_calls_stay_apart(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Only the same name in the same folder makes a pair."""
    assert len(laid(tmp_path, *names)) == len(names)


def test_transcript_and_recording_of_one_name_are_one_contact(tmp_path: Path) -> None:
    """A transcript beside its recording comes with it, a double ending or not."""
    found = laid(tmp_path, "7.vcon.json", "7.wav", "8.json", "8.wav", "9.json")
    told = [(one.words and one.words.name, one.recording is not None) for one in found]
    assert told == [("7.vcon.json", True), ("8.json", True), ("9.json", False)]


def test_same_recording_in_two_encodings_is_one(tmp_path: Path) -> None:
    """The encoding that lost least is listened to, the other is counted with it."""
    (one,) = laid(tmp_path, "7.flac", "7.wav")
    assert [name for name, _ in sides(one)] == ["7.wav"]
    assert [path.name for path in one.others] == ["7.flac"]


def test_channels_are_those_that_were_set(tmp_path: Path) -> None:
    """A two-track recording has the roles of the centre's own set-up."""
    (one,) = laid(tmp_path, "7.wav")
    assert sides(one) == [("7.wav", ("customer", "agent"))]


@pytest.mark.parametrize(
    ("name", "there", "waits"),
    [
        ("x/7_agent.wav", (), True),
        ("x/7_agent.wav", ("x/7_caller.wav",), False),
        ("x/7_caller.wav", ("x/7_agent.wav",), False),
        ("x/7_caller.wav", ("y/7_agent.wav",), True),
        ("x/7.wav", (), False),
        ("agent.wav", ("customer.wav",), False),
        ("x/agent.json", (), False),
    ],
)
def test_one_side_waits_for_the_other(name: str, there: tuple[str, ...], waits: bool) -> None:
    """A watched place holds one side back until the other is whole."""
    assert is_waiting(name, {name, *there}) is waits
