"""What a monitor counts: requests by route as it is written, their time, jobs by state."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kindline.store.database import Store
from kindline.store.jobs import waiting

STATES = ("waiting", "running", "done", "dead")


SHARED = "PROMETHEUS_MULTIPROC_DIR"  # a folder that several processes count in


class Measures:
    """
    The measures of an installation; of one process, where it is alone.

    No label holds anything that was sent.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kindline_requests", "Requests", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "kindline_request_seconds", "Time a request took", ["route"], registry=self._registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, store: Store) -> bytes:
        """Return everything in the text format of Prometheus."""
        with store.read() as tenancy:
            told = waiting(tenancy.connection)
        registry = CollectorRegistry()
        jobs = Gauge(
            "kindline_jobs",
            "Jobs by state",
            ["state"],
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        for state in STATES:
            jobs.labels(state).set(told.get(state, 0))
        if os.environ.get(SHARED):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
            return generate_latest(counted)
        return generate_latest(registry) + generate_latest(self._registry)
