"""`kindline dossier`: the papers for data protection officer and works council, and the notices."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.dossier import InForce, papers
from kindline.opening import DATABASE, store_of
from kindline.policy import Policy, profile
from kindline.store.in_force import in_force


def run(
    target: Annotated[Path, typer.Argument(help="Folder for the papers.")],
    centre: Annotated[str, typer.Option(help="What the centre is called in notices.")] = "▢ CENTRE",
    contact: Annotated[str, typer.Option(help="Where people ask about their data.")] = "▢ CONTACT",
) -> None:
    """Write impact assessment, AI Act file, works-council paper and notices, as things stand."""
    settings = Settings()
    url = settings.database_url
    engine = "SQLite" if url is None else url.get_secret_value().partition(":")[0]
    told = InForce(
        rules=_rules(settings),
        declared=settings.basis,
        redacts=settings.redact,
        engine=engine,
        opinion=settings.opinion_url,
        speech=settings.speech_model,
        centre=centre,
        contact=contact,
        keeps_sound=settings.keep_sound,
        hooks=settings.webhook_hosts,
    )
    for name, text in papers(told, made_at=datetime.now(UTC)).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        typer.echo(path, err=True)


def _rules(settings: Settings) -> Policy:
    """Return the policy in force: chosen on the page where there is a database, else set."""
    if settings.database_url is None and not (settings.home / DATABASE).exists():
        return profile(settings.policy)
    with store_of(settings).read() as tenancy:
        return in_force(tenancy, settings.policy)
