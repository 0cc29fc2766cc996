"""One file that a stranger may have made, as text: no link, no pipe, nothing too large, UTF-8."""

import os
import stat
from pathlib import Path

from prompts.sheets.strict_yaml import shown

LINK = "This is a symbolic link: put the file itself in its place."


class NotReadableError(Exception):
    """Why a file was refused, in one sentence, and the line that is wrong (0: all of it)."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


def read_text(path: Path, limit: int) -> str:
    """The file's text, at most `limit` bytes; a byte order mark is dropped, lines end in \\n.

    Raises NotReadableError, and OSError where there is no such file or it can't be opened.
    """
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise NotReadableError(LINK)
    if not stat.S_ISREG(mode):
        raise NotReadableError("This should be an ordinary file.")
    # O_NOFOLLOW and O_NONBLOCK hold even if the file is exchanged for a link or a pipe just now.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - opened by descriptor
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise NotReadableError(f"The file is too large: the most is {limit:,} bytes.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotReadableError(
            f"This is not UTF-8 ({shown(error.reason)}): save the file as UTF-8.", line
        ) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n")
