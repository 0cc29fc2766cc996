"""How pictures look, and the library that draws them: vl-convert, from Vega-Lite specifications.

A picture for a chat has a light ground of its own, so that it reads the same where the chat is
dark; one in a page takes the page's colours.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
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

DRAWER = Path(__file__).with_name("drawer.py")
PATIENCE = 120
"""Seconds that the drawer may take for the pictures of a report: they take one or two."""


class NotDrawn(ValueError):
    """The drawer failed, or was ended."""


def is_installed() -> bool:
    return find_spec("vl_convert") is not None


def to_png(specs: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Pictures for a chat. Raises NotDrawn."""
    return [base64.b64decode(one) for one in _drawn("png", specs)]


def to_svg(specs: Sequence[Mapping[str, Any]]) -> list[str]:
    """SVG elements for a page that has the colours as variables: --ink, --soft, --grid, --hue and
    --pale; as wide as there is room, and unseen by screen readers. Raises NotDrawn."""
    # The page says it in words.
    quiet = [{**spec, "config": {**spec["config"], "aria": False}} for spec in specs]
    return [_in_a_page(one) for one in _drawn("svg", quiet)]


def _drawn(kind: str, specs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the drawer makes of them, in one process for all."""
    if not specs:
        return []
    asked = json.dumps({"kind": kind, "scale": SCALE, "specs": specs})
    try:
        ended = subprocess.run(
            # Without the folder of the drawer among those that modules are looked for in.
            [sys.executable, "-P", str(DRAWER)],
            input=asked.encode("ascii"), capture_output=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
        made: list[str] = json.loads(ended.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        # What the library says may quote names: only how it ended is told.
        how = getattr(problem, "returncode", type(problem).__name__)
        raise NotDrawn(f"The pictures could not be drawn: the drawer ended with {how}.") from None
    return made


def _in_a_page(drawn: str) -> str:
    coloured = re.sub("<[^>]*>", lambda tag: _COLOUR.sub(_variable, tag[0]), drawn)
    return re.sub(r' width="[\d.]+" height="[\d.]+"', ' aria-hidden="true"', coloured, count=1)


def _variable(found: re.Match[str]) -> str:
    return f'"{_IN_A_PAGE.get(found[1], found[1])}"'
