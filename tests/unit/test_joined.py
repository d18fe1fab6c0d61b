"""Parts of one contact are one conversation, in time, and nothing of them is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kindline.ingest import read_bytes
from kindline.ingest.plain import conversation_from
from kindline.intake.joined import join, joined
from kindline.model.conversation import Conversation, Handling, LawfulBasis

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def part(number: int, *, minutes: float | None, **other: Any) -> Conversation:
    """Return a part of contact k with one turn, begun so many minutes after nine."""
    turn: Mapping[str, Any] = {
        "party": "customer",
        "text": f"Part {number}.",
        "start_ms": 1_000,
        "end_ms": 3_000,
    }
    told = conversation_from(
        {"id": f"p-{number}", "turns": [turn]}, source=f"{number}.json", record="line 1"
    )
    started = None if minutes is None else START + timedelta(minutes=minutes)
    return replace(told, contact_id="k", started_at=started, **other)


def test_recordings_of_a_call_follow_each_other_in_time() -> None:
    """Whatever order they come in, turns have the clock of the first."""
    whole = join([part(2, minutes=5), part(1, minutes=0)])
    times = [(turn.text, turn.interval and turn.interval.start_ms) for turn in whole.turns]
    assert times == [("Part 1.", 1_000), ("Part 2.", 301_000)]
    assert (whole.id, whole.started_at) == ("k", START)
    assert whole.source == "1.json + 2.json"


def test_part_without_a_start_comes_behind() -> None:
    """A recording that tells no time is put after what is known of."""
    whole = join([part(2, minutes=None), part(1, minutes=0)])
    assert [turn.interval and turn.interval.start_ms for turn in whole.turns] == [1_000, 4_000]


def test_handling_of_the_parts_adds_up() -> None:
    """Hold is the sum; what no part tells stays unknown and is no 0."""
    one = part(1, minutes=0, handling=Handling(hold_ms=5_000, wrap_up_code="A"))
    two = part(2, minutes=5, handling=Handling(hold_ms=7_000, wrap_up_code="B"))
    told = join([one, two]).handling
    assert told == Handling(hold_ms=12_000, wrap_up_code="B")


def test_refusal_in_one_part_holds_for_all() -> None:
    """Who refuses in the second call is not analysed in the first."""
    refused = part(2, minutes=5, lawful_basis=LawfulBasis(name=None))
    consent = part(1, minutes=0, lawful_basis=LawfulBasis(name="consent"))
    ((whole, n_parts),) = joined([consent, refused])
    assert n_parts == 2
    assert whole.lawful_basis is not None
    assert whole.lawful_basis.name is None


def test_parts_on_different_bases_stay_apart() -> None:
    """Consent given in one call does not reach the other."""
    consent = part(1, minutes=0, lawful_basis=LawfulBasis(name="consent"))
    found = list(joined([consent, part(2, minutes=5)]))
    assert [n for _, n in found] == [1, 1]
    assert len({one.id for one, _ in found}) == 2  # neither is stored over the other


def test_part_does_not_join_what_is_stored_on_another_basis() -> None:
    """Consent given today does not reach what was said under a contract; a refusal does."""
    before = part(1, minutes=0, lawful_basis=LawfulBasis(name="contract"))
    consent = part(2, minutes=5, lawful_basis=LawfulBasis(name="consent"))
    ((whole, _),) = joined([consent], lambda _: before)
    assert (len(whole.turns), whole.id == "k") == (1, False)
    refusing = part(2, minutes=5, lawful_basis=LawfulBasis(name=None))
    ((whole, _),) = joined([refusing], lambda _: before)
    assert whole.id == "k"
    assert whole.lawful_basis == LawfulBasis(name=None)


def test_same_part_in_two_files_is_said_once() -> None:
    """A mail in a mailbox and in a file of its own, or an export made twice, doubles nothing."""
    both = join([part(1, minutes=0), part(2, minutes=5)])
    ((whole, n_parts),) = joined([part(1, minutes=0), part(1, minutes=0), both])
    assert n_parts == 3
    assert [turn.text for turn in whole.turns] == ["Part 1.", "Part 2."]


def test_what_is_no_part_goes_through_at_once() -> None:
    """A run over a million contacts does not wait for the last."""
    alone = conversation_from(
        {"id": "a", "turns": [{"party": "agent", "text": "Hi."}]}, source="a", record="1"
    )
    stream = joined(iter([alone, part(1, minutes=0)]))
    assert next(stream) == (alone, 1)


def test_part_of_an_earlier_run_is_joined_once() -> None:
    """A reply that comes the next day joins what is stored; the same file again adds nothing."""
    before = join([part(1, minutes=0), part(2, minutes=5)])
    ((whole, _),) = joined([part(3, minutes=9)], lambda _: before)
    assert [turn.text for turn in whole.turns] == ["Part 1.", "Part 2.", "Part 3."]
    ((again, _),) = joined([part(2, minutes=5)], lambda _: before)
    assert [turn.text for turn in again.turns] == ["Part 1.", "Part 2."]
    assert again.content_hash == before.content_hash


def mail(number: int, *, answers: int | None) -> bytes:
    """Return a mail of a thread in a file of its own."""
    refers = "" if answers is None else f"In-Reply-To: <{answers}@shop>\nReferences: <1@shop>\n"
    return (
        f"From: ann@home\nTo: support@shop\nSubject: lamp\nMessage-ID: <{number}@shop>\n{refers}"
        f"Date: Mon, 2 Nov 2026 0{number}:00:00 +0000\n\nMessage number {number} about the lamp.\n"
    ).encode()


def test_mails_of_a_thread_in_files_of_their_own_are_one_contact() -> None:
    """Messages that refer to the same first one are joined, in the order they were sent."""
    raws = [mail(3, answers=2), mail(1, answers=None), mail(2, answers=1)]
    read = [item for n, raw in enumerate(raws) for item in read_bytes(raw, source=f"{n}.eml")]
    ((whole, n_parts),) = joined(one for one in read if isinstance(one, Conversation))
    assert n_parts == 3
    assert [turn.text.split()[2] for turn in whole.turns] == ["1", "2", "3"]
