"""Sounds: played by who may read the words, silent where these are blotted out, gone with them."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
from sqlalchemy import select

from kindline.model.conversation import Blot, HeardWord, Turn
from kindline.model.interval import Interval
from kindline.speech.decode import PER_MS, decoded
from kindline.speech.silencing import playable, silences
from kindline.store.erasure import erase_conversation
from kindline.store.retention import forget
from kindline.store.sounds import FOLDER, keep_sound, sweep_sounds
from kindline.store.tables import SOUNDS
from kindline.store.views import views
from tests import sound as made
from tests.web.conftest import OURS, THEIRS, House


@pytest.fixture
def kept(house: House) -> House:
    """Return the house with a sound beside a conversation of each tenant."""
    for tenant in (OURS, THEIRS):
        with house.store.of(tenant).begin() as tenancy:
            keep_sound(tenancy, home(house), f"{tenant}-mine", b"0123456789", 1000, house.clock())
    return house


def home(house: House) -> Path:
    """Return where files are kept."""
    place = house.client.app.state.place  # type: ignore[attr-defined]
    return Path(place.home)


def address(house: House, tenant: str = OURS) -> str:
    """Return where a tenant's sound is played."""
    with house.store.read() as tenancy:
        query = select(SOUNDS.c.sound_id).where(SOUNDS.c.tenant_id == tenant)
        return f"/sounds/{tenancy.connection.scalar(query)}"


def test_who_reads_the_words_hears_the_sound(kept: House) -> None:
    """The page has it; another tenant's, and one of a team that is not theirs, is not there."""
    for role in ("agent", "lead", "coach", "safeguarding", "analyst"):
        browser = kept.as_role(role)  # type: ignore[arg-type]
        assert address(kept) in browser.get(f"/conversations/{OURS}-mine").text
        assert browser.get(address(kept)).content == b"0123456789"
        assert browser.get(address(kept, THEIRS)).status_code == 404
    with kept.store.begin() as tenancy:
        keep_sound(tenancy, home(kept), f"{OURS}-elsewhere", b"x", 1, kept.clock())
        theirs = SOUNDS.c.conversation_id == f"{OURS}-elsewhere"
        other = tenancy.connection.scalar(select(SOUNDS.c.sound_id).where(theirs))
    assert kept.as_role("lead").get(f"/sounds/{other}").status_code == 404
    assert kept.as_role("analyst").get(f"/sounds/{other}").content == b"x"


def test_that_it_was_played_is_written_down(kept: House) -> None:
    """Once, also where a browser fetches it in parts."""
    browser = kept.as_role("analyst")
    for wanted, part in (("bytes=0-", b"0123456789"), ("bytes=4-6", b"456"), ("bytes=8-", b"89")):
        answer = kept.client.get(
            address(kept), headers={"cookie": f"kindline_session={browser.secret}", "range": wanted}
        )
        assert (answer.status_code, answer.content) == (206, part)
    headers = {"cookie": f"kindline_session={browser.secret}", "range": "bytes=10-"}
    assert kept.client.get(address(kept), headers=headers).status_code == 416
    with kept.store.read() as tenancy:
        assert [one.what for one in views(tenancy)] == ["sound"]


def test_a_file_holds_nothing_in_the_clear(kept: House) -> None:
    """Nor is it named after anybody."""
    for path in (home(kept) / FOLDER).iterdir():
        assert b"0123456789" not in path.read_bytes()
        assert "mine" not in path.name


@pytest.mark.parametrize("way", ["erased", "forgotten"])
def test_it_goes_with_the_words(kept: House, way: str) -> None:
    """Nobody hears it from then on, and the file is swept away."""
    was, later = address(kept), kept.clock() + timedelta(days=200)
    with kept.store.begin() as tenancy:
        if way == "erased":
            erase_conversation(tenancy, f"{OURS}-mine", asked_by="dpo", now=kept.clock())
        else:
            forget(tenancy, now=later)
        assert tenancy.connection.scalar(select(SOUNDS).where(SOUNDS.c.tenant_id == OURS)) is None
    assert kept.as_role("analyst").get(was).status_code == 404
    with kept.store.begin() as tenancy:
        sweep_sounds(tenancy, home(kept), now=later + timedelta(days=3650))
    theirs = address(kept, THEIRS).removeprefix("/sounds/")
    assert [path.name for path in (home(kept) / FOLDER).iterdir()] == [theirs]


def test_a_sound_whose_conversation_was_never_stored_is_swept(kept: House) -> None:
    """After some hours: a worker that was killed may store it yet."""
    with kept.store.begin() as tenancy:
        keep_sound(tenancy, home(kept), "never-stored", b"x", 1, kept.clock())
        for hours, n in ((1, 2), (7, 1)):
            sweep_sounds(tenancy, home(kept), now=kept.clock() + timedelta(hours=hours))
            own = select(SOUNDS.c.sound_id).where(SOUNDS.c.tenant_id == OURS)
            assert len(tenancy.connection.execute(own).all()) == n


def turn(*, words: bool, times: bool) -> Turn:
    """Return a turn in which a name from 1,000 to 1,500 ms is blotted out."""
    heard = (
        HeardWord(start=0, end=2, interval=Interval(start_ms=0, end_ms=400)),
        HeardWord(start=3, end=8, interval=Interval(start_ms=1000, end_ms=1500)),
    )
    return Turn(
        role="customer",
        text="Ik █████",
        interval=Interval(start_ms=0, end_ms=3000) if times else None,
        words=heard if words else (),
        blots=(Blot(3, 8, "name"),),
    )


def test_what_is_silent_is_the_word_else_the_turn_else_nothing_is_played() -> None:
    """A little more than the word; and what was not blotted out stays."""
    assert silences([turn(words=True, times=True)]) == [(880, 1620)]
    assert silences([turn(words=False, times=True)]) == [(0, 3000)]
    assert silences([turn(words=False, times=False)]) is None
    assert silences([Turn(role="agent", text="Goedemiddag.")]) == []


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), max_size=4))
def test_a_blotted_word_is_never_heard(places: list[tuple[int, int]]) -> None:
    """Whatever words a blot touches, their whole time is within a silence."""
    words = tuple(
        HeardWord(
            start=5 * n, end=5 * n + 4, interval=Interval(start_ms=300 * n, end_ms=300 * n + 250)
        )
        for n in range(14)
    )
    blots = tuple(Blot(start, start + length, "name") for start, length in places)
    one = Turn(
        role="customer",
        text="x" * 70,
        words=words,
        interval=Interval(start_ms=0, end_ms=9000),
        blots=blots,
    )
    quiet = silences([one])
    assert quiet is not None
    for word in words:
        assert word.interval is not None
        if any(word.start < blot.end and blot.start < word.end for blot in blots):
            start, end = word.interval.start_ms, word.interval.end_ms
            assert any(first <= start and end <= last for first, last in quiet)


def test_two_sides_become_one_track_with_the_silence_in_it(tmp_path: Path) -> None:
    """Both voices are heard, and neither where somebody's name was said."""
    path = made.write(tmp_path / "call.wav", made.tone(4), made.tone(4, 440))
    raw, length_ms = playable([path], [(1000, 2000)], source="s")
    assert length_ms == 4000
    (tmp_path / "out.mp3").write_bytes(raw)
    (track,) = decoded(tmp_path / "out.mp3", source="s").tracks
    loud = [np.abs(track[ms * PER_MS : (ms + 200) * PER_MS]).mean() for ms in (500, 1400, 3000)]
    assert loud[1] < 5
    assert min(loud[0], loud[2]) > 500
