"""
Charts, drawn on the server: Vega-Lite to SVG, marks that open their conversations, no script.

Beside every chart stands its table; the picture itself is hidden from screen readers. Colours are
those of the page around it, so that it suits light, dark and print.
"""

from collections.abc import Sequence
from functools import lru_cache
import json
from typing import Any
from urllib.parse import urlencode

import vl_convert

from kindline.web.numbers import Need, Row

_NOWHERE = "https://kindline.invalid"  # links must be whole for the library; cut off again
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_TONE = "var(--tone)"  # of the need, as the page has it in light and in dark


def trend(rows: Sequence[Row], need: Need, width: int = 430) -> str:
    """Return a need's share by week as SVG: a line, its interval, points that open the week."""
    values = [
        {
            "week": row.name,
            "share": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "link": f"{_NOWHERE}/conversations?{urlencode({'week': row.name, 'need': need})}",
            "told": f"week of {row.name}: {estimate.value:.1%}, n = {estimate.n}",
        }
        for row in rows
        if (estimate := row.shares[need]).value is not None and need not in row.hidden
    ]
    return _drawn(json.dumps(_trend(values, width), sort_keys=True)) if values else NOTHING


def _trend(values: list[dict[str, Any]], width: int) -> dict[str, Any]:
    week = {
        "field": "week",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%d %b", "labelOverlap": True, "tickCount": 5, "grid": False},
    }
    share = {
        "type": "quantitative",
        "title": None,
        "axis": {"format": ".0%", "tickCount": 3},
        "scale": {"zero": True, "nice": True},
    }
    return {
        "width": width,
        "height": 110,
        "background": None,
        "padding": 2,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "area", "color": _TONE, "opacity": 0.2},
                "encoding": {"x": week, "y": {"field": "low", **share}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": _TONE, "strokeWidth": 2},
                "encoding": {"x": week, "y": {"field": "share", **share}},
            },
            {
                "mark": {"type": "point", "filled": True, "color": _TONE, "size": 60},
                "encoding": {
                    "x": week,
                    "y": {"field": "share", **share},
                    "href": {"field": "link"},
                    "tooltip": {"field": "told"},
                },
            },
        ],
        "config": {
            "view": {"stroke": None},
            "font": "system-ui, sans-serif",
            "axis": {
                "labelColor": "currentColor",
                "domainColor": "currentColor",
                "tickColor": "currentColor",
                "gridColor": "currentColor",
                "gridOpacity": 0.12,
                "labelFontSize": 12,
                "labelOpacity": 0.75,
            },
        },
    }


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(json.loads(spec))
    return svg.replace(_NOWHERE, "").replace("<svg ", '<svg focusable="false" ', 1)
