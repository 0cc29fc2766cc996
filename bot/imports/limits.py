"""How much is read of what somebody gives, and what of a cell is kept."""

from bot.core.arguments import TURNING
from bot.core.ports import Unreadable

MOST_ROWS = 10_000
MOST_COLUMNS = 2_000
"""A gradebook has a column for each assignment."""
MOST_CHARACTERS = 2_000
"""Of one cell; what is longer is no name, and is cut."""


def check_size(name: str, rows: int, columns: int) -> None:
    """Raises Unreadable for more than any class has."""
    if rows > MOST_ROWS:
        raise Unreadable(
            f"{name} has more than {MOST_ROWS:,} rows; give the file of one course only."
        )
    if columns > MOST_COLUMNS:
        raise Unreadable(f"{name} has more than {MOST_COLUMNS:,} columns; leave out all but a few.")


def cleaned(cell: str) -> str:
    """A cell without what is no character of a text: controls, marks that turn its direction, the
    apostrophe before what could be a formula."""
    kept = "".join(
        " " if char in "\n\t\r\xa0\u202f" else char
        for char in cell[:MOST_CHARACTERS]
        if (char.isprintable() or char in "\n\t\r\xa0\u202f") and char not in TURNING + "\ufeff"
    )
    words = " ".join(kept.split())
    return words[1:] if words[:1] == "'" and words[1:2] in (*"=+-@",) else words
