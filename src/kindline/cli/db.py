"""`kindline db`: the database brought up to date, checked, backed up, restored, given a new key."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.errors import PolicyError, UnknownNameError
from kindline.opening import store_of
from kindline.store.backup import back_up
from kindline.store.checks import health
from kindline.store.database import Store
from kindline.store.erasure import settle
from kindline.store.restoring import restore
from kindline.store.rotation import finish, rotate


def run(
    action: Annotated[
        str, typer.Argument(help="upgrade, check, backup, restore, rotate-key or drop-old-keys.")
    ],
    target: Annotated[
        Path | None, typer.Argument(help="Folder to back up into; backup to restore.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
) -> None:
    """Bring the database up to date, check it, back it up, restore it, or give it a new key."""
    if action not in _ACTIONS:
        raise UnknownNameError("action", action, tuple(_ACTIONS))
    is_migrated = action not in ("check", "restore")
    store = store_of(Settings(), out, is_migrated=is_migrated)
    try:
        typer.echo(_ACTIONS[action](store, target), err=True)
    finally:
        store.close()


def _upgrade(store: Store, _target: Path | None) -> str:
    return f"{_where(store)} is at {health(store).revision}"


def _check(store: Store, _target: Path | None) -> str:
    found = health(store)
    if found.problems:
        typer.echo("\n".join(found.problems), err=True)
        raise typer.Exit(1)
    return (
        f"{_where(store)} is whole: at {found.revision}, {found.n_conversations} conversations "
        f"opened, {found.n_facts} facts of nobody"
    )


def _backup(store: Store, target: Path | None) -> str:
    path, manifest = back_up(store, _needed(target, "a folder"), now=datetime.now(UTC))
    settle(store)
    n = manifest.n_rows["conversations"]
    return f"{n} conversations -> {path}; its keys: keys.kindline there. Keep one copy of that."


def _restore(store: Store, target: Path | None) -> str:
    told = restore(store, _needed(target, "a backup"))
    return f"{told.n_rows['conversations']} conversations restored, {told.n_gone} erased since"


def _rotate(store: Store, _target: Path | None) -> str:
    keyring, n = rotate(store)
    return (
        f"{n} keys wrapped by {keyring.current}. Start every worker again, then: "
        "kindline db drop-old-keys"
    )


def _drop(store: Store, _target: Path | None) -> str:
    return f"{finish(store)} more keys wrapped; the old keys are gone from {store.keyring.where}"


_ACTIONS: Mapping[str, Callable[[Store, Path | None], str]] = {
    "upgrade": _upgrade,
    "check": _check,
    "backup": _backup,
    "restore": _restore,
    "rotate-key": _rotate,
    "drop-old-keys": _drop,
}


def _needed(target: Path | None, what: str) -> Path:
    if target is None:
        raise PolicyError(f"nothing named; expected {what} after the action")
    return target


def _where(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=True)
