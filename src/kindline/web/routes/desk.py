"""An agent's desk: the call that goes on, what may help, the way out, and what is theirs alone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import StreamingResponse

from kindline.calls.bus import Note
from kindline.calls.opening import help_now
from kindline.calls.switchboard import Look
from kindline.desk.events import (
    ENDINGS,
    OUTCOMES,
    Addressed,
    CardOpened,
    Climbed,
    CueClosed,
    Ended,
    Event,
    HelpAsked,
    TakenOver,
    Warned,
)
from kindline.desk.shown import quotes, sentences
from kindline.errors import NoSuchError, PolicyError
from kindline.languages.phrases import ABUSE_STEPS, FORMS, RUNGS
from kindline.records import one_of
from kindline.safeguarding.helplines import HelpNeed
from kindline.store.breaks import begin_break, end_break, on_break_since
from kindline.store.call_tables import CASES
from kindline.store.calls import Call, protected
from kindline.store.cases import Step, cases, log
from kindline.store.people import has_prompts
from kindline.store.self_reports import (
    HEAVIEST,
    LIGHTEST,
    forget_self_reports,
    note_heavy,
    self_reports,
)
from kindline.web.access import note_view_once
from kindline.web.desks import Quiet, free_calls, open_to, own_calls, quiet_of
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.mine import strain
from kindline.web.pages import page
from kindline.web.streams import changes

router = APIRouter()
QUIET = "kindline_quiet"
_ANYBODYS = ("take_over", "card", "closed")  # who was called to a call may do that in it
_OF_LATE = timedelta(hours=12)
_Agent = Annotated[Asked, Depends(needs("own_conversations"))]
_Near = Annotated[Asked, Depends(needs("own_conversations", "team_conversations", "crisis"))]
_CHECKED = [Depends(from_our_page)]
_N_LAST = 3  # customer turns that articles are looked for by


@router.get("/desk")
def desk(request: Request, asked: _Agent) -> Response:
    """Show one's calls, those nobody took, and what is one's own."""
    now, user_id = asked.place.clock(), asked.user.user_id
    with asked.read() as tenancy:
        return page(
            request,
            "desk.html",
            asked,
            own=own_calls(asked, tenancy, now - _OF_LATE),
            free=free_calls(tenancy) if asked.user.agent_key else [],
            on_break_since=on_break_since(tenancy, user_id),
            reports=self_reports(tenancy, user_id),
            protected=protected(tenancy, asked.user.agent_key or ""),
        )


@router.get("/desk/events")
def desk_changes(asked: _Agent) -> StreamingResponse:
    """Tell when any call begins or ends."""
    return changes(asked.place.live.switchboard, Note(asked.user.tenant, ""))


@router.post("/desk/break", dependencies=_CHECKED)
def take_break(
    asked: _Agent,
    act: Annotated[str, Form(max_length=8)],
    back: Annotated[str, Form(max_length=8)] = "desk",
) -> Response:
    """Begin or end a break; nobody asks why."""
    with asked.begin() as tenancy:
        change = begin_break if act == "begin" else end_break
        change(tenancy, asked.user.user_id, now=asked.place.clock())
    return RedirectResponse("/my-desk" if back == "my-desk" else "/desk", status_code=303)


@router.post("/desk/heavy", dependencies=_CHECKED)
def how_heavy(
    asked: _Agent,
    heavy: Annotated[int, Form(ge=LIGHTEST, le=HEAVIEST)],
    back: Annotated[str, Form(max_length=8)] = "desk",
) -> Response:
    """Keep how heavy it was, for the eyes of who says so."""
    with asked.begin() as tenancy:
        note_heavy(tenancy, asked.user.user_id, heavy, now=asked.place.clock())
    return RedirectResponse("/my-desk#own" if back == "my-desk" else "/desk#own", status_code=303)


@router.post("/desk/heavy/forget", dependencies=_CHECKED)
def forget_heavy(asked: _Agent) -> Response:
    """Destroy all that one noted of how heavy it was."""
    with asked.begin() as tenancy:
        forget_self_reports(tenancy, asked.user.user_id)
    return RedirectResponse("/desk#own", status_code=303)


@router.get("/articles/{name}")
def article(request: Request, asked: _Near, name: str) -> Response:
    """Show an article of the house; marks of HTML in it are text."""
    found = asked.place.live.articles.named(name)
    if found is None:
        raise NoSuchError
    content = Markup(MarkdownIt("commonmark", {"html": False}).render(found.text))  # noqa: S704
    return page(request, "article.html", asked, article=found, content=content)


@router.get("/desk/{call_id}")
def call(request: Request, asked: _Near, call_id: str) -> Response:
    """Show a call that goes on, or what is left to say of one that is over."""
    return _call(request, asked, call_id)


@router.get("/desk/{call_id}/now")
def call_now(request: Request, asked: _Near, call_id: str) -> Response:
    """Show what changes of a call, to be put into its page."""
    return _call(request, asked, call_id, template="desk_now.html")


@router.get("/desk/{call_id}/events")
def call_changes(asked: _Near, call_id: str) -> StreamingResponse:
    """Tell when a call changes."""
    with asked.read() as tenancy:
        open_to(asked, tenancy, call_id)
    return changes(asked.place.live.switchboard, Note(asked.user.tenant, call_id))


@router.post("/desk/{call_id}/take", dependencies=_CHECKED)
def take_call(asked: _Agent, call_id: str) -> Response:
    """Take a call that nobody took."""
    board, agent_key = asked.place.live.switchboard, asked.user.agent_key
    if agent_key is None or not board.claim(asked.user.tenant, call_id, agent_key):
        raise NoSuchError
    return RedirectResponse(f"/desk/{call_id}", status_code=303)


@router.post("/desk/{call_id}/debrief", dependencies=_CHECKED)
def ask_debrief(asked: _Agent, call_id: str) -> Response:
    """Ask to talk the call over with whoever looks after its case."""
    with asked.begin() as tenancy:
        open_to(asked, tenancy, call_id)
        for case in cases(tenancy, CASES.c.call_id == call_id):
            log(tenancy, case.case_id, Step(asked.place.clock(), asked.user.name, "debrief"))
    return RedirectResponse(f"/desk/{call_id}?asked=1", status_code=303)


@router.post("/desk/{call_id}", dependencies=_CHECKED)
def act(
    request: Request,
    asked: _Near,
    call_id: str,
    act: Annotated[str, Form(max_length=20)] = "",
    told: Annotated[str, Form(max_length=40)] = "",
    offered: Annotated[str, Form(max_length=80)] = "",
    accepted: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Do something in a call: it is stored before the page comes back."""
    board = asked.place.live.switchboard
    with asked.read() as tenancy:
        found, is_own = open_to(asked, tenancy, call_id)
    if act in ("mute", "dismiss", "unmute"):
        return _put_away(request, call_id, act, told)
    if act == "closed":
        offered = offered if offered in _offered(asked, call_id) else ""
    event = _event(act, told, offered, accepted, by=asked.user.name, at_ms=board.at_ms(found))
    if event is None or not (is_own or act in _ANYBODYS):
        raise NoSuchError
    try:
        board.put(asked.user.tenant, call_id, [event]).result()
    except PolicyError:
        return _call(request, asked, call_id, refused=act, status=409)
    return RedirectResponse(f"/desk/{call_id}#now", status_code=303)


def _offered(asked: Asked, call_id: str) -> set[str]:
    """Return what can have been offered: lines we show, the emergency number, a supervisor."""
    board = asked.place.live.switchboard
    held = board.look(asked.user.tenant, call_id).held
    with asked.read() as tenancy:
        there = help_now(tenancy, held, "suicide", asked.place.clock())
    return {"supervisor", there.emergency or "", *(one.line.name for one in there.offers)}


def _event(
    act: str, told: str, offered: str, accepted: str, *, by: str, at_ms: int
) -> Event | None:
    """Return what a form asks for, None where it asks for nothing we know."""
    if act in ("said", "unsaid") and (rung := one_of(told, RUNGS)) is not None:
        return Climbed(at_ms=at_ms, rung=rung, is_said=act == "said")
    if act == "warned" and (step := one_of(told, ABUSE_STEPS)) is not None:
        return Warned(at_ms=at_ms, step=step)
    if act == "form" and (form := one_of(told, FORMS)) is not None:
        return Addressed(at_ms=at_ms, form=form)
    if act == "end" and (ending := one_of(told, ENDINGS)) is not None:
        return Ended(at_ms=at_ms, ending=ending)
    if act == "closed" and (outcome := one_of(told, OUTCOMES)) is not None:
        return CueClosed(
            at_ms=at_ms,
            by=by,
            outcome=outcome,
            offered=offered or None,
            is_accepted={"yes": True, "no": False}.get(accepted),
        )
    plain: Mapping[str, Event] = {
        "card": CardOpened(at_ms=at_ms),
        "help": HelpAsked(at_ms=at_ms, is_needed=told != "no"),
        "take_over": TakenOver(at_ms=at_ms, by=by),
    }
    return plain.get(act)


def _put_away(request: Request, call_id: str, act: str, kind: str) -> Response:
    """Put prompts away in this browser, for this call: it is stored nowhere."""
    before = quiet_of(request.cookies.get(QUIET), call_id)
    dismissed = before.dismissed
    if act == "dismiss" and kind.isalpha():
        dismissed |= {kind}
    is_muted = act == "mute" or (before.is_muted and act != "unmute")
    after = Quiet(call_id=call_id, is_muted=is_muted, dismissed=dismissed)
    answer = RedirectResponse(f"/desk/{call_id}#now", status_code=303)
    answer.set_cookie(QUIET, after.as_cookie(), path="/desk", httponly=True, samesite="strict")
    return answer


def _call(
    request: Request,
    asked: Asked,
    call_id: str,
    *,
    template: str = "desk_call.html",
    refused: str = "",
    status: int = 200,
) -> Response:
    place = asked.place
    with asked.read() as tenancy:
        found, is_own = open_to(asked, tenancy, call_id)
        prompts_wanted = has_prompts(tenancy, asked.user.user_id)
    try:
        look = place.live.switchboard.look(asked.user.tenant, call_id)
    except NoSuchError:
        look = None
    if look is None or found.ended_at is not None:
        return _over(request, asked, found, is_own=is_own, template=template)
    if not is_own:
        with asked.begin() as tenancy:
            note_view_once(tenancy, asked, "live", str(look.held.session.conversation.id))
    quiet = quiet_of(request.cookies.get(QUIET), call_id)
    with asked.read() as tenancy:
        need: HelpNeed = "suicide" if look.view.is_card_open else "befriending"
        help_there = help_now(tenancy, look.held, need, place.clock())
    line = next(iter(help_there.offers), None)
    prompt = look.view.prompt
    is_put_away = prompt is None or prompt.kind in quiet.dismissed
    slots = {"line": line.line.name} if line else {}
    return page(
        request,
        template,
        asked,
        status=status,
        call=found,
        look=look,
        view=look.view,
        session=look.held.session,
        prompt=None if is_put_away or quiet.is_muted or not prompts_wanted else prompt,
        is_muted=quiet.is_muted,
        is_own=is_own,
        help=help_there,
        offer=line,
        quotes=quotes(look.view.judged),
        sentences=sentences(look.held.session, look.view, slots),
        articles=_articles(asked, look),
        outcomes=OUTCOMES,
        rungs=RUNGS,
        denial=look.held.leave.denial,
        refused=refused,
    )


def _articles(asked: Asked, look: Look) -> list[object]:
    """Return what the house knows of what the customer asked last."""
    judged = look.view.judged
    if judged is None or judged.service.state == "absent" or look.view.stage == "closing":
        return []
    said = [turn.text for turn in look.turns if turn.role == "customer"][-_N_LAST:]
    return list(asked.place.live.articles.about(said, look.held.session.language))


def _over(request: Request, asked: Asked, found: Call, *, is_own: bool, template: str) -> Response:
    """Show that a call is over: a break, a talk, how heavy it was."""
    if template == "desk_now.html":
        return Response("", headers={"kindline-over": "1"})
    with asked.read() as tenancy:
        since = on_break_since(tenancy, asked.user.user_id)
    return page(
        request,
        "desk_over.html",
        asked,
        call=found,
        is_own=is_own,
        on_break_since=since,
        has_asked="asked" in request.query_params,
        offer=told.offer if is_own and (told := strain(asked)) else None,
        heavy=range(LIGHTEST, HEAVIEST + 1),
    )
