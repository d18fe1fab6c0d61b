"""What a period comes to: a few sentences, each of a number that stands in the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kindline.metrics.combined import difference
from kindline.model.estimate import Estimate
from kindline.report.shown import shown
from kindline.report.tables import Cell, Table
from kindline.report.words import Words

_MOST_STEPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found, and what follows from it."""

    told: Sequence[str]
    to_do: Sequence[str]


def findings(now: Mapping[str, Table], past: Table, words: Words) -> Findings:
    """Return what a period's tables come to, beside the needs of the period before."""
    told: list[str] = []
    to_do: list[str] = []
    _company(now["needs"], past, words, told)
    _steps(now, words, to_do)
    _losing(now, words, to_do)
    _heard(now, words, told)
    _gift(now, words, told)
    if not to_do:
        to_do.append(words.say("nothing_to_do"))
    return Findings(told=told, to_do=to_do)


def _company(now: Table, past: Table, words: Words, told: list[str]) -> None:
    kind, share = _best(now, "companionship")
    if share is None:
        told.append(words.say("company_unknown"))
        return
    told.append(words.say(f"company_{kind}", share=shown(share, "share")))
    kind_past, share_past = _best(past, "companionship")
    if share_past is None or kind != kind_past:
        return
    apart = difference(share, share_past)
    if (apart.low or 0.0) > 0 or (apart.high or 0.0) < 0:
        told.append(words.say("company_moved", points=shown(apart, "points")))
    else:
        told.append(words.say("company_same"))


def _best(needs: Table, need: str) -> tuple[str, Estimate | None]:
    """Return the corrected share where there is one, else the raw one."""
    for row in needs.rows:
        if row[0] == need:
            for kind, cell in (("corrected", row[2]), ("raw", row[1])):
                if isinstance(cell, Estimate) and cell.value is not None:
                    return kind, cell
    return "raw", None


def _steps(now: Mapping[str, Table], words: Words, to_do: list[str]) -> None:
    for step, surface, _, raw, right in now["steps"].rows[:_MOST_STEPS]:
        best = right if isinstance(right, Estimate) else raw
        if isinstance(best, Estimate) and (best.low or 0.0) > 0:
            where = words.name(str(surface))
            to_do.append(words.say("mend", step=str(step), where=where, n=shown(best, "count")))


def _losing(now: Mapping[str, Table], words: Words, to_do: list[str]) -> None:
    rows = now["losing"].rows
    if not rows or rows[0][0] is None:
        return
    worst = rows[0][1]
    others = [row[1] for row in rows[1:] if isinstance(row[1], Estimate)]
    if isinstance(worst, Estimate) and others and (worst.low or 0) > _middle(others):
        reason = words.name(str(rows[0][0]))
        to_do.append(words.say("losing", reason=reason, share=shown(worst, "share")))


def _middle(some: Sequence[Estimate]) -> float:
    values = sorted(one.value or 0.0 for one in some)
    return values[len(values) // 2]


def _heard(now: Mapping[str, Table], words: Words, told: list[str]) -> None:
    rows: Mapping[Cell, Cell] = {
        row[0]: row[1] for row in now["moods"].rows if isinstance(row[0], str)
    }
    heard, soothed = rows.get("heard"), rows.get("soothed")
    if isinstance(soothed, Estimate) and soothed.value is not None:
        told.append(words.say("soothed", share=shown(soothed, "share")))
    if isinstance(heard, Estimate) and heard.value is not None:
        told.append(words.say("heard", share=shown(heard, "share")))


def _gift(now: Mapping[str, Table], words: Words, told: list[str]) -> None:
    for _, each, minutes, _ in now["gift"].rows:
        if isinstance(minutes, Estimate) and isinstance(each, Estimate) and minutes.value:
            told.append(
                words.say("gift", minutes=shown(minutes, "count"), each=shown(each, "minutes"))
            )
