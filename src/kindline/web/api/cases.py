"""Cases and live rules for programs: what waits for a person, and what a house gives."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import Field

from kindline.calls.bus import CASES, Note
from kindline.desk.session import Rules
from kindline.live.budget import Budget
from kindline.live.prompts import MOST
from kindline.safeguarding.cases import CaseOffer, CaseOutcome
from kindline.store.cases import Case, Step, case_of, cases, close_case, log, steps, take_case
from kindline.store.desk_rules import choose_rules, rules_in_force
from kindline.web.api.problems import ANSWERS
from kindline.web.api.shapes import Shape, Word
from kindline.web.guard import Asked, needs

router = APIRouter(responses=ANSWERS)
_Keeper = Annotated[Asked, Depends(needs("crisis"))]
_Chooser = Annotated[Asked, Depends(needs("policy"))]
_Minutes = Annotated[int, Field(ge=0, le=240)]


class StepShape(Shape):
    """What somebody did about a case."""

    at: datetime
    by_name: str
    what: str
    offered: str | None
    is_accepted: bool | None


class CaseShape(Shape):
    """A case; open while `closed_at` is null, to be taken by `due_at`."""

    case_id: str
    conversation_id: str
    path: str
    language: str | None
    opened_at: datetime
    due_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


class CasesShape(Shape):
    """Cases, those that are open first, the oldest of them first."""

    cases: list[CaseShape]


class CaseWhole(CaseShape):
    """A case with what was done about it."""

    steps: list[StepShape]


class CaseDone(Shape):
    """What is done about a case: taken, something offered, or closed with an outcome."""

    what: Literal["taken", "offered", "closed"]
    offered: CaseOffer | None = None
    is_accepted: bool | None = None
    outcome: CaseOutcome | None = None


class RulesShape(Shape):
    """What a house chose for its desks."""

    minutes_a_call: _Minutes
    minutes_a_shift: _Minutes
    most_prompts: Annotated[int, Field(ge=0, le=MOST)]
    may_end: bool


@router.get("/cases")
def inbox(asked: _Keeper) -> CasesShape:
    """Return the cases of the house."""
    with asked.read() as tenancy:
        return CasesShape(cases=[CaseShape(**_told(one)) for one in cases(tenancy)])


@router.get("/cases/{case_id}")
def whole(asked: _Keeper, case_id: Word) -> CaseWhole:
    """Return a case with its log."""
    with asked.read() as tenancy:
        found, done = case_of(tenancy, case_id), steps(tenancy, case_id)
    return CaseWhole(**_told(found), steps=[StepShape(**one._asdict()) for one in done])


@router.post("/cases/{case_id}", status_code=204)
def do(asked: _Keeper, case_id: Word, done: CaseDone) -> Response:
    """Write down, under the name of the token's owner, what is done; what lacks a part is not."""
    now, by = asked.place.clock(), asked.user.name
    with asked.begin() as tenancy:
        case_of(tenancy, case_id)
        if done.what == "taken":
            take_case(tenancy, case_id, by=by, now=now)
        elif done.what == "offered" and done.offered:
            log(tenancy, case_id, Step(now, by, "offered", done.offered, done.is_accepted))
        elif done.what == "closed" and done.outcome:
            close_case(tenancy, case_id, done.outcome, by=by, now=now)
        else:
            return Response(status_code=422)
    asked.place.live.switchboard.told(Note(asked.user.tenant, CASES))
    return Response(status_code=204)


@router.get("/live-rules")
def rules(asked: _Chooser) -> RulesShape:
    """Return the rules in force."""
    with asked.read() as tenancy:
        found = rules_in_force(tenancy)
    return RulesShape(
        minutes_a_call=found.budget.minutes_a_call,
        minutes_a_shift=found.budget.minutes_a_shift,
        most_prompts=found.most_prompts,
        may_end=found.may_end,
    )


@router.put("/live-rules", status_code=204)
def change(asked: _Chooser, wanted: RulesShape) -> Response:
    """Put rules in force, for calls that begin from now on."""
    budget = Budget(minutes_a_call=wanted.minutes_a_call, minutes_a_shift=wanted.minutes_a_shift)
    chosen = Rules(budget=budget, may_end=wanted.may_end, most_prompts=wanted.most_prompts)
    with asked.begin() as tenancy:
        choose_rules(tenancy, chosen, by=asked.user.name, now=asked.place.clock())
    return Response(status_code=204)


def _told(one: Case) -> dict[str, Any]:
    """Return a case as it is told; its call is opened on a desk, not here."""
    return {name: getattr(one, name) for name in CaseShape.model_fields}
