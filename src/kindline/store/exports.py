"""
What left the house: who took which conversations, when, in what form.

A file that was taken cannot be erased from here. So each export is written down, and the receipt
of an erasure names those that held what was erased: somebody can go after them.
"""

from collections.abc import Sequence
from datetime import datetime
import secrets
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import insert, select
import zstandard

from kindline.store.database import Tenancy
from kindline.store.rows import in_utc
from kindline.store.tables import EXPORTS


class Export(NamedTuple):
    """An export: who took how many conversations, when, in what form, with their words or not."""

    made_at: datetime
    made_by: str
    form: str
    has_words: bool
    n: int


def note_export(
    tenancy: Tenancy,
    numbers: Sequence[int],
    form: str,
    *,
    has_words: bool,
    by: str,
    now: datetime,
) -> None:
    """Write down that conversations are about to leave."""
    row = {
        "export_id": secrets.token_hex(8),
        "tenant_id": tenancy.tenant,
        "made_by": by,
        "made_at": now,
        "form": form,
        "has_words": has_words,
        "numbers": _packed(numbers),
    }
    tenancy.connection.execute(insert(EXPORTS), [row])


def exports(tenancy: Tenancy, *, holding: Sequence[int] | None = None) -> list[Export]:
    """Return the exports, the latest first: all, or those that hold one of some conversations."""
    query = (
        select(EXPORTS)
        .where(EXPORTS.c.tenant_id == tenancy.tenant)
        .order_by(EXPORTS.c.made_at.desc(), EXPORTS.c.export_id)
    )
    found: list[Export] = []
    for row in tenancy.connection.execute(query).mappings():
        numbers = _unpacked(row["numbers"])
        if holding is None or np.isin(holding, numbers).any():
            at = in_utc(row["made_at"])
            found.append(Export(at, row["made_by"], row["form"], row["has_words"], len(numbers)))
    return found


def told_of(some: Sequence[Export]) -> list[dict[str, Any]]:
    """Return exports as a receipt names them."""
    return [{**one._asdict(), "made_at": one.made_at.isoformat()} for one in some]


def _packed(numbers: Sequence[int]) -> bytes:
    steps = np.diff(np.unique(np.asarray(numbers, np.int64)), prepend=0)
    return zstandard.compress(steps.astype("<i8").tobytes())


def _unpacked(raw: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.cumsum(np.frombuffer(zstandard.decompress(raw), "<i8"), dtype=np.int64)
