"""Reports: for each reader, in each language, as page, PDF and files, each number with its own."""

import csv
from datetime import timedelta
from pathlib import Path
import re

import pyarrow.parquet as pq
import pytest

from kindline.report.files import DICTIONARY, write_tables
from kindline.report.period import Period, before, holding, period
from kindline.report.periodic import AUDIENCES, Audience, Report, Wanted, html, pdf, report
from kindline.report.words import LANGUAGES, words
from kindline.version import VERSION
from tests.insight.conftest import UNTIL, Centre

MONTH = period("2026-10")
YEAR = Period(name="2026-10", since=UNTIL - timedelta(weeks=52), until=UNTIL)


def made(
    centre: Centre, audience: Audience = "head", language: str = "en", told: Period = MONTH
) -> Report:
    """Return the report of a month."""
    wanted = Wanted(period=told, audience=audience, language=language, cost_an_hour=30)
    with centre.store.read() as tenancy:
        return report(centre.facts, tenancy, wanted, now=UNTIL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_report_needs_nothing_but_itself(
    centre: Centre, audience: Audience, language: str
) -> None:
    """In its reader's language: title, tiles, findings, what to do, numbers, method."""
    told = made(centre, audience, language)
    page = html(told)
    assert f'<html lang="{language}">' in page
    assert told.tiles
    assert told.findings.told
    assert told.findings.to_do
    assert told.methods
    assert VERSION in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="', page)
    assert page.count("<table") == len(told.tables)


def test_the_head_is_told_what_to_mend(centre: Centre) -> None:
    """The worst step by name, with the contacts it caused; nobody is quoted."""
    told = made(centre, told=YEAR)
    assert "pay invoice" in told.findings.to_do[0]
    assert re.search(r"\d+ \(\d+ … \d+\)", told.findings.to_do[0])
    assert "weight off my mind" not in html(told)


def test_a_pdf_is_a_pdf(centre: Centre) -> None:
    """Whole, with more than one page, and tagged for screen readers."""
    raw = pdf(made(centre, language="hu"))
    assert raw.startswith(b"%PDF-")
    assert raw.rstrip().endswith(b"%%EOF")
    assert b"StructTreeRoot" in raw


@pytest.mark.parametrize("as_parquet", [False, True])
def test_every_column_of_every_file_is_in_the_dictionary(
    centre: Centre, tmp_path: Path, as_parquet: bool
) -> None:
    """A table a file; each with its columns, each estimate with n, interval and method."""
    told = made(centre)
    write_tables(told.every.values(), tmp_path, as_parquet=as_parquet)
    with (tmp_path / DICTIONARY).open(encoding="utf-8") as file:
        meant = list(csv.DictReader(file))
    assert all(row["means"] for row in meant)
    for name, table in told.every.items():
        path = tmp_path / f"{name}.{'parquet' if as_parquet else 'csv'}"
        if as_parquet:
            columns = pq.read_schema(path).names
        else:
            with path.open(encoding="utf-8") as file:
                columns = next(csv.reader(file))
        known = {
            f"{row['column']}_{part}" if part else row["column"]
            for row in meant
            if row["table"] == name
            for part in (row["parts"].split(", ") if row["parts"] else [""])
        }
        assert set(columns) == known
        assert len(table.columns) == len([row for row in meant if row["table"] == name])


def test_languages_say_the_same() -> None:
    """The same phrases and names in each, with the same places to fill."""
    own = words("en")
    for language in LANGUAGES:
        other = words(language)
        assert other.phrases.keys() == own.phrases.keys()
        assert other.names.keys() == own.names.keys()
        for key, phrase in own.phrases.items():
            assert set(re.findall(r"{\w+}", phrase)) == set(
                re.findall(r"{\w+}", other.phrases[key])
            )


@pytest.mark.parametrize("name", ["2026-03", "2025-12", "2026-W01", "2026-W53", "2026-W12"])
def test_periods_follow_one_another(name: str) -> None:
    """The one before ends where it begins, by a clock that changes in between too."""
    told = period(name, "Europe/Amsterdam")
    assert before(told, "Europe/Amsterdam").until == told.since
    assert holding(told.since.date(), told.every, "Europe/Amsterdam") == told
    assert told.since < told.until


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-W54", "yesterday", "2026-3"])
def test_what_is_no_period_is_refused(name: str) -> None:
    """With what would be one."""
    with pytest.raises(Exception, match="2026-W12"):
        period(name)
