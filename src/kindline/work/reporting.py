"""Reports that go out by mail: made when a period is over, to who ordered them and still may."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kindline.config import Settings
from kindline.errors import ModelError, UnknownNameError
from kindline.model.people import Viewer
from kindline.net import mailed
from kindline.report.period import Every, Period, holding, period
from kindline.report.periodic import Report, Wanted, audience_named, html, pdf, report
from kindline.report.words import LANGUAGES, words
from kindline.store.database import Store, Tenancy
from kindline.store.facts import Facts
from kindline.store.people import user
from kindline.store.report_orders import Order, due_orders
from kindline.work.alerting import Keeper, Mailer

_EVERY: tuple[Every, ...] = ("week", "month")


class Due(NamedTuple):
    """An order whose period is over."""

    order: Order
    period: str


def due(tenancy: Tenancy, *, now: datetime, zone: str) -> list[Due]:
    """Return the reports that are to go out: of the last week and month that are over."""
    today = now.astimezone(ZoneInfo(zone)).date()
    found: list[Due] = []
    for every in _EVERY:
        under_way = holding(today, every, zone)
        last = holding((under_way.since - timedelta(hours=12)).date(), every, zone)
        some = due_orders(tenancy, every, last.name, ended_at=last.until)
        found += [Due(one, last.name) for one in some]
    return found


def reader(tenancy: Tenancy, user_id: str) -> Keeper | None:
    """Return where an order goes; None where its user is gone, or may see no numbers any more."""
    try:
        found = user(tenancy, user_id)
    except UnknownNameError:
        return None
    if not found.is_active or not Viewer(user=found).may("numbers"):
        return None
    return Keeper(found.email, found.language)


def mail_report(store: Store, settings: Settings, one: Due, to: Keeper, mailer: Mailer) -> None:
    """Make a period's report and send it; raises UnavailableError where the server is away."""
    told = period(one.period, settings.timezone)
    language = to.language if to.language in LANGUAGES else "en"
    facts = Facts(settings.home / "facts")
    audience = audience_named(one.order.audience)
    wanted = Wanted(period=told, audience=audience, language=language, zone=settings.timezone)
    with store.read() as tenancy:
        facts.refresh(tenancy)
        made = report(facts, tenancy, wanted, now=told.until)
    facts.close()
    mailed(mailer.server, [_mail(made, told, to, mailer)], password=mailer.password)


def _mail(made: Report, told: Period, to: Keeper, mailer: Mailer) -> EmailMessage:
    """Return the mail: the report as PDF where that can be made, else as a page."""
    said = words(made.words.language)
    mail = EmailMessage()
    mail["From"], mail["To"] = mailer.sender, to.email
    mail["Subject"] = said.say("mail_subject", period=told.name)
    mail.set_content(said.say("mail_text", period=told.name, address=mailer.address))
    name = f"kindline-{told.name}"
    try:
        mail.add_attachment(
            pdf(made), maintype="application", subtype="pdf", filename=f"{name}.pdf"
        )
    except ModelError:
        mail.add_attachment(html(made), subtype="html", filename=f"{name}.html")
    return mail
