"""What is made of the public sets: intents become reasons, and service contacts are only judged."""

from pathlib import Path

from kindline.signals.reason import CODES
from kindline.training import calls, public


def test_every_intent_named_is_one_of_its_set(shared: Path) -> None:
    """A slip in `reasons.toml` would silently teach nothing."""
    data = shared / "data"
    told = {
        "banking77": {intent for _, intent in public._banking77(data, "train")},  # noqa: SLF001
        "multidogo": {intent for _, intent in public._multidogo(data, "train")},  # noqa: SLF001
        "clinc150": {intent for _, intent in public._clinc150(data)},  # noqa: SLF001
        "dstc11": {intent for _, intent in public._dstc11(data)},  # noqa: SLF001
    }
    for name, reasons in public._reasons().items():  # noqa: SLF001
        assert set(reasons) <= told[name], name
        assert set(reasons.values()) <= set(CODES), name


def test_contacts_that_are_only_judged_are_whole_and_once(shared: Path) -> None:
    """Transcripts by other hands have both parties and no text twice; none is trained on."""
    transcripts = calls._microsoft(shared / "data")  # noqa: SLF001
    assert len({str(one.turns) for one in transcripts}) == len(transcripts) > 10
    assert all({turn.role for turn in one.turns} == {"agent", "customer"} for one in transcripts)
    taught = {example.text for example in public._requests(shared / "data")}  # noqa: SLF001
    judged = {turn.text for one in calls._multidogo(shared / "data") for turn in one.turns}  # noqa: SLF001
    train = {text for text, _ in public._multidogo(shared / "data", "train")}  # noqa: SLF001
    assert len(judged - train) > 5000
    assert not (taught & judged) - train
