"""The program that draws pictures, in a process of its own (see vega.py): vl-convert lets nothing
else run in the process that it draws in, for up to a second a picture. It knows nothing of ours.

In: one JSON object, the `kind` of picture, a `scale` for PNG and the `specs`; out: a JSON list, SVG
as text and PNG in base 64.
"""

import base64
import json
import sys
from typing import Any

import vl_convert


def drawn(kind: str, scale: float, spec: dict[str, Any]) -> str:
    if kind == "svg":
        svg: str = vl_convert.vegalite_to_svg(spec)
        return svg
    return base64.b64encode(vl_convert.vegalite_to_png(spec, scale=scale)).decode("ascii")


def main() -> None:
    asked = json.load(sys.stdin.buffer)
    made = [drawn(asked["kind"], asked["scale"], spec) for spec in asked["specs"]]
    sys.stdout.write(json.dumps(made))  # ASCII, whatever a terminal's encoding is


if __name__ == "__main__":
    main()
