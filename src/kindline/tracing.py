"""
Spans for OpenTelemetry, where somebody listens: what was done and how long, never to whom.

A span is named after a route as it is written or a kind of job, and holds numbers alone. Without
OTEL_EXPORTER_OTLP_ENDPOINT nothing is imported and nothing leaves.
"""

from collections.abc import Generator
from contextlib import contextmanager
import os
from typing import Any

from kindline.extras import library
from kindline.version import VERSION

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_EXTRA = "otel"
_held: dict[str, Any] = {}


class Span:
    """What is being timed; nothing, where nobody listens."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner

    def tell(self, name: str | None = None, **told: str | int | float) -> None:
        """Name it, and add what is known of it by now."""
        if self._inner is not None:
            if name is not None:
                self._inner.update_name(name)
            self._inner.set_attributes(told)


def begin(exporter: Any = None) -> None:
    """Send spans from now on, if an endpoint is set or an exporter is given."""
    if exporter is None:
        if not os.environ.get(ENDPOINT):
            return
        sending = library("opentelemetry.exporter.otlp.proto.http.trace_exporter", _EXTRA)
        exporter = sending.OTLPSpanExporter()
    trace = library("opentelemetry.sdk.trace", _EXTRA)
    batches = library("opentelemetry.sdk.trace.export", _EXTRA)
    told = library("opentelemetry.sdk.resources", _EXTRA).Resource.create(
        {"service.name": "kindline", "service.version": VERSION}
    )
    provider = trace.TracerProvider(resource=told)
    provider.add_span_processor(batches.BatchSpanProcessor(exporter))
    _held.update(provider=provider, tracer=provider.get_tracer("kindline"))


def end() -> None:
    """Send what is left, and send no more."""
    provider = _held.pop("provider", None)
    _held.clear()
    if provider is not None:
        provider.shutdown()


@contextmanager
def span(name: str) -> Generator[Span]:
    """Time what is done within; an exception's message is kept out."""
    tracer = _held.get("tracer")
    if tracer is None:
        yield Span()
        return
    with tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False
    ) as inner:
        yield Span(inner)
