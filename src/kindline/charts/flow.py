"""Sessions as they flow: where they were, how they ended, whether a contact followed."""

from collections.abc import Mapping, Sequence
from html import escape

from kindline.charts.style import NOTHING

_WIDTH, _HEIGHT, _BAR, _GAP = 860, 300, 14, 10
_TEXT = 6  # beside a bar
_TONES = {
    "completed": "var(--good)",
    "error": "var(--bad)",
    "gave_up": "var(--companionship)",
    "asked_person": "var(--accent)",
}
_Flows = Mapping[tuple[str, str, bool], int]


def flow(flows: _Flows, names: Mapping[str, str]) -> str:
    """Return the picture as SVG; `names` are what surfaces, endings and the last are called."""
    total = sum(flows.values())
    if not total:
        return NOTHING
    firsts = _places(_sums(flows, 0), 0, total)
    middles = _places(_sums(flows, 1), (_WIDTH - _BAR) // 2, total)
    lasts = _places(_sums(flows, 2), _WIDTH - _BAR, total)
    left = _bands(flows, (0, 1), (firsts, middles))
    right = _bands(flows, (1, 2), (middles, lasts))
    bars = [
        _bar(column[key], names[key], n)
        for part, column in enumerate((firsts, middles, lasts))
        for key, n in _sums(flows, part)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'focusable="false" class="flow">' + "".join((*left, *right, *bars)) + "</svg>"
    )


_Place = tuple[float, float, float]  # left, top, height


def _key(flow_key: tuple[str, str, bool], part: int) -> str:
    value = flow_key[part]
    return value if isinstance(value, str) else ("contact" if value else "alone")


def _sums(flows: _Flows, part: int) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for key, n in flows.items():
        name = _key(key, part)
        found[name] = found.get(name, 0) + n
    return sorted(found.items(), key=lambda one: -one[1])


def _places(sums: Sequence[tuple[str, int]], left: float, total: int) -> dict[str, _Place]:
    room = _HEIGHT - _GAP * (len(sums) - 1)
    places: dict[str, _Place] = {}
    top = 0.0
    for name, n in sums:
        height = room * n / total
        places[name] = (left, top, height)
        top += height + _GAP
    return places


def _bands(
    flows: _Flows,
    parts: tuple[int, int],
    columns: tuple[Mapping[str, _Place], Mapping[str, _Place]],
) -> list[str]:
    """Return the bands between two columns, each as thick as its sessions are many."""
    joined: dict[tuple[str, str], int] = {}
    for key, n in flows.items():
        pair = (_key(key, parts[0]), _key(key, parts[1]))
        joined[pair] = joined.get(pair, 0) + n
    used: dict[tuple[int, str], float] = {}
    bands: list[str] = []
    for (begin, end), n in sorted(joined.items()):
        ends: list[tuple[float, float, float]] = []
        for side, name in enumerate((begin, end)):
            left, top, height = columns[side][name]
            n_all = sum(m for pair, m in joined.items() if pair[side] == name)
            start = top + used.get((side, name), 0.0)
            thick = height * n / n_all
            used[side, name] = used.get((side, name), 0.0) + thick
            ends.append((left + (_BAR if side == 0 else 0), start, thick))
        tone = _TONES.get(begin, _TONES.get(end, "var(--soft)"))
        bands.append(_band(ends[0], ends[1], tone))
    return bands


def _band(begin: _Place, end: _Place, tone: str) -> str:
    (x0, y0, h0), (x1, y1, h1) = begin, end
    mid = (x0 + x1) / 2
    over = f"M{x0:.1f},{y0:.1f} C{mid:.1f},{y0:.1f} {mid:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    low0, low1 = y0 + h0, y1 + h1
    under = f"L{x1:.1f},{low1:.1f} C{mid:.1f},{low1:.1f} {mid:.1f},{low0:.1f} {x0:.1f},{low0:.1f}"
    return f'<path d="{over} {under} Z" fill="{tone}" opacity=".28"/>'


def _bar(place: _Place, name: str, n: int) -> str:
    left, top, height = place
    is_last = left > _WIDTH / 2
    at = left - _TEXT if is_last else left + _BAR + _TEXT
    anchor = "end" if is_last else "start"
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{_BAR}" height="{max(height, 1):.1f}" '
        'fill="currentColor" opacity=".75"/>'
        f'<text x="{at:.1f}" y="{top + max(height / 2, 6) + 4:.1f}" text-anchor="{anchor}" '
        f'fill="currentColor" font-size="13">{escape(name)} {n:,}</text>'
    )
