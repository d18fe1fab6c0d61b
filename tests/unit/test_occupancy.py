"""Occupancy is of groups, from states with known ends; breaks and recovery never count as idle."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.cli.occupancy import by_team
from kindline.errors import InputError
from kindline.intake.agent_states import Spell, read
from kindline.metrics.occupancy import FEWEST, occupancy

HEAD = "agent,team,state,start,end\n"
TIMES = st.lists(
    st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=FEWEST, max_size=40
)


def feed(tmp_path: Path, text: str) -> tuple[list[Spell], list[str], int]:
    """Return what a feed holds: spells, refusals, rows that nothing ends."""
    path = tmp_path / "states.csv"
    path.write_text(text, "utf-8")
    told = read(path)
    return told.spells, [str(error) for error in told.rejected], told.n_unended


def test_state_lasts_until_the_next(tmp_path: Path) -> None:
    """A feed of changes: each state ends where the agent's next begins, the last is left out."""
    text = (
        "user id;routing status;timestamp\n"
        "a;Idle;2026-11-02T09:00:00Z\n"
        "b;Interacting;2026-11-02T09:01:00Z\n"
        "a;Interacting;2026-11-02T09:05:00Z\n"
        "a;ACW;2026-11-02T09:15:00Z\n"
    )
    spells, rejected, n_unended = feed(tmp_path, text)
    told = [(one.agent, one.state, one.duration_ms) for one in spells]
    assert told == [("a", "available", 300_000), ("a", "handling", 600_000)]
    assert (rejected, n_unended) == ([], 2)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("a,t,Gardening,2026-11-02T09:00:00Z,2026-11-02T09:10:00Z", "another word"),
        ("a,t,Break,2026-11-02T09:00:00,2026-11-02T09:10:00", "a time without zone"),
        ("a,t,Break,2026-11-02T09:10:00Z,2026-11-02T09:00:00Z", "an end before the start"),
        ("a,t,Break,2026-11-02T09:10:00Z,2026-11-05T09:00:00Z", "more than a day"),
        (",t,Break,2026-11-02T09:10:00Z,2026-11-02T09:20:00Z", "found nothing"),
    ],
    ids=["unknown state", "no zone", "backwards", "forgotten log-out", "nobody"],
)
def test_row_that_would_move_the_number_is_refused(tmp_path: Path, row: str, found: str) -> None:
    """A wrong guess would be a wrong occupancy, so nothing is guessed."""
    spells, rejected, _ = feed(tmp_path, HEAD + row + "\n")
    assert spells == []
    (error,) = rejected
    assert found in error
    assert "Gardening" not in error


def test_breaks_and_recovery_change_nothing(tmp_path: Path) -> None:
    """Who takes a break after a heavy call is as occupied as who does not."""
    work = "".join(
        f"a{n},t,Available,2026-11-02T09:00:00Z,2026-11-02T09:20:00Z\n"
        f"a{n},t,On Call,2026-11-02T09:20:00Z,2026-11-02T10:00:00Z\n"
        for n in range(6)
    )
    rest = "a1,t,Recovery,2026-11-02T10:00:00Z,2026-11-02T10:30:00Z\n"
    without, _, _ = feed(tmp_path, HEAD + work)
    having, _, _ = feed(tmp_path, HEAD + work + rest)
    assert by_team(without)["t"] == by_team(having)["t"]
    value = by_team(having)["t"].value
    assert value == pytest.approx(2 / 3)


def test_fewer_than_five_have_no_number(tmp_path: Path) -> None:
    """Not a small team, and not a team whose rest would be one."""
    rows = [(team, n) for team, size in (("small", 4), ("large", 6)) for n in range(size)]
    text = "".join(
        f"{team}{n},{team},{state},2026-11-02T{hour}:00:00Z,2026-11-02T{hour + 1}:00:00Z\n"
        for team, n in rows
        for hour, state in ((10, "Idle"), (11, "Busy"))
    )
    found = by_team(feed(tmp_path, HEAD + text)[0])
    assert found["all"].value == pytest.approx(0.5)
    assert found["small"].value is None
    assert found["large"].value is None  # all but it are four


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(
    raw: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is handed over as a feed, nothing is raised."""
    path = tmp_path_factory.mktemp("feed") / "feed"
    path.write_bytes(HEAD.encode() + raw)
    assert all(isinstance(error, InputError) for error in read(path).rejected)


@given(agents=TIMES)
def test_interval_holds_the_value(agents: list[tuple[int, int]]) -> None:
    """The value is the ratio of the sums, in its interval; agents without time are unjudged."""
    found = occupancy(agents)
    busy, waiting = (sum(times) for times in zip(*agents, strict=True))
    assert found.n + found.n_unjudged == len(agents)
    if found.n < FEWEST:
        assert found.value is None
        return
    assert found.value == pytest.approx(busy / (busy + waiting))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


def test_agents_alike_leave_no_doubt() -> None:
    """Where every agent has the same occupancy the interval is that number."""
    found = occupancy([(3 * n, n) for n in range(1, 8)])
    assert found.low == pytest.approx(0.75)
    assert found.high == pytest.approx(0.75)
