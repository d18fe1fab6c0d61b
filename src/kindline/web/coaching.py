"""
What coaches and agents see of each other's looking: evaluations, shared moments, rounds.

A coach: contacts of their teams, what agents share, forms they filled in themselves. An agent: all
forms on their own contacts. Nobody: an agent's forms added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from kindline.coaching.calibration import Calibrated, calibrated
from kindline.coaching.moments import Moment
from kindline.coaching.scorecard import Answer, Criterion, Scorecard, offered, scorecard
from kindline.errors import NoSuchError, PolicyError
from kindline.store.care_tables import EVALUATIONS, ROUNDS
from kindline.store.council import coach_sees, council
from kindline.store.database import Tenancy
from kindline.store.people import agents_of_teams, users
from kindline.store.rounds import Evaluation, Round, contacts_of, evaluations, rounds
from kindline.store.shared_moments import Place, shared
from kindline.store.tables import CONVERSATIONS
from kindline.web.access import Opened, Sees, opened_for_coach, opened_own, visible
from kindline.web.guard import Asked
from kindline.web.mine import moments_of

_N_MOST = 60  # shared moments on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A moment a coach sees: of which contact, and the agent who shares it."""

    opened: Opened
    moment: Moment
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A question of a form, its answer, and the agent's words that speak for it, where shown."""

    criterion: Criterion
    answer: Answer | None
    quotes: list[tuple[int, str]]


def sees(asked: Asked, *, places: Mapping[int, object] | None = None) -> Sees:
    """
    Return whether a coach sees what an agent did in a contact: policy, council and agent allow it.

    `places` are the contacts of which an agent shared something.
    """
    with asked.read() as tenancy:
        rules = council(tenancy)

    def is_seen(seen_by: tuple[str, ...], number: int) -> bool:
        told = coach_sees(seen_by, rules)
        return told == "all" or (told == "shared" and number in (places or {}))

    return is_seen


def shared_with(asked: Asked) -> list[Seen]:
    """Return the moments that agents of one's teams share, the latest first."""
    with asked.read() as tenancy:
        names = {one.user_id: one for one in users(tenancy)}
        theirs = agents_of_teams(tenancy, asked.user.team_ids)
        given = [
            one
            for one in shared(tenancy)
            if one.user_id in names and names[one.user_id].agent_key in theirs
        ][:_N_MOST]
    places = {one.place.number: one for one in given}
    found = opened_for_coach(asked, list(places), sees=sees(asked, places=places))
    by_place: dict[Place, tuple[Opened, Moment]] = {}
    for one in found:
        for moment in moments_of(one):
            by_place[Place(one.number, moment.turn, moment.kind)] = (one, moment)
    return [
        Seen(
            opened=by_place[one.place][0], moment=by_place[one.place][1], by=names[one.user_id].name
        )
        for one in given
        if one.place in by_place
    ]


def round_named(asked: Asked, tenancy: Tenancy, round_id: str) -> Round:
    """Return a round of one's own, or one to calibrate on with others; raises NoSuchError."""
    found = rounds(tenancy, ROUNDS.c.round_id == round_id)
    if not found or not takes_part(asked, tenancy, found[0]):
        raise NoSuchError
    return found[0]


def takes_part(asked: Asked, tenancy: Tenancy, of: Round) -> bool:
    """
    Return whether a round is for whoever asks.

    A plan is for who drew it; to calibrate is for all who may open a contact of it, or answered.
    """
    if of.kind == "plan":
        return of.made_by == asked.user.user_id
    return bool(to_look_at(asked, tenancy, of)) or bool(own_forms(asked, tenancy, of))


def own_forms(asked: Asked, tenancy: Tenancy, of: Round) -> list[Evaluation]:
    """Return the forms of a round that whoever asks filled in."""
    own = EVALUATIONS.c.user_id == asked.user.user_id
    return evaluations(tenancy, EVALUATIONS.c.round_id == of.round_id, own)


def to_look_at(asked: Asked, tenancy: Tenancy, of: Round) -> list[int]:
    """Return the contacts of a round that are there for whoever asks, in the order drawn."""
    numbers = contacts_of(tenancy, of.round_id)
    columns = CONVERSATIONS.c
    own = (columns.tenant_id == tenancy.tenant) & columns.number.in_(numbers)
    there = set(tenancy.connection.scalars(select(columns.number).where(own, visible(asked))))
    return [number for number in numbers if number in there]


def check_forms(tenancy: Tenancy) -> None:
    """Raise PolicyError where the works council switched forms off."""
    if not council(tenancy).has_evaluations:
        raise PolicyError("the works council switched scorecards off")


def is_company(one: Opened) -> bool:
    """Return whether a contact holds a need for company: what does not fit it is not asked."""
    state: str = one.stored.analysis["needs"]["companionship"]["state"]
    return state == "present"


def lines_to_ask(card: Scorecard, one: Opened) -> list[Line]:
    """Return the questions to ask of a contact; with quotes, where they may be seen."""
    asked = card.for_contact(is_company=is_company(one))
    return [Line(criterion=each, answer=None, quotes=_quotes(each, one)) for each in asked]


def lines_answered(card: Scorecard, one: Opened | None, told: Mapping[str, Answer]) -> list[Line]:
    """Return the questions that were answered; with quotes, while the contact has its words."""
    return [
        Line(
            criterion=each, answer=told[each.name], quotes=[] if one is None else _quotes(each, one)
        )
        for each in card.criteria
        if each.name in told
    ]


def _quotes(criterion: Criterion, one: Opened) -> list[tuple[int, str]]:
    if not one.has_behaviours or one.stored.turns is None:
        return []
    return offered(criterion, one.stored.analysis["agent"], one.stored.turns)


def own_evaluations(asked: Asked) -> list[tuple[Evaluation, Round]]:
    """Return what coaches filled in on an agent's own contacts, the latest first."""
    if asked.user.agent_key is None:
        return []
    with asked.read() as tenancy:
        by_id = {one.round_id: one for one in rounds(tenancy)}
        found = evaluations(tenancy, EVALUATIONS.c.agent_key == asked.user.agent_key)
    return [(one, by_id[one.round_id]) for one in found if one.round_id in by_id]


def own_evaluation(asked: Asked, evaluation_id: str) -> tuple[Evaluation, Round, Opened | None]:
    """Return one on an agent's own contact, and the contact while its words are kept."""
    for one, of in own_evaluations(asked):
        if one.evaluation_id == evaluation_id:
            return one, of, next(iter(opened_own(asked, number=one.number)), None)
    raise NoSuchError


def coachs_evaluation(asked: Asked, evaluation_id: str) -> tuple[Evaluation, Round]:
    """Return a form whoever asks filled in; raises NoSuchError."""
    with asked.read() as tenancy:
        is_it = EVALUATIONS.c.evaluation_id == evaluation_id
        found = evaluations(tenancy, is_it, EVALUATIONS.c.user_id == asked.user.user_id)
        if not found:
            raise NoSuchError
        return found[0], round_named(asked, tenancy, found[0].round_id)


def waiting(asked: Asked, tenancy: Tenancy, of: Round) -> list[int]:
    """Return the contacts of a round that whoever asks has not looked at."""
    done = {one.number for one in own_forms(asked, tenancy, of)}
    return [number for number in to_look_at(asked, tenancy, of) if number not in done]


def results(tenancy: Tenancy, of: Round) -> Calibrated:
    """Return how far evaluators of a calibration agree, under their names."""
    names = {one.user_id: one.name for one in users(tenancy)}
    every: dict[int, dict[str, Mapping[str, str]]] = {}
    for one in evaluations(tenancy, EVALUATIONS.c.round_id == of.round_id):
        who = names.get(one.user_id, one.user_id)
        every.setdefault(one.number, {})[who] = one.answers
    criteria = [one.name for one in scorecard(of.scorecard).criteria]
    return calibrated(every, criteria)


def agent_of(tenancy: Tenancy, number: int) -> str | None:
    """Return the key of the agent who had a contact."""
    columns = CONVERSATIONS.c
    is_it = (columns.tenant_id == tenancy.tenant) & (columns.number == number)
    return tenancy.connection.scalar(select(columns.agent_key).where(is_it))
