"""`kindline acoustics`: how a caller sounds, by the minute, where policy and consent allow it."""

from collections.abc import Iterator
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from kindline.acoustics.description import VERSION, as_json, described
from kindline.acoustics.track import CustomerTrack, customer_track
from kindline.config import Settings
from kindline.contract import rejected_as_json
from kindline.errors import InputError, PolicyError, UnsupportedInputError
from kindline.intake.contacts import Handed, contacts
from kindline.intake.files import files_under
from kindline.intake.listening import shell_of
from kindline.policy import Policy, leave, profile
from kindline.running import ears_of
from kindline.speech import activity
from kindline.speech.decode import decoded
from kindline.version import VERSION as KINDLINE


def run(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, or folders with them.")],
    policy_name: Annotated[
        str | None, typer.Option("--policy", help="A profile that allows it; eu-strict does not.")
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="Only `consent`, with a notice of its own.")
    ] = None,
) -> None:
    """Describe the customer's voice of two-track recordings, one JSON object a line."""
    settings = Settings()
    rules, declared = profile(policy_name or settings.policy), basis or settings.basis
    n_refused = 0
    for handed in contacts(files_under(paths), channels=ears_of(settings, None).channels):
        if handed.recording is None:
            continue
        try:
            typer.echo(json.dumps(_told(handed, rules, declared)))
        except PolicyError:
            raise
        except InputError as error:
            n_refused += 1
            typer.echo(json.dumps(rejected_as_json(error, handed.source)), err=True)
    raise typer.Exit(1 if n_refused else 0)


def _told(handed: Handed, rules: Policy, declared: str | None) -> dict[str, Any]:
    shell = shell_of(handed, handed.recording) if handed.recording else None
    if isinstance(shell, InputError):
        raise shell
    basis = declared
    if shell is not None:
        given = leave(shell, rules, declared=declared, now=datetime.now(UTC))
        if given.denial is not None:
            return {"status": "denied", "source": handed.source, "denied_because": given.denial}
        basis = given.basis
    track = next(_customers(handed, rules, basis), None)
    if track is None:
        field, found = "tracks", "none that is known to be the customer's"
        expected = "a file a side, or KINDLINE_SPEECH_CHANNELS"
        raise UnsupportedInputError(handed.source, "recording", field, found, expected)
    return {
        "status": "described",
        "source": handed.source,
        "policy": rules.name,
        "basis": basis,
        "versions": {"kindline": KINDLINE, "acoustics": VERSION, "activity": activity.NAME},
        "minutes": as_json(described(track)),
    }


def _customers(handed: Handed, rules: Policy, basis: str | None) -> Iterator[CustomerTrack]:
    """Return the customer's tracks; those of others are not even decoded where a file is a side."""
    for file in handed.recording.files if handed.recording else ():
        if file.roles and "customer" not in file.roles:
            continue
        tracks = decoded(file.path, source=handed.source).tracks
        if len(tracks) == len(file.roles):
            number = file.roles.index("customer")
            yield customer_track(tracks[number], "customer", rules=rules, basis=basis)
