"""`kindline erase`: a conversation, or all of a customer's, gone everywhere; with a receipt."""

from datetime import UTC, datetime
import getpass
import json
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.opening import store_of
from kindline.store.erasure import erase_conversation, erase_customer, object_to, settle


def run(
    identity: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of a conversation; with --customer, of a customer."),
    ],
    is_customer: Annotated[
        bool, typer.Option("--customer", help="Everything of the customer with this id.")
    ] = False,
    objects: Annotated[
        bool,
        typer.Option(
            "--objection", help="And infer nothing on this customer's contacts from now on."
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
) -> None:
    """Erase a conversation or a customer in database, facts and backups; print the receipt."""
    now, store = datetime.now(UTC), store_of(Settings(), out)
    by = getpass.getuser()
    with store.begin() as tenancy:
        if is_customer or objects:
            receipt = erase_customer(tenancy, identity, asked_by=by, now=now)
        else:
            receipt = erase_conversation(tenancy, identity, asked_by=by, now=now)
        if objects:
            object_to(tenancy, identity, now=now)
    settled = {one.receipt_id: one for one in settle(store)}
    told = settled.get(receipt.receipt_id, receipt)
    typer.echo(
        json.dumps({"receipt": told.receipt_id, "made_at": told.made_at.isoformat(), **told.told})
    )
