"""`kindline report`: what was stored as one page, or a period's report for one of its readers."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kindline.config import Settings
from kindline.opening import DATABASE, store_of
from kindline.report.files import write_tables
from kindline.report.page import page
from kindline.report.period import period as period_named
from kindline.report.periodic import Wanted, audience_named, html, pdf, report
from kindline.store.conversations import load, load_rejected
from kindline.store.facts import Facts
from kindline.store.retention import forget


class Form(StrEnum):
    """How a period's report is written."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    PARQUET = "parquet"


class Reader(StrEnum):
    """Whom a period's report is for."""

    HEAD = "head"
    LEAD = "lead"
    WORKS_COUNCIL = "works-council"


def run(
    out: Annotated[
        Path | None, typer.Option(help=f"Folder with {DATABASE}; the page goes there too.")
    ] = None,
    no_words: Annotated[
        bool, typer.Option("--no-words", help="Leave out what people said: numbers only.")
    ] = False,
    period: Annotated[
        str | None, typer.Option(help="A month as 2026-03 or a week as 2026-W12; numbers only.")
    ] = None,
    audience: Annotated[
        Reader, typer.Option(help="Whom the period's report is for.")
    ] = Reader.HEAD,
    form: Annotated[
        Form, typer.Option(help="csv and parquet: every table, a file each.")
    ] = Form.HTML,
    language: Annotated[str, typer.Option(help="en, nl, fr or hu.")] = "en",
    cost: Annotated[float | None, typer.Option(help="Cost of a person an hour.")] = None,
) -> None:
    """Write one self-contained page of what was stored, or a period's report."""
    settings = Settings()
    if period is None:
        _whole(settings, out, has_words=not no_words)
        return
    wanted = Wanted(
        period=period_named(period, settings.timezone),
        audience=audience_named(audience.value),
        language=language,
        zone=settings.timezone,
        cost_an_hour=cost,
    )
    _periodic(settings, out, wanted, form)


def _whole(settings: Settings, out: Path | None, *, has_words: bool) -> None:
    folder = out or settings.home
    with store_of(settings, out).begin() as tenancy:
        forget(tenancy, now=datetime.now(UTC))
        stored = list(load(tenancy))
        rejected = load_rejected(tenancy)
    target = folder / "report.html"
    target.write_text(page(stored, rejected, has_words=has_words), "utf-8", "replace")
    typer.echo(f"{len(stored)} conversations -> {target}", err=True)


def _periodic(settings: Settings, out: Path | None, wanted: Wanted, form: Form) -> None:
    folder, name = out or settings.home, wanted.period.name
    facts = Facts(folder / "facts")
    with store_of(settings, out).read() as tenancy:
        facts.refresh(tenancy)
        made = report(facts, tenancy, wanted, now=datetime.now(UTC))
    facts.close()
    target = folder / f"report-{name}-{wanted.audience}.{form.value}"
    if form is Form.HTML:
        target.write_text(html(made), "utf-8")
    elif form is Form.PDF:
        target.write_bytes(pdf(made))
    else:
        target = folder / f"report-{name}"
        write_tables(made.every.values(), target, as_parquet=form is Form.PARQUET)
    typer.echo(f"{made.n} contacts -> {target}", err=True)
