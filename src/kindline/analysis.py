"""
Conversations and a policy to analyses: the one place where everything comes together.

The gate comes first; a conversation it refuses never reaches a reader of words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
import gc
from typing import Any

from kindline import roles
from kindline.languages import pack, supported
from kindline.model.analysis import Analysis
from kindline.model.conversation import Conversation
from kindline.policy import ADVICE, Leave, Policy, leave
from kindline.signals import (
    abuse,
    agent,
    companionship,
    crisis,
    dynamics,
    effort,
    emotions,
    felt_heard,
    loyalty,
    reason,
    resolution,
    service,
    support,
)
from kindline.text.language import language_of
from kindline.text.learnt import Learnt
from kindline.text.reading import Reading, read
from kindline.text.scoring import TurnModel, ours
from kindline.version import VERSION

_COLLECTED_AFTER = 50_000  # objects; at Python's 700 a third of a batch's time is looking
BATCH = 64  # conversations read together; bench/analysis.py


def analyse(
    conversation: Conversation,
    rules: Policy,
    *,
    declared: str | None = None,
    now: datetime,
    model: TurnModel | None = None,
) -> Analysis:
    """Return the analysis of one conversation; `declared` is the basis where it states none."""
    return next(analyse_all([conversation], rules, declared=declared, now=now, model=model))


def analyse_all(
    conversations: Iterable[Conversation],
    rules: Policy,
    *,
    declared: str | None = None,
    now: datetime,
    model: TurnModel | None = None,
    learnt: Learnt | None = None,
) -> Iterator[Analysis]:
    """
    Return one analysis per conversation, in order.

    `now` is for bases that expire; `model` reads the turns and `learnt` decides, ours where none is
    given.
    """
    model, learnt = model or ours(), learnt or Learnt()
    batch: list[Conversation] = []
    for conversation in conversations:
        batch.append(conversation)
        if len(batch) == BATCH:
            yield from _analysed(batch, rules, declared, now, model, learnt)
            batch = []
    yield from _analysed(batch, rules, declared, now, model, learnt)


def collect_seldom() -> None:
    """
    Let this process look for garbage seldom: for processes whose business is to analyse.

    An analysis is many objects and no cycle; looking through them again and again finds nothing.
    """
    gc.set_threshold(_COLLECTED_AFTER)


def admitted(
    conversation: Conversation, rules: Policy, *, declared: str | None, now: datetime
) -> tuple[Leave, str | None]:
    """
    Return the gate's answer, and the language where there is leave to look for it.

    Some countries ask more. Where the language was not stated and turns out to be theirs, the gate
    is asked again; what was found then goes no further.
    """
    given = leave(conversation, rules, declared=declared, now=now)
    if given.denial is not None or conversation.language:
        return given, conversation.language
    language = language_of(conversation)
    known = replace(conversation, language=language)
    given = leave(known, rules, declared=declared, now=now)
    return given, None if given.denial else language


def versions(
    rules: Policy,
    language: str | None,
    cut: str | None = None,
    encoder: str | None = None,
    weights: str | None = None,
) -> Mapping[str, str]:
    """Return what makes a result what it is: program, weights, pack, policy, and how it was cut."""
    stamped = {
        "kindline": VERSION,
        "weights": weights or Learnt().weights,
        "encoder": encoder or ours().name,
        "pack": pack(language).version if language else "none",
        "policy": rules.version,
    }
    return stamped if cut is None else {**stamped, "cut": cut}


def _analysed(
    batch: Sequence[Conversation],
    rules: Policy,
    declared: str | None,
    now: datetime,
    model: TurnModel,
    learnt: Learnt,
) -> Iterator[Analysis]:
    asked = [admitted(conversation, rules, declared=declared, now=now) for conversation in batch]
    leaves, languages = [given for given, _ in asked], [language for _, language in asked]
    allowed = [number for number, given in enumerate(leaves) if given.denial is None]
    known = {n: roles.told(batch[n], supported(languages[n])) for n in allowed}
    read_as = _blocks_of_words({n: one for n, (one, _) in known.items()}, languages, model, learnt)
    for number, conversation in enumerate(batch):
        given, blocks = leaves[number], dict[str, Any]()
        if number in known:
            blocks["dynamics"] = dynamics.detect(known[number][0])
            blocks["roles"] = known[number][1]
        blocks |= read_as.get(number, {})
        code = supported(languages[number])
        made_by = versions(rules, code, conversation.cut, model.name, learnt.weights)
        yield _analysis(conversation, made_by, rules, given, languages[number], blocks)


def _blocks_of_words(
    known: Mapping[int, Conversation],
    languages: Sequence[str | None],
    model: TurnModel,
    learnt: Learnt,
) -> dict[int, dict[str, Any]]:
    """Return what the words tell of each, by its number: read and judged a language at a time."""
    by_language: dict[str, list[int]] = {}
    for number, conversation in known.items():
        code = supported(languages[number])
        has_customer = any(turn.role == "customer" for turn in conversation.turns)
        if code is not None and has_customer:
            by_language.setdefault(code, []).append(number)
    found: dict[int, dict[str, Any]] = {}
    for code, numbers in by_language.items():
        told = [known[number] for number in numbers]
        readings = read(told, code, scorer=model.score, decisions=learnt.of(code))
        found.update(zip(numbers, _of_words(readings), strict=True))
    return found


def _of_words(readings: Sequence[Reading]) -> list[dict[str, Any]]:
    """Return the blocks that take words, of readings in one language."""
    needed, company = service.detect(readings), companionship.detect(readings)
    blocks: dict[str, Sequence[Any]] = {
        "service": needed,
        "companionship": company,
        "support": support.detect(readings),
        "crisis": crisis.detect(readings),
        "abuse": abuse.detect(readings),
        "emotions": emotions.detect(readings),
        "agent": agent.detect(readings),
        "felt_heard": felt_heard.detect(readings),
        "effort": effort.detect(readings),
        "resolution": resolution.detect(readings, needed),
        "reason": reason.detect(readings, needed, company),
        "loyalty": loyalty.detect(readings),
    }
    return [dict(zip(blocks, own, strict=True)) for own in zip(*blocks.values(), strict=True)]


def _analysis(
    conversation: Conversation,
    made_by: Mapping[str, str],
    rules: Policy,
    given: Leave,
    language: str | None,
    blocks: Mapping[str, Any],
) -> Analysis:
    """Return identity, status and number of turns, and what was inferred: the blocks, if any."""
    return Analysis(
        status="analysed" if given.denial is None else "denied",
        denied_because=given.denial and f"{given.denial}: {ADVICE[given.denial]}",
        conversation_id=conversation.id,
        source=conversation.source,
        language=language,
        channel=conversation.channel,
        n_turns=len(conversation.turns),
        policy=rules.name,
        basis=given.basis,
        versions=made_by,
        **blocks,
    )
