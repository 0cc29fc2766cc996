"""Where the locators of a pack stand in its texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prompts.evidence.text_files import Text
from prompts.models import SOURCES_FILE, Locator, Pack, Source, Stretch
from prompts.problems import Problem


@dataclass(frozen=True, slots=True)
class Passage:
    """The stretch of a text at one locator of one source, as offsets into the text's content."""

    source: Source
    locator: Locator
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """Such as `blog, paragraph 2`."""
        return f"{self.source.id}, {self.locator.label}"


class NotOnceError(Exception):
    """The words of a stretch stand nowhere in its text, or more than once; says so."""


def place(pack: Pack, texts: Mapping[str, Text]) -> tuple[list[Passage], list[Problem]]:
    """Every locator that says where it stands, and those that stand nowhere or anywhere.

    A stretch without an end goes to where the next locator in the same text begins, whichever
    source it belongs to, or to the text's end.
    """
    problems = []
    found: list[tuple[Source, Locator, Text, int, int | None]] = []
    for source in pack.sources:
        text = texts.get(source.text or "")
        for locator in source.locators:
            if text is None or locator.stretch is None:
                continue
            try:
                start, end = locate(locator.stretch, text)
            except NotOnceError as refusal:
                sentence = f"{source.id} {locator.id}: {refusal}"
                problems.append(Problem(SOURCES_FILE, source.line, sentence))
            else:
                found.append((source, locator, text, start, end))
    passages = []
    for source, locator, text, start, end in found:
        later = [s for _, _, other, s, _ in found if other is text and s > start]
        stop = min(later, default=len(text.content)) if end is None else end
        passages.append(Passage(source, locator, text.name, start, stop))
    return passages, problems


def locate(stretch: Stretch, text: Text) -> tuple[int, int | None]:
    """Where a stretch begins and ends in a text; None where it names no end.

    Raises NotOnceError where its first words stand nowhere or more than once, or its last words
    nowhere after them.
    """
    begins = text.find(stretch.begins)
    if not begins:
        raise NotOnceError(
            f"“{stretch.begins}” does not stand in {text.name}{near(stretch.begins, text)}."
        )
    if len(begins) > 1:
        lines = ", ".join(str(text.line(start)) for start, _ in begins[:5])
        raise NotOnceError(
            f"“{stretch.begins}” stands {len(begins)} times in {text.name} (lines {lines}): begin "
            "with more words."
        )
    ((start, first_end),) = begins
    if stretch.ends is None:
        return start, None
    for _, end in text.find(stretch.ends):
        if end >= first_end:
            return start, end
    raise NotOnceError(
        f"“{stretch.ends}” does not stand in {text.name} after “{stretch.begins}”"
        f"{near(stretch.ends, text)}."
    )


def innermost(passages: Iterable[Passage], text: str, offset: int) -> Passage | None:
    """The passage at an offset of a text: where several hold it, the one that begins last."""
    holding = [p for p in passages if p.text == text and p.start <= offset < p.end]
    return max(holding, key=lambda p: (p.start, -p.end), default=None)


def near(words: str, text: Text) -> str:
    """` (the text has “…”)` where only quotes, dashes or capitals differ, else nothing."""
    folded = Text(text.name, _folded(text.content), (), (), ())
    for start, end in folded.find(_folded(" ".join(words.split()))):
        if text.content[start:end] != words:
            return f" (the text has “{text.content[start:end]}”)"
    return ""


_ALIKE = str.maketrans("‘’‚‛`´“”„‟«»–—−‐‑", "''''''\"\"\"\"\"\"-----")


def _folded(text: str) -> str:
    # Letter by letter, so that an offset means the same in both.
    return "".join(
        low if len(low := character.lower()) == 1 else character for character in text
    ).translate(_ALIKE)
