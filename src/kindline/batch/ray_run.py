"""
The engine of many machines: Ray Data, whose actors hold loaded models. The only file importing ray.

Every part is a row that an actor does whole and puts in place itself, so that a part whose actor or
node dies is begun anew elsewhere and overwrites the same file. Recordings go to actors of their
own, each with a GPU where the cluster has any.
"""

from collections.abc import Iterator, Sequence
import json
import logging
import os
from typing import Any

from kindline.batch.parts import Part, part_from
from kindline.batch.worker import Job, Marker, Worker
from kindline.errors import UnavailableError
from kindline.extras import library

_EXTRA = "ray"


class _Actor:
    """A worker as Ray calls it: a batch of one part in, its marker or what was missing out."""

    def __init__(self, job: Job) -> None:
        self._worker = Worker(job)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        (told,) = batch["part"]
        try:
            marker = self._worker(part_from(json.loads(told)))
        except UnavailableError as error:
            return {"marker": [""], "missing": [str(error)]}
        return {"marker": [json.dumps(marker)], "missing": [""]}


def done(
    job: Job, parts: Sequence[Part], *, n_workers: int, address: str | None = None
) -> Iterator[Marker | UnavailableError]:
    """Return what became of each part, as it is done; see `pool.done`."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers of every run
    ray, data = library("ray", _EXTRA), library("ray.data", _EXTRA)
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except ConnectionError as error:
            raise UnavailableError(f"Ray at {address}: {type(error).__name__}") from None
    data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    n_gpus = 1 if ray.cluster_resources().get("GPU") else 0
    heard = [part for part in parts if part.kind == "recordings"]
    read = [part for part in parts if part.kind != "recordings"]
    for some, gpus in ((heard, n_gpus), (read, 0)):
        if some:
            yield from _of(data, job, some, n_workers, gpus)


def _of(
    data: Any, job: Job, parts: Sequence[Part], n_workers: int, n_gpus: int
) -> Iterator[Marker | UnavailableError]:
    rows = [{"part": json.dumps(part.as_json())} for part in parts]
    n = min(n_workers, len(rows))
    judged = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Actor,
        batch_size=1,
        compute=data.ActorPoolStrategy(min_size=1, max_size=n, initial_size=n),
        fn_constructor_args=(job,),
        num_cpus=1,
        num_gpus=n_gpus,
    )
    for row in judged.iter_rows():
        missing = row["missing"]
        yield UnavailableError(missing) if missing else json.loads(row["marker"])
