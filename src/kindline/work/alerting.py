"""A mail to those who look after cues: that a case is open, and where. Not a word of a caller."""

from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy import select

from kindline.model.people import RIGHTS_OF, RoleName
from kindline.net import mailed
from kindline.safeguarding.cases import LIVE
from kindline.store.call_tables import CASES
from kindline.store.cases import Case, cases
from kindline.store.database import Tenancy
from kindline.store.tables import USERS

_SUBJECTS = {
    "en": "Kindline: a case is open",
    "nl": "Kindline: er staat een zaak open",
    "fr": "Kindline : un dossier est ouvert",
    "hu": "Kindline: nyitott eset",
}
_LIVE = {
    "en": "A cue that a life may be at risk came up in a call that goes on.",
    "nl": "In een lopend gesprek kwam een signaal dat een leven in gevaar kan zijn.",
    "fr": "Un signe qu'une vie peut être en danger est apparu dans un appel en cours.",
    "hu": "Egy folyamatban lévő hívásban jel mutatkozott arra, hogy élet lehet veszélyben.",
}
_ELSE = {
    "en": "A cue that a life may be at risk came up in a contact.",
    "nl": "In een contact kwam een signaal dat een leven in gevaar kan zijn.",
    "fr": "Un signe qu'une vie peut être en danger est apparu dans un contact.",
    "hu": "Egy megkeresésben jel mutatkozott arra, hogy élet lehet veszélyben.",
}


class Mailer(NamedTuple):
    """Where mails are handed in, by whom, and where people reach Kindline."""

    server: str
    password: str | None
    sender: str
    address: str


class Keeper(NamedTuple):
    """Who is told, in which language."""

    email: str
    language: str


def open_case_of(tenancy: Tenancy, case_id: str) -> Case | None:
    """Return a case that still is open, None where nobody need be told any more."""
    is_it = (CASES.c.case_id == case_id) & CASES.c.closed_at.is_(None)
    return next(iter(cases(tenancy, is_it)), None)


def keepers(tenancy: Tenancy) -> list[Keeper]:
    """Return the people of a tenant who look after cues."""
    own = (USERS.c.tenant_id == tenancy.tenant) & USERS.c.is_active
    rows = tenancy.connection.execute(
        select(USERS.c.email, USERS.c.language, USERS.c.roles).where(own)
    )
    return [Keeper(row.email, row.language) for row in rows if _looks_after(row.roles)]


def alert(case: Case, some: list[Keeper], mailer: Mailer) -> int:
    """Send a mail to each; return how many. Raises UnavailableError where the server is away."""
    mails = [_mail(case, one, mailer) for one in some]
    mailed(mailer.server, mails, password=mailer.password)
    return len(mails)


def _looks_after(roles: str) -> bool:
    known: list[RoleName] = [role for role in RIGHTS_OF if role in roles.split("|")]
    return any("crisis" in RIGHTS_OF[role] for role in known)


def _mail(case: Case, to: Keeper, mailer: Mailer) -> EmailMessage:
    language = to.language if to.language in _SUBJECTS else "en"
    said = (_LIVE if case.path == LIVE else _ELSE)[language]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = mailer.sender, to.email, _SUBJECTS[language]
    mail["X-Priority"] = "1"
    mail.set_content(f"{said}\n\n{mailer.address}/cases/{case.case_id}\n")
    return mail
