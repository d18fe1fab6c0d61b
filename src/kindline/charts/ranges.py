"""Estimates beside each other: a dot with its interval a line, in one colour or two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kindline.charts.style import NOTHING, drawn
from kindline.model.estimate import Estimate

Format = Literal[".0%", "+.0%", ",.0f", "+.2f", ".1f"]
_ROOM = 150  # for names: drawn where fonts are narrower than those of who looks
_COLOURS = ("var(--accent)", "var(--brand)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the picture: its name, and its estimates, one for each of the series."""

    name: str
    estimates: Sequence[Estimate | None]


def ranges(
    lines: Sequence[Line],
    *,
    series: Sequence[str] = ("",),
    form: Format = ".0%",
    width: int = 760,
    upright: bool = False,
) -> str:
    """Return the picture as SVG; `upright` puts the names along the foot, as for hours."""
    values = [
        {
            "name": line.name,
            "series": of,
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
        }
        for line in lines
        for of, estimate in zip(series, line.estimates, strict=True)
        if estimate is not None and estimate.value is not None
    ]
    if not values:
        return NOTHING
    size = {"width": width, "height": 150} if upright else {"width": width, "height": {"step": 26}}
    return drawn({**size, "data": {"values": values}, "layer": _layers(series, form, upright)})


def _layers(series: Sequence[str], form: Format, upright: bool) -> list[dict[str, Any]]:
    names = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {
            "labelLimit": 260,
            "labelAngle": 0,
            "domain": False,
            "ticks": False,
            "minExtent": 0 if upright else _ROOM,
        },
    }
    scale = {
        "type": "quantitative",
        "title": None,
        "axis": {"format": form, "tickCount": 5},
        "scale": {"zero": True, "nice": True},
    }
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": list(_COLOURS[: len(series)])},
        "legend": {"title": None, "orient": "top"} if len(series) > 1 else None,
    }
    across, along, beside = ("y", "x", "xOffset") if upright else ("x", "y", "yOffset")
    common: dict[str, Any] = {along: names, "color": colour}
    if len(series) > 1:
        common[beside] = {"field": "series", "sort": list(series)}
    low_high = {across: {"field": "low", **scale}, f"{across}2": {"field": "high"}}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.55},
            "encoding": common | low_high,
        },
        {
            "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
            "encoding": common | {across: {"field": "value", **scale}},
        },
    ]
