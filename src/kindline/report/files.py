"""The tables of a report as files: CSV or Parquet, with a dictionary of every column."""

from collections.abc import Iterable
import csv
from pathlib import Path

from kindline.extras import library
from kindline.report.tables import Table, dictionary, flat

DICTIONARY = "dictionary.csv"


def write_tables(every: Iterable[Table], folder: Path, *, as_parquet: bool = False) -> list[Path]:
    """Write a file a table and the dictionary; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    some = list(every)
    paths = [_parquet(one, folder) if as_parquet else _csv(one, folder) for one in some]
    meant = folder / DICTIONARY
    rows = dictionary(some)
    with meant.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["table"])
        writer.writeheader()
        writer.writerows(rows)
    return [*paths, meant]


def _csv(table: Table, folder: Path) -> Path:
    path = folder / f"{table.name}.csv"
    header, rows = flat(table)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _parquet(table: Table, folder: Path) -> Path:
    pyarrow, parquet = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
    path = folder / f"{table.name}.parquet"
    header, rows = flat(table)
    columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
    parquet.write_table(pyarrow.table(columns), path)
    return path
