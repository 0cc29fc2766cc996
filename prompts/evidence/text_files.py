"""The copies of the cited texts, which are no part of a pack: read safely, as one line each."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from prompts.models import SOURCES_FILE, Pack
from prompts.problems import Problem
from prompts.sheets.plain_file import NotReadableError, read_text

MAX_TEXT_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """One text with its white space collapsed; quotes and all other letters are as they stand.

    `content` leaves out what nobody sees, such as soft hyphens; accents are composed (NFC).
    `breaks` are the offsets at which something follows a blank line.
    """

    name: str
    content: str
    breaks: tuple[int, ...]
    _starts: tuple[int, ...]
    _lines: tuple[int, ...]

    def line(self, offset: int) -> int:
        """The line of the file, from 1, on which the word at this offset stands."""
        return self._lines[max(bisect_right(self._starts, offset) - 1, 0)] if self._lines else 1

    def find(self, words: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """Every (start, end) where these words stand letter for letter between two offsets.

        They stand as whole words: 4 does not stand in 14 or 1.4, nor Stakhanov in Stakhanovite.
        """
        stop = len(self.content) if end is None else end
        return [match.span() for match in _whole(words).finditer(self.content, start, stop)]


def make_text(name: str, raw: str) -> Text:
    """A text from what its file holds."""
    words: list[str] = []
    starts, lines, breaks = [], [], []
    offset, blank = 0, False
    for number, line in enumerate(re.split("\r\n|\r|\n", raw), start=1):
        found = _seen(line).split()
        blank = blank or not found
        for word in found:
            starts.append(offset)
            lines.append(number)
            if blank and words:
                breaks.append(offset)
            blank = False
            words.append(word)
            offset += len(word) + 1
    return Text(name, " ".join(words), tuple(breaks), tuple(starts), tuple(lines))


def read_texts(pack: Pack, folder: Path) -> tuple[dict[str, Text], list[Problem]]:
    """The texts that the pack's sources name, by name.

    One that a fact cites and that is not there, and one that can't be read, are problems.
    """
    cited = {citation.source for fact in pack.facts for citation in fact.citations}
    texts: dict[str, Text] = {}
    problems = []
    refused: set[str] = set()
    for source in pack.sources:
        if source.text is None or source.text in texts or source.text in refused:
            continue
        try:
            raw = read_text(folder / source.text, MAX_TEXT_BYTES)
        except FileNotFoundError:
            if source.id in cited:
                sentence = f"The text of {source.id}, {source.text}, is not in {folder}."
                problems.append(Problem(SOURCES_FILE, source.line, sentence))
        except (NotReadableError, OSError) as error:
            refused.add(source.text)
            sentence = f"The text of {source.id}, {source.text}, cannot be read: {_why(error)}"
            problems.append(Problem(SOURCES_FILE, source.line, sentence))
        else:
            texts[source.text] = make_text(source.text, raw)
    return texts, problems


def _why(error: NotReadableError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or 'unknown reason'}."
    where = f"line {error.line}: " if error.line else ""
    return f"{where}{error.sentence}"


def _seen(line: str) -> str:
    composed = unicodedata.normalize("NFC", line)
    return "".join(
        character
        for character in composed
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf"}
    )


def _whole(words: str) -> re.Pattern[str]:
    plain = unicodedata.normalize("NFC", " ".join(words.split()))
    left = right = ""
    if plain[:1].isalnum():
        left = r"(?<!\w)(?<!\d[.,])" if plain[0].isdigit() else r"(?<!\w)"
    if plain[-1:].isalnum():
        right = r"(?!\w)(?![.,]\d)" if plain[-1].isdigit() else r"(?!\w)"
    return re.compile(f"{left}{re.escape(plain)}{right}")
