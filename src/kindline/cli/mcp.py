"""`kindline mcp`: tools for a language model, on standard input and output."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.errors import PolicyError
from kindline.extras import library

_VARIABLE = "KINDLINE_TOKEN"


def run(
    out: Annotated[Path | None, typer.Option(help="Folder with kindline.db.")] = None,
) -> None:
    """Let a language model ask what the token in KINDLINE_TOKEN may read."""
    secret = os.environ.get(_VARIABLE)
    if not secret:
        raise PolicyError(f"{_VARIABLE} is not set: make a token on the page Account")
    if out is not None:
        os.environ["KINDLINE_HOME"] = str(out)
    serving = library("kindline.web.serving", "web")
    guard = library("kindline.web.guard", "web")
    tools = library("kindline.web.tools", "web")
    serving.log_as_json()
    place = serving.place_of(Settings())
    tools.server_of(lambda: guard.by_token(place, secret)).run("stdio")
