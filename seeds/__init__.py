"""What ships as data: packs and a sample class. No code beyond finding them."""

from pathlib import Path

HERE = Path(__file__).parent
SAMPLE_CLASS = HERE / "sample-class.yaml"


def packs() -> list[Path]:
    """The folders of the packs that ship with Coalface."""
    return sorted(file.parent for file in HERE.glob("*/pack.yaml"))
