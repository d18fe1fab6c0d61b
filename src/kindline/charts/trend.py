"""A share by week: a line with its interval, where it changed for good, and what comes next."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from kindline.charts.style import NOTHING, NOWHERE, TONE, drawn
from kindline.insight.shares import Need, Row
from kindline.insight.trend import Trend

_WEEK: dict[str, Any] = {
    "field": "week",
    "type": "temporal",
    "title": None,
    "axis": {"format": "%d %b", "labelOverlap": True, "tickCount": 5, "grid": False},
}
_SHARE: dict[str, Any] = {
    "type": "quantitative",
    "title": None,
    "axis": {"format": ".0%", "tickCount": 3},
    "scale": {"zero": True, "nice": True},
}


def trend(rows: Sequence[Row], need: Need, width: int = 430) -> str:
    """Return a need's share by week as SVG: a line, its interval, points that open the week."""
    values = _weeks(rows, need)
    if not values:
        return NOTHING
    return drawn({"width": width, "height": 110, "data": {"values": values}, "layer": _layers()})


def trend_ahead(told: Trend, need: Need, width: int = 860) -> str:
    """Return the same with the weeks at which it changed, and those foretold, as a lighter band."""
    values = _weeks(told.rows, need)
    if not values:
        return NOTHING
    steps = told.forecast.steps if told.forecast is not None else ()
    ahead = [
        {"week": week, "share": step.value, "low": step.low, "high": step.high}
        for week, step in zip(told.foretold_weeks, steps, strict=True)
    ]
    changed = [{"week": week} for week, _ in told.changes]
    dashed: dict[str, Any] = {"type": "line", "color": TONE, "strokeDash": [4, 4]}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": ahead},
            "mark": {"type": "area", "color": TONE, "opacity": 0.1},
            "encoding": {"x": _WEEK, "y": {"field": "low", **_SHARE}, "y2": {"field": "high"}},
        },
        {
            "data": {"values": ahead},
            "mark": dashed,
            "encoding": {"x": _WEEK, "y": {"field": "share", **_SHARE}},
        },
        {
            "data": {"values": changed},
            "mark": {"type": "rule", "color": "currentColor", "strokeDash": [2, 3]},
            "encoding": {"x": _WEEK},
        },
    ]
    whole = [{"data": {"values": values}, **layer} for layer in _layers()]
    return drawn({"width": width, "height": 220, "layer": [*layers, *whole]})


def _weeks(rows: Sequence[Row], need: Need) -> list[dict[str, Any]]:
    return [
        {
            "week": row.name,
            "share": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "link": f"{NOWHERE}/conversations?{urlencode({'week': row.name, 'need': need})}",
            "told": f"week of {row.name}: {estimate.value:.1%}, n = {estimate.n}",
        }
        for row in rows
        if (estimate := row.shares[need]).value is not None and need not in row.hidden
    ]


def _layers() -> list[dict[str, Any]]:
    share = {"field": "share", **_SHARE}
    return [
        {
            "mark": {"type": "area", "color": TONE, "opacity": 0.2},
            "encoding": {"x": _WEEK, "y": {"field": "low", **_SHARE}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": TONE, "strokeWidth": 2},
            "encoding": {"x": _WEEK, "y": share},
        },
        {
            "mark": {"type": "point", "filled": True, "color": TONE, "size": 60},
            "encoding": {
                "x": _WEEK,
                "y": share,
                "href": {"field": "link"},
                "tooltip": {"field": "told"},
            },
        },
    ]
