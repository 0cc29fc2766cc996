"""How pictures look, and the library that draws them: vl-convert, from Vega-Lite specifications.

A picture for a chat has a light ground of its own, so that it reads the same where the chat is
dark; one in a page takes the page's colours.
"""

import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

WIDTH = 460
"""Pixels of the plot: a chat shows a picture at 400 to 550."""
SCALE = 2
"""Drawn twice as fine, for dense screens."""

INK, SOFT, GRID, GROUND = "#2b2622", "#6f675f", "#e7dfd5", "#fffdf9"
HUE, PALE = "#8a4b14", "#6fa8d6"
"""Two that the colour-blind tell apart, by hue and by lightness."""
FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"
CONFIG: Mapping[str, Any] = {
    "font": FONT,
    "background": GROUND,
    "padding": 16,
    "view": {"stroke": None},
    "title": {"anchor": "start", "color": INK, "fontSize": 15, "offset": 12},
    "axis": {
        "labelColor": INK, "labelFontSize": 12, "gridColor": GRID, "domainColor": SOFT,
        "tickColor": SOFT, "titleColor": INK, "titleFontSize": 12, "titleFontWeight": "normal",
    },
    "legend": {
        "orient": "top", "title": None, "labelColor": INK, "labelFontSize": 12, "offset": 4,
    },
}  # fmt: skip

_IN_A_PAGE = {
    INK: "var(--ink)", SOFT: "var(--soft)", GRID: "var(--grid)", GROUND: "none",
    HUE: "var(--hue)", PALE: "var(--pale)",
}  # fmt: skip
_COLOUR = re.compile('"(#[0-9a-f]{6})"')


def is_installed() -> bool:
    return find_spec("vl_convert") is not None


def to_png(spec: Mapping[str, Any]) -> bytes:
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(json.dumps(spec), scale=SCALE)
    return drawn


def to_svg(spec: Mapping[str, Any]) -> str:
    """An SVG element for a page that has the colours as variables: --ink, --soft, --grid, --hue and
    --pale; as wide as there is room, and unseen by screen readers."""
    import vl_convert

    quiet = {**spec, "config": {**spec["config"], "aria": False}}  # the page says it in words
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(quiet))
    coloured = re.sub("<[^>]*>", lambda tag: _COLOUR.sub(_variable, tag[0]), drawn)
    return re.sub(r' width="[\d.]+" height="[\d.]+"', ' aria-hidden="true"', coloured, count=1)


def _variable(found: re.Match[str]) -> str:
    return f'"{_IN_A_PAGE.get(found[1], found[1])}"'
