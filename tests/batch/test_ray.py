"""On Ray, a batch writes what the pool writes, also where actors and nodes die on the way."""

from collections.abc import Callable, Iterator
from functools import partial
import os
from pathlib import Path
import signal
import threading
import time
import warnings

import pytest

from kindline.batch import pool, ray_run
from kindline.batch.run import run
from tests.batch.inputs import filled, hashes, job

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Ray's own, about itself
    pytest.mark.xdist_group("ray"),
]


@pytest.fixture
def nodes() -> Iterator[list]:  # type: ignore[type-arg]
    """Return the nodes of a cluster on this machine, all but its head; connected to."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster  # noqa: PLC0415 -- it starts what it imports

    few = {"num_cpus": 1, "object_store_memory": 100 << 20}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = Cluster(initialize_head=True, head_node_args={**few, "include_dashboard": False})
        workers = [cluster.add_node(**few) for _ in range(2)]
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        try:
            yield [cluster, *workers]
        finally:
            ray.shutdown()
            cluster.shutdown()


def test_nodes_and_actors_that_die_lose_and_double_nothing(tmp_path: Path, nodes: list) -> None:  # type: ignore[type-arg]
    """While a batch runs one node is taken away and an actor is killed: the same files come out."""
    source, (cluster, first, _) = filled(tmp_path / "in", 120), nodes
    by_pool, by_ray = partial(pool.done, n_workers=2), partial(ray_run.done, n_workers=3)
    run(job(source, tmp_path / "calm"), by_pool, n_bytes=60_000)
    out, died = tmp_path / "out", list[str]()

    def harm() -> None:
        _until(lambda: any(out.glob("parts/*.json")))
        cluster.remove_node(first, allow_graceful=False)
        died.append("node")
        os.kill(_actors()[0], signal.SIGKILL)
        died.append("actor")

    harming = threading.Thread(target=harm)
    harming.start()
    total = run(job(source, out), by_ray, n_bytes=60_000)
    harming.join()
    assert died == ["node", "actor"]
    assert total.n_read == 480
    assert not total.undone
    assert hashes(out) == hashes(tmp_path / "calm")


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)


def _actors() -> list[int]:
    """Return the processes that hold Ray's actors for parts."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"MapWorker" in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
