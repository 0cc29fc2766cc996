"""What ships as data: packs and a sample class. No code beyond finding them."""

from pathlib import Path

HERE = Path(__file__).parent
SAMPLE_CLASS = HERE / "sample-class.yaml"
FIRST = "soviet-labor"
"""The pack of a course for which none was chosen."""


def packs() -> list[Path]:
    """The folders of the packs that ship with Coalface; the first one is the default."""
    folders = (file.parent for file in HERE.glob("*/pack.yaml"))
    return sorted(folders, key=lambda folder: (folder.name != FIRST, folder.name))
