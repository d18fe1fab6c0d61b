"""
The command line: one file per command, imported only when that command is run.

`kindline --help` must be quick (bench/start.py), so this file knows what every command is for and
imports none of them but the one asked for.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
import sys
from typing import Annotated

import typer

from kindline.errors import InputError, KindlineError
from kindline.version import VERSION

COMMANDS: Mapping[str, str] = {
    "analyse": "Read conversations, tell which needs they hold, and store what was found.",
    "batch": "Analyse a folder or bucket part by part, on this machine or on a Ray cluster.",
    "load": "Put a finished batch into the store.",
    "compare": "Tell what another version judges otherwise: two batches side by side.",
    "watch": "Take in what arrives in a folder, a bucket or on an SFTP server.",
    "acoustics": "Describe a caller's voice in plain numbers, where policy and consent allow it.",
    "occupancy": "Tell how full the agents' time is, by team, from a feed of their states.",
    "staff": "Take in who was in which team from when to when, to tell how long people stay.",
    "journeys": "Take in what self-service logged, to see which steps make people call.",
    "simulate": "Make a centre whose truth is known: contacts, journeys and agents to try it on.",
    "ask": "Ask a bounded question of the numbers: answers with n, interval and link.",
    "staffing": "Tell how many people a queue takes when some callers come for company.",
    "report": "Write what was stored as a page, or a period's report for one of its readers.",
    "export": "Write what was stored as JSON Lines, CSV, Parquet or vCon.",
    "reviewed": "Write conversations with the labels that people settled, to learn from.",
    "serve": "Serve the pages; the first start makes an administrator and prints a link.",
    "work": "Take jobs beside several processes of pages: forget on time, take files in.",
    "mcp": "Let a language model ask what a token may read (Model Context Protocol).",
    "tenant": "Make another house on the same installation, with an administrator of its own.",
    "db": "Bring the database up to date, check it, back it up, restore it, or give it a new key.",
    "erase": "Erase a conversation or a customer in database, facts and backups, with a receipt.",
    "dossier": "Write the papers for data protection officer and works council, and the notices.",
    "live": "Practise a call at an agent's desk: prompts, the way out, the card.",
    "explain": "Say why a conversation got its labels: every finding and its weight.",
    "label": "Label single utterances.",
    "learn": "Learn from what people settled in Review; kept is what is better than ours.",
    "evaluate": "Measure the models on the frozen test split and on public sets.",
    "train": "Learn labels on a sentence encoder of yours, to be used beside ours.",
    "models": "Keep models of others, encoders and recognisers: list, get, check, add.",
    "languages": "List the language packs.",
    "policies": "List the policy profiles: what each computes, keeps and shows.",
    "doctor": "Check that everything is here, with versions.",
}
FAILED, USAGE = 1, 2


def application(arguments: Sequence[str]) -> typer.Typer:
    """Return the program for these arguments: one command whole, the others by name and help."""
    wanted = next((name for name in arguments if not name.startswith("-")), None)
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,  # they print what variables hold
    )
    app.callback(invoke_without_command=True)(_kindline)
    for name, purpose in COMMANDS.items():
        is_wanted = name == wanted
        function = import_module(f"kindline.cli.{name}").run if is_wanted else _elsewhere
        app.command(name=name, help=purpose)(function)
    return app


def main() -> None:
    """Run the command line; an error we raised on purpose ends in its message, not a traceback."""
    try:
        application(sys.argv[1:])()
    except InputError as error:
        _stop(error, USAGE)
    except KindlineError as error:
        _stop(error, FAILED)


def _kindline(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Find the callers who need a person, not a fix. Look after the people who pick up."""
    if version:
        typer.echo(VERSION)
        raise typer.Exit


def _elsewhere() -> None:
    """Stand in for a command that was not asked for."""


def _stop(error: KindlineError, status: int) -> None:
    typer.echo(f"kindline: {error}", err=True)
    sys.exit(status)
