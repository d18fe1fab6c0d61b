"""`kindline policies`: what each profile accepts, keeps and shows."""

import json
from typing import Annotated, Any

from rich.console import Console
from rich.table import Table
import typer

from kindline.policy import profile, profile_names


def run(as_lines: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False) -> None:
    """List the policy profiles: what each computes, keeps and shows."""
    rows = [_row(name) for name in profile_names()]
    if as_lines:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(
        "policy", "bases", "by country", "keeps (days)", "behaviours seen by", "acoustics"
    )
    for row in rows:
        table.add_row(
            f"{row['name']}\n{row['title']}",
            "\n".join(row["bases"]),
            "\n".join(f"{code}: {', '.join(names)}" for code, names in row["by_country"].items()),
            "\n".join(f"{what} {days}" for what, days in row["keep_days"].items()),
            "\n".join(row["seen_by"]["agent_behaviours"]),
            "with consent" if row["customer_acoustics"] else "no",
        )
    Console().print(table)


def _row(name: str) -> dict[str, Any]:
    rules = profile(name)
    by_country = rules.bases_by_country.items()
    return {
        "name": rules.name,
        "version": rules.version,
        "title": rules.title,
        "bases": sorted(rules.bases),
        "by_country": {code: sorted(names) for code, names in by_country},
        "keep_days": dict(rules.keep_days),
        "seen_by": {what: list(roles) for what, roles in rules.seen_by.items()},
        "customer_acoustics": rules.has_customer_acoustics,
    }
