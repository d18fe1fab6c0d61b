"""What people who look after the house ask: users, the policy, samples, disputes, exports."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from fastapi.responses import Response
from sqlalchemy.exc import IntegrityError

from kindline.errors import InputError, NoSuchError
from kindline.model.people import User
from kindline.policy import Policy, profile, shortened
from kindline.store.exports import exports
from kindline.store.in_force import choose
from kindline.store.labels import Sample, Wanted, draw, drawn
from kindline.store.people import (
    add_team,
    add_user,
    remove_user,
    teams,
    user,
    users,
)
from kindline.store.retention import due as to_forget
from kindline.web.access import opened_by_number
from kindline.web.api.problems import ANSWERS
from kindline.web.api.shapes import (
    ChangedUser,
    Dispute,
    Draw,
    Exported,
    Exports,
    Labels,
    NewTeam,
    NewUser,
    Person,
    Persons,
    PolicyWanted,
    Roster,
    Rules,
    SampleNeed,
    Samples,
    SampleShape,
    SampleTold,
    Teams,
    TeamShape,
    ToJudge,
    Word,
    share,
)
from kindline.web.guard import Asked, needs
from kindline.web.review import (
    due_for,
    needs_judged,
    sample_named,
    samples_for,
    say,
    say_otherwise,
    shares_of,
    told,
)
from kindline.web.roster import change_person, read_roster, take_in

router = APIRouter(responses=ANSWERS)
_Admin = Annotated[Asked, Depends(needs("people"))]
_Keeper = Annotated[Asked, Depends(needs("policy"))]
_Reviewer = Annotated[Asked, Depends(needs("review"))]
_Officer = Annotated[Asked, Depends(needs("privacy"))]
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]


@router.get("/users")
def list_users(asked: _Admin) -> Persons:
    """Return the users."""
    with asked.read() as tenancy:
        return Persons(users=[_person(one) for one in users(tenancy)])


@router.post("/users", status_code=201)
def new_user(asked: _Admin, wanted: NewUser) -> Person:
    """Add a user; the link that lets them in is made on the page, by a person."""
    now = asked.place.clock()
    try:
        with asked.begin() as tenancy:
            made = add_user(
                tenancy,
                wanted.email,
                wanted.name,
                wanted.roles,
                now=now,
                language=wanted.language,
            )
    except IntegrityError:
        raise InputError("this address is in use") from None
    return _person(made)


@router.post("/users/import")
def import_people(asked: _Admin, file: Annotated[UploadFile, File()]) -> Roster:
    """Take in a table of users and agents; each row that is wrong is told, the rest goes in."""
    roster = read_roster(file.file.read(), file.filename or "the file")
    with asked.begin() as tenancy:
        taken = take_in(tenancy, roster, now=asked.place.clock())
    return Roster(
        n_rows=taken.n_rows,
        n_users=taken.n_users,
        n_agents=taken.n_agents,
        rejected=[str(one) for one in taken.rejected],
    )


@router.post("/users/{user_id}")
def change_user(asked: _Admin, user_id: Word, wanted: ChangedUser) -> Person:
    """Change what a user is called, may do and belongs to; their sessions end."""
    with asked.begin() as tenancy:
        if user_id not in {one.user_id for one in users(tenancy)}:
            raise NoSuchError
        changed = wanted.model_dump(exclude={"team_ids"})
        change_person(tenancy, user_id, changed, wanted.team_ids)
        return _person(user(tenancy, user_id))


@router.delete("/users/{user_id}", status_code=204)
def end_user(asked: _Admin, user_id: Word) -> Response:
    """Remove a user; a token does not remove its own."""
    try:
        with asked.begin() as tenancy:
            user(tenancy, user_id)
            if user_id == asked.user.user_id:
                raise NoSuchError
            remove_user(tenancy, user_id)
    except InputError:
        raise NoSuchError from None
    return Response(status_code=204)


@router.get("/teams")
def list_teams(asked: _Admin) -> Teams:
    """Return the teams."""
    with asked.read() as tenancy:
        found = teams(tenancy)
    return Teams(
        teams=[
            TeamShape(team_id=one.team_id, name=one.name, n_agents=one.n_agents) for one in found
        ]
    )


@router.post("/teams", status_code=204)
def new_team(asked: _Admin, wanted: NewTeam) -> Response:
    """Make a team; one of that name is there once."""
    with asked.begin() as tenancy:
        add_team(tenancy, wanted.name)
    return Response(status_code=204)


@router.get("/policy")
def policy(asked: _Keeper) -> Rules:
    """Return the policy in force."""
    with asked.read() as tenancy:
        return _rules(asked.rules(tenancy), {})


@router.post("/policy/preview")
def preview(asked: _Keeper, wanted: PolicyWanted) -> Rules:
    """Return what a policy would be, and how many conversations would lose what at once."""
    rules = shortened(profile(wanted.profile), wanted.keep_days)
    with asked.read() as tenancy:
        return _rules(rules, to_forget(tenancy, rules, now=asked.place.clock()))


@router.post("/policy")
def change_policy(asked: _Keeper, wanted: PolicyWanted) -> Rules:
    """Put a policy in force; days are never more than its own."""
    by, now = asked.user.email, asked.place.clock()
    rules = shortened(profile(wanted.profile), wanted.keep_days)
    with asked.begin() as tenancy:
        choose(tenancy, rules.name, rules.keep_days, by=by, now=now)
    return _rules(rules, {})


@router.get("/samples")
def list_samples(asked: _Reviewer) -> Samples:
    """Return the samples, the latest first."""
    with asked.read() as tenancy:
        return Samples(samples=[_sample(one) for one in samples_for(asked, tenancy)])


@router.post("/samples", status_code=201)
def draw_sample(asked: _Reviewer, wanted: Draw) -> SampleShape:
    """Draw a sample: at random, or evenly by what was found of a need."""
    now = asked.place.clock()
    need = wanted.evenly_by if wanted.evenly_by in needs_judged(asked) else None
    made = Wanted(
        wanted.name,
        "random" if need is None else "stratified",
        need,
        wanted.language,
        now - timedelta(weeks=wanted.weeks),
        wanted.n,
    )
    with asked.begin() as tenancy:
        sample_id = draw(tenancy, made, by=asked.user.user_id, now=now)
        return _sample(sample_named(asked, tenancy, sample_id))


@router.get("/samples/{sample_id}")
def one_sample(asked: _Reviewer, sample_id: Word) -> SampleTold:
    """Return what a sample tells: agreement, errors, corrected shares."""
    with asked.read() as tenancy:
        sample = sample_named(asked, tenancy, sample_id)
        every = drawn(tenancy, sample_id)
        corrected = shares_of(asked, tenancy, sample, every)
    found: dict[str, SampleNeed] = {}
    for need in needs_judged(asked):
        one, whole = told(every, need), corrected[need]
        found[need] = SampleNeed(
            n_settled=one.n_settled,
            n_open=one.n_open,
            agreement=share(one.agreement, is_hidden=False),
            n_right=one.right and one.right[0],
            n_found=one.right and one.right[1],
            n_missed=one.missed and one.missed[0],
            n_there=one.missed and one.missed[1],
            corrected=None if isinstance(whole, str) else share(whole, is_hidden=False),
            not_corrected_because=whole if isinstance(whole, str) else None,
        )
    return SampleTold(sample=_sample(sample), needs=found)


@router.get("/samples/{sample_id}/next")
def next_one(asked: _Reviewer, sample_id: Word) -> ToJudge:
    """Return the next conversation to judge, its words alone; null when there is none."""
    with asked.read() as tenancy:
        sample_named(asked, tenancy, sample_id)
        waiting = due_for(asked, tenancy, sample_id)
    if not waiting:
        return ToJudge(number=None, turns=None, n_due=0)
    one = opened_by_number(asked, waiting[0])
    turns = [dict(turn) for turn in one.stored.turns or ()]
    return ToJudge(number=one.number, turns=turns, n_due=len(waiting))


@router.post("/samples/{sample_id}/labels", status_code=204)
def label(asked: _Reviewer, sample_id: Word, said: Labels) -> Response:
    """Keep what is said of a conversation of a sample."""
    say(asked, sample_id, said.number, said.labels)
    return Response(status_code=204)


@router.post("/disputes", status_code=204)
def dispute(asked: _Reader, said: Dispute) -> Response:
    """Keep that a label is not so; with a null value, take that back."""
    say_otherwise(asked, said.conversation_id, said.need, said.value)
    return Response(status_code=204)


@router.get("/exports")
def list_exports(asked: _Officer) -> Exports:
    """Return what left as files."""
    with asked.read() as tenancy:
        return Exports(exports=[Exported(**one._asdict()) for one in exports(tenancy)])


def _person(one: User) -> Person:
    return Person(
        user_id=one.user_id,
        email=one.email,
        name=one.name,
        language=one.language,
        roles=sorted(one.roles),
        team_ids=sorted(one.team_ids),
        is_active=one.is_active,
    )


def _rules(rules: Policy, n_due: dict[str, int]) -> Rules:
    return Rules(
        profile=rules.name,
        version=rules.version,
        keep_days=dict(rules.keep_days),
        seen_by={what: list(roles) for what, roles in rules.seen_by.items()},
        bases=sorted(rules.bases),
        n_forgotten=n_due,
    )


def _sample(one: Sample) -> SampleShape:
    return SampleShape(
        sample_id=one.sample_id,
        name=one.name,
        design=one.design,
        need=one.need,
        language=one.language,
        since=one.since,
        n=one.n,
        n_frame=one.n_frame,
        made_at=one.made_at,
    )
