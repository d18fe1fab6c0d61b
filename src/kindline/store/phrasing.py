"""Sentences that a house writes for its agents: beside ours, never without the linter."""

from datetime import datetime
import secrets
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from kindline.languages.phrases import Phrase, Phrases, phrases, with_own
from kindline.live.lint import problems
from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import PHRASES


class Own(NamedTuple):
    """A sentence of the house: for what, who wrote it, and when."""

    phrase_id: str
    use: str
    phrase: Phrase
    by_name: str
    made_at: datetime


def add_phrase(
    tenancy: Tenancy, language: str, use: str, phrase: Phrase, *, by: str, now: datetime
) -> list[str]:
    """Keep a sentence, and return what is wrong with it: then it is not kept."""
    wrong = problems(phrase, phrases(language).lint)
    if wrong:
        return wrong
    row = {
        "phrase_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        "language": language,
        "use": use,
        "form": phrase.form,
        "only_if": phrase.only_if,
        "text": phrase.text,
        "by_name": by,
        "made_at": now,
    }
    tenancy.connection.execute(insert(PHRASES), [row])
    return []


def drop_phrase(tenancy: Tenancy, phrase_id: str) -> None:
    """Keep a sentence no longer."""
    own = PHRASES.c.tenant_id == tenancy.tenant
    tenancy.connection.execute(delete(PHRASES).where(own, PHRASES.c.phrase_id == phrase_id))


def own_phrases(tenancy: Tenancy, language: str) -> list[Own]:
    """Return the house's sentences of a language, the latest first."""
    columns = PHRASES.c
    query = (
        select(PHRASES)
        .where(columns.tenant_id == tenancy.tenant, columns.language == language)
        .order_by(columns.made_at.desc(), columns.phrase_id)
    )
    return [
        Own(
            row.phrase_id,
            row.use,
            Phrase(text=row.text, form=row.form, only_if=row.only_if),
            row.by_name,
            in_utc(row.made_at),
        )
        for row in tenancy.connection.execute(query)
    ]


def phrases_of(tenancy: Tenancy, language: str) -> Phrases:
    """Return all that may be said in a house: its own sentences first, then ours."""
    own: dict[str, list[Phrase]] = {}
    for one in own_phrases(tenancy, language):
        own.setdefault(one.use, []).append(one.phrase)
    return with_own(phrases(language), own)
