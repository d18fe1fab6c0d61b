"""How charts look, and how one is drawn: Vega-Lite to SVG, in the colours of the page around it."""

from functools import lru_cache
import json
from typing import Any

from kindline.extras import library

NOWHERE = "https://kindline.invalid"  # links must be whole for the library; cut off again
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
TONE = "var(--tone)"  # of the need, as the page has it in light and in dark
CONFIG: dict[str, Any] = {
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
        "labelLimit": 260,
    },
    "legend": {"labelFontSize": 12, "labelColor": "currentColor", "symbolStrokeWidth": 0},
}


def drawn(spec: dict[str, Any]) -> str:
    """Return a chart as SVG."""
    whole = {"background": None, "padding": 2, "config": CONFIG, **spec}
    return _drawn(json.dumps(whole, sort_keys=True))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    svg: str = library("vl_convert", "web").vegalite_to_svg(json.loads(spec))
    return svg.replace(NOWHERE, "").replace("<svg ", '<svg focusable="false" ', 1)
