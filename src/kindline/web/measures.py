"""What a monitor counts: requests by route as it is written, their time, jobs by state."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kindline.store.database import Store
from kindline.store.jobs import waiting

STATES = ("waiting", "running", "done", "dead")


class Measures:
    """The measures of one process. No label holds anything that was sent."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kindline_requests", "Requests", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "kindline_request_seconds", "Time a request took", ["route"], registry=self._registry
        )
        self._jobs = Gauge("kindline_jobs", "Jobs by state", ["state"], registry=self._registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, store: Store) -> bytes:
        """Return everything in the text format of Prometheus."""
        with store.read() as tenancy:
            told = waiting(tenancy.connection)
        for state in STATES:
            self._jobs.labels(state).set(told.get(state, 0))
        return generate_latest(self._registry)
