"""
Erasing a conversation, or all of a customer's, everywhere; and a receipt that says where.

First what SQL holds, with the keys, in one transaction with the receipt. Then what lies beside it:
the keys of backups and the facts of the days. The receipt says `pending` until that is done, and
`settle` may be run again at any time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
import json
from pathlib import Path
import secrets
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update

from kindline.errors import UnknownNameError
from kindline.store.backup import folders, renew_keys
from kindline.store.cases import forget_cases
from kindline.store.database import Store, Tenancy
from kindline.store.days import day_of, mark
from kindline.store.exports import exports, told_of
from kindline.store.hooks import announce, forget_told
from kindline.store.journeys import erase_journeys
from kindline.store.labels import forget_labels
from kindline.store.own_records import forget_recognised
from kindline.store.postings import unindex
from kindline.store.retention import destroy_keys
from kindline.store.rounds import forget_evaluations
from kindline.store.rows import in_utc
from kindline.store.shared_moments import forget_shared
from kindline.store.sounds import forget_sounds
from kindline.store.tables import CONVERSATIONS, OBJECTIONS, RECEIPTS, VIEWS
from kindline.store.team_material import forget_material
from kindline.store.upsert import upsert

_CHUNK = 500
PENDING = "pending"


class Receipt(NamedTuple):
    """
    What was erased where; it names nobody.

    `told` has `what` (conversation or customer), `n_conversations`, and for each place what became
    of it there.
    """

    receipt_id: str
    made_at: datetime
    asked_by: str
    told: Mapping[str, Any]


def erase_conversation(
    tenancy: Tenancy,
    identity: str,
    *,
    asked_by: str,
    now: datetime,
    receipt_id: str | None = None,
) -> Receipt:
    """Erase one conversation in SQL; raises UnknownNameError where none has that id."""
    is_it = CONVERSATIONS.c.conversation_id == identity
    receipt = _erase(tenancy, is_it, _receipt("conversation", asked_by, now, receipt_id))
    if not receipt.told["n_conversations"]:
        raise UnknownNameError("conversation", identity, ("an id of one that is stored",))
    return receipt


def erase_customer(
    tenancy: Tenancy,
    customer_id: str,
    *,
    asked_by: str,
    now: datetime,
    receipt_id: str | None = None,
) -> Receipt:
    """Erase every conversation of a customer in SQL; none is an answer too."""
    key = tenancy.blind("customer", customer_id)
    theirs = CONVERSATIONS.c.customer_key == key
    erase_journeys(tenancy, key)
    return _erase(tenancy, theirs, _receipt("customer", asked_by, now, receipt_id))


def settle(store: Store) -> list[Receipt]:
    """Destroy erased keys in every backup folder in reach; return the receipts this completed."""
    with store.read() as tenancy:
        waiting = [one for one in receipts(tenancy) if one.told["backups"] == PENDING]
        where = folders(tenancy) if waiting else []
        told = {str(folder): _renewed(tenancy, folder) for folder in where}
    done = [one._replace(told={**one.told, "backups": told}) for one in waiting]
    with store.begin() as tenancy:
        for one in done:
            is_it = RECEIPTS.c.receipt_id == one.receipt_id
            changed = update(RECEIPTS).where(is_it).values(told=json.dumps(one.told))
            tenancy.connection.execute(changed)
    return done


def receipts(tenancy: Tenancy) -> list[Receipt]:
    """Return all receipts, the newest first."""
    query = (
        select(RECEIPTS)
        .where(RECEIPTS.c.tenant_id == tenancy.tenant)
        .order_by(RECEIPTS.c.made_at.desc())
    )
    return [
        Receipt(
            receipt_id=row["receipt_id"],
            made_at=in_utc(row["made_at"]),
            asked_by=row["asked_by"],
            told=json.loads(row["told"]),
        )
        for row in tenancy.connection.execute(query).mappings()
    ]


def object_to(tenancy: Tenancy, customer_id: str, *, now: datetime) -> None:
    """
    Remember that a customer objects: from now on no contact of theirs is inferred on.

    Their ways through self-service are nobody's from now on too.
    """
    key = tenancy.blind("customer", customer_id)
    erase_journeys(tenancy, key)
    row = {"tenant_id": tenancy.tenant, "customer_key": key, "made_at": now}
    upsert(tenancy.connection, OBJECTIONS, [row], ("tenant_id", "customer_key"))


def withdraw_objection(tenancy: Tenancy, customer_id: str) -> bool:
    """Forget an objection; return whether there was one."""
    is_theirs = OBJECTIONS.c.customer_key == tenancy.blind("customer", customer_id)
    own = OBJECTIONS.c.tenant_id == tenancy.tenant
    return tenancy.connection.execute(delete(OBJECTIONS).where(own, is_theirs)).rowcount > 0


def objecting(tenancy: Tenancy, customer_ids: Sequence[str]) -> set[str]:
    """Return which of these customers object."""
    by_key = {tenancy.blind("customer", one): one for one in customer_ids}
    keys, own = list(by_key), OBJECTIONS.c.tenant_id == tenancy.tenant
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        theirs = OBJECTIONS.c.customer_key.in_(keys[start : start + _CHUNK])
        query = select(OBJECTIONS.c.customer_key).where(own, theirs)
        found |= {by_key[key] for key in tenancy.connection.scalars(query)}
    return found


def _receipt(what: str, asked_by: str, now: datetime, receipt_id: str | None) -> Receipt:
    return Receipt(receipt_id or secrets.token_hex(8), now, asked_by, {"what": what})


def _erase(tenancy: Tenancy, where: ColumnElement[bool], begun: Receipt) -> Receipt:
    own = CONVERSATIONS.c.tenant_id == tenancy.tenant
    columns = CONVERSATIONS.c
    named = (columns.conversation_id, columns.happened_at, columns.number)
    query = select(*named).where(own, where)
    rows = tenancy.connection.execute(query).all()
    ids = [row.conversation_id for row in rows]
    unindex(tenancy, where)
    forget_sounds(tenancy, ids)
    numbers = [row.number for row in rows]
    forget_labels(tenancy, numbers)
    forget_evaluations(tenancy, numbers=numbers)
    forget_shared(tenancy, numbers)
    forget_material(tenancy, numbers)
    if numbers:
        forget_recognised(tenancy, numbers)
    forget_cases(tenancy, ids)
    forget_told(tenancy, set(ids))
    taken = exports(tenancy, holding=numbers) if numbers else []
    destroy_keys(tenancy, ids)
    for start in range(0, len(ids), _CHUNK):
        part = CONVERSATIONS.c.conversation_id.in_(ids[start : start + _CHUNK])
        tenancy.connection.execute(delete(CONVERSATIONS).where(own, part))
        seen = VIEWS.c.conversation_id.in_(ids[start : start + _CHUNK])
        forgotten = update(VIEWS).where(VIEWS.c.tenant_id == tenancy.tenant, seen)
        tenancy.connection.execute(forgotten.values(conversation_id="erased"))
    mark(tenancy, [row.happened_at for row in rows])
    told = {
        **begun.told,
        "n_conversations": len(ids),
        "database": "rows and keys deleted",
        "search": "taken out of the index of words",
        "sounds": "keys destroyed, files swept within the day",
        "labels": "what people said of them deleted",
        "coaching": "evaluations and what was shared of them deleted",
        "cases": "deleted with their logs",
        "facts": sorted({day_of(row.happened_at) for row in rows}),
        "exports": told_of(taken),
        "backups": PENDING,
    }
    receipt = begun._replace(told=told)
    row = {
        "receipt_id": receipt.receipt_id,
        "tenant_id": tenancy.tenant,
        "made_at": receipt.made_at,
        "asked_by": receipt.asked_by,
        "told": json.dumps(told),
    }
    tenancy.connection.execute(insert(RECEIPTS), [row])
    data = {"receipt_id": receipt.receipt_id, "n_conversations": len(ids)}
    announce(tenancy, "erasure.done", data, now=receipt.made_at)
    return receipt


def _renewed(tenancy: Tenancy, folder: Path) -> str:
    """Destroy in a folder's file of keys what was erased, and say whether that could be done."""
    try:
        renew_keys(tenancy, folder)
    except OSError:
        return "out of reach: delete its keys.kindline, or back up there again"
    return "keys destroyed"
