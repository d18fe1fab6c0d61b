"""Spans: what was done and how long; no id, no word, no message of an exception."""

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import pytest

from kindline import tracing
from kindline.errors import ModelError
from tests.web.conftest import OURS, WORD, House


def test_a_request_is_a_span_by_its_route(
    house: House, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named as the route is written; a failure holds its status, not what it said."""
    house.as_role("analyst").get(f"/conversations/{OURS}-mine")

    def broken(*_: object, **__: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr("kindline.web.routes.overview.shares", broken)
    house.as_role("analyst").get("/overview")
    tracing.end()  # sends what is left
    told = [(one.name, dict(one.attributes or {})) for one in exporter.get_finished_spans()]
    assert told == [
        ("GET /conversations/{identity:path}", {"http.response.status_code": 200}),
        ("GET /overview", {"http.response.status_code": 500}),
    ]
    whole = "".join(one.to_json() for one in exporter.get_finished_spans())
    assert WORD not in whole
    assert f"{OURS}-mine" not in whole


def test_nothing_is_sent_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an endpoint no library is asked for."""
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    monkeypatch.setattr(tracing, "library", lambda *_: pytest.fail("asked for"))
    tracing.begin()
    with tracing.span("x") as span:
        span.tell("y", n=1)


def test_an_endpoint_without_the_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It does not fail silently."""

    def missing(name: str, extra: str) -> None:
        raise ModelError(name, expected=f"kindline[{extra}]", found="not installed")

    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:4318")
    monkeypatch.setattr(tracing, "library", missing)
    with pytest.raises(ModelError, match="otel"):
        tracing.begin()
