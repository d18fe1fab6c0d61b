"""What a desk says of a call: the sentences that can be said now, and the words needs rest on."""

from collections.abc import Mapping
from dataclasses import dataclass

from kindline.desk.session import Session, View
from kindline.languages.phrases import AbuseStep, Phrase, Rung
from kindline.live.judging import Judged
from kindline.live.prompts import quoted
from kindline.model.analysis import Label

OPEN_SLOTS: Mapping[str, str] = {"matter": "…", "heard": "…", "name": "…", "line": "…"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that can be said now, its slots filled; `rung` is what it would tick."""

    text: str
    rung: Rung | None = None
    step: AbuseStep | None = None


def sentences(session: Session, view: View, slots: Mapping[str, str]) -> list[Sentence]:
    """
    Return what can be said next: the way out first, the early question, the abuse ladder.

    What is not known of a slot is left for the agent to fill (`OPEN_SLOTS`).
    """
    filled = {**OPEN_SLOTS, **slots}
    found = [
        Sentence(text=_said(one, filled), rung=view.ladder.following) for one in view.ladder.offered
    ]
    found += [Sentence(text=_said(one, filled)) for one in view.early]
    is_abused = view.judged is not None and view.judged.abuse.label.state == "present"
    if is_abused and view.abuse is not None:
        some = session.phrases.by_use[view.abuse]
        own = [one for one in some if one.form == session.form]
        found += [Sentence(text=_said(one, filled), step=view.abuse) for one in own]
    return found


def quotes(judged: Judged | None) -> dict[str, str | None]:
    """Return, for each need, the words it rests on; None where it was not found."""
    told = judged or Judged()
    blocks: dict[str, Label] = {
        "service": told.service,
        "companionship": told.companionship,
        "support": told.support,
    }
    found = {need: quoted(one.findings) for need, one in blocks.items()}
    return {
        need: said[1] if said and blocks[need].state == "present" else None
        for need, said in found.items()
    }


def _said(phrase: Phrase, slots: Mapping[str, str]) -> str:
    return phrase.text.format(**slots).replace("….", "…")
